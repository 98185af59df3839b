"""A rule of dates, and what is wrong with one, in words of the active language."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.utils.dates import MONTHS, MONTHS_ALT
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from campaigns.calendar.dates import LEAP, After, Fixed, NeverError, NotSevenDaysError, Nth, Span, Within

if TYPE_CHECKING:
    from campaigns.calendar.dates import Rule, RuleError

WEEKDAYS = (
    pgettext_lazy("weekday", "Monday"),
    pgettext_lazy("weekday", "Tuesday"),
    pgettext_lazy("weekday", "Wednesday"),
    pgettext_lazy("weekday", "Thursday"),
    pgettext_lazy("weekday", "Friday"),
    pgettext_lazy("weekday", "Saturday"),
    pgettext_lazy("weekday", "Sunday"),
)
NTHS = {
    1: (
        *(_("first Monday"), _("first Tuesday"), _("first Wednesday"), _("first Thursday")),
        *(_("first Friday"), _("first Saturday"), _("first Sunday")),
    ),
    2: (
        *(_("second Monday"), _("second Tuesday"), _("second Wednesday"), _("second Thursday")),
        *(_("second Friday"), _("second Saturday"), _("second Sunday")),
    ),
    3: (
        *(_("third Monday"), _("third Tuesday"), _("third Wednesday"), _("third Thursday")),
        *(_("third Friday"), _("third Saturday"), _("third Sunday")),
    ),
    4: (
        *(_("fourth Monday"), _("fourth Tuesday"), _("fourth Wednesday"), _("fourth Thursday")),
        *(_("fourth Friday"), _("fourth Saturday"), _("fourth Sunday")),
    ),
    -1: (
        *(_("last Monday"), _("last Tuesday"), _("last Wednesday"), _("last Thursday")),
        *(_("last Friday"), _("last Saturday"), _("last Sunday")),
    ),
}
"""Whole phrases, for an ordinal takes the gender of its day in many languages."""


def said(rule: Rule) -> str:
    """The rule as people say it: "first Thursday of May"."""
    match rule:
        case Fixed():
            return day_and_month(rule.day, rule.month)
        case Nth():
            which = {"which": NTHS[rule.nth][rule.weekday], "month": MONTHS_ALT[rule.month]}
            return gettext("%(which)s of %(month)s") % which
        case Within():
            days = {"weekday": WEEKDAYS[rule.weekday], "first": said(rule.first), "last": said(rule.last)}
            return gettext("%(weekday)s between %(first)s and %(last)s") % days
        case After():
            facts = {"count": rule.days, "base": said(rule.base)}
            return ngettext("%(count)d day after: %(base)s", "%(count)d days after: %(base)s", rule.days) % facts
        case Span():
            return f"{said(rule.first)} – {said(rule.last)}"
        case _:
            facts = {"weekday": WEEKDAYS[rule.weekday], "base": said(rule.holding)}
            return gettext("the week that begins on %(weekday)s and holds: %(base)s") % facts


def what_is_wrong(error: RuleError) -> str:
    """The sentence that says what to do about a rule that cannot stand."""
    match error:
        case NeverError():
            facts = {"day": error.day, "month": MONTHS_ALT[error.month], "name": MONTHS[error.month]}
            return gettext("%(day)d %(month)s never comes. Choose a day that %(name)s has.") % facts
        case NotSevenDaysError():
            return gettext(
                "Give a range of exactly seven days, in every year: then the weekday comes in it once, never twice."
            )
        case _:
            return gettext("This is no rule of dates. Choose how the date is found, and fill in what that needs.")


def day_and_month(day: int, month: int) -> str:
    """A day of any year: "28 January", "28 stycznia"."""
    return date_format(dt.date(LEAP, month, day), "MONTH_DAY_FORMAT")


def days_said(first: dt.date, last: dt.date) -> str:
    """One day, or from one to another, with the year."""
    if first == last:
        return date_format(first, "DATE_FORMAT")
    if first.year == last.year:
        return f"{date_format(first, 'MONTH_DAY_FORMAT')} – {date_format(last, 'DATE_FORMAT')}"
    return f"{date_format(first, 'DATE_FORMAT')} – {date_format(last, 'DATE_FORMAT')}"
