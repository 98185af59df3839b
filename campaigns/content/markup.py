"""The one allow-list for rich text (X8): editors' and feeds' HTML passes here on the way in and again when rendered."""

from __future__ import annotations

import re
from html import unescape

import nh3

TAGS = {"p", "h2", "h3", "h4", "ul", "ol", "li", "a", "strong", "em", "blockquote", "br", "hr", "span", "q", "abbr"}
DROPPED_WITH_THEIR_WORDS = {"script", "style", "iframe", "noscript", "object", "template", "title", "svg", "math"}
SCHEMES = {"http", "https", "mailto", "tel"}
LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")
DIRECTIONS = {"ltr", "rtl", "auto"}
BLOCK_EDGE = re.compile(r"<(?=/?(?:p|h[1-6]|ul|ol|li|blockquote|br|hr|div|td|th|tr)\b)", re.IGNORECASE)


def sanitised(html: str) -> str:
    """`html` (a fragment) reduced to the allowed elements, links and language marks (A7).

    What is not allowed loses its tags and keeps its words; scripts, styles and the like lose both. Links keep only
    absolute http(s), mailto and tel addresses. A fragment without words comes back empty. Applying it twice changes
    nothing. The result is safe to print in HTML; braces in it are words (X9), so it must never be a template's source.
    """
    clean = _RICH.clean(html)
    return clean if words_of(clean) else ""


def words_of(html: str) -> str:
    """The words of a fragment without its tags, white space collapsed: for lint and length rules, never for printing."""
    return " ".join(unescape(_BARE.clean(BLOCK_EDGE.sub(" <", html))).split())


def _attribute(_tag: str, name: str, value: str) -> str | None:
    match name:
        case "lang":
            return value if LANGUAGE_TAG.fullmatch(value) else None
        case "dir":
            return value if value in DIRECTIONS else None
        case _:
            return value.strip()


_RICH = nh3.Cleaner(
    tags=TAGS,
    clean_content_tags=DROPPED_WITH_THEIR_WORDS,
    attributes={"*": {"lang", "dir"}, "a": {"href"}, "abbr": {"title"}},
    attribute_filter=_attribute,
    url_schemes=SCHEMES,
    url_relative="deny",
    link_rel=None,  # the site and the mail send no referrer and open no windows
)
_BARE = nh3.Cleaner(tags=set(), clean_content_tags=DROPPED_WITH_THEIR_WORDS)
