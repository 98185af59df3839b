"""Hosts made of network namespaces on a bridge of our own; a host's cable can be pulled and put back."""

from __future__ import annotations

import contextlib
import os
import secrets
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Host:
    """One namespace. Processes start in it with `prefix` before their command."""

    name: str
    address: str
    cable: str
    """Our end of its connection."""

    @property
    def prefix(self) -> list[str]:
        return ["ip", "netns", "exec", self.name]

    def pull(self) -> None:
        """No packet passes any more, and nobody is told."""
        _ip("link", "set", self.cable, "down")

    def put_back(self) -> None:
        _ip("link", "set", self.cable, "up")


@dataclass(frozen=True, slots=True)
class Network:
    """A bridge with hosts on it."""

    address: str
    """Ours on it: where the hosts find what runs in the root namespace."""
    hosts: list[Host]


@contextlib.contextmanager
def network(number: int) -> Iterator[Network]:
    """`number` hosts with addresses in a 10.x.y.0/24 that this machine does not use yet; all gone afterwards."""
    assert os.geteuid() == 0, "network namespaces need root"
    tag, net = f"w{secrets.token_hex(3)}", _free_net()
    bridge, hosts = f"{tag}b", [Host(f"{tag}h{n}", f"{net}.{n + 11}", f"{tag}c{n}") for n in range(number)]
    try:
        _ip("link", "add", bridge, "type", "bridge")
        _ip("addr", "add", f"{net}.1/24", "dev", bridge)
        _ip("link", "set", bridge, "up")
        for host in hosts:
            _plug(host, bridge)
        yield Network(f"{net}.1", hosts)
    finally:
        for host in hosts:
            _ip("netns", "delete", host.name, check=False)
        _ip("link", "delete", bridge, check=False)


def connections_from(host: Host, *, port: int) -> int:
    """How many connections `host` has to our `port`."""
    words = ["ss", "-Htn", "state", "established", f"sport = :{port} and dst = {host.address}"]
    return len(subprocess.run(words, capture_output=True, text=True, check=True).stdout.splitlines())


def _plug(host: Host, bridge: str) -> None:
    _ip("netns", "add", host.name)
    _ip("link", "add", host.cable, "type", "veth", "peer", "name", "eth0", "netns", host.name)
    _ip("link", "set", host.cable, "master", bridge, "up")
    _ip("-n", host.name, "addr", "add", f"{host.address}/24", "dev", "eth0")
    for link in ("lo", "eth0"):
        _ip("-n", host.name, "link", "set", link, "up")


def _free_net() -> str:
    used = subprocess.run(["ip", "route"], capture_output=True, text=True, check=True).stdout
    nets = (f"10.{100 + secrets.randbelow(100)}.{secrets.randbelow(256)}" for _ in range(100))
    return next(net for net in nets if f"{net}." not in used)


def _ip(*words: str, check: bool = True) -> None:
    subprocess.run(["ip", *words], check=check, capture_output=not check)
