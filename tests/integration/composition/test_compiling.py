"""composition.compiling: the headers a large receiver asks for, and a signature nobody can add to (H1-H12)."""

from __future__ import annotations

import base64
import datetime as dt
from email import message_from_bytes, policy
from typing import TYPE_CHECKING, Any

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from django.test import override_settings

from newsletter.composition.compiling import Reader, compile_message
from newsletter.composition.composing import compose
from newsletter.composition.dkim import DkimKeyError, signer_for
from tests.builders import NOON, an_edition

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.django_db

ZONE = dt.timezone(dt.timedelta(hours=1))
READER = Reader(
    address="anna@example.com",
    first_name="Łucja",
    message_id="3.7.f00@example.org",
    unsubscribe_token=b"a" * 48,
    preferences_token=b"b" * 48,
)
UNSUBSCRIBE_URL = "http://127.0.0.1:8000/u/" + "a" * 48
PREFERENCES_URL = "http://127.0.0.1:8000/p/" + "b" * 48


def raw(language: str = "pl", mailing_id: int | None = 7) -> bytes:
    message = compose(edition=an_edition(), language=language, today=NOON.date())
    return compile_message(message=message, mailing_id=mailing_id).fill(READER, date=NOON.astimezone(ZONE))


def headers(wire: bytes) -> Any:
    return message_from_bytes(wire, policy=policy.default)


def test_the_headers_of_an_edition() -> None:
    mail = headers(raw())
    assert {
        name: str(value).strip() for name, value in mail.items() if name not in ("Content-Type", "Subject", "List-Help")
    } == {
        "Date": "Mon, 23 Nov 2026 13:00:00 +0100",
        "Message-ID": "<3.7.f00@example.org>",
        "To": "anna@example.com",
        "From": "Wieści z sieci <news@example.org>",
        "Reply-To": "editors@example.org",
        "Content-Language": "pl",
        "List-Id": '"Wiesci z sieci" <net.example.org>',
        "List-Unsubscribe": f"<{UNSUBSCRIBE_URL}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "List-Owner": "<mailto:editors@example.org>",
        "List-Archive": "<http://127.0.0.1:8000/pl/editions/>",
        "List-Post": "NO",
        "Precedence": "bulk",
        "X-Auto-Response-Suppress": "OOF, AutoReply",
        "Feedback-ID": "m7:net:edition:wicimail",
        "MIME-Version": "1.0",
    }
    assert str(mail["Subject"]) == "Wieści na listopad: żółte światło dla SMS-ów"


def test_the_list_is_called_the_same_in_every_language() -> None:
    message = compose(edition=an_edition(), language="en", today=NOON.date())
    mail = headers(compile_message(message=message, mailing_id=7).fill(READER, date=NOON))
    assert str(mail["List-Id"]) == '"Wiesci z sieci" <net.example.org>'
    assert str(mail["Content-Language"]) == "en"


def test_text_comes_first_and_html_last_and_the_name_stands_in_both() -> None:
    mail = headers(raw())
    assert mail.get_content_type() == "multipart/alternative"
    plain, html = mail.iter_parts()
    assert (plain.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    for part in (plain, html):
        assert "Łucja" in part.get_content()
        assert UNSUBSCRIBE_URL in part.get_content()
        assert part.get_content().count("zqslot") == 0


def test_a_subject_with_links_and_a_name_holds_the_readers_own() -> None:
    edition = an_edition()
    edition.texts.filter(language="pl").update(subject="[[first_name]]: [[unsubscribe_url]] [[preferences_url]]")
    message = compose(edition=edition, language="pl", today=NOON.date())
    mail = headers(compile_message(message=message, mailing_id=7).fill(READER, date=NOON))
    assert str(mail["Subject"]) == f"Łucja: {UNSUBSCRIBE_URL} {PREFERENCES_URL}"


def test_a_second_attempt_sends_the_same_bytes() -> None:
    message = compose(edition=an_edition(), language="pl", today=NOON.date())
    first, second = (compile_message(message=message, mailing_id=7).fill(READER, date=NOON) for _ in range(2))
    assert first == second


def test_the_date_is_written_in_the_zone_it_was_given_in() -> None:
    message = compose(edition=an_edition(), language="pl", today=NOON.date())
    compiled = compile_message(message=message, mailing_id=7)
    dates = [headers(compiled.fill(READER, date=NOON.astimezone(zone)))["Date"] for zone in (dt.UTC, ZONE)]
    assert dates == ["Mon, 23 Nov 2026 12:00:00 +0000", "Mon, 23 Nov 2026 13:00:00 +0100"]


def test_a_test_is_marked_as_one_for_postmasters_only() -> None:
    assert headers(raw(mailing_id=None))["Feedback-ID"].split(":")[2] == "test"


@pytest.fixture
def key(tmp_path: Path) -> tuple[Path, Callable[..., bytes]]:
    """A private key's file, and a DNS that knows its public half."""
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    file = tmp_path / "dkim.pem"
    file.write_bytes(
        private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    public = private.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    record = b"v=DKIM1; k=rsa; p=" + base64.b64encode(public)

    def dns(name: bytes, **_: object) -> bytes:
        return record if name == b"wici._domainkey.example.org." else b""

    return file, dns


def test_a_signed_message_verifies_and_covers_what_it_must(key: tuple[Path, Callable[..., bytes]]) -> None:
    file, dns = key
    with override_settings(SENDER_DKIM_KEY_FILE=str(file)):
        wire = raw()
    assert dkim.verify(wire, dnsfunc=dns)
    tags = "".join(str(headers(wire)["DKIM-Signature"]).split())
    signed = tags.partition("h=")[2].partition(";")[0].split(":")
    assert "c=relaxed/simple" in tags
    assert {
        "message-id",
        "mime-version",
        "content-type",
        "list-id",
        "list-unsubscribe",
        "list-unsubscribe-post",
    } <= set(signed)
    assert all(signed.count(name) == 2 for name in ("from", "subject", "date", "to", "reply-to"))
    assert max(map(len, wire.split(b"\r\n"))) <= 78


@pytest.mark.parametrize(
    "forged",
    [
        b"From: x@example.org",
        b"Subject: x",
        b"Date: Mon, 23 Nov 2026 13:00:00 +0100",
        b"To: x@example.org",
        b"Reply-To: x@example.org",
    ],
)
def test_adding_a_header_after_signing_is_noticed(forged: bytes, key: tuple[Path, Callable[..., bytes]]) -> None:
    file, dns = key
    with override_settings(SENDER_DKIM_KEY_FILE=str(file)):
        wire = raw()
    assert not dkim.verify(forged + b"\r\n" + wire, dnsfunc=dns)


def test_changing_a_word_after_signing_is_noticed(key: tuple[Path, Callable[..., bytes]]) -> None:
    file, dns = key
    with override_settings(SENDER_DKIM_KEY_FILE=str(file)):
        wire = raw()
    forged = wire.replace(b"a" * 48, b"a" * 47 + b"b")
    assert forged != wire
    assert not dkim.verify(forged, dnsfunc=dns)


def test_without_a_key_nothing_is_signed_and_a_wrong_key_says_which(tmp_path: Path) -> None:
    assert signer_for("example.org") is None
    (tmp_path / "not-a-key").write_text("hello")
    (tmp_path / "not-rsa").write_bytes(
        ed25519.Ed25519PrivateKey.generate().private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    for file in ("not-a-key", "not-there", "not-rsa"):
        with override_settings(SENDER_DKIM_KEY_FILE=str(tmp_path / file)), pytest.raises(DkimKeyError) as wrong:
            signer_for("example.org")
        assert wrong.value.path.endswith(file)
