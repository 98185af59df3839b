"""newsletter.checks: what a wrong setting is told, by number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.test import override_settings

from newsletter.checks import check_settings

if TYPE_CHECKING:
    from pathlib import Path

PRODUCTION: dict[str, Any] = {
    "DEBUG": False,
    "TRYING_OUT": False,
    "SECURE": True,
    "SECRET_KEY_CHOSEN": True,
    "SITE_URL": "https://news.example.org",
    "SITE_HOST": "news.example.org",
    "ALLOWED_HOSTS": ["news.example.org"],
    "SMTP_URLS": ["smtp://mail.example.org"],
    "SMTP_SERVERS": ["smtp://mail.example.org"],
}


def numbers(**changed: Any) -> set[str]:
    with override_settings(**(PRODUCTION | changed)):
        return {str(found.id) for found in check_settings()}


def test_settings_that_fit_are_passed_over_in_silence() -> None:
    assert numbers() == set()
    mailgun = "backend://anymail.backends.mailgun.EmailBackend"
    assert numbers(SMTP_URLS=[mailgun], ANYMAIL={"MAILGUN_API_KEY": "secret"}) == set()


@pytest.mark.parametrize(
    ("changed", "number"),
    [
        ({"SECRET_KEY_CHOSEN": False}, "wici.E001"),
        ({"SITE_URL": "news.example.org"}, "wici.E003"),
        ({"SITE_URL": "https://news.example.org/wici"}, "wici.E003"),
        ({"SITE_URL": "https://["}, "wici.E003"),
        ({"SECURE": False, "SITE_URL": "http://news.example.org"}, "wici.E004"),
        ({"ALLOWED_HOSTS": ["127.0.0.1"]}, "wici.E005"),
        ({"SMTP_URLS": ["mail.example.org:25"]}, "wici.E006"),
        ({"SMTP_URLS": ["mail.example.org:25", "smtp://mail.example.org", "smtp://mail.example.org"]}, "wici.E006"),
        ({"SMTP_URLS": ["smtp://mail.example.org", "smtp://mail.example.org:25"]}, "wici.E012"),
        ({"SMTP_URLS": ["smtp://ula@mail.example.org?token_file=/nowhere/token"]}, "wici.E013"),
        ({"SMTP_URLS": ["smtps://mail.example.org?ca_file=/nowhere/ca.pem"]}, "wici.E013"),
        ({"SMTP_URLS": ["backend://nowhere.EmailBackend"]}, "wici.E015"),
        ({"SMTP_URLS": ["backend://anymail.backends.mailgun.EmailBackend"], "ANYMAIL": {}}, "wici.E016"),
        ({"SMTP_URLS": ["backend://django.core.mail.backends.filebased.EmailBackend"]}, "wici.E016"),
        ({"SENDER_ID": "abcd"}, "wici.E007"),
        ({"SENDER_ID": "abcdefghijklmnop"}, "wici.E007"),
        ({"SENDER_DKIM_DOMAIN": "example.org", "SENDER_DKIM_KEY_FILE": "/nowhere/dkim.pem"}, "wici.E008"),
        ({"DEBUG": True}, "wici.E010"),
        ({"SENDER_EMAIL": "wici at example.org"}, "wici.E011"),
        ({"SMTP_URLS": [], "SMTP_SERVERS": []}, "wici.W001"),
        ({"SENDER_DKIM_DOMAIN": "example.org"}, "wici.W002"),
    ],
)
def test_a_wrong_setting_is_named_by_its_number(changed: dict[str, Any], number: str) -> None:
    assert numbers(**changed) == {number}


def test_a_folder_below_a_file_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert numbers(VAR_DIR=tmp_path / "file" / "var") == {"wici.E002"}


@pytest.mark.parametrize(("bits", "expected"), [(2048, set()), (1024, {"wici.W003"})])
def test_a_short_key_is_advised_against(tmp_path: Path, bits: int, expected: set[str]) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=bits)
    file = tmp_path / "dkim.pem"
    file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    assert numbers(SENDER_DKIM_DOMAIN="example.org", SENDER_DKIM_KEY_FILE=str(file)) == expected


def test_every_finding_says_what_to_do() -> None:
    with override_settings(**(PRODUCTION | {"SECRET_KEY_CHOSEN": False, "SENDER_ID": "", "SMTP_SERVERS": []})):
        assert all(found.hint for found in check_settings())
