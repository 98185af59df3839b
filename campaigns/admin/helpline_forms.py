"""The form of a helpline: countries and languages by name, numbers as people type them, hours that make sense."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.forms.models import BaseInlineFormSet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelect2MultipleWidget, UnfoldAdminSelectWidget

from campaigns.admin.texts import texts_form
from campaigns.helplines import dialling, verifying
from campaigns.helplines.countries import by_name
from campaigns.helplines.languages import NAMES
from campaigns.helplines.models import REVIEW_WITHIN, Helpline, HelplineHours, HelplineText
from campaigns.helplines.opening import overlapping

if TYPE_CHECKING:
    from collections.abc import Callable

    HoursBase = forms.ModelForm[HelplineHours]
    Lines = BaseInlineFormSet[HelplineHours, Helpline, HoursBase]
else:
    HoursBase, Lines = forms.ModelForm, BaseInlineFormSet

TextsForm = texts_form(text=HelplineText, owner="helpline")
WAYS = ("phone", "sms", "chat_url", "web_url")


class HelplineForm(TextsForm):  # type: ignore[misc, valid-type]  # made by a function, one class per text table
    """Facts and words of an entry, with the dates of its check."""

    country = forms.ChoiceField(label=_("Country"), widget=UnfoldAdminSelectWidget)
    spoken_languages = forms.MultipleChoiceField(
        label=_("Languages spoken"),
        help_text=Helpline._meta.get_field("spoken_languages").help_text,
        choices=NAMES.items(),
        widget=UnfoldAdminSelect2MultipleWidget(attrs={"data-allow-clear": "false"}),
    )
    before = ""
    """Digest of what stood there before this form was saved."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["country"].choices = self._countries
        if "source_url" in self.fields:  # not for who may only look
            self.fields["source_url"].error_messages["required"] = _("Give the official page where it can be checked.")

    @property
    def _countries(self) -> Callable[[], list[tuple[str, str]]]:
        stored = self.instance.country
        return lambda: [("", "---------"), *by_name(), *([(stored, stored)] if stored not in dict(by_name()) else [])]

    def clean_phone(self) -> str:
        """The number as people read it, however it was typed."""
        return dialling.tidy(self.cleaned_data["phone"])

    def clean_sms(self) -> str:
        """The same for short messages."""
        return dialling.tidy(self.cleaned_data["sms"])

    def clean(self) -> dict[str, Any]:
        """At least one way to reach it, and dates that promise no more than the directory may."""
        cleaned: dict[str, Any] = super().clean()
        if self.data.get("state", "") not in {"", verifying.state_at_rest(self.instance)}:
            self.add_error(
                None,
                _("Somebody else saved this entry while you wrote. What you typed stands here; save again to keep it."),
            )
        if not any(cleaned.get(way) for way in WAYS) and not self.errors.keys() & set(WAYS):
            self.add_error("phone", _("Enter a number, or an SMS number, a chat or a web page below."))
        verified_on = cleaned.get("verified_on")
        if verified_on is None:
            cleaned["review_by"] = None
        elif verified_on > timezone.localdate():
            self.add_error("verified_on", _("This day is still to come. Write the day on which somebody checked it."))
        elif "review_by" not in self.errors:
            cleaned["review_by"] = cleaned.get("review_by") or verified_on + REVIEW_WITHIN
        return cleaned


class HoursForm(HoursBase):
    """One line of hours: in a table each field says itself what it is, for those who hear the page."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["aria-label"] = field.label or ""
        for name in {"opens", "closes"} & self.fields.keys():
            self.fields[name].widget.format = "%H:%M"


class HoursFormSet(Lines):
    """The lines of hours of one entry."""

    def clean(self) -> None:
        """No two lines overlap, none stands beside "round the clock", and the zone is known."""
        super().clean()
        filled = [form for form in self.forms if self._counts(form)]
        if not filled:
            return
        if self.instance.round_the_clock:
            filled[0].add_error("first_day", _("Round the clock is ticked above: untick it, or delete these lines."))
        if not self.instance.zone:
            filled[0].add_error("first_day", _("Choose the country above, or write the time zone of these hours."))
        clash = overlapping([form.instance for form in filled])
        if clash is not None:
            filled[clash].add_error(
                "opens", _("These hours run into those of another line. Join them or set them apart.")
            )

    def _counts(self, form: Any) -> bool:
        """Whether a line is filled in, right by itself and not about to be deleted."""
        gone = not hasattr(form, "cleaned_data") or not form.cleaned_data or form.errors
        return not gone and form not in self.deleted_forms
