"""composition.compiling under any words: the bytes parse back to what was written and break no rule of the wire (F1-F7)."""

from __future__ import annotations

import datetime as dt
from email import message_from_bytes, policy
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from newsletter.composition.compiling import Reader, ReaderError, compile_message
from newsletter.composition.headers import FORGING
from newsletter.composition.merging import MergeField, merged, said, slot
from newsletter.composition.message import Message, digest_of
from newsletter.editions.models import Edition
from newsletter.lib import links
from tests.builders import a_newsletter

if TYPE_CHECKING:
    from email.message import EmailMessage

pytestmark = pytest.mark.django_db

DATE = dt.datetime(2026, 11, 23, 12, 30, tzinfo=dt.timezone(dt.timedelta(hours=1)))
ONCE = ["From", "Date", "Message-ID", "Subject", "To", "MIME-Version", "List-Unsubscribe", "List-Id", "Content-Type"]
PIECE = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        ["\r\n.\r\n", "\r\n\r\n", "\nBcc: x@example.org\n", "From ", "=3D", "=\r\n", " " * 90, "\t", "x" * 990]
    ),
    st.sampled_from(["[[first_name]]", "[[first_name|Ża & <b>]]", "żółć" * 30, "😀" * 30, "--=_", "&amp;", "{{ x }}"]),
)
WORDS = st.lists(PIECE, max_size=8).map("".join)
NAMES = st.one_of(
    st.text(max_size=60), st.sampled_from(["Anna", "Łucja", "<b>&", "O'Neil", "\r\nBcc: x@example.org", "ń" * 60])
)


def message_of(subject: str, html: str, text: str) -> Message:
    edition = Edition.objects.filter(slug="any").first() or Edition.objects.create(
        newsletter=a_newsletter(), slug="any", code="ANY-2345-67", dated=DATE.date()
    )
    html = merged(html, first_name="Ty") + slot(MergeField.UNSUBSCRIBE_URL)
    text = merged(text, first_name="Ty") + "\n" + slot(MergeField.PREFERENCES_URL) + "\n"
    subject = " ".join(merged(subject, first_name="Ty").split())
    return Message(
        edition=edition,
        language="pl",
        subject=subject,
        html=html,
        text=text,
        digest=digest_of(subject=subject, html=html, text=text),
    )


def reader(name: str = "Anna", address: str = "anna@example.org") -> Reader:
    return Reader(
        address=address,
        first_name=name,
        message_id="7.abc@example.org",
        unsubscribe_token=b"a" * 48,
        preferences_token=b"b" * 48,
    )


def parsed(raw: bytes) -> EmailMessage:
    return message_from_bytes(raw, policy=policy.default)


@given(subject=WORDS, html=WORDS, text=WORDS, name=NAMES)
@example(subject="ż" * 20_000, html="ż" * 20_000, text="x" * 20_000, name="")
@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
def test_any_message_obeys_the_wire(subject: str, html: str, text: str, name: str) -> None:
    raw = compile_message(message=message_of(subject, html, text), mailing_id=1).fill(reader(name), date=DATE)
    lines = raw.split(b"\r\n")
    assert raw.isascii()
    assert b"\0" not in raw
    assert raw.count(b"\r") == raw.count(b"\n") == len(lines) - 1
    assert max(map(len, lines)) <= 78
    headers = [
        line.partition(b":")[0].lower()
        for line in raw.partition(b"\r\n\r\n")[0].split(b"\r\n")
        if line[:1] not in b" \t"
    ]
    assert sorted(headers) == sorted(set(headers))
    assert {header.lower().encode() for header in ONCE} <= set(headers)
    assert b"bcc" not in headers


@given(html=WORDS, text=WORDS, name=NAMES)
@settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow])
def test_any_body_reads_back_as_composed(html: str, text: str, name: str) -> None:
    message = message_of("Wieści", html, text)
    mail = parsed(compile_message(message=message, mailing_id=1).fill(reader(name), date=DATE))
    plain, rich = mail.iter_parts()
    shown = " ".join(FORGING.sub(" ", said(name)).split())
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    assert [part.get_content_charset() for part in mail.iter_parts()] == ["utf-8", "utf-8"]
    for part, source in ((plain, message.text), (rich, message.html)):
        constant = source.partition("zqslot")[0]
        body = part.get_payload(decode=True)
        assert isinstance(body, bytes)
        assert body.decode().replace("\r\n", "\n").startswith(constant)
    if "[[first_name]]" in text and shown.isalpha():
        assert shown in plain.get_content()
    assert links.address_of(links.Purpose.UNSUBSCRIBE) + reader().unsubscribe_token.decode() in rich.get_content()
    assert links.address_of(links.Purpose.PREFERENCES) + reader().preferences_token.decode() in plain.get_content()


@given(subject=st.text(max_size=300).filter(lambda text: "[[" not in text))
@settings(deadline=None, max_examples=150)
def test_any_subject_reads_back_as_written(subject: str) -> None:
    message = message_of(subject, "", "")
    mail = parsed(compile_message(message=message, mailing_id=None).fill(reader(), date=DATE))
    assert str(mail["Subject"]) == FORGING.sub(" ", message.subject).strip()
    assert len(mail.get_all("To", [])) == 1


@given(junk=st.text(min_size=1, max_size=40))
@settings(deadline=None, max_examples=150)
def test_no_reader_can_add_a_header(junk: str) -> None:
    compiled = compile_message(message=message_of("[[first_name]], x", "", ""), mailing_id=1)
    mail = parsed(compiled.fill(reader(name=f"Jan{junk}", address=f"jan{junk}@example.org"), date=DATE))
    usual = parsed(compiled.fill(reader(), date=DATE))
    assert mail.keys() == usual.keys()


@given(junk=st.sampled_from(["\r\nBcc: x@example.org", ">", "<", " ", "\0", "ż"]))
def test_a_link_or_an_id_that_would_leave_its_header_fails_that_one_copy(junk: str) -> None:
    compiled = compile_message(message=message_of("x", "", ""), mailing_id=1)
    one = reader()
    with pytest.raises(ReaderError):
        compiled.fill(one._replace(message_id=f"1{junk}2"), date=DATE)
    with pytest.raises(ReaderError):
        compiled.fill(one._replace(unsubscribe_token=f"a{junk}".encode()), date=DATE)
    with pytest.raises(ReaderError):
        compiled.fill(one._replace(preferences_token=f"b{junk}".encode()), date=DATE)
