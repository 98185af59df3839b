"""A rule of dates asked for in fields rather than typed as a formula, and a rule taken apart into those fields again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.conf import settings
from django.utils.dates import MONTHS
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
)

from campaigns.admin.texts import texts_form
from campaigns.calendar.dates import After, Fixed, Nth, RuleError, Span, Week, Within, parse
from campaigns.calendar.models import OwnObservanceText
from campaigns.calendar.observances import topic_names
from campaigns.calendar.saying import WEEKDAYS, what_is_wrong
from campaigns.content.models import Topic

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from campaigns.calendar.dates import Day, Rule

SHAPES = {
    "fixed": _("on the same day every year"),
    "nth": _("on a certain weekday of a month, such as the first Thursday of May"),
    "within": _("on a weekday within seven days, such as the Tuesday between 5 and 11 February"),
    "span": _("from one day to another, such as a whole month"),
    "week": _("in the week that holds a certain day"),
    "nth_week": _("in the week that begins on a certain weekday of a month"),
}
NEEDS = {
    "fixed": ("day", "month"),
    "nth": ("nth", "weekday", "month"),
    "within": ("weekday", "day", "month", "last_day", "last_month"),
    "span": ("day", "month", "last_day", "last_month"),
    "week": ("weekday", "day", "month"),
    "nth_week": ("nth", "weekday", "month"),
}
"""The fields each shape cannot do without."""
ONE_DAY = ("fixed", "nth", "within")
"""Shapes of a single day, which may lie a number of days `later`."""
WHICH = [
    (1, pgettext_lazy("ordinal", "first")),
    (2, pgettext_lazy("ordinal", "second")),
    (3, pgettext_lazy("ordinal", "third")),
    (4, pgettext_lazy("ordinal", "fourth")),
    (-1, pgettext_lazy("ordinal", "last")),
]
PARTS = ("shape", "nth", "weekday", "day", "month", "last_day", "last_month", "later")
Parts = dict[str, Any]
TextsForm: Any = texts_form(text=cast("Any", OwnObservanceText), owner="observance")


def _number(label: Any, most: int, help_text: Any = "") -> forms.IntegerField:
    widget = UnfoldAdminIntegerFieldWidget(attrs={"min": 1, "max": most})
    return forms.IntegerField(
        label=label, required=False, min_value=1, max_value=most, help_text=help_text, widget=widget
    )


def _choice(label: Any, choices: list[tuple[Any, Any]]) -> forms.TypedChoiceField:
    everything = [("", "—"), *choices]
    return forms.TypedChoiceField(
        label=label, choices=everything, coerce=int, empty_value=None, required=False, widget=UnfoldAdminSelectWidget
    )


def _needs() -> str:
    """For the script that hides what a shape does not need."""
    return json.dumps({shape: [*names, *(["later"] if shape in ONE_DAY else [])] for shape, names in NEEDS.items()})


class OwnObservanceForm(TextsForm):  # type: ignore[misc]  # made by a function, one class per text table
    """What it is called, and when it comes: the parts become one rule of the calendar's grammar."""

    shape = forms.ChoiceField(
        label=_("It is marked"),
        choices=list(SHAPES.items()),
        widget=UnfoldAdminSelectWidget(attrs={"data-needs": _needs()}),
    )
    nth = _choice(_("Which one"), WHICH)
    weekday = _choice(_("Weekday"), list(enumerate(WEEKDAYS)))
    day = _number(_("Day"), 31)
    month = _choice(_("Month"), [(number, MONTHS[number]) for number in MONTHS])
    last_day = _number(_("Last day"), 31)
    last_month = _choice(_("Month of the last day"), [(number, MONTHS[number]) for number in MONTHS])
    later = _number(_("Days later"), 366, _("Such as 1 for the day after. Empty: on that day itself."))
    topics = forms.MultipleChoiceField(
        label=_("Topics"), required=False, widget=UnfoldAdminCheckboxSelectMultipleWidget()
    )

    class Media:
        js = ("newsletter/admin/dates.js",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "topics" in self.fields:  # read-only staff see none
            cast("forms.MultipleChoiceField", self.fields["topics"]).choices = _topics(self.instance.topics)
        for name, value in taken_apart(self.instance.rule).items():
            self.initial.setdefault(name, value)

    def clean_country(self) -> str:
        """In capital letters, however it was typed."""
        return str(self.cleaned_data["country"]).upper()

    def clean(self) -> dict[str, Any]:
        """A name in one language at least, and parts that make a rule."""
        cleaned: dict[str, Any] = super().clean()
        names = [f"name_{code}" for code, _name in settings.LANGUAGES]
        if not any(cleaned.get(name) for name in names) and not self.errors.keys() & set(names):
            self.add_error(names[0], _("Write its name in at least one language."))
        if not self.errors.keys() & set(PARTS):
            self._demand_rule(cleaned)
        return cleaned

    def _demand_rule(self, parts: Parts) -> None:
        missing = [name for name in NEEDS[parts["shape"]] if parts.get(name) is None]
        for name in missing:
            self.add_error(name, _("Fill this in too: without it nobody knows when it comes."))
        if not missing:
            try:
                self.instance.rule = str(put_together(parts))
            except PartError as error:
                self.add_error(error.part, what_is_wrong(error.rule_error))


class PartError(Exception):
    """Parts that make no rule: `rule_error` says why, and `part` is the field at which to mend it."""

    def __init__(self, part: str, rule_error: RuleError) -> None:
        super().__init__(f"{part}: {rule_error}")
        self.part, self.rule_error = part, rule_error


def put_together(parts: Mapping[str, Any]) -> Rule:
    """The rule that whole `parts` (see NEEDS) mean.

    Raises:
        PartError: a day that never comes, or a range that is not of seven days.
    """
    nth = Nth(parts["nth"], parts["weekday"], parts["month"]) if "nth" in parts["shape"] else None
    match parts["shape"]:
        case "span":
            return Span(_fixed(parts, "day", "month"), _fixed(parts, "last_day", "last_month"))
        case "week":
            return Week(parts["weekday"], _fixed(parts, "day", "month"))
        case "nth_week":
            return Week(parts["weekday"], cast("Nth", nth))
        case "within":
            first, last = _fixed(parts, "day", "month"), _fixed(parts, "last_day", "last_month")
            day: Day = _at("last_day", lambda: Within(parts["weekday"], first, last))
        case _:
            day = nth or _fixed(parts, "day", "month")
    return After(parts["later"], day) if parts.get("later") else day


def taken_apart(words: str) -> Parts:
    """The parts of the rule that `words` write; none for what is no rule, or one that no shape of ours can say."""
    try:
        rule = parse(words)
    except RuleError:
        return {}
    match rule:
        case After(days, (Fixed() | Nth() | Within()) as base):
            return _parts_of(base) | {"later": days}
        case _:
            return _parts_of(rule)


def _parts_of(rule: Rule) -> Parts:
    match rule:
        case Fixed(day, month):
            return {"shape": "fixed", "day": day, "month": month}
        case Nth(nth, weekday, month):
            return {"shape": "nth", "nth": nth, "weekday": weekday, "month": month}
        case Within(weekday, first, last):
            return {"shape": "within", "weekday": weekday} | _range(first, last)
        case Span(first, last):
            return {"shape": "span"} | _range(first, last)
        case Week():
            return _parts_of_week(rule)
        case _:
            return {}


def _parts_of_week(rule: Week) -> Parts:
    match rule.holding:
        case Fixed(day, month):
            return {"shape": "week", "weekday": rule.weekday, "day": day, "month": month}
        case Nth(nth, weekday, month) if weekday == rule.weekday:
            return {"shape": "nth_week", "nth": nth, "weekday": weekday, "month": month}
        case _:
            return {}


def _range(first: Fixed, last: Fixed) -> Parts:
    return {"day": first.day, "month": first.month, "last_day": last.day, "last_month": last.month}


def _fixed(parts: Mapping[str, Any], day: str, month: str) -> Fixed:
    fixed: Fixed = _at(day, lambda: Fixed(parts[day], parts[month]))
    return fixed


def _at(part: str, make: Callable[[], Any]) -> Any:
    try:
        return make()
    except RuleError as error:
        raise PartError(part, error) from error


def _topics(chosen: list[str]) -> list[tuple[str, str]]:
    """Content's topics, the data file's, and what was chosen before somebody deleted it."""
    rows = {topic.slug: str(topic) for topic in Topic.objects.prefetch_related("texts")}
    known = topic_names() | rows
    gone = {slug: gettext("%(slug)s (deleted)") % {"slug": slug} for slug in chosen if slug not in known}
    return sorted((known | gone).items(), key=lambda pair: pair[1].casefold())
