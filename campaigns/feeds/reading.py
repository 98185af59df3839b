"""Reads a feed: RSS 0.9 to 2.0, Atom 0.3 and 1.0, JSON Feed. Knows nothing of networks and databases; opens nothing."""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import re
from html import unescape
from typing import TYPE_CHECKING, Any

from campaigns.content.markup import words_of
from campaigns.feeds import addressing, json_feeds
from campaigns.feeds.decoding import decoded, prolog, without_doctype
from campaigns.feeds.entries import LONGEST_TEXT, LONGEST_TITLE, Entry, ReadFeed, plain_to_html
from campaigns.feeds.troubles import ContentError

if TYPE_CHECKING:
    from collections.abc import Iterator

HEAD = 200_000
"""Characters of a web page in which its feeds are looked for."""
LINK = re.compile(r"<link\b([^<>]{0,2000})>", re.IGNORECASE)
ATTRIBUTE = re.compile(r"([a-z-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))", re.IGNORECASE)
FEED_KIND = re.compile(r"application/(rss|atom|rdf|feed)\+(xml|json)|application/json|text/xml", re.IGNORECASE)


def read(body: bytes, *, url: str, charset: str = "") -> ReadFeed:
    """The feed in `body`, which came from `url`; its entries in the order of the document.

    Raises:
        ContentError: empty, a web page, damaged, dangerous, or no feed.
    """
    text = decoded(body, charset=charset).strip("\ufeff \t\r\n")
    if not text:
        raise ContentError("empty")
    if text.startswith("{"):
        return json_feeds.read(text, url=url)
    if _is_web_page(text):
        raise _web_page(text, url)
    return _read_xml(without_doctype(text), url)


def _read_xml(text: str, url: str) -> ReadFeed:
    import feedparser  # noqa: PLC0415 (every process would load it at its start, and only feeds need it)

    # A stream: feedparser fetches or opens what it is given as a string. Markup is ours to sanitise, and addresses to resolve.
    found = feedparser.parse(
        io.BytesIO(text.encode()),
        response_headers={"content-type": "application/xml; charset=utf-8", "content-location": url},
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    if not found.entries and (found.bozo or not found.version):
        raise ContentError("unreadable" if found.bozo and found.version else "no_feed")
    base = addressing.printable(found.feed.get("link") or "", base=url) or url
    return ReadFeed(
        kind=feedparser.api.SUPPORTED_VERSIONS.get(found.version, ""),
        title=_text(found.feed, "title"),
        link=base,
        language=str(found.feed.get("language") or ""),
        licence=_licence(found.feed),
        entries=[_entry(each, base) for each in found.entries],
    )


def _entry(found: Any, base: str) -> Entry:
    content: Any = next((each for each in found.get("content") or [] if each.get("value")), {})
    within = content.get("base") or (found.get("summary_detail") or {}).get("base") or base
    link = addressing.printable(found.get("link") or _permalink(found), base=base)
    return Entry(
        guid=str(found.get("id") or ""),
        link=link,
        title=_markup(found.get("title_detail") or {})[:LONGEST_TITLE],
        summary=_markup(found.get("summary_detail") or {})[:LONGEST_TEXT],
        content=_markup(content)[:LONGEST_TEXT],
        base=link if within == base else within,
        published=_moment(found, "published_parsed"),
        updated=_moment(found, "updated_parsed") or _moment(found, "created_parsed"),
        licence=_licence(found),
    )


def _permalink(found: Any) -> str:
    """A guid that is the address as well (RSS 2.0, `isPermaLink`); feedparser says which guids are."""
    return str(found.get("id") or "") if found.get("guidislink") else ""


def _markup(construct: Any) -> str:
    """A text construct as a fragment of HTML."""
    value = str(construct.get("value") or "")
    return plain_to_html(value) if construct.get("type") == "text/plain" else value


def _text(found: Any, name: str) -> str:
    return words_of(_markup(found.get(f"{name}_detail") or {})[:LONGEST_TITLE])


def _licence(found: Any) -> str:
    """A licence by its address first, then a statement of rights."""
    links = [each.get("href") for each in found.get("links") or [] if each.get("rel") == "license"]
    by_address = addressing.printable(str(found.get("license") or next(iter(links), "") or ""))
    return by_address or _text(found, "rights")


def _moment(found: Any, name: str) -> dt.datetime | None:
    parsed: Any = dict.get(found, name)  # feedparser's own `get` takes one date for the other
    with contextlib.suppress(TypeError, ValueError):  # no date at all, or one with 61 seconds
        year, month, day, hour, minute, second = parsed[:6]
        return dt.datetime(year, month, day, hour, minute, second, tzinfo=dt.UTC)
    return None


def _is_web_page(text: str) -> bool:
    root, doctypes = prolog(text)
    start = text[root : root + 5].lower()
    return start == "<html" or any(name == "html" for name, _external in doctypes)


def _web_page(text: str, url: str) -> ContentError:
    found = next(_feeds_named_in(text[:HEAD], url), "")
    return ContentError("web_page", found=found) if found else ContentError("web_page_alone")


def _feeds_named_in(page: str, url: str) -> Iterator[str]:
    for link in LINK.finditer(page):
        said = {name.lower(): unescape(a or b or c) for name, a, b, c in ATTRIBUTE.findall(link[1])}
        if "alternate" in said.get("rel", "").lower().split() and FEED_KIND.fullmatch(said.get("type", "")):
            yield from filter(None, [addressing.printable(said.get("href", ""), base=url)])
