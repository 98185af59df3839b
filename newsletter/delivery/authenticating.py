"""Logging in to a mail server (SASL, RFC 4422): what to say, and what to answer. Pure; nothing here reads or sends.

An exchange is a generator: it yields what we say, as it is, and is sent each challenge as it came (base64, unless it is LOGIN).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
import secrets
import stringprep
import unicodedata
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple

from newsletter.delivery import sentences
from newsletter.lib.servers import PASSWORD_MECHANISMS, TOKEN_MECHANISMS

TELLING = frozenset({"PLAIN", "LOGIN", *TOKEN_MECHANISMS})
"""These tell the server the secret as it is: who refuses one of them with 535 does not know the secret."""
MOST_ROUNDS = 2_000_000
"""A server that asks for more hashing than this (about a second) only wants to keep us busy."""
ROUNDS = re.compile(r"[1-9][0-9]{0,7}")
NONCE_BYTES = 18


@dataclass(frozen=True, slots=True)
class Login:
    """Who logs in, with a password or an access token, where."""

    username: str
    secret: str = field(repr=False)
    is_token: bool = False
    host: str = ""
    port: int = 0


class Turn(NamedTuple):
    """What we say next (None: nothing, the server begins), and whether a server that now lets us in has done its part."""

    data: bytes | None
    may_end: bool


Exchange = Generator[Turn, bytes, None]


class ChallengeError(ValueError):
    """The server asked for what has no answer, or did not prove that it knows the secret; with a sentence."""


def to_try(*, offered: tuple[str, ...], is_token: bool, wanted: str = "") -> list[str]:
    """The mechanisms to try, in their order: the strongest of those `offered`, then those that tell the secret (S7).

    A server may offer what it cannot do for this user: whoever keeps only a hash refuses CRAM-MD5 and takes PLAIN.
    """
    known = TOKEN_MECHANISMS if is_token else PASSWORD_MECHANISMS
    found = [name for name in known if name in offered]
    if wanted:
        return [wanted] if wanted in offered else []
    return [name for place, name in enumerate(found) if place == 0 or name in TELLING]


def exchange(*, mechanism: str, login: Login, nonce: str = "") -> Exchange:
    """The exchange of one mechanism (RFC 4616, 2195, 5802, 7677, 7628); `nonce` is chosen where none is given.

    Raises (while it runs):
        ChallengeError: with a sentence.
    """
    return EXCHANGES[mechanism](login, nonce or secrets.token_urlsafe(NONCE_BYTES))


def _plain(login: Login, _nonce: str) -> Exchange:
    yield Turn(f"\0{login.username}\0{login.secret}".encode(), may_end=True)


def _login(login: Login, _nonce: str) -> Exchange:
    """No standard, and everywhere; some servers ask in plain words, so the questions are not read."""
    yield Turn(None, may_end=True)
    yield Turn(login.username.encode(), may_end=True)
    yield Turn(login.secret.encode(), may_end=True)


def _cram_md5(login: Login, _nonce: str) -> Exchange:
    challenge = yield Turn(None, may_end=True)
    digest = hmac.new(login.secret.encode(), _decoded(challenge), "md5").hexdigest()
    yield Turn(f"{login.username} {digest}".encode(), may_end=True)


def _xoauth2(login: Login, _nonce: str) -> Exchange:
    """Google's and Microsoft's own; its error comes as a challenge, which wants an empty answer."""
    yield Turn(f"user={login.username}\1auth=Bearer {login.secret}\1\1".encode(), may_end=True)
    yield Turn(b"", may_end=True)


def _oauthbearer(login: Login, _nonce: str) -> Exchange:
    name = _escaped(login.username)
    place = f"host={login.host}\1port={login.port}\1" if login.host else ""
    yield Turn(f"n,a={name},\1{place}auth=Bearer {login.secret}\1\1".encode(), may_end=True)
    yield Turn(b"\1", may_end=True)  # its error, too, comes as a challenge (RFC 7628 3.2.3)


def _scram(login: Login, nonce: str, *, digest: str) -> Exchange:
    """Both sides prove that they know the password, and neither says it."""
    first = f"n={_escaped(_prepared(login.username))},r={nonce}"
    challenge = _decoded((yield Turn(f"n,,{first}".encode(), may_end=False)))
    salt, rounds, joint = _asked(challenge, nonce)
    salted = hashlib.pbkdf2_hmac(digest, _prepared(login.secret).encode(), salt, rounds)
    last = f"c=biws,r={joint}"
    said = b",".join((first.encode(), challenge, last.encode()))
    key = hmac.digest(salted, b"Client Key", digest)
    signed = hmac.digest(hashlib.new(digest, key).digest(), said, digest)
    proof = bytes(a ^ b for a, b in zip(key, signed, strict=True))
    answer = yield Turn(f"{last},p={base64.b64encode(proof).decode()}".encode(), may_end=False)
    expected = hmac.digest(hmac.digest(salted, b"Server Key", digest), said, digest)
    if not hmac.compare_digest(_decoded(answer), b"v=" + base64.b64encode(expected)):
        raise ChallengeError(sentences.UNPROVEN)
    yield Turn(b"", may_end=True)


EXCHANGES: dict[str, Callable[[Login, str], Exchange]] = {
    "PLAIN": _plain,
    "LOGIN": _login,
    "CRAM-MD5": _cram_md5,
    "XOAUTH2": _xoauth2,
    "OAUTHBEARER": _oauthbearer,
    "SCRAM-SHA-1": partial(_scram, digest="sha1"),
    "SCRAM-SHA-256": partial(_scram, digest="sha256"),
}


def _asked(challenge: bytes, nonce: str) -> tuple[bytes, int, str]:
    """Salt, rounds and joint nonce of a SCRAM server's first message (RFC 5802 5.1)."""
    words = dict(part.partition("=")[::2] for part in challenge.decode("utf-8", "replace").split(","))
    joint, rounds = words.get("r", ""), words.get("i", "")
    fits = ROUNDS.fullmatch(rounds) and int(rounds) <= MOST_ROUNDS
    if "m" in words or not fits or not joint.startswith(nonce) or joint == nonce:
        raise ChallengeError(sentences.BAD_CHALLENGE)
    return _decoded(words.get("s", "").encode()), int(rounds), joint


def _decoded(challenge: bytes) -> bytes:
    try:
        return base64.b64decode(challenge, validate=True)
    except binascii.Error as error:
        raise ChallengeError(sentences.BAD_CHALLENGE) from error


def _escaped(name: str) -> str:
    return name.replace("=", "=3D").replace(",", "=2C")


def _prepared(words: str) -> str:
    """SASLprep (RFC 4013) as far as it changes letters; what it forbids, the server refuses."""
    mapped = (" " if stringprep.in_table_c12(sign) else sign for sign in words if not stringprep.in_table_b1(sign))
    return unicodedata.normalize("NFKC", "".join(mapped))
