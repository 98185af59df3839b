"""One connection to one IP address that was looked up once and checked (X10), with one deadline for everything on it."""

from __future__ import annotations

import io
import socket
import ssl
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import dns.exception
import dns.resolver

from campaigns.feeds import addressing
from campaigns.feeds.troubles import AddressError, ReachError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from campaigns.feeds.addressing import Address

PATIENCE = 5.0
"""Most seconds for looking a name up, and for one IP address to take the connection."""
MOST_TRIED = 4
"""IP addresses of one name that are tried, one after the other."""


def ask_dns(host: str, seconds: float) -> list[str]:
    """The IP addresses of `host`, IPv4 first, from the system's DNS servers and from nowhere else.

    Raises:
        ReachError: there is no such name, or nobody knows just now.
    """
    try:
        found = dns.resolver.Resolver().resolve_name(host, lifetime=seconds)
        return sorted(found.addresses(), key=lambda ip: ":" in ip)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer) as error:
        raise ReachError("no_name", host=host) from error
    except (dns.exception.DNSException, OSError) as error:
        raise ReachError("not_looked_up", host=host) from error


def dial(ip: str, port: int, seconds: float) -> socket.socket:
    """A TCP connection to `ip`, which is never a name."""
    return socket.create_connection((ip, port), timeout=seconds)


@dataclass(frozen=True, slots=True)
class Network:
    """What of the network a fetch may see. The default is the public internet on ports 80 and 443, and nothing else."""

    resolve: Callable[[str, float], Sequence[str]] = ask_dns
    """Host and seconds → IP addresses."""
    allowed: Callable[[str], bool] = addressing.is_public
    """Whether an IP address may be connected to."""
    ports: frozenset[int] = frozenset(addressing.PORTS.values())
    dial: Callable[[str, int, float], socket.socket] = dial
    """IP address, port and seconds → a connection."""
    trust: Callable[[], ssl.SSLContext] = field(default=ssl.create_default_context)
    """Whose certificates are believed; names are always checked."""


PUBLIC = Network()
"""The default."""


class Deadline:
    """A moment by which all must be done, whatever the other side does."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._ends = time.monotonic() + seconds

    def left(self, most: float | None = None) -> float:
        """Seconds that are left, at most `most`.

        Raises:
            ReachError: none are.
        """
        left = self._ends - time.monotonic()
        if left <= 0:
            raise ReachError("too_slow", seconds=round(self.seconds))
        return left if most is None else min(left, most)


class Line:
    """A connection as http.client wants it. Whoever connected hangs up: http.client closes before it has read the answer."""

    def __init__(self, connection: socket.socket, deadline: Deadline) -> None:
        self._connection = connection
        self._deadline = deadline

    def sendall(self, data: bytes) -> None:
        """Send a request."""
        self._connection.settimeout(self._deadline.left())
        self._connection.sendall(data)

    def makefile(self, _mode: str) -> io.BufferedReader:
        """What the answer is read from."""
        return io.BufferedReader(_Incoming(self._connection, self._deadline))

    def close(self) -> None:
        """Nothing: see `hang_up`."""

    def hang_up(self) -> None:
        """Close the connection."""
        self._connection.close()


class _Incoming(io.RawIOBase):
    """What comes in. Each single wait ends at the deadline, so dripping bytes do not prolong it."""

    def __init__(self, connection: socket.socket, deadline: Deadline) -> None:
        self._connection = connection
        self._deadline = deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # any buffer will do
        self._connection.settimeout(self._deadline.left())
        return self._connection.recv_into(buffer)


def connect(address: Address, *, network: Network, deadline: Deadline) -> Line:
    """A connection to `address`: looked up once, every IP address checked, encrypted and proven for https.

    Raises:
        AddressError: a port or an IP address that is not fetched; one such address among several is enough.
        ReachError: nobody there, too slow, or not who they should be.
    """
    if address.port not in network.ports:
        raise AddressError("port", port=address.port)
    ips = [address.ip] if address.ip else list(network.resolve(address.host, deadline.left(PATIENCE)))
    if not all(network.allowed(ip) for ip in ips):
        raise AddressError("private", host=address.host)
    connection = _first_that_answers(ips[:MOST_TRIED], address, network, deadline)
    if address.scheme == "https":
        connection = _encrypted(connection, address, network, deadline)
    return Line(connection, deadline)


def _first_that_answers(ips: list[str], address: Address, network: Network, deadline: Deadline) -> socket.socket:
    error: OSError | None = None
    for ip in ips:
        try:
            return network.dial(ip, address.port, deadline.left(PATIENCE))
        except OSError as failed:
            error = failed
    if error is None:
        raise ReachError("no_name", host=address.host)
    trouble = "refused" if isinstance(error, ConnectionRefusedError) else "no_answer"
    raise ReachError(trouble, host=address.host) from error


def _encrypted(connection: socket.socket, address: Address, network: Network, deadline: Deadline) -> ssl.SSLSocket:
    connection.settimeout(deadline.left())
    try:
        return network.trust().wrap_socket(connection, server_hostname=address.host)
    except ssl.SSLCertVerificationError as error:
        connection.close()
        raise ReachError("certificate", host=address.host) from error
    except TimeoutError as error:
        connection.close()
        raise ReachError("no_answer", host=address.host) from error
    except OSError as error:  # ssl.SSLError is one
        connection.close()
        raise ReachError("no_encryption", host=address.host) from error
