"""Fetches one document from the public web, safely (X10): checked at every hop, within ten seconds and five megabytes."""

from __future__ import annotations

import email.utils
import http.client
import re
from dataclasses import dataclass
from email.message import Message
from typing import TYPE_CHECKING

from django.conf import settings

from campaigns.feeds import addressing, connecting, unpacking
from campaigns.feeds.connecting import Deadline, Line, Network, connect
from campaigns.feeds.troubles import AddressError, AnswerError, FeedError, ReachError

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from campaigns.feeds.addressing import Address

SECONDS = 10.0
"""For everything: looking up, connecting, redirects, the last byte."""
MOST_REDIRECTS = 3
PIECE = 65_536
LONGEST_MARK = 300
ACCEPT = "application/rss+xml, application/atom+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5"
READABLE = re.compile(r"text/.*|application/.*(xml|json|rss|atom|rdf).*|(application|binary)/octet-stream|")
"""Kinds that may hold a feed. Servers name feeds in many ways; pictures, sound and archives are not even read."""
PERMANENT = {301, 308}
REDIRECTS = {301, 302, 303, 307, 308}
NAMED = {
    401: "login",
    407: "login",
    403: "forbidden",
    451: "forbidden",
    404: "not_found",
    410: "gone",
    429: "too_often",
}


@dataclass(frozen=True, slots=True)
class Marks:
    """What a server gave us last time to ask "has it changed?" with (RFC 9110 13.1)."""

    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """What came. `unchanged`: a 304, without a body. `moved_to`: where it lies for good, when the server said so."""

    url: str
    body: bytes = b""
    kind: str = ""
    charset: str = ""
    marks: Marks = Marks()
    moved_to: str = ""
    unchanged: bool = False


def fetch(
    url: str, *, now: dt.datetime, marks: Marks = Marks(), network: Network | None = None, seconds: float = SECONDS
) -> Document:
    """The document at `url`, or that it has not changed since `marks` were given.

    Raises:
        FeedError: with a sentence; `retry_after` where the server said when to come back.
    """
    deadline = Deadline(seconds)
    address = addressing.parsed(url)
    moved, for_good = "", True
    for _hop in range(MOST_REDIRECTS + 1):
        with _Asked(address, marks=marks, network=network or connecting.PUBLIC, deadline=deadline) as answer:
            if answer.status not in REDIRECTS:
                return _document(answer, address, moved_to=moved, marks=marks, now=now)
            for_good = for_good and answer.status in PERMANENT
            address = _next(address, answer)
            moved = address.url if for_good else moved
    raise AnswerError("too_many_redirects")


class _Asked:
    """One request on a connection of its own; what goes wrong on it comes out as a FeedError."""

    def __init__(self, address: Address, *, marks: Marks, network: Network, deadline: Deadline) -> None:
        self._address = address
        self._marks = marks
        self._network = network
        self._deadline = deadline
        self._line: Line | None = None

    def __enter__(self) -> http.client.HTTPResponse:
        try:
            return self._ask()
        except BaseException as error:
            self.__exit__(type(error), error, None)
            raise

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if self._line:
            self._line.hang_up()
        if isinstance(error, (OSError, http.client.HTTPException)):
            raise _as_feed_error(error, self._deadline) from error

    def _ask(self) -> http.client.HTTPResponse:
        self._line = connect(self._address, network=self._network, deadline=self._deadline)
        talk = http.client.HTTPConnection(self._address.host, self._address.port)
        talk.auto_open = 0  # it talks over the line it is given, and opens none
        talk.sock = self._line
        talk.putrequest("GET", self._address.target, skip_host=True, skip_accept_encoding=True)
        for name, value in self._headers().items():
            talk.putheader(name, value)
        talk.endheaders()
        return talk.getresponse()

    def _headers(self) -> dict[str, str]:
        asked = {"If-None-Match": self._marks.etag, "If-Modified-Since": self._marks.last_modified}
        return {
            "Host": self._address.authority,
            "User-Agent": f"Wici (+{settings.SITE_URL})",
            "Accept": ACCEPT,
            "Accept-Encoding": unpacking.ASKED_FOR,
            "Connection": "close",
        } | {name: value for name, value in asked.items() if value}


def _as_feed_error(error: OSError | http.client.HTTPException, deadline: Deadline) -> FeedError:
    match error:
        case TimeoutError():
            return ReachError("too_slow", seconds=round(deadline.seconds))
        case http.client.IncompleteRead() | http.client.RemoteDisconnected() | OSError():
            return ReachError("broken_off")
        case _:
            return ReachError("gibberish")


def _next(address: Address, answer: http.client.HTTPResponse) -> Address:
    location = answer.getheader("Location", "")
    if not location:
        raise AnswerError("nowhere")
    leads_to = addressing.led_on(address, location)
    if address.scheme == "https" and leads_to.scheme == "http":
        raise AddressError("downgrade")
    return leads_to


def _document(
    answer: http.client.HTTPResponse, address: Address, *, moved_to: str, marks: Marks, now: dt.datetime
) -> Document:
    if answer.status == http.HTTPStatus.NOT_MODIFIED and (marks.etag or marks.last_modified):
        return Document(url=address.url, moved_to=moved_to, marks=marks, unchanged=True)
    if answer.status != http.HTTPStatus.OK:
        raise _refusal(answer, now)
    kind, charset = _kind(answer.getheader("Content-Type", ""))
    if not READABLE.fullmatch(kind):
        raise AnswerError("kind", kind=kind[:60])
    if (answer.length or 0) > unpacking.MOST_BYTES:
        raise AnswerError("too_large", megabytes=unpacking.MOST_BYTES // 1_000_000)
    return Document(
        url=address.url,
        body=unpacking.unpacked(_pieces(answer), packing=answer.getheader("Content-Encoding", "")),
        kind=kind,
        charset=charset,
        marks=Marks(_mark(answer.getheader("ETag", "")), _mark(answer.getheader("Last-Modified", ""))),
        moved_to=moved_to,
    )


def _pieces(answer: http.client.HTTPResponse) -> Iterator[bytes]:
    while piece := answer.read(PIECE):
        yield piece
    if answer.length:  # http.client is silent about an end that comes too early when it is read in pieces
        raise http.client.IncompleteRead(b"", answer.length)


def _refusal(answer: http.client.HTTPResponse, now: dt.datetime) -> AnswerError:
    status = answer.status
    trouble = NAMED.get(status) or ("server_fault" if status >= 500 else "status")  # noqa: PLR2004 (5xx)
    return AnswerError(trouble, status=status, retry_after=_seconds(answer.getheader("Retry-After", ""), now))


def _seconds(retry_after: str, now: dt.datetime) -> float | None:
    """Retry-After as seconds from `now` (RFC 9110 10.2.3): a number, or a date."""
    if re.fullmatch(r"\d{1,9}", retry_after.strip()):
        return float(retry_after)
    try:
        at = email.utils.parsedate_to_datetime(retry_after)
        return max(0.0, (at - now).total_seconds())
    except (TypeError, ValueError):
        return None


def _kind(content_type: str) -> tuple[str, str]:
    """Media type and charset, in small letters."""
    header = Message()
    header["Content-Type"] = " ".join(content_type.split())[:200] or "application/octet-stream"
    return (content_type and header.get_content_type()).lower(), str(header.get_param("charset", "") or "").lower()


def _mark(value: str) -> str:
    """A mark that can be sent back; one that is too long or holds odd characters is forgotten."""
    return value if len(value) <= LONGEST_MARK and re.fullmatch(r"[\x20-\x7e]*", value) else ""
