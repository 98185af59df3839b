"""The three forms of the public site. Errors say what to do and stand at their field; what was typed stays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext_lazy as _

from newsletter.audience import addresses, names
from newsletter.editions.models import Newsletter
from newsletter.lib.wall_clock import zones
from newsletter.pages import stamping

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django_stubs_ext import StrPromise

    from newsletter.editions.models import NewsletterText

OWN_NAMES = [(code, get_language_info(code)["name_local"].capitalize()) for code, _name in settings.LANGUAGES]
"""Each language as its speakers call it: they need not read the page to find theirs."""


class FirstNameField(forms.CharField):
    """A name to greet somebody by; never a line, a link or an address."""

    def __init__(self) -> None:
        super().__init__(
            label=_("First name"),
            help_text=_("Only if you like to be greeted by name."),
            required=False,
            widget=forms.TextInput(attrs={"autocomplete": "given-name", "maxlength": names.LONGEST}),
        )

    def clean(self, value: object) -> str:
        """The name as it can be printed."""
        try:
            return names.parse_first_name(str(super().clean(value)))
        except names.FirstNameError as error:
            raise ValidationError(error.sentence) from error


class AddressForm(forms.Form):
    """An e-mail address, asked of a person and not of a robot (X2)."""

    address = forms.CharField(
        label=_("E-mail address"),
        max_length=320,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email", "spellcheck": "false"}),
        error_messages={
            "required": _("Type your e-mail address."),
            "max_length": _("The address is longer than an e-mail address can be. Check what you typed."),
        },
    )
    website = forms.CharField(label=_("Leave this field empty"), required=False)
    stamp = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_address(self) -> str:
        """The address as it can be written to."""
        try:
            return addresses.parse(self.cleaned_data["address"]).display
        except addresses.AddressError as error:
            raise ValidationError(error.sentence) from error

    @property
    def fingerprint(self) -> str:
        """What stands for the address where the address itself has no business: queues and logs (X14)."""
        return addresses.fingerprint(addresses.parse(self.cleaned_data["address"]).key)

    @property
    def is_from_a_robot(self) -> bool:
        """Whether the field that people do not see was filled in."""
        return bool(self.data.get("website"))

    @property
    def came_oddly(self) -> bool:
        """Whether the answer came before a person can have read the form, or a day after it was shown."""
        return self._pace() is not stamping.Pace.HUMAN

    def restamped(self) -> str:
        """The stamp to show this form with once more."""
        return stamping.stamp_again(self.data.get("stamp", ""), now=timezone.now())

    def _pace(self) -> stamping.Pace:
        return stamping.pace_of(self.data.get("stamp", ""), now=timezone.now())


class SignUpForm(AddressForm):
    """Signing up: an address, if liked a name, the language, each newsletter by its own unticked box (C4)."""

    first_name = FirstNameField()
    language = forms.ChoiceField(label=_("Language of the newsletter"), choices=OWN_NAMES)
    newsletters = forms.ModelMultipleChoiceField(
        label=_("Your consent"),
        queryset=Newsletter.objects.none(),
        to_field_name="slug",
        error_messages={
            "required": _("Tick the box to agree. Without your consent we must not write to you."),
            "invalid_choice": _("This newsletter is no longer offered. Choose from the list."),
        },
    )
    of_age = forms.BooleanField(
        label=_("I am at least 16, or a parent or guardian agrees that I sign up."),
        error_messages={
            "required": _(
                "Tick this box if it is true. If it is not, ask a parent or guardian. "
                "Help is there for you without signing up."
            )
        },
    )

    def __init__(self, *, offers: Sequence[NewsletterText], **kwargs: Any) -> None:
        initial = {"language": get_language(), "stamp": stamping.stamp(now=timezone.now())}
        super().__init__(initial=initial, **kwargs)
        field = self.fields["newsletters"]
        assert isinstance(field, forms.ModelMultipleChoiceField)  # noqa: S101  # tells mypy what stands above
        field.queryset = Newsletter.objects.filter(pk__in=[offer.newsletter_id for offer in offers])


def _zone_choices() -> list[tuple[str, StrPromise | str]]:
    """Cities by continent; not the abbreviations and offsets that machines use."""
    cities = sorted(name for name in zones() if "/" in name and not name.startswith(("Etc/", "SystemV/", "US/")))
    return [("", _("The newsletter's own")), *((name, name.replace("_", " ")) for name in cities)]


class PreferencesForm(forms.Form):
    """What a reader may change by the link in every mail."""

    first_name = FirstNameField()
    language = forms.ChoiceField(label=_("Language"), choices=OWN_NAMES)
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=_zone_choices,
        required=False,
        help_text=_("Some editions come at the same hour of everybody's own clock."),
    )
    newsletters = forms.ModelMultipleChoiceField(
        label=_("Newsletters"),
        queryset=Newsletter.objects.all(),
        to_field_name="slug",
        required=False,
        error_messages={"invalid_choice": _("This newsletter is no longer offered. Choose from the list.")},
    )
