"""composition.headers: 7-bit, folded, and nothing a person typed can add a line (F7, F9, F10, X6)."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.header import decode_header, make_header

import pytest

from newsletter.composition.headers import ascii_words, display_name, line, mailbox, to_value, unstructured

SUBJECTS = [
    "Zażółć gęślą jaźń: żółte światło dla SMS-ów",
    "Plain words",
    "Καλημέρα κόσμε",
    "😀" * 60,
    "שלום עולם, زنجبيل",
    "żółć " * 60,
    "a" * 300,
    "=?utf-8?q?not_ours?=",
    "two  spaces",
]


def read_back(head: str, name: str = "Subject") -> str:
    return str(message_from_bytes(head.encode() + b"\r\n\r\n", policy=policy.default)[name])


@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_subject_reads_back_as_written(subject: str) -> None:
    head = unstructured("Subject", subject)
    assert read_back(head) == subject.strip()
    assert max(map(len, head.split("\r\n"))) <= 76
    assert head.isascii()


@pytest.mark.parametrize("ending", ["\r\n", "\n", "\r", "\0", "\u2028", "\x85", "\u202e"])
def test_no_line_end_or_bidi_control_survives_in_a_header(ending: str) -> None:
    assert unstructured("Subject", f"Hello{ending}Bcc: all@example.org") == "Subject: Hello Bcc: all@example.org"
    assert display_name(f"Hello{ending}Bcc: x") == ['"Hello Bcc: x"']


@pytest.mark.parametrize("name", ["Wici", 'The "Good" News', "Wieści z sieci", "a, b", "", "=?x?=", "Łódź"])
def test_a_sender_name_reads_back_as_written(name: str) -> None:
    head = line("From", *display_name(name), "<news@example.org>")
    address = message_from_bytes(head.encode() + b"\r\n\r\n", policy=policy.default)["From"].addresses[0]
    assert (address.display_name, address.addr_spec) == (name, "news@example.org")


@pytest.mark.parametrize("name", ["Ł" * 80, "x" * 80])
def test_a_long_sender_name_is_several_words_that_decode_to_one(name: str) -> None:
    words = display_name(name)
    assert str(make_header(decode_header(" ".join(words)))) == name
    assert max(map(len, words)) <= 75


def test_a_senders_domain_goes_out_as_a_label() -> None:
    assert mailbox("news@wieści.example") == "news@xn--wieci-wcb.example"


@pytest.mark.parametrize(
    "address", ["", "no-at", "a b@example.org", "a@b@example.org", "x@example.org>\r\nBcc: y@example.org"]
)
def test_what_is_no_mailbox_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        mailbox(address)


def test_an_address_only_smtputf8_can_carry_leaves_to_empty_but_valid() -> None:
    assert to_value("zażółć@example.org") == "undisclosed-recipients:;"
    assert to_value("a@example.org\r\nBcc: b@example.org") == "undisclosed-recipients:;"


def test_a_list_name_is_plain_ascii() -> None:
    assert ascii_words("Wieści — łódź „cytat”") == "Wiesci - lodz cytat"
