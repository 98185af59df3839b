"""audience.addresses: what is an address, and what never gets in."""

from __future__ import annotations

import pytest
from django.test import override_settings
from django.utils import translation

from newsletter.audience.addresses import Address, AddressError, fingerprint, parse


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        (
            "Anna.Nowak@Example.ORG",
            Address("Anna.Nowak@example.org", "anna.nowak@example.org", "Anna.Nowak@example.org"),
        ),
        ("  anna@example.org\t", Address("anna@example.org", "anna@example.org", "anna@example.org")),
        ("anna+wici@example.org", Address("anna+wici@example.org", "anna+wici@example.org", "anna+wici@example.org")),
        ("o'neil@example.org", Address("o'neil@example.org", "o'neil@example.org", "o'neil@example.org")),
        ("ula@Żółw.pl", Address("ula@żółw.pl", "ula@żółw.pl", "ula@xn--w-uga1v8h.pl")),
        ("ula@xn--w-uga1v8h.pl", Address("ula@żółw.pl", "ula@żółw.pl", "ula@xn--w-uga1v8h.pl")),
        ("Łucja@example.org", Address("Łucja@example.org", "łucja@example.org", "Łucja@example.org")),
    ],
)
def test_parse_keeps_what_was_typed_and_finds_it_again(typed: str, address: Address) -> None:
    assert parse(typed) == address


def test_sharp_s_domains_stay_two_domains_f9() -> None:
    assert parse("a@faß.de").wire == "a@xn--fa-hia.de"
    assert parse("a@faß.de").key != parse("a@fass.de").key


def test_only_a_local_part_beyond_ascii_needs_smtputf8_f10() -> None:
    assert parse("łucja@example.org").needs_smtputf8
    assert not parse("ula@żółw.pl").needs_smtputf8


@pytest.mark.parametrize("typed", ["ula@nowhere.invalid", "ula@urzad.local", "ula@a.test"])
def test_a_domain_that_cannot_exist_is_answered_like_any_other_x3(typed: str) -> None:
    assert parse(typed).wire == typed


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ("", "Type"),
        ("   ", "Type"),
        ("anna", "one @"),
        ("anna@ola@example.org", "one @"),
        ("anna@", "domain"),
        ("@example.org", "not an e-mail address"),
        ("anna@localhost", "domain"),
        ("anna@192.168.1.1", "domain"),
        ("anna@[192.168.1.1]", "domain"),
        ("anna@exa mple.org", "domain"),
        ("anna..nowak@example.org", "not an e-mail address"),
        ("anna nowak@example.org", "not an e-mail address"),
        ("Anna <anna@example.org>", "not an e-mail address"),
        ('"anna nowak"@example.org', "not an e-mail address"),
        (f"{'a' * 65}@example.org", "longer"),
        (f"anna@{'a' * 64}.org", "domain"),
        (f"anna@{'a.' * 130}org", "longer"),
    ],
)
def test_parse_says_what_to_do(typed: str, word: str) -> None:
    with translation.override("en"), pytest.raises(AddressError) as refused:
        parse(typed)
    assert word in refused.value.sentence


@pytest.mark.parametrize("trap", ["\r", "\n", "\r\nBcc: ola@example.org", "\0", "\u2028", "\u202e", "\u200b", "\u2066"])
@pytest.mark.parametrize(
    "place", ["{}anna@example.org", "an{}na@example.org", "anna@exam{}ple.org", "anna@example.org{}"]
)
def test_parse_refuses_what_forges_a_header_or_deceives_an_eye_x6(trap: str, place: str) -> None:
    with pytest.raises(AddressError):
        parse(place.format(trap))


def test_fingerprint_is_keyed_by_the_pepper() -> None:
    ours = fingerprint("anna@example.org")
    assert len(ours) == 64
    with override_settings(SUPPRESSION_PEPPER="another pepper"):
        assert fingerprint("anna@example.org") != ours
