"""The few questions the admin asks beside the forms of the tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

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
)

from newsletter.audience import addresses

if TYPE_CHECKING:
    import datetime as dt

NOW, LATER = "now", "later"
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
    """When sending begins: at once, or at a date and time in the site's zone."""

    when = forms.ChoiceField(
        label=_("When"),
        choices=[(NOW, _("Now")), (LATER, _("At a date and time"))],
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

    def clean(self) -> dict[str, Any]:
        """A later start needs a time that has not passed."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("when") == LATER and "at" not in self.errors:
            self._demand_future(cleaned.get("at"))
        return cleaned

    @property
    def due_at(self) -> dt.datetime | None:
        """When sending may begin; None: now."""
        due: dt.datetime | None = self.cleaned_data.get("at") if self.cleaned_data.get("when") == LATER else None
        return due

    def _demand_future(self, at: dt.datetime | None) -> None:
        if at is None:
            self.add_error("at", _("Choose the date and time at which sending begins."))
        elif at <= timezone.now():
            self.add_error("at", _("This time has passed. Choose a later one, or send now."))
