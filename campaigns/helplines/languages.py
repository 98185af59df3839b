"""Languages in which helplines answer: a closed list of codes (ISO 639), and what each is called."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.utils.functional import _StrPromise

    CharField = models.CharField[Any, Any]
else:
    CharField = models.CharField

NAMES: dict[str, str | _StrPromise] = {
    "ar": pgettext_lazy("language", "Arabic"),
    "be": pgettext_lazy("language", "Belarusian"),
    "bg": pgettext_lazy("language", "Bulgarian"),
    "bs": pgettext_lazy("language", "Bosnian"),
    "ca": pgettext_lazy("language", "Catalan"),
    "cs": pgettext_lazy("language", "Czech"),
    "da": pgettext_lazy("language", "Danish"),
    "de": pgettext_lazy("language", "German"),
    "el": pgettext_lazy("language", "Greek"),
    "en": pgettext_lazy("language", "English"),
    "es": pgettext_lazy("language", "Spanish"),
    "et": pgettext_lazy("language", "Estonian"),
    "eu": pgettext_lazy("language", "Basque"),
    "fa": pgettext_lazy("language", "Persian"),
    "fi": pgettext_lazy("language", "Finnish"),
    "fr": pgettext_lazy("language", "French"),
    "ga": pgettext_lazy("language", "Irish"),
    "gl": pgettext_lazy("language", "Galician"),
    "hr": pgettext_lazy("language", "Croatian"),
    "hu": pgettext_lazy("language", "Hungarian"),
    "hy": pgettext_lazy("language", "Armenian"),
    "is": pgettext_lazy("language", "Icelandic"),
    "it": pgettext_lazy("language", "Italian"),
    "ka": pgettext_lazy("language", "Georgian"),
    "ku": pgettext_lazy("language", "Kurdish"),
    "lb": pgettext_lazy("language", "Luxembourgish"),
    "lt": pgettext_lazy("language", "Lithuanian"),
    "lv": pgettext_lazy("language", "Latvian"),
    "mk": pgettext_lazy("language", "Macedonian"),
    "mt": pgettext_lazy("language", "Maltese"),
    "nl": pgettext_lazy("language", "Dutch"),
    "no": pgettext_lazy("language", "Norwegian"),
    "pl": pgettext_lazy("language", "Polish"),
    "ps": pgettext_lazy("language", "Pashto"),
    "pso": pgettext_lazy("language", "Polish Sign Language"),
    "pt": pgettext_lazy("language", "Portuguese"),
    "rm": pgettext_lazy("language", "Romansh"),
    "ro": pgettext_lazy("language", "Romanian"),
    "rom": pgettext_lazy("language", "Romani"),
    "ru": pgettext_lazy("language", "Russian"),
    "se": pgettext_lazy("language", "Northern Sami"),
    "sgn": pgettext_lazy("language", "sign language"),
    "sk": pgettext_lazy("language", "Slovak"),
    "sl": pgettext_lazy("language", "Slovene"),
    "so": pgettext_lazy("language", "Somali"),
    "sq": pgettext_lazy("language", "Albanian"),
    "sr": pgettext_lazy("language", "Serbian"),
    "sv": pgettext_lazy("language", "Swedish"),
    "ti": pgettext_lazy("language", "Tigrinya"),
    "tr": pgettext_lazy("language", "Turkish"),
    "uk": pgettext_lazy("language", "Ukrainian"),
    "ur": pgettext_lazy("language", "Urdu"),
    "vi": pgettext_lazy("language", "Vietnamese"),
    "zh": pgettext_lazy("language", "Chinese"),
}


def names_of(codes: Iterable[str]) -> list[str]:
    """What `codes` are called in the active language, in their order; a code we have no word for stays a code."""
    return [str(NAMES.get(code, code)) for code in codes]


def known_languages(codes: Iterable[str]) -> None:
    """Validator: each code is one of NAMES and stands there once."""
    codes = list(codes)
    if unknown := [code for code in codes if code not in NAMES]:
        raise ValidationError(
            _("Unknown language: %(codes)s. Choose from the list."), params={"codes": ", ".join(unknown)}
        )
    if len(codes) != len(set(codes)):
        raise ValidationError(_("Name each language once."))


def as_list(value: Any) -> list[str]:
    """Codes from a list, or from words with spaces between."""
    return value.split() if isinstance(value, str) else list(value or [])


class LanguagesField(CharField):
    """A list of codes from NAMES, kept in the database as words with a space between."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"max_length": 200, "default": list, **kwargs})
        self.validators.append(known_languages)

    def from_db_value(self, value: str | None, *_about: Any) -> list[str]:
        """What stands in the column, as a list."""
        return as_list(value)

    def to_python(self, value: Any) -> list[str]:
        """A list from a list or from words with spaces between."""
        return as_list(value)

    def get_prep_value(self, value: Any) -> str:
        """Words with a space between."""
        return " ".join(as_list(value))

    def value_to_string(self, obj: models.Model) -> str:
        """As `dumpdata` writes it."""
        return self.get_prep_value(self.value_from_object(obj))

    def formfield(self, **kwargs: Any) -> Any:
        """A choice of several, by name."""
        wanted: dict[str, Any] = {name: kwargs[name] for name in ("widget", "label", "help_text") if name in kwargs}
        about = {"label": self.verbose_name, "help_text": self.help_text, "required": not self.blank}
        return forms.MultipleChoiceField(choices=list(NAMES.items()), **(about | wanted))
