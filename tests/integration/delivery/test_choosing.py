"""Which servers carry a newsletter's mail, and what happens when those it names are gone."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from newsletter.delivery import choosing, sentences, waiting
from newsletter.delivery.transport import NoServerError
from tests.integration.delivery.conftest import make_mailing

if TYPE_CHECKING:
    from pytest_django import Settings

    from newsletter.editions.models import Edition, Newsletter

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def three(settings: Settings) -> None:
    settings.SMTP_SERVERS = [
        f"smtp://mail.example.org:{port}?name={name}" for port, name in ((1, "a"), (2, "b"), (3, "c"))
    ]


def names(newsletter: Newsletter) -> list[str]:
    return [server.name for server in choosing.servers_for(newsletter=newsletter)]


def test_a_newsletter_that_names_none_may_use_all(newsletter: Newsletter) -> None:
    assert names(newsletter) == ["a", "b", "c"]


def test_a_newsletter_uses_those_it_names_in_the_order_of_the_setting(newsletter: Newsletter) -> None:
    newsletter.servers = ["c", "gone", "a"]
    assert names(newsletter) == ["a", "c"]


def test_a_newsletter_whose_servers_are_gone_uses_no_other_and_says_so(
    newsletter: Newsletter, edition: Edition
) -> None:
    newsletter.servers = ["gone"]
    newsletter.save()
    assert names(newsletter) == []
    mailing = make_mailing(edition)
    waiting.nobody_answers(mailing=mailing, error=NoServerError([]), now=NOON)
    assert mailing.waits_for == sentences.NOT_THE_CHOSEN


def test_a_wrong_setting_leaves_a_form_without_choices(settings: Settings) -> None:
    settings.SMTP_SERVERS = ["nonsense"]
    assert choosing.readable() == []
