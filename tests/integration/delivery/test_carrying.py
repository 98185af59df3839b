"""Sessions with a backend: kept, closed when idle or broken, each with a thread; and what a copy is made of."""

from __future__ import annotations

import time
from email import message_from_bytes, policy
from typing import TYPE_CHECKING, Any, ClassVar

import pytest
from anymail.exceptions import AnymailUnsupportedFeature

from newsletter.delivery import carrying, sentences
from newsletter.delivery.answering import What
from newsletter.delivery.carrying import Desk, Session
from newsletter.delivery.enveloping import Copy
from newsletter.delivery.throttling import LimitsAwayError
from newsletter.lib.servers import parse
from tests.environment import free_port
from tests.peers import services

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_django import Settings

HERE = "backend://tests.integration.delivery.test_carrying.{}?name=here"
FILLED = (
    b"Date: Mon, 23 Nov 2026 13:00:00 +0100\r\nMessage-ID: <a@example.org>\r\nTo: ula@example.org\r\n"
    b"Subject: =?utf-8?b?xbvDs8WCdGUg?=\r\n =?utf-8?b?xZt3aWF0xYJv?=\r\nFrom: =?utf-8?b?V2nFm2Np?= <wici@example.org>\r\n"
    b"Reply-To: redakcja@example.org\r\nList-Unsubscribe:\r\n <https://example.org/u/1>\r\nMIME-Version: 1.0\r\n"
    b'Content-Type: multipart/alternative;\r\n boundary="=_1"\r\n\r\n'
    b'--=_1\r\nContent-Type: text/plain; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n'
    b"Cze=C5=9B=C4=87\r\n\r\n.\r\n"
    b'--=_1\r\nContent-Type: text/html; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n'
    b"<p>Cze=C5=9B=\r\n=C4=87</p>\r\n--=_1--\r\n"
)


def a_copy(recipient: str = "ula@example.org", *, sender: str = "wici@example.org") -> Copy:
    return Copy(FILLED, sender=sender, recipient=recipient)


@pytest.mark.usefixtures("redis_server")
def test_while_redis_is_away_a_desk_goes_on_with_the_sessions_it_was_told(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(carrying, "RENEW_SECONDS", 0.0)
    desk, stranger = Desk(parse(f"{HERE.format('Noting')}&connections=2")), Desk(parse(HERE.format("Strange")))
    assert desk.sessions == 2
    settings.REDIS_URL = f"redis://127.0.0.1:{free_port()}/0"
    desk.keep()
    assert desk.sessions == 2
    stranger.keep()
    with pytest.raises(LimitsAwayError):
        _ = stranger.sessions


def test_a_copy_is_made_of_the_bytes_and_gives_them_back() -> None:
    copy = a_copy()
    assert (copy.subject, copy.body, copy.from_email) == ("Żółte światło", "Cześć\n\n.", "Wiści <wici@example.org>")
    assert copy.alternatives[0][0] == "<p>Cześć</p>"
    assert copy.extra_headers == {"Message-ID": "<a@example.org>", "List-Unsubscribe": "<https://example.org/u/1>"}
    assert (copy.to, copy.reply_to) == (["ula@example.org"], ["redakcja@example.org"])
    assert copy.message().as_bytes(linesep="\r\n") == FILLED
    assert copy.message().as_bytes() == FILLED.replace(b"\r\n", b"\n")
    assert message_from_bytes(copy.message().as_bytes(), policy=policy.default)["Subject"] == "Żółte światło"


def test_an_envelope_sender_of_its_own_stands_where_django_looks_for_it() -> None:
    copy = a_copy(sender="bounces@example.org")
    assert copy.from_email == "bounces@example.org"
    assert copy.extra_headers["From"] == "Wiści <wici@example.org>"
    copy.without("envelope_sender")
    copy.without("envelope_sender")
    assert copy.from_email == "Wiści <wici@example.org>"
    assert "From" not in copy.extra_headers


class Noting:
    """A backend that notes what happens to it."""

    happened: ClassVar[list[str]] = []

    def __init__(self, **_options: object) -> None:
        """Django's own way."""

    def open(self) -> bool:
        self.happened.append("open")
        return True

    def close(self) -> None:
        self.happened.append("close")

    def send_messages(self, messages: list[Any]) -> int | None:
        self.happened.append(messages[0].to[0])
        return 1


class Silent(Noting):
    """Says nothing about what it did."""

    def send_messages(self, messages: list[Any]) -> int | None:
        super().send_messages(messages)
        return None


class Broken(Noting):
    """Breaks, also when it is closed."""

    def send_messages(self, messages: list[Any]) -> int | None:
        raise KeyError(messages[0].to[0])

    def close(self) -> None:
        super().close()
        raise OSError


class Narrow(Noting):
    """Knows neither envelope sender nor wishes."""

    def send_messages(self, messages: list[Any]) -> int | None:
        for wish in ("track_clicks", "track_opens"):
            if hasattr(messages[0], wish):
                raise AnymailUnsupportedFeature(f"Narrow does not support {wish}")
        if "From" in messages[0].extra_headers:
            raise AnymailUnsupportedFeature("Narrow does not support envelope_sender")
        return super().send_messages(messages)


class Picky(Noting):
    """Knows no lists."""

    def send_messages(self, messages: list[Any]) -> int | None:
        raise AnymailUnsupportedFeature("Picky does not support extra_headers", email_message=messages[0])


@pytest.fixture(autouse=True)
def happened() -> Iterator[list[str]]:
    Noting.happened.clear()
    yield Noting.happened
    Noting.happened.clear()


def session(name: str) -> Session:
    return Session(parse(HERE.format(name)))


def test_a_session_stays_open_over_many_copies(happened: list[str]) -> None:
    kept = session("Noting")
    for name in ("ula@example.org", "jan@example.org"):
        assert kept.hand_over([a_copy(name)])[0].reply.code == 250
    kept.close()
    kept.close()
    assert happened == ["open", "ula@example.org", "jan@example.org", "close"]


def test_who_says_nothing_has_not_said_yes_and_is_opened_anew(happened: list[str]) -> None:
    kept = session("Silent")
    assert [kept.hand_over([a_copy()])[0].what for _ in range(2)] == [What.UNKNOWN] * 2
    assert happened == ["open", "ula@example.org", "close"] * 2


def test_a_backend_that_breaks_costs_no_more_than_its_copy(happened: list[str]) -> None:
    assert session("Broken").hand_over([a_copy()])[0].what is What.UNKNOWN
    assert happened == ["open", "close"]


def test_what_a_backend_does_not_know_is_left_away_and_not_asked_again(happened: list[str]) -> None:
    kept = session("Narrow")
    for _ in range(2):
        assert kept.hand_over([a_copy(sender="bounces@example.org")])[0].reply.code == 250
    assert happened == ["open", "ula@example.org", "ula@example.org"]


def test_what_must_not_be_left_away_stops_it() -> None:
    (answer,) = session("Picky").hand_over([a_copy()])
    assert answer.what is What.REFUSED
    assert "does not support extra_headers" in answer.reply.text


# ── threads ──────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_session_nobody_uses_is_closed_and_another_is_opened_when_asked(
    happened: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(carrying, "IDLE_SECONDS", 0.1)
    desk = Desk(parse(HERE.format("Noting")))
    for _ in range(2):
        desk.send([a_copy()])
        assert len(desk.wait(5)) == 1
        time.sleep(0.4)
    assert happened == ["open", "ula@example.org", "close"] * 2
    desk.leave()


def test_errands_go_beside_each_other_and_a_forgotten_one_is_not_told(settings: Settings) -> None:
    with services.running(services.Script(delay=0.3)) as service:
        settings.ANYMAIL = services.settings_for(service)
        desk = Desk(parse("backend://anymail.backends.mailgun.EmailBackend?name=mailgun"))
        began = time.monotonic()
        errands = {desk.send([a_copy(f"reader{n}@example.org")]) for n in range(3)}
        back = set(desk.wait(5))
        while len(back) < 3:
            back |= set(desk.wait(5))
        assert back == errands
        assert time.monotonic() - began < 0.8
        desk.send([a_copy()])
        desk.forget()
        assert desk.wait(1) == []
        desk.leave()


def test_an_answer_that_does_not_come_is_unknown(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(carrying, "LONGEST_WAIT", 0.1)
    with services.running(services.Script(always="silent")) as service:
        settings.ANYMAIL = services.settings_for(service)
        desk = Desk(parse("backend://anymail.backends.postmark.EmailBackend?name=postmark"))
        desk.send([a_copy(), a_copy("jan@example.org")])
        (errand,) = desk.wait(0.3)
        assert [(each.what, each.reply.text) for each in errand.answers] == [(What.UNKNOWN, sentences.SILENT)] * 2
        desk.leave()


@pytest.mark.usefixtures("redis_server")
def test_a_desk_without_a_backend_says_one_at_a_time() -> None:
    assert Desk(parse("backend://nowhere.Backend")).most == 1
    assert Desk(parse(HERE.format("Noting"))).most == 1
    assert Desk(parse(f"{HERE.format('Noting')}&connections=1")).sessions == 1
