"""The check of a draft against its original: who ticked which figure, and what the present texts say of them (G5)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.content.figures import Differences, Kind, differences
from campaigns.content.markup import words_of
from campaigns.content.models import Article, ArticleFigure
from campaigns.safeguarding import terminology

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from django.contrib.auth.models import User

    from campaigns.content.figures import Figure
    from campaigns.content.models import NewsItem, NewsItemText
    from campaigns.safeguarding.terminology import TermFinding

WORDS = ["title", "lead", "body", "content_note"]


@dataclass(frozen=True, slots=True)
class Written:
    """One language of an item beside its original."""

    language: str
    name: str
    differences: Differences
    terms: list[TermFinding]


@dataclass(frozen=True, slots=True)
class Line:
    """One figure of the check list: its row, its sentence cut at the figure, and the languages that lack it."""

    row: ArticleFigure
    before: str
    after: str
    missing_in: list[str]

    @property
    def meant(self) -> str:
        """The value in words, where the figure is written otherwise: "16–20 November 2020"."""
        return spoken(self.row)


@dataclass(frozen=True, slots=True)
class CheckList:
    """What stands beside a draft that was brought in."""

    article: Article
    lines: list[Line]
    written: list[Written]
    terms: list[TermFinding]
    """Of the original."""

    @property
    def has_terms(self) -> bool:
        """Whether a text still holds a word to replace."""
        return any(text.terms for text in self.written)

    @property
    def checked(self) -> int:
        """How many figures are ticked."""
        return sum(line.row.checked_at is not None for line in self.lines)


def check_list(item: NewsItem) -> CheckList | None:
    """The check list of `item` as its texts stand now; None for one that was not brought in. Three queries."""
    article = Article.objects.filter(news_item=item).first()
    if article is None:
        return None
    written = [_written(text, article) for text in item.texts.all()]
    missing = {text.name: {figure.value for figure in text.differences.missing} for text in written}
    return CheckList(
        article=article,
        lines=[_line(row, missing) for row in article.figures.select_related("checked_by").order_by("position")],
        written=written,
        terms=terminology.findings(article.words, language=article.language),
    )


def tick(*, item: NewsItem, ticked: Collection[int], by: User | None, now: dt.datetime) -> int:
    """Note that `by` compared exactly the figures `ticked` (their ids) with the source; how many changed.

    A tick that stands keeps its name and time; one that was taken away is forgotten.
    """
    rows = ArticleFigure.objects.filter(article__news_item=item)
    new = rows.filter(pk__in=ticked, checked_at=None).update(checked_by=by, checked_at=now)
    return new + rows.exclude(pk__in=ticked).exclude(checked_at=None).update(checked_by=None, checked_at=None)


def obstacles(item: NewsItem) -> Iterable[str]:
    """What stops its approval, in the active language: figures of the original that nobody compared with the source (G5)."""
    figures = ArticleFigure.objects.filter(article__news_item=item, checked_at=None)
    if count := figures.count():
        sentence = ngettext(
            "Compare %(count)d figure with the source and tick it in the list beside the text.",
            "Compare %(count)d figures with the source and tick them in the list beside the text.",
            count,
        )
        yield sentence % {"count": count}


def sentences(item: NewsItem) -> list[str]:
    """How the figures of the texts differ from the original's, in the active language: for an approver to know, not to stop.

    None for an item that was not brought in (G5). A translation may round, and a short text leave something out.
    """
    found = check_list(item)
    return [said for text in found.written for said in _of_text(text)] if found else []


def spoken(figure: ArticleFigure | Figure) -> str:
    """The figure's value in words of the active language, where it is written otherwise than it is meant: a span of days."""
    days = [_day(each) for each in figure.value.split("/")] if figure.kind == Kind.DATE else []
    match days:
        case [dt.date() as day]:
            return date_format(day, "j E Y")
        case [dt.date() as first, dt.date() as last] if (first.year, first.month) == (last.year, last.month):
            return f"{first.day}–{date_format(last, 'j E Y')}"
        case [dt.date() as first, dt.date() as last]:
            return f"{date_format(first, 'j E Y')} – {date_format(last, 'j E Y')}"
        case _:
            return ""


def _day(value: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(value)
    except ValueError:
        return None


def _of_text(text: Written) -> Iterable[str]:
    names = {"language": text.name}
    if text.differences.missing:
        names["figures"] = _told(text.differences.missing)
        yield _("The original has these figures, the text in %(language)s has not: %(figures)s.") % names
    if text.differences.added:
        names["figures"] = _told(text.differences.added)
        yield _("The text in %(language)s has these figures, the original has not: %(figures)s.") % names


def _told(figures: Iterable[Figure]) -> str:
    return ", ".join(f"“{figure.found}”" for figure in figures)


def _written(text: NewsItemText, article: Article) -> Written:
    words = "\n".join(words_of(getattr(text, name)) for name in WORDS)
    return Written(
        language=text.language,
        name=str(text.get_language_display()),
        differences=differences(article.words, words, language=text.language, original_language=article.language),
        terms=terminology.findings(words, language=text.language),
    )


def _line(row: ArticleFigure, missing: dict[str, set[str]]) -> Line:
    before, found, after = row.sentence.partition(row.found)
    return Line(
        row=row,
        before=before if found else "",
        after=after if found else row.sentence,
        missing_in=[name for name, values in missing.items() if row.value in values],
    )
