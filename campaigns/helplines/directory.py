"""Which helplines one reader is shown, and in which order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from campaigns.helplines.models import Audience, Helpline, HelplineText, Kind

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

ORDER_OF_KINDS = [Kind.HELP, Kind.REPORT, Kind.REMOVE, Kind.FRAUD, Kind.EMERGENCY]


@dataclass(frozen=True, slots=True)
class Entry:
    """One helpline as one reader sees it."""

    helpline: Helpline
    text: HelplineText

    @property
    def tel(self) -> str:
        """The number as a dialable link, or an empty string."""
        return "tel:" + self.helpline.phone.replace(" ", "") if self.helpline.phone else ""

    @property
    def sms(self) -> str:
        """The short-message number as a link, or an empty string."""
        return "sms:" + self.helpline.sms.replace(" ", "") if self.helpline.sms else ""

    @property
    def web_host(self) -> str:
        """What a link to the web page honestly says it is (W7): its host."""
        return urlsplit(self.helpline.web_url).netloc.removeprefix("www.")


def for_reader(
    *, country: str, language: str, sensitivity: int, today: dt.date, audience: Audience | None = None
) -> Sequence[Entry]:
    """The printable entries of `country` that have words in `language`, help first, at most once each.

    Never an entry of another country: a number that is right in one is wrong or dangerous in the next (G9).
    `sensitivity` 0 gives the fraud and report entries an everyday edition needs; from 1 on, people who listen come first.
    `audience` narrows to entries for that audience or for anyone. Empty when nothing is verified: callers must not print.
    """
    rows = Helpline.objects.printable(today=today).filter(country=country, texts__language=language)
    if audience is not None:
        rows = rows.filter(audience__in=[audience, Audience.ANYONE])
    entries = [
        Entry(helpline=row, text=next(text for text in row.texts.all() if text.language == language))
        for row in rows.prefetch_related("texts")
    ]
    return sorted(entries, key=lambda entry: _rank(entry.helpline, sensitivity))


def _rank(helpline: Helpline, sensitivity: int) -> tuple[int, int, str]:
    everyday_first = [Kind.FRAUD, Kind.REPORT, Kind.HELP, Kind.REMOVE, Kind.EMERGENCY]
    kinds = ORDER_OF_KINDS if sensitivity else everyday_first
    return kinds.index(Kind(helpline.kind)), helpline.order, helpline.slug
