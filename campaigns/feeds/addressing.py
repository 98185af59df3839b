"""Which addresses are fetched at all (X10): http(s), a public name, no password; and which IP addresses are public."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import quote, urljoin, urlsplit

import idna

from campaigns.feeds.troubles import AddressError

LONGEST = 500
PORTS = {"http": 80, "https": 443}
UNSAFE = re.compile(r"[\x00-\x20\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\\]")
NUMBER = re.compile(r"\d+|0x[0-9a-f]*", re.IGNORECASE)
LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
LOCAL = {"localhost", "local", "internal", "intranet", "lan", "home", "corp", "private", "localdomain", "arpa", "onion"}
"""Last labels that never belong to a public server (RFC 6761, RFC 6762, RFC 8375, ICANN's reserved ones)."""
NOT_PUBLIC = [
    ipaddress.ip_network(network)
    for network in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
        *("192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24"),
        *("203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
        "168.63.129.16/32",  # Azure's metadata and agents, inside public space
        *("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"),  # Teredo, documentation, 6to4 carry other addresses
    )
]
"""The special registries of IANA (RFC 6890 and its updates), written out: what Python counts as global differs by release."""
GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
"""All of IPv6 that is given out; mapped, NAT64, unique local, link-local and multicast addresses lie outside it."""


@dataclass(frozen=True, slots=True)
class Address:
    """An address taken apart: `host` as an A-label or IP address without brackets, `target` as it stands in a request."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def authority(self) -> str:
        """Host and, where it is not the usual one, port: as in a Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        """The whole address in one spelling."""
        return f"{self.scheme}://{self.authority}{self.target}"

    @property
    def ip(self) -> str:
        """The host, where it is an IP address; else empty."""
        return self.host if is_ip(self.host) else ""


def parsed(url: str) -> Address:
    """`url` taken apart.

    Raises:
        AddressError: malformed, another scheme, a user name or password in it, or a name that is never public.
    """
    url = url.strip()
    if len(url) > LONGEST or UNSAFE.search(url):
        raise AddressError("malformed")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise AddressError("malformed") from error
    if parts.scheme not in PORTS:
        raise AddressError("scheme")
    if "[" in parts.netloc and not is_ip(host):
        raise AddressError("malformed")
    if "@" in parts.netloc:
        raise AddressError("userinfo")
    target = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._") + (f"?{_query(parts.query)}" if parts.query else "")
    address = Address(parts.scheme, _host(host), PORTS[parts.scheme] if port is None else port, target)
    if len(address.url) > LONGEST:  # letters beyond ASCII take more room in a request
        raise AddressError("malformed")
    return address


def fetchable(url: str) -> Address:
    """`url` taken apart, as far as can be told without asking anybody whether it will be fetched.

    Raises:
        AddressError: as in `parsed`, or another port, or an IP address that is not public.
    """
    address = parsed(url)
    if address.port not in PORTS.values():
        raise AddressError("port", port=address.port)
    if address.ip and not is_public(address.ip):
        raise AddressError("private", host=address.host)
    return address


def led_on(address: Address, location: str) -> Address:
    """Where a redirect from `address` leads.

    Raises:
        AddressError: as in `parsed`.
    """
    return parsed(urljoin(address.url, location.strip()))


def printable(url: str, *, base: str = "") -> str:
    """`url` (relative to `base`) where it is an http(s) address that can be printed; else empty."""
    try:
        return parsed(urljoin(base, url.strip())).url if url.strip() else ""
    except (AddressError, ValueError):
        return ""


def is_public(ip: str) -> bool:
    """Whether `ip` belongs to the public internet: nothing private, local, special, or that carries another address."""
    try:
        address = ipaddress.ip_address(ip)
    except ValueError:
        return False
    if address.version == 6 and (address not in GLOBAL_UNICAST or address.scope_id):  # noqa: PLR2004 (IPv6)
        return False
    return not any(address in network for network in NOT_PUBLIC if network.version == address.version)


def is_ip(host: str) -> bool:
    """Whether `host` is an IP address in its plain spelling."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _query(query: str) -> str:
    return quote(query, safe="/%:@!$&'()*+,;=?~-._")


def _host(host: str) -> str:
    """`host` as an A-label or IP address; numbers in any other spelling ("0x7f.1", "2130706433") are no host."""
    if ":" in host:
        return host
    name = _ascii(host)
    if NUMBER.fullmatch(name.rpartition(".")[2]):
        if not is_ip(name):
            raise AddressError("malformed")
        return name
    labels = name.split(".")
    if not all(LABEL.fullmatch(label) for label in labels):
        raise AddressError("malformed")
    if len(labels) == 1 or labels[-1] in LOCAL:
        raise AddressError("private", host=name)
    return name


def _ascii(host: str) -> str:
    """The A-label (UTS 46, non-transitional, as F9); one dot at the end means the same name."""
    name = host.lower().removesuffix(".")
    try:
        return name if name.isascii() else idna.encode(name, uts46=True).decode().removesuffix(".")
    except UnicodeError as error:  # what idna raises is one
        raise AddressError("malformed") from error
