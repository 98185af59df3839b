"""Reads SMTP_URL. Pure, so that settings.py may use it; the letters and the delivery stage share its answer."""

from __future__ import annotations

import contextlib
import ipaddress
import re
import ssl
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Tls = Literal["none", "starttls", "implicit", "opportunistic"]
Kind = Literal["smtp", "backend"]
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
EXAMPLE = "smtp://user:password@mail.example.org:587"
BACKEND_EXAMPLE = "backend://anymail.backends.mailgun.EmailBackend?name=mailgun"
PASSWORD_MECHANISMS = ("SCRAM-SHA-256", "SCRAM-SHA-1", "CRAM-MD5", "PLAIN", "LOGIN")
TOKEN_MECHANISMS = ("OAUTHBEARER", "XOAUTH2")
"""RFC 4954 names, the strongest first (S7)."""
LONGEST_NAME = 60
"""As the rows keep it."""
NAME = re.compile(rf"[A-Za-z0-9._:\[\]-]{{1,{LONGEST_NAME}}}")
HOST_NAME = re.compile(
    r"(?=.{1,253}$)[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*"
)
NUMBERS = {
    "weight": range(101),
    "connections": range(1, 1001),
    "per_second": range(1, 100_001),
    "per_hour": range(1, 100_000_001),
    "per_day": range(1, 1_000_000_001),
    "mails": range(1, 1_000_001),
}
"""Options that are whole numbers, and what they may be."""


@dataclass(frozen=True, slots=True)
class Server:
    """One way out for mail: a mail server, or (kind "backend") an e-mail backend of Django's at the dotted `path`.

    `name` is unique among the servers, and is what rows, newsletters and pages call it.
    """

    host: str
    port: int
    username: str = ""
    password: str = field(default="", repr=False)
    tls: Tls = "opportunistic"
    name: str = ""
    """host:port where none was given."""
    weight: int = 1
    """Its share of the mail beside the others'; 0: only when the others do not answer."""
    connections: int = 10
    """Most connections at a time, over all workers."""
    per_second: int | None = None
    per_hour: int | None = None
    per_day: int | None = None
    """Most messages, over all workers; None: no limit."""
    mails: int | None = None
    """Most messages over one connection; None: no limit."""
    auth: str = ""
    """The one mechanism to log in with; empty: the strongest that is offered."""
    token_file: str = field(default="", repr=False)
    """Holds an OAuth access token instead of a password; read again at each connection."""
    helo: str = ""
    """What we call ourselves there; empty: this machine's name."""
    source: str = ""
    """The address of ours to connect from; empty: the system chooses."""
    ca_file: str = ""
    """Authorities to trust (PEM); empty: the system's."""
    kind: Kind = "smtp"
    path: str = ""

    def __post_init__(self) -> None:
        if not self.name:
            host = f"[{self.host}]" if ":" in self.host else self.host
            name = self.path if self.kind == "backend" else f"{host}:{self.port}"
            object.__setattr__(self, "name", name[:LONGEST_NAME])

    def tls_context(self) -> ssl.SSLContext | None:
        """TLS 1.2 or later; the certificate and name are checked wherever TLS was demanded. None where TLS is off (S6).

        Raises:
            OSError: `ca_file` cannot be read (ssl.SSLError, where it holds no certificate, is one too).
        """
        if self.tls == "none":
            return None
        context = ssl.create_default_context(cafile=self.ca_file or None)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        if self.tls == "opportunistic":  # whoever would take clear text gains nothing from refusing a self-made key
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context


class ServerUrlError(ValueError):
    """An SMTP_URL that names no server; its sentence says what to write and never repeats a password."""


def parse(url: str) -> Server:
    """The server in `smtp://user:password@host:port?…`, `smtps://…` (implicit TLS) or `backend://dotted.path?…`.

    Without `tls`, a server that gets a password must offer STARTTLS; any other is asked for it and taken as it is.

    Raises:
        ServerUrlError: with a sentence.
    """
    if url.strip().lower().startswith("backend:"):
        return _backend(url.strip())
    parts = _split(url)
    options = _options(parts.query)
    username, password = unquote(parts.username or ""), unquote(parts.password or "")
    host, tls = parts.hostname or "", _tls(parts.scheme, options.pop("tls", ""), has_password=bool(username))
    if username and tls in ("none", "opportunistic") and host not in LOOPBACK:
        raise ServerUrlError("SMTP_URL: a password is only sent encrypted; write ?tls=starttls or use smtps://.")
    _check_login(options, username, password)
    port = _port(parts, tls, username)
    return Server(
        host=host, port=port, username=username, password=password, tls=tls, **_numbers(options), **_words(options)
    )


def parse_all(urls: list[str]) -> list[Server]:
    """Every server in `urls`, in their order.

    Raises:
        ServerUrlError: one cannot be read, or two have the same name.
    """
    servers = [parse(url) for url in urls]
    names = [server.name for server in servers]
    if twice := next((name for name in names if names.count(name) > 1), ""):
        raise ServerUrlError(f"SMTP_URL: two servers are called {twice}; give one of them another name with ?name=.")
    return servers


def first_readable(urls: list[str]) -> Server | None:
    """The first of `urls` that names a mail server; the others are for the system checks to explain."""
    return next((server for server in _readable(urls) if server.kind == "smtp"), None)


def first_backend(urls: list[str]) -> str:
    """The dotted path of the e-mail backend, where the first of `urls` that can be read names one; else empty."""
    return next((server.path for server in _readable(urls)), "")


def _readable(urls: list[str]) -> Iterator[Server]:
    for url in urls:
        with contextlib.suppress(ServerUrlError):
            yield parse(url)


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


def _backend(url: str) -> Server:
    path, _, query = url[len("backend:") :].removeprefix("//").partition("?")
    words = path.strip("/").split(".")
    if len(words) < 2 or not all(word.isidentifier() for word in words):  # noqa: PLR2004 (a module and a class in it)
        raise ServerUrlError(f"SMTP_URL: write a backend as the dotted path of its class, like {BACKEND_EXAMPLE}.")
    options = _options(query)
    if foreign := options.keys() - BACKEND_OPTIONS:
        raise ServerUrlError(f"SMTP_URL: {min(foreign)} does not fit a backend, which has settings of its own.")
    return Server(host="", port=0, kind="backend", path=".".join(words), **_numbers(options), **_words(options))


# ── what may stand after the ? ───────────────────────────────────────────────────────────────────────────────────────
def _mechanism(word: str) -> bool:
    return word.upper() in (*PASSWORD_MECHANISMS, *TOKEN_MECHANISMS)


def _address(word: str) -> bool:
    try:
        return bool(ipaddress.ip_address(word))
    except ValueError:
        return False


WORDS: dict[str, tuple[Callable[[str], bool], str]] = {
    "name": (lambda word: bool(NAME.fullmatch(word)), f"1 to {LONGEST_NAME} letters, digits or . _ : -"),
    "auth": (_mechanism, f"one of {', '.join((*PASSWORD_MECHANISMS, *TOKEN_MECHANISMS))}"),
    "token_file": (lambda word: word.startswith("/"), "the whole path of a file, from /"),
    "helo": (lambda word: bool(HOST_NAME.fullmatch(word)), "this machine's name, like news.example.org"),
    "source": (_address, "an IP address of this machine"),
    "ca_file": (lambda word: word.startswith("/"), "the whole path of a file, from /"),
}
"""Options that are words: whether one fits, and what would."""
OPTIONS = ("tls", *WORDS, *NUMBERS)
BACKEND_OPTIONS = {"name", *NUMBERS} - {"mails"}


def _options(query: str) -> dict[str, str]:
    """Each option once. What is not known is not repeated: it may be half of a password with a ? in it."""
    try:
        found = parse_qs(query, keep_blank_values=True, max_num_fields=len(OPTIONS), separator="&")
    except ValueError as error:
        raise ServerUrlError("SMTP_URL: there are too many options after the ?.") from error
    if found.keys() - set(OPTIONS) or any(len(values) > 1 for values in found.values()):
        raise ServerUrlError(f"SMTP_URL: after the ? only these may stand, each once: {', '.join(OPTIONS)}.")
    return {name: values[0].strip() for name, values in found.items()}


def _tls(scheme: str, asked: str, *, has_password: bool) -> Tls:
    if scheme == "smtps":
        if asked:
            raise ServerUrlError("SMTP_URL: smtps:// is encrypted from the start; leave out ?tls=.")
        return "implicit"
    chosen: dict[str, Tls] = {"none": "none", "starttls": "starttls", "opportunistic": "opportunistic"}
    if asked and asked not in chosen:
        raise ServerUrlError("SMTP_URL: tls is none, starttls or opportunistic.")
    return chosen.get(asked, "starttls" if has_password else "opportunistic")


def _check_login(options: dict[str, str], username: str, password: str) -> None:
    wants_token = options.get("auth", "").upper() in TOKEN_MECHANISMS
    if (options.get("auth") or options.get("token_file")) and not username:
        raise ServerUrlError("SMTP_URL: auth and token_file need a user: smtp://user@mail.example.org?token_file=….")
    if options.get("token_file") and (password or (options.get("auth") and not wants_token)):
        raise ServerUrlError("SMTP_URL: token_file stands instead of a password, and goes with XOAUTH2 or OAUTHBEARER.")


def _numbers(options: dict[str, str]) -> dict[str, Any]:
    return {name: _number(name, options[name]) for name in NUMBERS if name in options}


def _number(name: str, word: str) -> int:
    fits = NUMBERS[name]
    if not (word.isascii() and word.isdecimal() and len(word) <= len(str(fits[-1])) and int(word) in fits):
        raise ServerUrlError(f"SMTP_URL: {name} is a whole number from {fits[0]} to {fits[-1]}.")
    return int(word)


def _words(options: dict[str, str]) -> dict[str, Any]:
    for name, (fits, would_fit) in WORDS.items():
        if name in options and not fits(options[name]):
            raise ServerUrlError(f"SMTP_URL: {name} is {would_fit}.")
    words = {name: options.get(name, "") for name in WORDS}
    return words | {"auth": words["auth"].upper()}


def _port(parts: SplitResult, tls: Tls, username: str) -> int:
    if parts.port:
        return parts.port
    if tls == "implicit":
        return 465
    return 587 if username else 25
