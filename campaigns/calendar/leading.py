"""How long before an observance staff are reminded, and of which it is time to remind. Pure but for the rows read."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from campaigns.calendar.models import MOST_DAYS, ObservanceReminder
from campaigns.calendar.observances import occurrences

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from campaigns.calendar.observances import Observance, Occurrence

LEAD_OF_A_DAY = 21
LEAD_OF_A_SPAN = 42
"""Something that lasts longer than a day is prepared longer."""
ANY_YEAR = 2024


def usual_lead(observance: Observance) -> int:
    """Days before its first day at which staff are reminded unless they chose otherwise."""
    days = observance.rule.in_year(ANY_YEAR)  # a leap year, so there always is one
    return LEAD_OF_A_SPAN if days and days.first != days.last else LEAD_OF_A_DAY


def due(*, today: dt.date, among: Iterable[Observance]) -> list[Occurrence]:
    """Occurrences that have not begun on `today` and whose lead has, by first day; one query."""
    chosen = {row.observance: row for row in ObservanceReminder.objects.all()}
    leads = {each.key: lead for each in among if (lead := _lead(each, chosen)) is not None}
    coming = occurrences(today, today + dt.timedelta(days=MOST_DAYS), among=among)
    return [one for one in coming if today < one.first and one.first - today <= _days(leads.get(one.observance.key))]


def _lead(observance: Observance, chosen: Mapping[str, ObservanceReminder]) -> int | None:
    row = chosen.get(observance.key)
    if row is None:
        return usual_lead(observance)
    return None if row.muted else row.days or usual_lead(observance)


def _days(lead: int | None) -> dt.timedelta:
    return dt.timedelta(days=-1 if lead is None else lead)
