"""safeguarding.defanging: what a scam says, so that nobody can follow it."""

from __future__ import annotations

import pytest

from campaigns.safeguarding.confusables import scripts_of, skeleton
from campaigns.safeguarding.defanging import Trick, Warned, defanged


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("Dopłać: https://dhl-doplata.com/p?id=1. Dziś.", "Dopłać: hxxps[:]//dhl-doplata[.]com/p?id=1. Dziś."),
        ("HTTP://EVIL.COM", "HXXP[:]//EVIL[.]COM"),
        ("http:\\\\x.y i http :x", "hxxp[:]\\\\x[.]y i hxxp [:]x"),
        ("ftp://a.b custom://x", "ftp[:]//a[.]b custom[:]//x"),
        ("mailto:a@b.pl tel:112 sms:8080 javascript:x", "mailto[:]a[at]b[.]pl tel[:]112 sms[:]8080 javascript[:]x"),
        ("www.bank.pl.evil.xyz/login", "www[.]bank[.]pl[.]evil[.]xyz/login"),
        ("bok@mbank.pl", "bok[at]mbank[.]pl"),
        ("ｈｔｔｐ：／／ｅｖｉｌ．ｃｏｍ", "hxxp[:]//evil[.]com"),
        ("pay\u200bpal\u2024com", "paypal[.]com"),
        ("a\u202eb\ufe0f\u00ad\u3164c\x00d\ue000", "abcd"),
        ("a\u00a0b\u2028c", "a b c"),
        ("+48 700 123 456, 700123456, (22) 555 11 22", "+48·700·123·456, 700·123·456, 22·555·11·22"),
        ("+48700123456", "+487·001·234·56"),
        ("SMS na 7250 i 92505", "SMS na 7250 i 92505"),
        ("3.14 zł, 16.11.2020, 2026-11-12, 2020-2021, 12:30", "3.14 zł, 16.11.2020, 2026-11-12, 2020-2021, 12:30"),
        ("http://192.168.1.10/x", "hxxp[:]//192[.]168[.]1[.]10/x"),
        ("zł.Kliknij", "zł[.]Kliknij"),
        ("Koniec. Nowe zdanie… (np. tak.) a..b", "Koniec. Nowe zdanie… (np. tak.) a..b"),
        ("@nick, #tag & §", "@nick, #tag & §"),
    ],
)
def test_it_is_readable_and_cannot_be_opened(typed: str, shown: str) -> None:
    assert defanged(typed).text == shown


@pytest.mark.parametrize(
    ("typed", "shown", "like"),
    [
        ("pаypal.com", "xn--pypal-4ve[.]com", "paypal[.]com"),
        ("mbąnk.pl", "xn--mbnk-cta[.]pl", "mbank[.]pl"),
        ("paypa1.com", "paypa1[.]com", "paypal[.]com"),
        ("g00gle.com", "g00gle[.]com", "google[.]com"),
        ("al1ed.com", "al1ed[.]com", "alled[.]com"),
    ],
)
def test_a_name_that_imitates_is_shown_as_computers_spell_it_and_warned_of(typed: str, shown: str, like: str) -> None:
    harmless = defanged(f"Wejdź na {typed} teraz")
    assert harmless.warnings == (Warned(Trick.IMITATES, shown, like),)
    assert shown in harmless.text
    assert typed == shown.replace("[.]", ".") or typed not in harmless.text


@pytest.mark.parametrize("typed", ["paypal.com", "mbank.pl", "area51.com", "𝐩𝐚𝐲𝐩𝐚𝐥.com", "рф.укр", "np.że"])
def test_an_honest_name_is_not_warned_of(typed: str) -> None:
    assert defanged(typed).warnings == ()


def test_a_name_that_no_registry_takes_is_still_spelt_in_plain_letters() -> None:
    harmless = defanged("☃️-pаy.com a\u0301\u0337ж.com")
    assert harmless.text.isascii()


def test_shortened_addresses_and_addresses_in_numbers_are_warned_of_once() -> None:
    warned = defanged("bit.ly/a www.bit.ly/b bit.ly/c http://10.0.0.1/ http://2130706433/").warnings
    assert [(each.trick, each.shown) for each in warned] == [
        (Trick.SHORTENED, "bit[.]ly"),
        (Trick.SHORTENED, "www[.]bit[.]ly"),
        (Trick.NUMBERS, "10[.]0[.]0[.]1"),
        (Trick.NUMBERS, "213·070·643·3"),
    ]


def test_a_skeleton_is_what_a_hurried_eye_reads() -> None:
    assert skeleton("Żółw") == "zolw"
    assert skeleton("сервис") != "service"
    assert scripts_of("pаy1") == {"LATIN", "CYRILLIC"}
