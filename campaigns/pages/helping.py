"""The help directory for the reader's country. The country stands in the address only: nothing is remembered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from campaigns.helplines import directory
from campaigns.helplines.countries import COUNTRIES, name_of
from campaigns.helplines.models import Helpline, Kind
from campaigns.helplines.opening import Opening, opening_at
from campaigns.safeguarding.sensitivity import Sensitivity

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from django.http import HttpRequest, HttpResponse
    from django.utils.functional import _StrPromise

HEADINGS = {
    Kind.HELP: _("People who listen and help"),
    Kind.EMERGENCY: _("In danger right now"),
    Kind.REPORT: _("Report a crime or illegal content"),
    Kind.REMOVE: _("Have pictures taken down"),
    Kind.FRAUD: _("Report a scam"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """An entry, and whether somebody answers while the page is being read."""

    entry: directory.Entry
    opening: Opening | None


@dataclass(frozen=True, slots=True)
class Group:
    """Entries of one kind under one heading, in the directory's order."""

    heading: str | _StrPromise
    lines: list[Line]


@require_safe
def helplines(request: HttpRequest) -> HttpResponse:
    """Every verified entry of one country, people who listen first."""
    return render(request, "pages/help.html", help_in(request, sensitivity=Sensitivity.UPSETTING))


def help_in(request: HttpRequest, *, sensitivity: int) -> dict[str, object]:
    """Template context of a help block: its entries, the country they are for, and the countries to choose from."""
    language, now = get_language() or "", timezone.now()
    today = timezone.localdate(now)
    country = _asked_for(request)
    entries = directory.for_reader(country=country, language=language, sensitivity=sensitivity, today=today)
    codes = {country, *_countries(language, today)}
    return {
        "entries": entries,
        "groups": _groups(entries, now),
        "country": country,
        "country_name": name_of(country),
        "countries": sorted(((code, str(name_of(code))) for code in codes), key=lambda pair: pair[1]),
    }


def _asked_for(request: HttpRequest) -> str:
    """The country in the address; the site's own where that names none."""
    code = request.GET.get("country", "").upper()
    return code if code in COUNTRIES else str(settings.DEFAULT_COUNTRY)


def _countries(language: str, today: dt.date) -> list[str]:
    printable = Helpline.objects.printable(today=today).filter(texts__language=language)
    return list(printable.values_list("country", flat=True).distinct())


def _groups(entries: Sequence[directory.Entry], now: dt.datetime) -> list[Group]:
    groups: dict[str, Group] = {}
    for entry in entries:
        kind = Kind(entry.helpline.kind)
        group = groups.setdefault(kind, Group(heading=HEADINGS[kind], lines=[]))
        group.lines.append(Line(entry=entry, opening=opening_at(entry.helpline, now)))
    return list(groups.values())
