"""Our letters by a mail service's interface: what it says is heard, and it is asked to watch nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from newsletter.lib.letters import Letter, LetterDeferredError, LetterRefusedError
from tests.peers import services

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_django import Settings

ANNA = "anna@example.org"


@pytest.fixture
def service(settings: Settings) -> Iterator[services.Service]:
    """The services, which take everything."""
    with services.running() as running:
        settings.ANYMAIL = services.settings_for(running)
        settings.EMAIL_BACKEND = "anymail.backends.postmark.EmailBackend"
        yield running


def letter() -> Letter:
    context = {"newsletter": "Wici", "url": "https://example.org/c/1", "days": 3}
    return Letter(to=ANNA, language="en", template="confirm", context=context, occasion="test")


def test_a_letter_keeps_its_message_id_and_asks_for_no_tracking_c2(service: services.Service) -> None:
    message_id = letter().send()
    assert service.copies() == {(message_id, ANNA): 1}
    asked = service.requests[0][1]
    assert (asked["TrackOpens"], asked["TrackLinks"]) == (False, "None")


def test_a_service_that_knows_no_such_wish_gets_the_letter_all_the_same(
    service: services.Service, settings: Settings
) -> None:
    settings.EMAIL_BACKEND = "anymail.backends.resend.EmailBackend"
    letter().send()
    assert service.taken() == 1


@pytest.mark.parametrize("wrong", ["rejected", "invalid"])
def test_an_address_the_service_refuses_is_refused_for_good(service: services.Service, wrong: str) -> None:
    service.script.refused = {ANNA: wrong}
    with pytest.raises(LetterRefusedError):
        letter().send()


@pytest.mark.parametrize(("fate", "spoke"), [(401, False), (500, False), (422, True), ("reset", False)])
def test_anything_else_puts_it_off_and_says_whether_it_was_about_this_letter(
    service: services.Service, fate: int | str, *, spoke: bool
) -> None:
    service.script.fates = [fate]
    with pytest.raises(LetterDeferredError) as put_off:
        letter().send()
    assert put_off.value.server_spoke is spoke


def test_without_a_key_letters_wait(settings: Settings) -> None:
    settings.ANYMAIL = {}
    settings.EMAIL_BACKEND = "anymail.backends.postmark.EmailBackend"
    with pytest.raises(LetterDeferredError):
        letter().send()


def test_a_backend_that_took_none_has_not_sent_it(settings: Settings) -> None:
    settings.EMAIL_BACKEND = "tests.integration.lib.test_letters_by_services.Idle"
    with pytest.raises(LetterDeferredError):
        letter().send()


class Idle:
    """Takes nothing, and says so."""

    def __init__(self, **_options: object) -> None:
        """Django's own way."""

    def send_messages(self, _messages: object) -> int:
        return 0
