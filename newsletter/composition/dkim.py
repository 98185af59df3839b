"""Signs a filled message: DKIM, rsa-sha256, relaxed/simple (RFC 6376, 8301), with the headers nobody may add (H3)."""

from __future__ import annotations

import base64
import functools
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.conf import settings

OVERSIGNED = ("from", "subject", "date", "to", "reply-to")
WHITE = re.compile(rb"[ \t\r\n]+")


class DkimKeyError(Exception):
    """The file SENDER_DKIM_KEY_FILE names holds no RSA key; `path` says which."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path


@dataclass(frozen=True, slots=True)
class Signer:
    """A key and the name under which its public half stands in the DNS."""

    key: RSAPrivateKey
    domain: str
    selector: str

    def signature(self, *, head: bytes, body: bytes) -> bytes:
        """The DKIM-Signature line (with CRLF) over `head` (header lines with CRLF) and `body` (ending in one CRLF)."""
        fields = _relaxed(head)
        names = [name for name, _ in fields]
        signed = [*names, *OVERSIGNED]
        digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
        unsigned = (
            f"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/simple; d={self.domain};\r\n s={self.selector};"
            f"\r\n h={_folded(signed)};\r\n bh={digest};\r\n b="
        ).encode()
        data = b"".join(line for _, line in fields) + _relaxed(unsigned + b"\r\n")[0][1].rstrip(b"\r\n")
        made = base64.b64encode(self.key.sign(data, PKCS1v15(), SHA256())).decode()
        return unsigned + "\r\n ".join(made[start : start + 72] for start in range(0, len(made), 72)).encode() + b"\r\n"


def signer_for(sender_domain: str) -> Signer | None:
    """The configured signer, or None where SENDER_DKIM_KEY_FILE is not set; signs as `sender_domain` unless told otherwise.

    Raises:
        DkimKeyError: the file is no RSA private key in PEM.
    """
    if not settings.SENDER_DKIM_KEY_FILE:
        return None
    domain = settings.SENDER_DKIM_DOMAIN or sender_domain
    return Signer(key=_key(settings.SENDER_DKIM_KEY_FILE), domain=domain, selector=settings.SENDER_DKIM_SELECTOR)


@functools.lru_cache(maxsize=4)
def _key(path: str) -> RSAPrivateKey:
    try:
        key = load_pem_private_key(Path(path).read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as error:
        raise DkimKeyError(path) from error
    if not isinstance(key, RSAPrivateKey):
        raise DkimKeyError(path)
    return key


def _relaxed(head: bytes) -> list[tuple[str, bytes]]:
    """Each field's name and its relaxed form, from last to first: the order in which a verifier takes repeated names."""
    unfolded = re.sub(rb"\r\n(?=[ \t])", b"", head)
    fields = []
    for line in reversed(unfolded.removesuffix(b"\r\n").split(b"\r\n")):
        name, _, value = line.partition(b":")
        lower = name.strip().lower()
        fields.append((lower.decode(), lower + b":" + WHITE.sub(b" ", value).strip() + b"\r\n"))
    return fields


def _folded(names: list[str]) -> str:
    return "\r\n  :".join(":".join(names[start : start + 4]) for start in range(0, len(names), 4))
