"""delivery.providers: known by its mail exchangers (S11)."""

from __future__ import annotations

import pytest

from newsletter.delivery.providers import OTHERS, PROVIDERS, name_of, of_domain, of_exchangers


@pytest.mark.parametrize(
    ("domain", "provider"),
    [
        ("gmail.com", "google"),
        ("hotmail.co.uk", "microsoft"),
        ("outlook.com", "microsoft"),
        ("yahoo.com.br", "yahoo"),
        ("aol.com", "yahoo"),
        ("me.com", "apple"),
        ("o2.pl", "wp"),
        ("op.pl", "onet"),
        ("poczta.fm", "interia"),
        ("gmx.at", "unitedinternet"),
        ("web.de", "unitedinternet"),
        ("wanadoo.fr", "orange"),
        ("pm.me", "proton"),
        ("email.cz", "seznam"),
    ],
)
def test_a_well_known_domain_is_answered_without_the_dns(domain: str, provider: str) -> None:
    assert of_domain(domain) == provider


@pytest.mark.parametrize("domain", ["example.org", "mail.example.com", "wici.test", "localhost"])
def test_nobody_asks_the_dns_about_reserved_names(domain: str) -> None:
    assert of_domain(domain) == OTHERS


@pytest.mark.parametrize(
    "domain", ["notgmail.com", "gmail.com.evil.pl", "badexample.org", "policja.gov.pl", "yahoo.co.jp"]
)
def test_about_any_other_the_dns_is_asked(domain: str) -> None:
    assert of_domain(domain) is None


@pytest.mark.parametrize(
    ("hosts", "provider"),
    [
        (["ASPMX.L.GOOGLE.COM.", "alt1.aspmx.l.google.com."], "google"),
        (["policja-gov-pl.mail.protection.outlook.com."], "microsoft"),
        (["ministry.a-v1.mx.microsoft"], "microsoft"),
        (["eur.olc.protection.outlook.com"], "microsoft"),
        (["mta5.am0.yahoodns.net"], "yahoo"),
        (["mx01.mail.icloud.com"], "apple"),
        (["mx.wp.pl"], "wp"),
        (["mx.poczta.onet.pl"], "onet"),
        (["mx00.mail.com", "mx01.mail.com"], "unitedinternet"),
        (["mxs.mail.ru"], "mailru"),
        (["mx.zoho.eu"], "zoho"),
        (["mx.somewhere.example", "mx.wp.pl"], "wp"),
        (["notgoogle.com", "mx.policja.gov.pl"], OTHERS),
        ([], OTHERS),
    ],
)
def test_a_provider_is_known_by_its_exchangers(hosts: list[str], provider: str) -> None:
    assert of_exchangers(hosts) == provider


def test_every_key_fits_into_a_row_and_has_a_name_for_people() -> None:
    assert max(map(len, PROVIDERS)) <= 20
    assert name_of("google") == "Gmail (Google)"
    assert name_of("gone") == "gone"
    assert name_of(OTHERS) == "the other providers"


def test_it_starts_as_gently_as_the_large_ones_ask() -> None:
    start = {key: (one.connections, one.mails_per_connection) for key, one in PROVIDERS.items()}
    assert start["google"] == start["microsoft"] == (5, 50)
    assert start["yahoo"] == (10, 20)
    assert start["laposte"] == (10, 100)
