"""lib.letters: what every one of our own letters carries, on the bytes."""

from __future__ import annotations

import email
import email.policy
from typing import TYPE_CHECKING

import pytest
from django.core import mail

from newsletter.lib.letters import Letter

if TYPE_CHECKING:
    from email.message import EmailMessage

LINK = "https://wici.example.org/p/" + "a" * 48


def my_link(**facts: object) -> Letter:
    given: dict[str, object] = {
        "to": "anna@xn--w-uga1v8h.pl",
        "language": "pl",
        "template": "my_link",
        "context": {"url": LINK, "publisher": "Fundacja <Przykład> & synowie", "postal_address": "ul. Żółta 1"},
        "occasion": "7, link at noon",
        "sender": ("Redakcja „Wici”", "wici@example.org"),
        "reply_to": "redakcja@example.org",
    }
    return Letter(**(given | facts))  # type: ignore[arg-type]  # a test's facts are as good as its letter


def on_the_wire(letter: Letter) -> tuple[bytes, EmailMessage]:
    raw = letter.message().message().as_bytes(linesep="\r\n")  # type: ignore[call-arg]  # Django's own, unknown to the stubs
    return raw, email.message_from_bytes(raw, policy=email.policy.default)


def test_headers_say_who_and_that_a_machine_wrote_it_f2_h10() -> None:
    _raw, message = on_the_wire(my_link())
    for name in ("From", "To", "Date", "Message-ID", "Subject", "MIME-Version"):
        assert len(message.get_all(name, [])) == 1, name
    assert message["From"].addresses[0].display_name == "Redakcja „Wici”"
    assert message["From"].addresses[0].addr_spec == "wici@example.org"
    assert message["To"] == "anna@xn--w-uga1v8h.pl"
    assert message["Reply-To"] == "redakcja@example.org"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Auto-Response-Suppress"] == "All"
    assert message["Content-Language"] == "pl"
    assert message["Message-ID"].endswith("@example.org>")
    assert message["List-Unsubscribe"] is None


def test_the_wire_form_is_seven_bits_and_short_lines_f1_f6() -> None:
    raw, _message = on_the_wire(my_link())
    assert raw.isascii()
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert max(map(len, raw.split(b"\r\n"))) <= 78


def test_text_comes_first_and_html_last_f5() -> None:
    _raw, message = on_the_wire(my_link())
    assert message.get_content_type() == "multipart/alternative"
    text, html = message.iter_parts()
    assert (text.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    words, page = text.get_content(), html.get_content()
    assert LINK in words
    assert max(map(len, words.replace(LINK, "").splitlines())) <= 76
    assert "Fundacja <Przykład> & synowie" in words
    assert "Fundacja &lt;Przykład&gt; &amp; synowie" in page
    assert page.count(LINK) == 3


def test_nothing_in_it_is_fetched_or_counted_c2() -> None:
    _raw, message = on_the_wire(my_link())
    page = message.get_body(("html",)).get_content()  # type: ignore[union-attr]  # every letter has one
    for tag in ("<img", "<script", "<link", "url(", "<form", "<iframe"):
        assert tag not in page
    assert 'lang="pl"' in page
    assert 'role="presentation"' in page


def test_a_retry_is_the_same_letter_and_another_occasion_is_another_f3() -> None:
    assert my_link().message_id == my_link().message_id
    assert my_link().message_id != my_link(occasion="7, link at one").message_id
    assert my_link().message_id != my_link(to="ola@example.org").message_id


@pytest.mark.parametrize("trap", ["Wici\r\nBcc: x@example.org", "Wici\nX: y"])
def test_a_sender_name_cannot_add_a_header_x6(trap: str) -> None:
    with pytest.raises(ValueError, match=r"header|invalid|newline|CR|LF"):
        my_link(sender=(trap, "wici@example.org")).message().message()


def test_the_site_itself_writes_where_no_newsletter_does() -> None:
    assert my_link(sender=("", "")).message().from_email == "Wici <wici@example.org>"


def test_sending_returns_the_message_id_it_used() -> None:
    letter = my_link()
    assert letter.send() == letter.message_id
    assert mail.outbox[0].extra_headers["Message-ID"] == f"<{letter.message_id}>"
