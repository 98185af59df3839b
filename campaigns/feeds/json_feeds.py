"""Reads JSON Feed 1 and 1.1 (jsonfeed.org)."""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import TYPE_CHECKING, Any

from campaigns.feeds import addressing
from campaigns.feeds.entries import LONGEST_TEXT, LONGEST_TITLE, Entry, ReadFeed, plain_to_html
from campaigns.feeds.troubles import ContentError

if TYPE_CHECKING:
    from collections.abc import Mapping


def read(text: str, *, url: str) -> ReadFeed:
    """The feed in `text`, a JSON object that came from `url`.

    Raises:
        ContentError: damaged, or no JSON Feed.
    """
    try:
        feed = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ContentError("unreadable") from error
    version = re.fullmatch(r"https?://(?:www\.)?jsonfeed\.org/version/(\d[\d.]*)", _word(feed, "version"))
    items = feed.get("items")
    if not version or not isinstance(items, list):
        raise ContentError("no_feed")
    base = addressing.printable(_word(feed, "home_page_url"), base=url) or url
    return ReadFeed(
        kind=f"JSON Feed {version[1][:10]}",
        title=_word(feed, "title"),
        link=base,
        language=_word(feed, "language"),
        entries=[_entry(item, base) for item in items if isinstance(item, dict)],
    )


def _entry(item: Mapping[str, Any], base: str) -> Entry:
    links = (addressing.printable(_word(item, name), base=base) for name in ("url", "external_url"))
    link = next(filter(None, links), "")
    content = _word(item, "content_html") or plain_to_html(_word(item, "content_text"))
    return Entry(
        guid=_word(item, "id"),
        link=link,
        title=plain_to_html(_word(item, "title")[:LONGEST_TITLE]),
        summary=plain_to_html(_word(item, "summary")[:LONGEST_TEXT]),
        content=content[:LONGEST_TEXT],
        base=link or base,
        published=_moment(_word(item, "date_published")),
        updated=_moment(_word(item, "date_modified")),
    )


def _word(holder: Any, name: str) -> str:
    """A string; a number, too, for ids are often written as one; empty for anything else."""
    value = holder.get(name)
    return str(value) if isinstance(value, (str, int, float)) and not isinstance(value, bool) else ""


def _moment(word: str) -> dt.datetime | None:
    """RFC 3339; without an offset it is taken for UTC."""
    try:
        moment = dt.datetime.fromisoformat(word.strip())
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
