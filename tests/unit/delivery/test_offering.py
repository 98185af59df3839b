"""delivery.offering: what an EHLO reply promises."""

from __future__ import annotations

import pytest

from newsletter.delivery.offering import Offer, offer_in


def test_postfix_s_words_are_understood() -> None:
    lines = "mail.example.org|PIPELINING|SIZE 10240000|VRFY|ETRN|STARTTLS|AUTH PLAIN LOGIN|AUTH=PLAIN LOGIN"
    more = "ENHANCEDSTATUSCODES|8BITMIME|DSN|SMTPUTF8|CHUNKING"
    assert offer_in([*lines.split("|"), *more.split("|")]) == Offer(
        pipelining=True,
        eight_bit=True,
        smtputf8=True,
        starttls=True,
        size=10240000,
        auth=("PLAIN", "LOGIN"),
        chunking=True,
        dsn=True,
        enhanced=True,
        declares_size=True,
    )


@pytest.mark.parametrize(
    ("line", "offer"),
    [
        ("pipelining", Offer(pipelining=True)),
        ("8bitmime and more", Offer(eight_bit=True)),
        ("RequireTLS", Offer(requiretls=True)),
        ("Auth=login", Offer(auth=("LOGIN",))),
        ("AUTH= plain", Offer(auth=("PLAIN",))),
        ("AUTH", Offer()),
        ("SIZE", Offer(declares_size=True)),
        ("SIZE 0", Offer(declares_size=True)),
        ("SIZE many", Offer(declares_size=True)),
        ("SIZE -5", Offer(declares_size=True)),
        ("SIZE ²", Offer(declares_size=True)),
        ("SIZE " + "9" * 5000, Offer(declares_size=True)),
        ("BINARYMIME", Offer()),
        ("LIMITS MAILMAX=100 RCPTMAX=20", Offer(mailmax=100, rcptmax=20)),
        ("limits rcptdomainmax=1 future=3 MAILMAX", Offer(rcptdomainmax=1)),
        ("LIMITS MAILMAX=0 RCPTMAX=x", Offer()),
        ("", Offer()),
        ("   ", Offer()),
        ("\x00\ufffd XYZZY", Offer()),
    ],
)
def test_odd_words_are_taken_for_what_they_mean_or_for_nothing(line: str, offer: Offer) -> None:
    assert offer_in(["mail.example.org", line]) == offer


def test_the_greeting_line_offers_nothing() -> None:
    assert offer_in(["PIPELINING greets you"]) == Offer()
    assert offer_in([]) == Offer()


def test_of_two_limits_the_narrower_counts_and_of_two_lists_all_of_it() -> None:
    lines = ["mail", "SIZE 500", "SIZE 300", "AUTH PLAIN", "AUTH LOGIN PLAIN", "LIMITS MAILMAX=9", "LIMITS MAILMAX=7"]
    assert offer_in(lines) == Offer(size=300, declares_size=True, auth=("PLAIN", "LOGIN"), mailmax=7)


def test_binary_needs_chunking() -> None:
    assert offer_in(["mail", "CHUNKING", "BINARYMIME"]) == Offer(chunking=True, binary=True)
