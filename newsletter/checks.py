"""Numbered system checks: a wrong setting is named with a hint before anything starts.

E is an error: `manage.py` refuses to go on. W is a warning: it works, but not as somebody would want it.
"""

from __future__ import annotations

import contextlib
import os
from collections import Counter
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register  # noqa: A004 (Django's own words)
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import validate_email
from django.http.request import validate_host
from django.utils.module_loading import import_string

from newsletter.lib import servers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SENDER_ID_LENGTH = range(5, 16)
SHORTEST_RSA = 1024
ADVISED_RSA = 2048


@register
def check_settings(**_kwargs: Any) -> list[CheckMessage]:
    """Everything below, in the order of the numbers."""
    return [*_keys(), *_folder(), *_site(), *_outgoing(), *_sender(), *_dkim()]


def _keys() -> Iterator[CheckMessage]:
    if not settings.DEBUG and not settings.SECRET_KEY_CHOSEN:
        yield Error(
            "SECRET_KEY is not set.",
            hint="Set SECRET_KEY to a long random word on every host: python -c 'import secrets; "
            "print(secrets.token_urlsafe(48))'. With another key, links in mails that were sent stop working.",
            id="wici.E001",
        )
    if settings.DEBUG and not settings.TRYING_OUT:
        yield Error(
            "DEBUG is on although SITE_URL is a public address.",
            hint="Leave DEBUG out, or set DEBUG=0: its error pages show what nobody outside may see.",
            id="wici.E010",
        )


def _folder() -> Iterator[CheckMessage]:
    if not _writable(settings.VAR_DIR):
        yield Error(
            f"The folder {settings.VAR_DIR} cannot be written.",
            hint="Give the user Wici runs as the right to write there, or set VAR_DIR to another folder.",
            id="wici.E002",
        )


def _writable(folder: Path) -> bool:
    """Whether files may be made in `folder`, or the folder itself where it does not exist yet."""
    there = next((path for path in (folder, *folder.parents) if path.exists()), folder)
    return there.is_dir() and os.access(there, os.W_OK | os.X_OK)


def _site() -> Iterator[CheckMessage]:
    if not _is_address(settings.SITE_URL):
        yield Error(
            f"SITE_URL={settings.SITE_URL} is no address of a site.",
            hint="Write it like https://news.example.org, without a path: every link in a mail begins with it.",
            id="wici.E003",
        )
        return
    if not settings.TRYING_OUT and not settings.SECURE:
        yield Error(
            "SITE_URL begins with http:// although the site is public.",
            hint="Put TLS before the site and write https://: one-click unsubscribing demands it (RFC 8058).",
            id="wici.E004",
        )
    if not validate_host(settings.SITE_HOST, settings.ALLOWED_HOSTS):
        yield Error(
            f"ALLOWED_HOSTS lacks {settings.SITE_HOST}, the host of SITE_URL.",
            hint=f"Add {settings.SITE_HOST} to ALLOWED_HOSTS, or leave ALLOWED_HOSTS out.",
            id="wici.E005",
        )


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        port_is_fine = parts.port != 0
    except ValueError:
        return False
    bare = not (parts.path.strip("/") or parts.query or parts.fragment or parts.username)
    return parts.scheme in ("http", "https") and bool(parts.hostname) and bare and port_is_fine


def _outgoing() -> Iterator[CheckMessage]:
    if not settings.SMTP_SERVERS:
        yield Warning(
            "Mail has nowhere to go: SMTP_URL is not set, and the inbox of the trial is off.",
            hint="Set SMTP_URL, for example smtp://user:password@mail.example.org:587; mailings wait until then.",
            id="wici.W001",
        )
    for url in settings.SMTP_URLS:
        yield from _server(url)
    with contextlib.suppress(servers.ServerUrlError):  # one that cannot be read has been named above
        named = Counter(server.name for server in map(servers.parse, settings.SMTP_URLS))
        for name in [name for name, times in named.items() if times > 1]:
            yield Error(
                f"SMTP_URL: {named[name]} servers are called {name}.",
                hint="Give each a name of its own: smtp://mail.example.org?name=second.",
                id="wici.E012",
            )


def _server(url: str) -> Iterator[CheckMessage]:
    try:
        server = servers.parse(url)
    except servers.ServerUrlError as error:
        yield Error(str(error), hint="README, section Settings, shows every form.", id="wici.E006")
        return
    if server.kind == "backend":
        yield from _backend(server)
    for option in ("token_file", "ca_file"):
        file = getattr(server, option)
        if file and not os.access(file, os.R_OK):
            yield Error(
                f"SMTP_URL: {option}={file} cannot be read.",
                hint="Put the file there and let the user Wici runs as read it.",
                id="wici.E013",
            )


def _backend(server: servers.Server) -> Iterator[CheckMessage]:
    """Whether it can be made of what is set; nothing is asked of its service (`manage.py mail_servers --test` does)."""
    try:
        import_string(server.path)(fail_silently=False)
    except ImportError as error:
        yield Error(
            f"SMTP_URL: there is no e-mail backend {server.path} ({error}).",
            hint="Check the name of the class, and install the package it comes with.",
            id="wici.E015",
        )
    except (ImproperlyConfigured, TypeError) as error:
        yield Error(
            f"SMTP_URL: the e-mail backend {server.name} is not set up: {error}.",
            hint="Set each of the service's options in an environment variable: ANYMAIL_MAILGUN_API_KEY=… and the like.",
            id="wici.E016",
        )


def _sender() -> Iterator[CheckMessage]:
    if len(settings.SENDER_ID) not in SENDER_ID_LENGTH or not settings.SENDER_ID.isalnum():
        yield Error(
            f"SENDER_ID={settings.SENDER_ID} does not fit: Feedback-ID wants 5 to 15 letters or digits.",
            hint="Choose one such word and keep it for good; Gmail counts complaints by it.",
            id="wici.E007",
        )
    for name in ("SENDER_EMAIL", "SENDER_BOUNCE_EMAIL"):
        try:
            validate_email(getattr(settings, name) or "nobody@example.org")
        except ValidationError:
            yield Error(f"{name} is no e-mail address.", hint="Write it like news@example.org.", id="wici.E011")


def _dkim() -> Iterator[CheckMessage]:
    if bool(settings.SENDER_DKIM_DOMAIN) != bool(settings.SENDER_DKIM_KEY_FILE):
        yield Warning(
            "Only one of SENDER_DKIM_DOMAIN and SENDER_DKIM_KEY_FILE is set, so nothing is signed.",
            hint="Set both to sign every mail, or neither when the mail server signs.",
            id="wici.W002",
        )
    if settings.SENDER_DKIM_KEY_FILE:
        yield from _dkim_key(settings.SENDER_DKIM_KEY_FILE)


def _dkim_key(file: str) -> Iterator[CheckMessage]:
    try:
        with open(file, "rb") as opened:  # noqa: PTH123 (a Path of what was read from the environment adds nothing)
            key = load_pem_private_key(opened.read(), password=None)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm):
        yield Error(
            f"SENDER_DKIM_KEY_FILE={file} cannot be read as a private key.",
            hint="Make one with: openssl genrsa -out dkim.pem 2048, and let the user Wici runs as read it.",
            id="wici.E008",
        )
        return
    size = key.key_size if isinstance(key, rsa.RSAPrivateKey) else 0
    if (not size and not isinstance(key, ed25519.Ed25519PrivateKey)) or 0 < size < SHORTEST_RSA:
        yield Error(
            f"SENDER_DKIM_KEY_FILE={file} is no RSA key of at least {SHORTEST_RSA} bits.",
            hint="Receivers ignore shorter keys. Make one with: openssl genrsa -out dkim.pem 2048.",
            id="wici.E009",
        )
    elif 0 < size < ADVISED_RSA:
        yield Warning(
            f"The DKIM key has {size} bits.",
            hint=f"Use {ADVISED_RSA}: openssl genrsa -out dkim.pem 2048, and publish it under a new selector.",
            id="wici.W003",
        )
