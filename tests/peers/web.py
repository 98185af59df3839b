"""A public web of our own: one server for http and one for https on loopback, under any names and IP addresses a test gives.

What fetches is the real thing, up to the moment of dialling: `network` answers for the DNS and leads each connection to loopback,
noting which IP address was asked for.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

from campaigns.feeds.connecting import Network

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tests.peers.certificates import Certificate

PUBLIC_IP = "93.184.216.34"


@dataclass(frozen=True)
class Page:
    """What a path answers. With `raw` these very bytes, then hanging up; `drip` sends the body a byte at a time, for ever."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    raw: bytes | None = None
    drip: float = 0.0
    keeps_silent: bool = False


@dataclass
class Request:
    """What was asked."""

    path: str
    headers: dict[str, str]


@dataclass
class Web:
    """The servers' pages by path, and what came in."""

    pages: dict[str, Page | Callable[[Request], Page]] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)
    dialled: list[tuple[str, int]] = field(default_factory=list)
    names: dict[str, Sequence[str]] = field(default_factory=dict)
    """Host → IP addresses; any other name has PUBLIC_IP."""
    resolved: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)
    ports: dict[int, int] = field(default_factory=dict)
    authority: str = ""

    def network(self, **changes: object) -> Network:
        """The network as a fetch sees it, with the default's own rules."""
        return Network(**{"resolve": self.resolve, "dial": self.dial, "trust": self.trust, **changes})  # type: ignore[arg-type]

    def resolve(self, host: str, _seconds: float) -> Sequence[str]:
        self.resolved.append(host)
        return self.names.get(host, [PUBLIC_IP])

    def dial(self, ip: str, port: int, seconds: float) -> socket.socket:
        self.dialled.append((ip, port))
        return socket.create_connection(("127.0.0.1", self.ports[port]), timeout=seconds)

    def trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self.authority or None)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    web: Web

    def handle_error(self, *_args: object) -> None:
        """Who asked hung up in the middle: nothing to tell."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        web = self.server.web
        request = Request(self.path, {name.lower(): value for name, value in self.headers.items()})
        web.requests.append(request)
        made = web.pages.get(self.path, Page(status=404))
        page = made if isinstance(made, Page) else made(request)
        if page.keeps_silent:
            web.over.wait(30)
        elif page.raw is not None:
            self.wfile.write(page.raw)
        else:
            self._answer(page)
        self.close_connection = True

    def _answer(self, page: Page) -> None:
        self.send_response(page.status)
        for name, value in ({"Content-Length": str(len(page.body)), "Content-Type": "text/xml"} | page.headers).items():
            self.send_header(name, value)
        self.end_headers()
        if page.drip:
            self._drip(page)
        elif page.status != 304:
            self.wfile.write(page.body)

    def _drip(self, page: Page) -> None:
        for byte in page.body:
            self.wfile.write(bytes([byte]))
            if self.server.web.over.wait(page.drip):
                return

    def log_message(self, *_args: object) -> None:
        """Say nothing."""


@contextlib.contextmanager
def running(certificate: Certificate | None = None) -> Iterator[Web]:
    """A web that answers on port 80, and on 443 with `certificate`."""
    web = Web(authority=str(certificate.authority) if certificate else "")
    servers = [_started(web, None, 80)] + ([_started(web, certificate, 443)] if certificate else [])
    try:
        yield web
    finally:
        web.over.set()
        for server in servers:
            server.shutdown()
            server.server_close()


def _started(web: Web, certificate: Certificate | None, port: int) -> _Server:
    server = _Server(("127.0.0.1", 0), _Handler)
    server.web = web
    web.ports[port] = server.server_address[1]
    if certificate:
        server.socket = certificate.server_context().wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    return server
