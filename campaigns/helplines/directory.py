"""Which helplines one reader is shown, and in which order. The rule in words: docs/helplines.md."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from campaigns.helplines import dialling, opening
from campaigns.helplines.languages import names_of
from campaigns.helplines.models import Audience, Helpline, HelplineText, Kind
from campaigns.helplines.verifying import is_as_checked

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

EVERYDAY = [Kind.FRAUD, Kind.REPORT, Kind.HELP, Kind.REMOVE, Kind.EMERGENCY]
"""Where nothing upsets: who takes reports first; nobody is in danger because of a parcel text."""
SENSITIVE = [Kind.HELP, Kind.EMERGENCY, Kind.REPORT, Kind.REMOVE, Kind.FRAUD]
"""From level 1 on: people who listen, then who comes at once, then who takes pictures down and takes reports."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One helpline as one reader sees it: its facts, and its words in the reader's language."""

    helpline: Helpline
    text: HelplineText

    @property
    def tel(self) -> str:
        """The number as a dialable link, or an empty string."""
        return dialling.tel(self.helpline.phone)

    @property
    def sms(self) -> str:
        """The short-message number as a link, or an empty string."""
        return dialling.sms(self.helpline.sms)

    @property
    def web_host(self) -> str:
        """What a link to the web page honestly says it is (W7): its host."""
        return urlsplit(self.helpline.web_url).netloc.removeprefix("www.")

    @property
    def hours(self) -> list[str]:
        """When somebody answers, in the active language: the table of hours in words, then what it cannot say."""
        return [said for said in (opening.in_words(self.helpline), self.text.hours) if said]

    @property
    def cost(self) -> list[str]:
        """What it costs, in the active language."""
        return [said for said in (str(self.helpline.get_charge_display()), self.text.cost) if said]

    @property
    def speaks(self) -> list[str]:
        """The languages in which somebody answers, by name in the active language."""
        return names_of(self.helpline.spoken_languages)

    @property
    def understands(self) -> bool:
        """Whether somebody answers in the language of these words."""
        return self.text.language in self.helpline.spoken_languages


def for_reader(
    *, country: str, language: str, sensitivity: int, today: dt.date, audience: Audience | None = None
) -> Sequence[Entry]:
    """The printable entries of `country` (ISO 3166) that have words in `language`, in the order of docs/helplines.md.

    Never an entry of another country: a number that is right in one is wrong or dangerous in the next (G9). Never one
    that is unverified, overdue on `today`, or no longer what was checked (G7). `sensitivity` 0 to 3; `audience` narrows
    to entries for it or for anyone. Three queries. Empty when nothing may be printed: callers must not print.
    """
    rows = Helpline.objects.printable(today=today).filter(country=country, texts__language=language)
    if audience is not None:
        rows = rows.filter(audience__in=[audience, Audience.ANYONE])
    entries = [
        Entry(helpline=row, text=next(text for text in row.texts.all() if text.language == language))
        for row in rows.whole()
        if is_as_checked(row)
    ]
    return sorted(entries, key=lambda entry: _rank(entry, sensitivity, audience))


def _rank(entry: Entry, sensitivity: int, audience: Audience | None) -> tuple[int, bool, bool, int, str]:
    helpline = entry.helpline
    kinds = SENSITIVE if sensitivity else EVERYDAY
    for_somebody_else = audience is not None and helpline.audience != audience
    return kinds.index(Kind(helpline.kind)), not entry.understands, for_somebody_else, helpline.order, helpline.slug
