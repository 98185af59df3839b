"""The awareness calendar by month and by year: observances, campaigns, editions and mailings on their days."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar, cast

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format, get_format
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from campaigns.calendar import gathering, months
from campaigns.calendar.observances import FIRST_YEAR, LAST_YEAR, topic_names
from campaigns.content.models import Topic
from campaigns.helplines.countries import name_of
from newsletter.reports import agenda
from newsletter.reports.agenda import INTERNATIONAL, Filter, Kind
from newsletter.reports.agenda_stream import PAGES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from django.contrib.auth.models import User
    from django.http import HttpRequest, HttpResponse

    from campaigns.calendar.observances import Observance
    from newsletter.reports.agenda import Entry

    View = TypeVar("View", bound=Callable[..., HttpResponse])

LOOKERS = [
    "campaigns.view_campaign",
    "campaigns.view_newsitem",
    "campaigns.view_ownobservance",
    "newsletter.view_edition",
]
"""Whoever has one of these may open the calendar; what it shows goes by the permissions of each kind."""
COMING_DAYS = 60
WHOLE = re.compile(r"[0-9]{1,5}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry with the page it leads to, and whether its reader may plan an edition for it."""

    entry: Entry
    url: str
    plannable: bool

    @property
    def is_row(self) -> bool:
        """Whether it is something of ours, so that its kind must be said."""
        return self.entry.kind != Kind.OBSERVANCE

    @property
    def days(self) -> str:
        """Its days without the year: "9 February", "25 November – 10 December"."""
        first, last = (date_format(day, "MONTH_DAY_FORMAT") for day in (self.entry.first, self.entry.last))
        return f"{first} –" if self.entry.endless else first if first == last else f"{first} – {last}"


@dataclass(frozen=True, slots=True)
class Cell:
    """A day of the month at hand, with what lies on it; None for a day of another month."""

    day: dt.date | None
    entries: Sequence[Shown]


def may_look(view: View) -> View:
    """Refuse who has none of LOOKERS."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not any(request.user.has_perm(permission) for permission in LOOKERS):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return cast("View", guarded)


@require_GET
@may_look
def now(request: HttpRequest) -> HttpResponse:
    """Lead to the month of today."""
    today = timezone.localdate()
    return HttpResponseRedirect(_address("month", request, today.year, today.month))


@require_GET
@may_look
def month(request: HttpRequest, year: str, month: str) -> HttpResponse:
    """One month in weeks."""
    found_year, found_month = _number(year, FIRST_YEAR, LAST_YEAR), _number(month, 1, 12)
    if found_year is None or found_month is None:
        return _impossible(request)
    first, last = months.bounds(found_year, found_month)
    shown, more = _gathered(request, first, last)
    context = {
        "heading": date_format(first, "YEAR_MONTH_FORMAT"),
        "weeks": _weeks(first, shown),
        "weekdays": _weekdays(),
        "long": [one for one in shown if months.is_long(one.entry)],
        "before": _month_beside(request, first, by=-1),
        "after": _month_beside(request, first, by=1),
        "year_url": _address("year", request, first.year),
        "anything": bool(shown),
    }
    return _page(request, "month", context | more)


@require_GET
@may_look
def year(request: HttpRequest, year: str) -> HttpResponse:
    """One year, month by month."""
    found = _number(year, FIRST_YEAR, LAST_YEAR)
    if found is None:
        return _impossible(request)
    shown, more = _gathered(request, dt.date(found, 1, 1), dt.date(found, 12, 31))
    context = {
        "heading": str(found),
        "months": [_month_of_year(request, found, number, shown) for number in range(1, 13)],
        "going_on": [one for one in shown if one.entry.first.year < found],
        "before": _year_beside(request, found - 1),
        "after": _year_beside(request, found + 1),
        "month_url": _address("month", request, found, timezone.localdate().month),
        "anything": bool(shown),
    }
    return _page(request, "year", context | more)


def coming(*, person: Any, today: dt.date, most: int) -> dict[str, Any]:
    """The next observances of sixty days for the overview: `shown` (at most `most`), and how many `more` there are."""
    last = today + dt.timedelta(days=COMING_DAYS)
    may_see = person.has_perm("newsletter.view_edition")
    found = agenda.dates(today, last, observances=gathering.everything(), with_editions=may_see)
    shown = show(found, person=person, today=today)
    return {"shown": shown[:most], "more": max(0, len(shown) - most)}


def show(entries: Iterable[Entry], *, person: Any, today: dt.date) -> list[Shown]:
    """Each entry with its page; an observance that is not over and has no edition can be planned for."""
    may_plan = person.has_perm("newsletter.add_edition")
    return [
        Shown(one, reverse(PAGES[one.kind], args=[one.page_id]), may_plan and _is_open(one, today)) for one in entries
    ]


def _is_open(entry: Entry, today: dt.date) -> bool:
    return entry.kind == Kind.OBSERVANCE and entry.last >= today and not entry.editions


def _gathered(request: HttpRequest, first: dt.date, last: dt.date) -> tuple[list[Shown], dict[str, Any]]:
    """What is shown from `first` to `last`, and what the page says about the choice."""
    observances = gathering.everything()
    chosen, choices = _choices(request, observances)
    person = cast("User", request.user)
    found = agenda.entries(first, last, observances=observances, sight=agenda.sight_of(person), chosen=chosen)
    more = {"chosen": chosen, "narrowed": chosen != agenda.EVERYTHING, **choices}
    return show(found, person=person, today=timezone.localdate()), more


def _choices(request: HttpRequest, observances: Sequence[Observance]) -> tuple[Filter, dict[str, Any]]:
    """The filter that was chosen, and what there is to choose from; an unknown word chooses nothing."""
    topics = topic_names() | {one.slug: str(one) for one in Topic.objects.prefetch_related("texts")}
    countries = {one.country: str(name_of(one.country)) for one in observances if one.country}
    countries = {INTERNATIONAL: gettext("international")} | dict(sorted(countries.items(), key=lambda pair: pair[1]))
    topic, country = request.GET.get("topic", ""), request.GET.get("country", "")
    chosen = Filter(topic=topic if topic in topics else "", country=country if country in countries else "")
    ordered = sorted(topics.items(), key=lambda pair: pair[1].casefold())
    return chosen, {"topics": ordered, "countries": list(countries.items())}


def _weeks(first: dt.date, shown: Sequence[Shown]) -> list[list[Cell]]:
    rows = months.weeks_of(first.year, first.month, first_weekday=_first_weekday())
    by_entry = {id(one.entry): one for one in shown}
    entries = [one.entry for one in shown]
    return [
        [Cell(day, [by_entry[id(one)] for one in months.on(day, entries)] if day else []) for day in row]
        for row in rows
    ]


def _weekdays() -> list[tuple[str, str]]:
    """The seven weekdays from the first one on, short and whole, in the reader's language."""
    monday = dt.date(2024, 1, 1)
    days = [monday + dt.timedelta(days=_first_weekday() + n) for n in range(7)]
    return [(date_format(day, "D"), date_format(day, "l")) for day in days]


def _first_weekday() -> int:
    """0 is Monday; Django counts from Sunday."""
    return (int(get_format("FIRST_DAY_OF_WEEK")) - 1) % 7


def _month_of_year(request: HttpRequest, year: int, number: int, shown: Sequence[Shown]) -> dict[str, Any]:
    inside = [one for one in shown if (one.entry.first.year, one.entry.first.month) == (year, number)]
    first = dt.date(year, number, 1)
    return {"first": first, "url": _address("month", request, year, number), "entries": inside}


def _month_beside(request: HttpRequest, first: dt.date, *, by: int) -> dict[str, Any] | None:
    year, month = months.beside(first.year, first.month, by=by)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    name = date_format(dt.date(year, month, 1), "YEAR_MONTH_FORMAT")
    return {"name": name, "url": _address("month", request, year, month)}


def _year_beside(request: HttpRequest, year: int) -> dict[str, Any] | None:
    inside = FIRST_YEAR <= year <= LAST_YEAR
    return {"name": str(year), "url": _address("year", request, year)} if inside else None


def _address(page: str, request: HttpRequest, *args: int) -> str:
    """A page of the calendar, under the same filter."""
    kept = request.GET.copy()
    for name in set(kept) - {"topic", "country"}:
        del kept[name]
    query = f"?{kept.urlencode()}" if kept else ""
    return reverse(f"admin:calendar_{page}", args=args) + query


def _number(written: str, least: int, most: int) -> int | None:
    number = int(written) if WHOLE.fullmatch(written) else -1
    return number if least <= number <= most else None


def _impossible(request: HttpRequest) -> HttpResponse:
    context = {"first_year": str(FIRST_YEAR), "last_year": str(LAST_YEAR)}
    return _page(request, "impossible", context, status=404)


def _page(request: HttpRequest, name: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    today = timezone.localdate()
    around = {
        **admin.site.each_context(request),
        "title": gettext("Awareness calendar"),
        "today": today,
        "today_url": reverse("admin:calendar"),
        "here": request.get_full_path(),
    }
    return TemplateResponse(request, f"admin/calendar/{name}.html", around | context, status=status)
