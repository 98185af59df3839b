"""Reads one SMTP_URL. Pure, so that settings.py may use it; the letters and the delivery stage share its answer."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

Tls = Literal["none", "starttls", "implicit", "opportunistic"]
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
EXAMPLE = "smtp://user:password@mail.example.org:587"


@dataclass(frozen=True, slots=True)
class Server:
    """One outgoing mail server."""

    host: str
    port: int
    username: str = ""
    password: str = field(default="", repr=False)
    tls: Tls = "opportunistic"

    def tls_context(self) -> ssl.SSLContext | None:
        """TLS 1.2 or later; the certificate and name are checked wherever TLS was demanded. None where TLS is off (S6)."""
        if self.tls == "none":
            return None
        context = ssl.create_default_context()
        if self.tls == "opportunistic":  # whoever would take clear text gains nothing from refusing a self-made key
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context


class ServerUrlError(ValueError):
    """An SMTP_URL that names no server; its sentence says what to write and never repeats a password."""


def parse(url: str) -> Server:
    """The server in `smtp://user:password@host:port?tls=none|starttls|opportunistic` or `smtps://…` (implicit TLS).

    Without `tls`, a server that gets a password must offer STARTTLS; any other is asked for it and taken as it is.

    Raises:
        ServerUrlError: with a sentence.
    """
    parts = _split(url)
    username, password = unquote(parts.username or ""), unquote(parts.password or "")
    host, tls = parts.hostname or "", _tls(parts, has_password=bool(username))
    if username and tls in ("none", "opportunistic") and host not in LOOPBACK:
        raise ServerUrlError("SMTP_URL: a password is only sent encrypted; write ?tls=starttls or use smtps://.")
    return Server(host=host, port=_port(parts, tls, username), username=username, password=password, tls=tls)


def first_readable(urls: list[str]) -> Server | None:
    """The first of `urls` that names a server; the others are for the system checks to explain."""
    for url in urls:
        try:
            return parse(url)
        except ServerUrlError:
            continue
    return None


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url.strip())
        known = parts.scheme in ("smtp", "smtps") and bool(parts.hostname) and parts.port != 0
    except ValueError as error:
        raise ServerUrlError(f"SMTP_URL: port or host cannot be read; write it like {EXAMPLE}.") from error
    if not known:
        raise ServerUrlError(f"SMTP_URL: write it like {EXAMPLE} (or smtps:// for port 465).")
    if parts.path.strip("/") or parts.fragment:
        raise ServerUrlError("SMTP_URL: write / # ? @ : , in a name or password as %2F %23 %3F %40 %3A %2C.")
    return parts


def _tls(parts: SplitResult, *, has_password: bool) -> Tls:
    options = parse_qs(parts.query, keep_blank_values=True)
    asked = options.pop("tls", [""])[-1]
    if options or asked not in ("", "none", "starttls", "opportunistic"):
        raise ServerUrlError("SMTP_URL: after the ? only tls=none, tls=starttls or tls=opportunistic may stand.")
    if parts.scheme == "smtps":
        if asked:
            raise ServerUrlError("SMTP_URL: smtps:// is encrypted from the start; leave out ?tls=.")
        return "implicit"
    chosen: dict[str, Tls] = {"none": "none", "starttls": "starttls", "opportunistic": "opportunistic"}
    return chosen.get(asked, "starttls" if has_password else "opportunistic")


def _port(parts: SplitResult, tls: Tls, username: str) -> int:
    if parts.port:
        return parts.port
    if tls == "implicit":
        return 465
    return 587 if username else 25
