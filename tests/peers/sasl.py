"""The server's side of logging in, as the RFCs say it: it knows one password."""

from __future__ import annotations

import base64
import hashlib
import hmac


class Scram:
    """One SCRAM exchange (RFC 5802) with whoever claims to know `password`. Messages are without SMTP's base64."""

    def __init__(self, password: str, *, digest: str = "sha256", salt: bytes = b"salt", rounds: int = 2) -> None:
        self.digest, self.salt, self.rounds = digest, salt, rounds
        self.salted = hashlib.pbkdf2_hmac(digest, password.encode(), salt, rounds)
        self.name = ""

    def asked(self, first: bytes) -> bytes:
        """The challenge to a client's first message."""
        self.first = first.removeprefix(b"n,,")
        name, nonce = self.first.removeprefix(b"n=").split(b",r=")
        self.name = name.replace(b"=2C", b",").replace(b"=3D", b"=").decode()
        self.challenge = b"r=%b-theirs,s=%b,i=%d" % (nonce, base64.b64encode(self.salt), self.rounds)
        return self.challenge

    def proved(self, last: bytes) -> bytes | None:
        """The server's own proof where the client's holds, else None."""
        bare, _, proof = last.rpartition(b",p=")
        said = b",".join((self.first, self.challenge, bare))
        stored = hashlib.new(self.digest, self._key(b"Client Key")).digest()
        signature = hmac.digest(stored, said, self.digest)
        key = bytes(a ^ b for a, b in zip(base64.b64decode(proof), signature, strict=True))
        if hashlib.new(self.digest, key).digest() != stored:
            return None
        return b"v=" + base64.b64encode(hmac.digest(self._key(b"Server Key"), said, self.digest))

    def _key(self, name: bytes) -> bytes:
        return hmac.digest(self.salted, name, self.digest)
