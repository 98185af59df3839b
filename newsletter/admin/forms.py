"""The few questions the admin asks beside the forms of the tables."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminEmailInputWidget,
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from newsletter.audience import addresses

NOW, LATER, LOCAL = "now", "later", "local"
ROUND_THE_WORLD = dt.timedelta(hours=26)
"""From the first clock on Earth to the last."""
FARTHEST = dt.timedelta(days=731)
MINUTES = "%Y-%m-%dT%H:%M"


class TestForm(forms.Form):
    """Where a test goes and in which language."""

    address = forms.CharField(label=_("E-mail address"), max_length=254, widget=UnfoldAdminEmailInputWidget)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES, widget=UnfoldAdminSelectWidget)

    def clean_address(self) -> str:
        """The address, or the sentence that says what is wrong with it."""
        try:
            return addresses.parse(self.cleaned_data["address"]).display
        except addresses.AddressError as error:
            raise ValidationError(str(error)) from error


class LaunchForm(forms.Form):
    """When sending begins: at once, at a date and time, or at that time of each reader's clock; until when it is news."""

    when = forms.ChoiceField(
        label=_("When"),
        choices=[
            (NOW, _("Now")),
            (LATER, _("At a date and time")),
            (LOCAL, _("At a date and time of each reader's own clock")),
        ],
        initial=NOW,
        widget=UnfoldAdminRadioSelectWidget,
    )
    at = forms.DateTimeField(
        label=_("Date and time"),
        required=False,
        input_formats=[MINUTES],
        error_messages={"invalid": _("Write the date and time as the field shows them.")},
        widget=UnfoldAdminTextInputWidget(attrs={"type": "datetime-local"}),
    )
    expires = forms.DateTimeField(
        label=_("No longer news after"),
        required=False,
        input_formats=[MINUTES],
        error_messages={"invalid": _("Write the date and time as the field shows them.")},
        widget=UnfoldAdminTextInputWidget(attrs={"type": "datetime-local"}),
    )
    urgent = forms.BooleanField(
        label=_("Urgent: before all other mailings, at any hour"), required=False, widget=UnfoldBooleanWidget
    )

    def clean(self) -> dict[str, Any]:
        """A later start needs a time that has not passed; news lasts longer than that."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("when") in {LATER, LOCAL} and "at" not in self.errors:
            self._demand_future(cleaned.get("at"))
        if cleaned.get("expires") and "expires" not in self.errors:
            self._demand_some_time(cleaned["expires"])
        return cleaned

    @property
    def at_local_time(self) -> bool:
        """Whether each reader's own clock counts."""
        return self.cleaned_data.get("when") == LOCAL

    @property
    def due_at(self) -> dt.datetime | None:
        """When sending may begin, by the site's clock; None: now."""
        due: dt.datetime | None = self.cleaned_data.get("at") if self.cleaned_data.get("when") != NOW else None
        return due

    def _demand_future(self, at: dt.datetime | None) -> None:
        last = timezone.now() - (ROUND_THE_WORLD if self.at_local_time else dt.timedelta())
        if at is None:
            self.add_error("at", _("Choose the date and time at which sending begins."))
        elif at <= last:
            self.add_error("at", _("This time has passed. Choose a later one, or send now."))
        elif at > last + FARTHEST:
            self.add_error("at", _("This is more than two years away. Check the year."))

    def _demand_some_time(self, expires: dt.datetime) -> None:
        if expires <= max(self.due_at or timezone.now(), timezone.now()):
            self.add_error("expires", _("By then sending would not even have begun. Choose a later time, or none."))
