"""A local HTTP server that plays mail services' interfaces, as their documentation says they answer, for anymail's real backends.

It notes every copy it takes, by Message-ID and recipient, and misbehaves exactly as told. Far-away services are the one thing
tests may play; what speaks to them, here, is the real thing.
"""

from __future__ import annotations

import contextlib
import json
import socket
import struct
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LINGER = struct.pack("ii", 1, 0)
"""Close by RST."""


@dataclass
class Script:
    """How to behave. A request's fate is the first of `fates` that is left: a status, or one of the words below."""

    fates: list[int | str] = field(default_factory=list)
    """`silent`: taken, never answered · `reset`: taken, the connection reset · `deaf`: reset before anything is taken ·
    `strange`: taken, answered in words nobody can read."""
    always: int | str = 200
    """The fate where none is left."""
    refused: dict[str, str] = field(default_factory=dict)
    """By recipient: `rejected`, `invalid` or `failed`, and everything else that a service may say of one message."""
    delay: float = 0.0
    """Seconds before an answer."""
    words: str = "as told"


class Service(ThreadingHTTPServer):
    """One for all services: the path says which is meant."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, script: Script) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.script = script
        self.lock = threading.Lock()
        self.noted: list[tuple[str, str]] = []
        self.requests: list[tuple[str, Any]] = []
        self.sockets: set[int] = set()
        self.over = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def copies(self) -> Counter[tuple[str, str]]:
        """How many copies it took, by (Message-ID, recipient)."""
        with self.lock:
            return Counter(self.noted)

    def taken(self) -> int:
        return len(self.noted)

    def fate(self) -> int | str:
        with self.lock:
            return self.script.fates.pop(0) if self.script.fates else self.script.always

    def handle_error(self, *_args: object) -> None:
        """A worker was killed in the middle: nothing to tell."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Service

    def do_GET(self) -> None:
        self._answer(404, {"message": "nothing here"})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        name, _slash, rest = self.path.strip("/").partition("/")
        is_form = "urlencoded" in self.headers.get("Content-Type", "")
        asked = dict(parse_qsl(body)) if is_form else json.loads(body or "{}")
        with self.server.lock:
            self.server.requests.append((self.path, asked))
            self.server.sockets.add(self.client_address[1])
        fate = self.server.fate()
        time.sleep(self.server.script.delay)
        if fate == "deaf":
            return self._reset()
        if fate != 200 and isinstance(fate, int):
            return self._answer(fate, ERRORS.get(name, _plain)(self.server.script.words))
        status, answer = PLAYED[name](self, rest, asked)
        if fate == "reset":
            return self._reset()
        if fate == "silent":
            self.server.over.wait(30)
            return self._reset()
        return self._answer(status, "?" if fate == "strange" else answer)

    def take(self, recipient: str, message_id: str) -> str | None:
        """Note a copy; None where it was taken, else what is wrong with it."""
        if wrong := self.server.script.refused.get(recipient):
            return wrong
        with self.server.lock:
            self.server.noted.append((message_id.strip("<>"), recipient))
        return None

    def _answer(self, status: int, answer: Any) -> None:
        data = answer.encode() if isinstance(answer, str) else json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _reset(self) -> None:
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER)
        self.connection.close()

    def log_message(self, *_args: object) -> None:
        """Say nothing."""


def _plain(words: str) -> dict[str, str]:
    return {"message": words}


# ── the services ─────────────────────────────────────────────────────────────────────────────────────────────────────
def _postmark(handler: _Handler, path: str, asked: Any) -> tuple[int, Any]:
    if path == "email/batch":
        return 200, [_postmark_one(handler, each) for each in asked]
    one = _postmark_one(handler, asked)
    return (422 if one["ErrorCode"] else 200), one


def _postmark_one(handler: _Handler, asked: Any) -> dict[str, Any]:
    if "To" not in asked:
        return {"ErrorCode": 300, "Message": "Zero recipients specified"}
    headers = {each["Name"]: each["Value"] for each in asked["Headers"]}
    match handler.take(asked["To"], headers["Message-ID"]):
        case None:
            return {"ErrorCode": 0, "Message": "OK", "MessageID": "b7bc2f4a", "To": asked["To"]}
        case "rejected":
            words = f"Found inactive addresses: {asked['To']}. Inactive recipients are ones that have bounced."
            return {"ErrorCode": 406, "Message": words}
        case "invalid":
            return {"ErrorCode": 300, "Message": f"Error parsing 'To': Illegal email address '{asked['To']}'."}
        case wrong:
            return {"ErrorCode": 400, "Message": wrong or "The Sender signature was not found."}


def _resend(handler: _Handler, path: str, asked: Any) -> tuple[int, Any]:
    many = asked if path == "emails/batch" else [asked]
    for each in many:
        if handler.server.script.refused.get(each["to"][0]):
            return 422, {"statusCode": 422, "message": "Invalid `to` field.", "name": "validation_error"}
    for each in many:
        handler.take(each["to"][0], each["headers"]["Message-ID"])
    ids = [{"id": "ae2014de"} for _ in many]
    return 200, {"data": ids} if path == "emails/batch" else ids[0]


def _mailtrap(handler: _Handler, path: str, asked: Any) -> tuple[int, Any]:
    if path == "send":
        return 200, _mailtrap_one(handler, asked)
    answers = [_mailtrap_one(handler, asked["base"] | each) for each in asked["requests"]]
    return 200, {"success": True, "responses": answers}


def _mailtrap_one(handler: _Handler, asked: Any) -> dict[str, Any]:
    wrong = handler.take(asked["to"][0]["email"], asked["headers"]["Message-ID"])
    return {"success": False, "errors": [wrong]} if wrong else {"success": True, "message_ids": ["0c7fd939"]}


def _mailjet(handler: _Handler, _path: str, asked: Any) -> tuple[int, Any]:
    common = asked.get("Globals", {})
    answers = [_mailjet_one(handler, common | each) for each in asked["Messages"]]
    return (400 if any(each["Status"] == "error" for each in answers) else 200), {"Messages": answers}


def _mailjet_one(handler: _Handler, asked: Any) -> dict[str, Any]:
    email = asked["To"][0]["Email"]
    if wrong := handler.take(email, asked["Headers"]["Message-ID"]):
        return {"Status": "error", "Errors": [{"ErrorCode": "mj-0013", "ErrorMessage": wrong}]}
    return {"Status": "success", "To": [{"Email": email, "MessageID": 456}]}


def _mailgun(handler: _Handler, _path: str, asked: Any) -> tuple[int, Any]:
    if wrong := handler.take(asked["to"], asked["h:Message-Id"]):
        return 400, {"message": f"'to' parameter is not a valid address: {wrong}"}
    return 200, {"id": "<2026.1@mailgun.example.org>", "message": "Queued. Thank you."}


def _brevo(handler: _Handler, _path: str, asked: Any) -> tuple[int, Any]:
    if wrong := handler.take(asked["to"][0]["email"], asked["headers"]["Message-ID"]):
        return 400, {"code": "invalid_parameter", "message": wrong}
    return 201, {"messageId": "<201798300811.5787683@relay.example.org>"}


PLAYED: dict[str, Callable[[_Handler, str, Any], tuple[int, Any]]] = {
    "postmark": _postmark,
    "resend": _resend,
    "mailtrap": _mailtrap,
    "mailjet": _mailjet,
    "mailgun": _mailgun,
    "brevo": _brevo,
}
ERRORS: dict[str, Callable[[str], Any]] = {
    "postmark": lambda words: {"ErrorCode": 10, "Message": words},
    "mailjet": lambda words: {"ErrorCode": "", "ErrorMessage": words, "StatusCode": 401},
    "mailtrap": lambda words: {"success": False, "errors": [words]},
}
SETTINGS = {
    "POSTMARK_SERVER_TOKEN": "secret",
    "RESEND_API_KEY": "secret",
    "MAILTRAP_API_TOKEN": "secret",
    "MAILJET_API_KEY": "key",
    "MAILJET_SECRET_KEY": "secret",
    "MAILGUN_API_KEY": "secret",
    "BREVO_API_KEY": "secret",
}


def settings_for(service: Service) -> dict[str, str]:
    """settings.ANYMAIL for all of these services."""
    return SETTINGS | {f"{name.upper()}_API_URL": f"{service.url}/{name}/" for name in PLAYED}


@contextlib.contextmanager
def running(script: Script | None = None) -> Iterator[Service]:
    """The server, answering when this yields."""
    service = Service(script or Script())
    thread = threading.Thread(target=service.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield service
    finally:
        service.over.set()
        service.shutdown()
        service.server_close()
        thread.join(5)
