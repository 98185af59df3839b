"""A server is tried out up to the message, and every step is told in a sentence."""

from __future__ import annotations

import datetime as dt
import time
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone, translation

from newsletter.delivery import examining
from newsletter.lib.servers import Server
from tests.environment import free_port
from tests.peers import certificates, services
from tests.peers.openings import speaking

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytest_django import Settings

    from newsletter.delivery.examining import Step
    from tests.peers import smtp
    from tests.peers.openings import Wire


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


def examined(port: int, **options: object) -> list[Step]:
    days = options.pop("days_from_now", 0)
    assert isinstance(days, int)
    facts: dict[str, object] = {"tls": "none"} | options
    server = Server(str(facts.pop("host", "127.0.0.1")), port, **facts)  # type: ignore[arg-type]  # of a test
    return examining.examine(
        server=server,
        sender="wici@example.org",
        recipient="wici@example.org",
        now=timezone.now() + dt.timedelta(days=days),
    )


def verdicts(steps: list[Step]) -> dict[str, str]:
    return {step.name: step.verdict for step in steps}


def test_a_server_that_takes_mail_passes_every_step_and_gets_none(peer: smtp.Peer) -> None:
    steps = examined(peer.port)
    assert verdicts(steps) == dict.fromkeys(
        ["resolve", "connect", "greeting", "starttls", "offer", "mail", "rcpt"], "good"
    )
    assert steps[4].sentence == "It offers: PIPELINING, 8BITMIME, at most 10.0\xa0MB a mail."
    assert peer.taken() == 0


def test_what_was_begun_is_taken_back() -> None:
    heard: list[str] = []

    def talk(wire: Wire) -> None:
        wire.greet()
        for answer in ("250 ok", "250 ok", "250 forgotten", "221 bye"):
            heard.append(wire.hear())
            wire.say(answer)

    with speaking(talk) as port:
        steps = examined(port)
    assert heard == ["MAIL FROM:<wici@example.org>", "RCPT TO:<wici@example.org>", "RSET", "QUIT"]
    assert steps[4].sentence == "It offers nothing beyond the plainest way to send."


def test_a_refusal_ends_the_list_with_its_reason() -> None:
    def talk(wire: Wire) -> None:
        wire.greet("SIZE")
        wire.hear()
        wire.say("250 ok")
        wire.hear()
        wire.say("554 5.7.1 relay access denied")
        wire.hear()

    with speaking(talk) as port:
        steps = examined(port)
    assert (steps[-1].name, steps[-1].verdict) == ("rcpt", "bad")
    assert "relay access denied" in steps[-1].sentence


def test_a_port_where_nobody_listens_ends_after_the_name() -> None:
    assert verdicts(examined(free_port())) == {"resolve": "good", "connect": "bad"}


def test_a_refused_password_is_told_and_kept_secret() -> None:
    def talk(wire: Wire) -> None:
        wire.greet("AUTH PLAIN")
        wire.hear()
        wire.say("535 5.7.8 not hunter2")

    with speaking(talk) as port:
        steps = examined(port, username="ula", password="hunter2")
    assert [step.name for step in steps] == ["resolve", "connect", "greeting", "starttls", "auth"]
    assert steps[-1].verdict == "bad"
    assert not any("hunter2" in step.sentence for step in steps)


def test_a_taken_password_is_told_too() -> None:
    def talk(wire: Wire) -> None:
        wire.greet("AUTH PLAIN")
        for answer in ("235 in", "550 5.7.1 not you"):
            wire.hear()
            wire.say(answer)

    with speaking(talk) as port:
        steps = examined(port, username="ula", password="hunter2")
    assert verdicts(steps)["auth"] == "good"
    assert verdicts(steps)["mail"] == "bad"


@pytest.mark.parametrize(("days", "verdict"), [(-20, "good"), (0, "notice")])
@pytest.mark.parametrize("tls", ["starttls", "implicit"])
def test_an_encrypted_line_says_how_long_its_certificate_is_good(
    tmp_path: Path, tls: str, days: int, verdict: str
) -> None:
    certificate = certificates.make(tmp_path, name="localhost")  # good for a day

    def talk(wire: Wire) -> None:
        if tls == "implicit":
            wire.encrypt(certificate)
            wire.greet()
        else:
            wire.greet("STARTTLS")
            wire.hear()
            wire.say("220 go")
            wire.encrypt(certificate)
            wire.answer_hello()

    authority = str(certificate.authority)
    with speaking(talk) as port:
        steps = examined(port, host="localhost", tls=tls, ca_file=authority, days_from_now=days)
    assert verdicts(steps)["starttls"] == verdict
    assert "TLSv1." in next(step.sentence for step in steps if step.name == "starttls")


def test_an_unknown_issuer_is_a_notice_where_nothing_was_demanded_and_an_end_where_it_was(tmp_path: Path) -> None:
    certificate = certificates.make(tmp_path, name="localhost")

    def talk(wire: Wire) -> None:
        wire.greet("STARTTLS")
        wire.hear()
        wire.say("220 go")
        wire.encrypt(certificate)
        wire.answer_hello()

    with speaking(talk) as port:
        assert verdicts(examined(port, tls="opportunistic"))["starttls"] == "notice"
    with speaking(talk) as port:
        steps = examined(port, tls="starttls", host="localhost")
    assert "ca_file" in steps[-1].sentence
    assert [step.name for step in steps] == ["resolve", "connect", "greeting", "starttls"]


def test_mail_in_clear_text_over_a_network_is_a_notice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examining, "LOOPBACK", frozenset())  # loopback stands for a host far away
    with speaking(lambda wire: wire.greet()) as port:
        assert verdicts(examined(port))["starttls"] == "notice"


def test_a_silent_server_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examining, "PATIENCE", 0.3)
    monkeypatch.setattr("newsletter.delivery.conversing.PULSE", 0.1)
    began = time.monotonic()

    def talk(wire: Wire) -> None:
        wire.hear()

    with speaking(talk) as port:
        steps = examined(port)
    assert verdicts(steps)["greeting"] == "bad"
    assert time.monotonic() - began < 5


# ── each failure, as a real conversation brings it about ─────────────────────────────────────────────────────────────
def saying(*answers: str, offers: tuple[str, ...] = ()) -> Callable[[Wire], None]:
    """Greets, offers, and gives one answer after the other to whatever is said."""

    def talk(wire: Wire) -> None:
        wire.greet(*offers)
        for answer in answers:
            wire.hear()
            wire.say(answer)
        wire.hear()

    return talk


def only(*said: str) -> Callable[[Wire], None]:
    def talk(wire: Wire) -> None:
        for line in said:
            wire.say(line)
            wire.hear()

    return talk


PASSWORD: dict[str, object] = {"username": "ula", "password": "hunter2"}
BY_PLAIN = ("AUTH PLAIN",)
FAILURES: list[tuple[Callable[[Wire], None], dict[str, object], str, str]] = [
    (only("HTTP/1.1 400 Bad Request"), {}, "greeting", "is no mail server"),
    (only("554 5.7.1 your address is blocked"), {}, "greeting", "does not talk to this machine: “554 5.7.1"),
    (only("421 4.3.2 too many connections"), {}, "greeting", "does not talk to this machine: “421 4.3.2"),
    (only("220 ready", "451 4.3.2 busy"), {}, "hello", "has no time for us now"),
    (only("220 ready", "550 what", "550 5.7.1 no such name"), {}, "hello", "Set another one with helo"),
    (only("220 ready", "what?"), {}, "hello", "did not answer our greeting as a mail server does"),
    (saying(), {"tls": "starttls"}, "starttls", "offers no encryption on port"),
    (saying("454 4.7.0 not now", offers=("STARTTLS",)), {"tls": "starttls"}, "starttls", "454 4.7.0 not now"),
    (only("220 ready"), {"tls": "implicit"}, "starttls", "does not encrypt from the start here"),
    (saying(), PASSWORD, "auth", "lets nobody log in on port"),
    (saying(offers=BY_PLAIN), {**PASSWORD, "auth": "CRAM-MD5"}, "auth", "lets nobody in by CRAM-MD5"),
    (saying("535 5.7.8 wrong", offers=BY_PLAIN), PASSWORD, "auth", "refused the password: “535"),
    (saying("454 4.7.0 busy", offers=BY_PLAIN), PASSWORD, "auth", "cannot let us in now"),
    (saying(offers=("AUTH XOAUTH2",)), {"username": "ula", "token_file": "/nowhere"}, "auth", "token_file in SMTP_URL"),
    (saying("235 in", "550 5.7.1 not yours", offers=BY_PLAIN), PASSWORD, "mail", "no mail from wici@example.org"),
    (saying("530 5.7.0 log in first"), {}, "mail", "wants a login"),
    (saying("452 4.3.1 disk full"), {}, "mail", "no mail from us now"),
    (saying("250 ok", "550 5.7.1 no relaying"), {}, "rcpt", "passes on no mail for us"),
    (saying("250 ok", "450 4.2.0 greylisted"), {}, "rcpt", "no mail from us now"),
    (saying("250 ok", "421 4.3.2 going down"), {}, "rcpt", "no mail from us now: “421"),
]


@pytest.mark.parametrize(
    ("script", "options", "stage", "words"), FAILURES, ids=[f"{one[2]}: {one[3]}" for one in FAILURES]
)
def test_each_failure_ends_the_list_with_a_sentence_that_says_what_to_do(
    script: Callable[[Wire], None], options: dict[str, object], stage: str, words: str
) -> None:
    with speaking(script) as port:
        last = examined(port, **options)[-1]
    assert (last.name, last.verdict) == (stage, "bad")
    assert words in last.sentence


@pytest.mark.parametrize(
    ("days", "host", "is_known", "words"),
    [
        (-3, "localhost", True, "has run out: its operator must renew it"),
        (3, "localhost", True, "is not valid yet: check this machine's clock"),
        (0, "127.0.0.1", True, "is not for 127.0.0.1"),
        (0, "localhost", False, "name the authority with ca_file"),
    ],
)
@pytest.mark.parametrize("tls", ["starttls", "implicit"])
def test_each_fault_of_a_certificate_is_told_apart(
    tmp_path: Path, tls: str, days: int, host: str, words: str, *, is_known: bool
) -> None:
    certificate = certificates.make(tmp_path, name="localhost", begins=dt.timedelta(days=days, hours=-1))

    def talk(wire: Wire) -> None:
        if tls == "starttls":
            wire.greet("STARTTLS")
            wire.hear()
            wire.say("220 go")
        wire.encrypt(certificate)

    with speaking(talk) as port:
        last = examined(port, host=host, tls=tls, ca_file=str(certificate.authority) if is_known else "")[-1]
    assert (last.name, last.verdict) == ("starttls", "bad")
    assert words in last.sentence


def test_a_name_that_nobody_has_is_told() -> None:
    last = examined(25, host="nobody.invalid")[-1]
    assert (last.name, last.verdict) == ("resolve", "bad")
    assert "nobody.invalid" in last.sentence or "name server did not answer" in last.sentence


# ── e-mail backends ──────────────────────────────────────────────────────────────────────────────────────────────────
DJANGO = "django.core.mail.backends.{}.EmailBackend"


def backend(path: str) -> list[Step]:
    return examined(0, host="", kind="backend", path=path)


def test_a_backend_is_looked_for_and_set_up() -> None:
    assert verdicts(backend(DJANGO.format("locmem"))) == {"backend": "good", "send": "notice"}
    (missing,) = backend("nowhere.EmailBackend")
    assert (missing.name, missing.verdict) == ("backend", "bad")
    assert missing.sentence == (
        "There is no e-mail backend nowhere.EmailBackend (No module named 'nowhere'): check its name in SMTP_URL, and "
        "install its package."
    )


def test_a_backend_without_its_settings_says_which(settings: Settings) -> None:
    settings.ANYMAIL = {}
    (step,) = backend("anymail.backends.mailgun.EmailBackend")
    assert (step.name, step.verdict) == ("setup", "bad")
    assert "ANYMAIL_MAILGUN_API_KEY" in step.sentence
    assert step.sentence.endswith("Mend the settings and restart web and workers.")


def test_a_server_behind_a_backend_is_opened(settings: Settings, peer: smtp.Peer) -> None:
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", peer.port
    assert verdicts(backend(DJANGO.format("smtp"))) == {"backend": "good", "send": "notice"}
    settings.EMAIL_PORT = free_port()
    (step,) = backend(DJANGO.format("smtp"))
    assert (step.name, step.verdict) == ("open", "bad")
    assert step.sentence == (
        "The server behind it does not answer: Connection refused. Check its address and the network."
    )


@pytest.mark.parametrize("name", ["postmark", "resend", "mailtrap", "mailjet", "mailgun", "brevo"])
@pytest.mark.parametrize(
    ("status", "verdict", "words"),
    [
        (422, "good", " lets us in. No mail was sent."),
        (401, "bad", " does not let us in (HTTP 401): check the key that stands in an ANYMAIL_… setting."),
        (404, "bad", " knows no such place (HTTP 404): check the address and names in ANYMAIL_… settings."),
        (503, "bad", " has no time for us now (HTTP 503). Try again later."),
    ],
)
def test_a_service_is_asked_with_a_request_that_mails_nobody(
    settings: Settings, name: str, status: int, verdict: str, words: str
) -> None:
    with services.running(services.Script(always=status)) as service:
        settings.ANYMAIL = services.settings_for(service)
        steps = backend(f"anymail.backends.{name}.EmailBackend")
        assert steps[-1].verdict == verdict
        assert steps[-1].sentence == service.url.removeprefix("http://") + words
        assert service.taken() == 0
        assert [asked for _, asked in service.requests] == [{}]


def test_a_service_that_cannot_be_reached_is_said_not_to_be(settings: Settings) -> None:
    port = free_port()
    settings.ANYMAIL = services.SETTINGS | {"POSTMARK_API_URL": f"http://127.0.0.1:{port}/"}
    step = backend("anymail.backends.postmark.EmailBackend")[-1]
    assert (step.name, step.verdict) == ("connect", "bad")
    assert step.sentence == (
        f"127.0.0.1:{port} cannot be asked: The service cannot be reached from this machine. Check the network."
    )


def test_a_setting_that_does_not_fit_the_service_is_named(settings: Settings) -> None:
    settings.ANYMAIL = services.SETTINGS | {"SEND_DEFAULTS": {"template_id": "x", "merge_global_data": {"a": 1}}}
    settings.ANYMAIL |= {"RESEND_SEND_DEFAULTS": {"track_opens": True}}
    step = backend("anymail.backends.resend.EmailBackend")[-1]
    assert (step.name, step.verdict) == ("setup", "bad")
    assert "Resend does not support track_opens" in step.sentence
