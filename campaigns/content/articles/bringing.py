"""An article becomes a news item in draft, its original kept beside it with every figure to be checked (G5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction

from campaigns.content import approving
from campaigns.content.addressing import free_slug
from campaigns.content.articles.decoding import tidied, words_in
from campaigns.content.articles.drafting import LONGEST_TITLE, Draft, drafted
from campaigns.content.articles.markdown import read_markdown
from campaigns.content.articles.pages import read_page
from campaigns.content.articles.plain import read_plain
from campaigns.content.articles.reading import (
    KINDS,
    MOST_CHARACTERS,
    TOO_LONG,
    ArticleRefusedError,
    is_word_file,
    kind_of_words,
)
from campaigns.content.articles.word_files import read_word
from campaigns.content.figures import figures_of
from campaigns.content.markup import sanitised
from campaigns.content.models import Article, ArticleFigure, NewsItem

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    from django.contrib.auth.models import User

    from campaigns.content.articles.reading import Reading
    from campaigns.content.models import Source

READERS: dict[str, Callable[[str], Reading]] = {"plain": read_plain, "markdown": read_markdown, "html": read_page}
__all__ = ["KINDS", "READERS", "again", "bring_in", "keep_original", "read_file", "read_words"]
OPENING = 4096
"""Characters by which plain text, Markdown and HTML are told apart."""
MOST_FIGURES = 500
SHORTEST_SLUG = "news"


def read_file(content: bytes, *, name: str = "") -> Draft:
    """The draft of an uploaded file, whatever it is.

    Raises:
        ArticleRefusedError: it is no article we can read; the sentence says what to do.
    """
    if is_word_file(content):
        return drafted(read_word(content))
    words = words_in(content)
    return drafted(READERS[kind_of_words(words[:OPENING], name=name)](words))


def read_words(words: str, *, kind: str = "") -> Draft:
    """The draft of pasted words; `kind` is a key of READERS, empty to tell by the words' own marks.

    Raises:
        ArticleRefusedError: there are none, or too many.
    """
    plain = tidied(words)
    return drafted(READERS[kind or kind_of_words(plain[:OPENING])](plain))


def again(kept: dict[str, str]) -> Draft:
    """A draft that was read before and travelled through a form: as little trusted as the file itself.

    Raises:
        ArticleRefusedError: it is longer than any that was read.
    """
    if max(map(len, kept.values())) > 2 * MOST_CHARACTERS:
        raise ArticleRefusedError(TOO_LONG)
    plain = {name: tidied(words) if words.strip() else "" for name, words in kept.items()}
    return Draft(
        title=plain["title"][:LONGEST_TITLE],
        lead=plain["lead"],
        body=sanitised(plain["body"]),
        original=plain["original"],
        language=plain["language"] if plain["language"] in dict(settings.LANGUAGES) else "",
        dated=None,
        url=plain["url"],
    )


@transaction.atomic
def bring_in(*, draft: Draft, source: Source, by: User | None, now: dt.datetime, file_name: str = "") -> NewsItem:
    """A new news item in draft with the draft's words in its language, and the original with its figures.

    `draft` must say its language, day and page. The slug is neutral, for it stands in an address (G3).
    """
    day = draft.dated or now.date()
    slug = free_slug(f"{SHORTEST_SLUG}-{day.isoformat()}", among=NewsItem.objects.all())
    item = NewsItem.objects.create(slug=slug, source=source, source_url=draft.url, source_date=day)
    item.texts.create(language=draft.language, title=draft.title, lead=draft.lead, body=draft.body)
    approving.edited(item=item, by=by, now=now)
    keep_original(item=item, words=draft.original, language=draft.language, by=by, now=now, file_name=file_name)
    return item


def keep_original(
    *, item: NewsItem, words: str, language: str, by: User | None, now: dt.datetime, file_name: str = ""
) -> Article:
    """The original's words beside `item`, with every figure in them, unchecked."""
    article = Article.objects.create(
        news_item=item, language=language, words=words, file_name=file_name[:200], brought_by=by, brought_at=now
    )
    ArticleFigure.objects.bulk_create(
        ArticleFigure(
            article=article,
            position=position,
            kind=figure.kind,
            found=figure.found[:200],
            value=figure.value[:200],
            sentence=figure.sentence[:2000],
        )
        for position, figure in enumerate(figures_of(words, language)[:MOST_FIGURES])
    )
    return article
