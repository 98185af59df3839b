"""What was read becomes title, lead and body: what stands above the article is left out, nothing of the article is."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

import lxml.html
from django.conf import settings

from campaigns.content.articles.languages import language_of
from campaigns.content.articles.reading import EMPTY, ArticleRefusedError
from campaigns.content.figures import Kind, figures_of
from campaigns.content.markup import sanitised, words_of

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from campaigns.content.articles.reading import Reading

LONGEST_TITLE = 160
LONGEST_LEAD = 450
SHORTEST_LEAD = 60
SHORT = 300
"""Characters: what stands above the article, and a lead, is shorter; a paragraph of the article is longer."""
MOST_ABOVE = 8
FEWEST_WORDS_OF_A_TITLE = 3
MOST_WORDS_OF_A_SLOGAN = 5
SENTENCE = re.compile(r"(?<=[.!?…])[”\"]?\s+(?=[„“\"]?[A-ZÀ-ÞĄĆĘŁŃÓŚŹŻ])")
BYLINE = re.compile(
    r"(?:autor|tekst|opracowanie|źródło|fot|data|by|author|source|posted|published|opublikowano|dodano)\b.{0,80}",
    re.IGNORECASE,
)
BLOCKS = {"p", "h2", "h3", "h4", "ul", "ol", "blockquote", "hr", "div"}


@dataclass(frozen=True, slots=True)
class Draft:
    """An article ready to be written into a news item. `original`: all its words, for comparing; a block per line."""

    title: str
    lead: str
    body: str
    original: str
    language: str
    dated: dt.date | None
    url: str


def drafted(reading: Reading) -> Draft:
    """The draft of what was read.

    Raises:
        ArticleRefusedError: it has no words.
    """
    blocks = _blocks(sanitised(reading.html))
    whole = [*filter(None, [reading.title]), *(_words(block) for block in blocks)]
    if not any(whole):
        raise ArticleRefusedError(EMPTY)
    spoken = {code for code, _name in settings.LANGUAGES}
    language = reading.language if reading.language in spoken else language_of("\n".join(whole))
    title, lead, rest = _parted(reading, blocks, language)
    body = "\n".join(_html(block) for block in rest)
    if len(title) > LONGEST_TITLE:
        body, title = f"<p>{escape(title)}</p>\n{body}", _shortened(title)
    return Draft(
        title=title,
        lead=lead,
        body=sanitised(body),
        original="\n".join(whole),
        language=language,
        dated=reading.dated or _first_day("\n".join(whole), language),
        url=reading.url,
    )


def _parted(reading: Reading, blocks: list[HtmlElement], language: str) -> tuple[str, str, list[HtmlElement]]:
    """Title, lead, and the blocks that are the body."""
    if reading.title:
        rest = [block for block in blocks if _words(block) != reading.title]
        lead, rest = _lead(rest, named=reading.lead)
        return reading.title, lead, rest
    above, rest = _above(blocks, language)
    if not above:
        title = _sentences(_words(rest[0]))[0]
        lead, rest = _lead(rest, named=reading.lead)
        return title, lead, rest
    at = _title_at(above)
    told = above[at + 1 :]
    if told and _is_sentence(_words(told[-1])):
        return _words(above[at]), _words(told[-1]), [*told[:-1], *rest]
    lead, rest = _lead([*told, *rest], named=reading.lead)
    return _words(above[at]), lead, rest


def _above(blocks: list[HtmlElement], language: str) -> tuple[list[HtmlElement], list[HtmlElement]]:
    """The short lines before the article's first long paragraph, less the site's name, its slogan and the byline.

    A site's name has one or two words; a slogan is in another language. When nothing but such lines stands there, the
    last of them is the title. Where no long paragraph follows soon, only the first line that is none of them stands above.
    """
    count = next((n for n, block in enumerate(blocks) if not _is_short(block)), len(blocks))
    told = [n for n in range(count) if not _is_masthead(_words(blocks[n]), language)]
    if count == len(blocks) or count > MOST_ABOVE:
        first = told[0] if told else 0
        return [blocks[first]], blocks[first + 1 :]
    return [blocks[n] for n in told] or blocks[:count][-1:], blocks[count:]


def _title_at(above: list[HtmlElement]) -> int:
    """Which of the lines is the title: the first, unless it is a few words above a longer line that ends no sentence."""
    at = 0
    while at + 1 < len(above):
        here, below = _words(above[at]), _words(above[at + 1])
        if (
            len(here.split()) > MOST_WORDS_OF_A_SLOGAN
            or below.endswith((".", "!", "?", "…"))
            or len(below) <= len(here)
        ):
            break
        at += 1
    return at


def _is_short(block: HtmlElement) -> bool:
    return block.tag in {"p", "h2", "h3", "h4"} and len(_words(block)) <= SHORT


def _is_masthead(words: str, language: str) -> bool:
    count = len(words.split())
    if count < FEWEST_WORDS_OF_A_TITLE or BYLINE.fullmatch(words) or _is_only_a_date(words, language):
        return True
    spoken = language_of(words)
    return bool(spoken and language and spoken != language)


def _is_only_a_date(words: str, language: str) -> bool:
    days = [figure for figure in figures_of(words, language) if figure.kind is Kind.DATE]
    return bool(days) and len(words) - len(days[0].found) <= len("Warszawa, 00:00 ")


def _is_sentence(words: str) -> bool:
    return len(words) >= SHORTEST_LEAD and words.rstrip("”\"')").endswith((".", "!", "?", "…"))


def _lead(blocks: list[HtmlElement], *, named: str) -> tuple[str, list[HtmlElement]]:
    """A lead of its own (named by the page, or a first short paragraph), else the first sentences; they leave the body."""
    if named and len(named) <= LONGEST_LEAD:
        return named, [block for block in blocks if _words(block) != named]
    first = next((n for n, block in enumerate(blocks) if block.tag == "p" and _words(block)), None)
    if first is None:
        return "", blocks
    words = _words(blocks[first])
    if len(words) <= LONGEST_LEAD:
        return words, blocks[:first] + blocks[first + 1 :]
    return _opening(words), blocks


def _opening(words: str) -> str:
    """The first two sentences, as long as they are short enough; the paragraph they open stays whole in the body."""
    first, *more = _sentences(words)
    if more and len(first) + len(more[0]) < LONGEST_LEAD:
        return f"{first} {more[0]}"
    return first if len(first) <= LONGEST_LEAD else _shortened(first, LONGEST_LEAD)


def _sentences(words: str) -> list[str]:
    return SENTENCE.split(words)


def _shortened(words: str, length: int = LONGEST_TITLE) -> str:
    """`words` cut after a whole word, at most `length` characters with the mark that says so."""
    return words if len(words) <= length else words[: length - 1].rsplit(maxsplit=1)[0].rstrip(",;:–- ") + "…"


def _first_day(text: str, language: str) -> dt.date | None:
    """The first whole date; of a span, its last day."""
    for figure in figures_of(text[:20_000], language):
        last = figure.value.rpartition("/")[2]
        if figure.kind is Kind.DATE and re.fullmatch(r"\d{4}-\d\d-\d\d", last):
            return dt.date.fromisoformat(last)
    return None


def _blocks(html: str) -> list[HtmlElement]:
    """The top-level blocks; loose words between them become paragraphs, containers are opened."""
    tree = lxml.html.fragment_fromstring(html or "<p></p>", create_parent="div")
    found: list[HtmlElement] = []
    paragraph = _paragraph(tree.text)
    for child in list(tree):
        tail, child.tail = child.tail, None
        if child.tag in BLOCKS:
            found += [paragraph, child]
            paragraph = _paragraph(tail)
        else:
            child.tail = tail
            paragraph.append(child)
    return [block for block in [*found, paragraph] if _words(block)]


def _paragraph(words: str | None) -> HtmlElement:
    paragraph = lxml.html.Element("p")
    paragraph.text = words
    return paragraph


def _words(block: HtmlElement) -> str:
    return words_of(_html(block))


def _html(block: HtmlElement) -> str:
    return str(lxml.html.tostring(block, encoding="unicode")).strip()
