"""An entry's markup → title, lead and body that may stand in a draft (X6, X8). Pure."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

import nh3

from campaigns.content.markup import sanitised, words_of
from campaigns.feeds.entries import LONGEST_TEXT

if TYPE_CHECKING:
    from campaigns.feeds.entries import Entry

LONGEST_TITLE = 160
LONGEST_LEAD = 400
SENTENCES_IN_LEAD = 3
WORDS_AS_TITLE = 12
SENTENCE_END = re.compile(r"([.!?…][\"”»)]*)\s+(?=[\"„“«(]*[A-ZĄĆĘŁŃÓŚŹŻ0-9])")
ABBREVIATED = re.compile(
    r"\b(?:[A-Za-z]|ul|al|pl|gen|płk|mjr|kpt|insp|nadkom|podkom|kom|asp|szt|st|sierż|mł|prof|dr|mgr|inż|hab|red|im|św"
    r"|nr|art|ust|pkt|poz|str|tys|mln|mld|np|m\.in|tzw|tzn|ok|godz|r|w|Mr|Mrs|Ms|Dr|Prof|Sgt|Det|Insp|St|No|vs|etc|e\.g|i\.e|Jan"
    r"|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec)\.$",
    re.IGNORECASE,
)
HIDDEN = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad]")
"""Characters that change what stands around them without being seen (X6)."""
BLOCKS = {
    "div": "p",
    "section": "p",
    "article": "p",
    "main": "p",
    "figcaption": "p",
    "td": "p",
    "h1": "h2",
    "h5": "h4",
    "h6": "h4",
    "dt": "p",
    "dd": "p",
    "pre": "p",
    "b": "strong",
    "i": "em",
}
"""Elements that become their neighbour on the allow-list, instead of only losing their tags and running into each other."""
KEPT_FIRST = {
    "p",
    "h2",
    "h3",
    "h4",
    "ul",
    "ol",
    "li",
    "a",
    "strong",
    "em",
    "blockquote",
    "br",
    "hr",
    "span",
    "q",
    "abbr",
    *BLOCKS,
}
OPENING = re.compile(r"<(/?)([a-z0-9]+)(?=[\s>/])")
NO_WORDS = re.compile(r"<(p|h[2-4]|li|strong|em|blockquote|span|a)\b[^<>]*>(?:\s|&nbsp;|<br>)*</\1>")
DEEPEST_EMPTY = 10
HAS_BLOCKS = re.compile(r"<(p|h[2-4]|ul|ol|blockquote)\b")


def title_of(entry: Entry) -> tuple[str, list[str]]:
    """The title in plain words, at most 160 characters, and notes: "no_title" (made of the first words), "title_cut".

    Empty where the entry has no words at all.
    """
    title, notes = plain(entry.title), list[str]()
    if not title:
        words = plain(entry.summary or entry.content).split()
        title = " ".join(words[:WORDS_AS_TITLE]) + ("…" if len(words) > WORDS_AS_TITLE else "")
        notes = ["no_title"]
    cut = shortened(title, LONGEST_TITLE)
    return cut, notes if cut == title else [*notes, "title_cut"]


def lead_of(entry: Entry) -> str:
    """The first sentences of summary or text in plain words: at most three, at most 400 characters; may be empty."""
    words = plain(entry.summary) or plain(entry.content)
    lead = ""
    for sentence in sentences(words)[:SENTENCES_IN_LEAD]:
        longer = f"{lead} {sentence}".strip()
        if lead and len(longer) > LONGEST_LEAD:
            break
        lead = longer
    return shortened(lead, LONGEST_LEAD)


def body_of(entry: Entry) -> tuple[str, list[str]]:
    """The text as sanitised rich text, links made whole, and the note "text_cut" where it was longer than is read."""
    markup = entry.content or entry.summary
    body = _first_pass(entry.base).clean(HIDDEN.sub("", markup))
    body = OPENING.sub(lambda tag: f"<{tag[1]}{BLOCKS.get(tag[2], tag[2])}", body)
    body = _without_empty(sanitised(body))
    if body and not HAS_BLOCKS.search(body):
        body = "".join(f"<p>{part.strip()}</p>" for part in re.split(r"(?:<br>\s*){2,}", body) if part.strip())
    return body, ["text_cut"] if len(markup) >= LONGEST_TEXT else []


def plain(markup: str) -> str:
    """The words of a fragment, without characters nobody sees."""
    words = HIDDEN.sub("", words_of(markup))
    return " ".join(
        "".join(" " if unicodedata.category(each) in {"Cc", "Zl", "Zp"} else each for each in words).split()
    )


def sentences(words: str) -> list[str]:
    """`words` taken apart at the ends of sentences; abbreviations and initials end none."""
    found = list[str]()
    for part in SENTENCE_END.sub(r"\1\n", words).split("\n"):
        if found and ABBREVIATED.search(found[-1]):
            found[-1] += f" {part}"
        else:
            found.append(part)
    return found


def shortened(words: str, most: int) -> str:
    """`words`, cut after a whole word and marked with an ellipsis where they are longer than `most` characters."""
    if len(words) <= most:
        return words
    cut = words[: most - 1]
    whole = cut.rpartition(" ")[0]
    return (whole if len(whole) > most // 2 else cut).rstrip(" ,;:–-") + "…"


def _first_pass(base: str) -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=KEPT_FIRST,
        clean_content_tags={
            "script",
            "style",
            "iframe",
            "noscript",
            "object",
            "template",
            "title",
            "svg",
            "math",
            "form",
        },
        attributes={"*": {"lang", "dir"}, "a": {"href"}, "abbr": {"title"}},
        url_schemes={"http", "https", "mailto", "tel"},
        url_relative=("rewrite_with_base", base) if base else "deny",
        link_rel=None,
    )


def _without_empty(body: str) -> str:
    """`body` without elements that hold nothing, from the inside out."""
    for _depth in range(DEEPEST_EMPTY):
        before, body = body, NO_WORDS.sub("", body)
        if body == before:
            break
    return body
