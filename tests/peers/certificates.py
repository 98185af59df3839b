"""Certificates that a test makes for itself: an authority, and what it signs."""

from __future__ import annotations

import datetime as dt
import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Certificate:
    """A server's chain and key, and the file of the authority that signed it."""

    chain: Path
    key: Path
    authority: Path

    def server_context(self) -> ssl.SSLContext:
        """What a server encrypts with."""
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.chain, self.key)
        return context


HOUR_AGO = dt.timedelta(hours=-1)


def make(folder: Path, *, name: str, begins: dt.timedelta = HOUR_AGO) -> Certificate:
    """A certificate for `name`, valid for 25 hours from `begins` on, by an authority nobody knows."""
    authority, signed = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "An authority for tests")])
    root = _signed(issuer, issuer, authority, authority, _of_an_authority())
    leaf = _signed(
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]),
        issuer,
        signed,
        authority,
        [(x509.SubjectAlternativeName([x509.DNSName(name)]), False)],
        begins,
    )
    made = Certificate(folder / f"{name}.pem", folder / f"{name}.key", folder / f"{name}.authority.pem")
    made.chain.write_bytes(leaf)
    made.authority.write_bytes(root)
    made.key.write_bytes(
        signed.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return made


def _of_an_authority() -> list[tuple[x509.ExtensionType, bool]]:
    may = dict.fromkeys(
        (
            "digital_signature",
            "content_commitment",
            "key_encipherment",
            "data_encipherment",
            "key_agreement",
            "encipher_only",
            "decipher_only",
        ),
        False,
    )
    usage = x509.KeyUsage(key_cert_sign=True, crl_sign=True, **may)
    return [(x509.BasicConstraints(ca=True, path_length=None), True), (usage, True)]


def _signed(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    by: ec.EllipticCurvePrivateKey,
    extensions: list[tuple[x509.ExtensionType, bool]],
    begins: dt.timedelta = HOUR_AGO,
) -> bytes:
    since = dt.datetime.now(dt.UTC) + begins
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(since)
        .not_valid_after(since + dt.timedelta(hours=25))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(by.public_key()), critical=False)
    )
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical=critical)
    return builder.sign(by, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
