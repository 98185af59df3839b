"""The countries of the help directory: what each is called, and the clock its helplines keep."""

from __future__ import annotations

import zoneinfo
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

COUNTRIES: dict[str, tuple[str | _StrPromise, str]] = {
    "AL": (pgettext_lazy("country", "Albania"), "Europe/Tirane"),
    "AT": (pgettext_lazy("country", "Austria"), "Europe/Vienna"),
    "BA": (pgettext_lazy("country", "Bosnia and Herzegovina"), "Europe/Sarajevo"),
    "BE": (pgettext_lazy("country", "Belgium"), "Europe/Brussels"),
    "BG": (pgettext_lazy("country", "Bulgaria"), "Europe/Sofia"),
    "CH": (pgettext_lazy("country", "Switzerland"), "Europe/Zurich"),
    "CY": (pgettext_lazy("country", "Cyprus"), "Asia/Nicosia"),
    "CZ": (pgettext_lazy("country", "Czechia"), "Europe/Prague"),
    "DE": (pgettext_lazy("country", "Germany"), "Europe/Berlin"),
    "DK": (pgettext_lazy("country", "Denmark"), "Europe/Copenhagen"),
    "EE": (pgettext_lazy("country", "Estonia"), "Europe/Tallinn"),
    "ES": (pgettext_lazy("country", "Spain"), "Europe/Madrid"),
    "FI": (pgettext_lazy("country", "Finland"), "Europe/Helsinki"),
    "FR": (pgettext_lazy("country", "France"), "Europe/Paris"),
    "GB": (pgettext_lazy("country", "United Kingdom"), "Europe/London"),
    "GE": (pgettext_lazy("country", "Georgia"), "Asia/Tbilisi"),
    "GR": (pgettext_lazy("country", "Greece"), "Europe/Athens"),
    "HR": (pgettext_lazy("country", "Croatia"), "Europe/Zagreb"),
    "HU": (pgettext_lazy("country", "Hungary"), "Europe/Budapest"),
    "IE": (pgettext_lazy("country", "Ireland"), "Europe/Dublin"),
    "IS": (pgettext_lazy("country", "Iceland"), "Atlantic/Reykjavik"),
    "IT": (pgettext_lazy("country", "Italy"), "Europe/Rome"),
    "LI": (pgettext_lazy("country", "Liechtenstein"), "Europe/Vaduz"),
    "LT": (pgettext_lazy("country", "Lithuania"), "Europe/Vilnius"),
    "LU": (pgettext_lazy("country", "Luxembourg"), "Europe/Luxembourg"),
    "LV": (pgettext_lazy("country", "Latvia"), "Europe/Riga"),
    "MD": (pgettext_lazy("country", "Moldova"), "Europe/Chisinau"),
    "ME": (pgettext_lazy("country", "Montenegro"), "Europe/Podgorica"),
    "MK": (pgettext_lazy("country", "North Macedonia"), "Europe/Skopje"),
    "MT": (pgettext_lazy("country", "Malta"), "Europe/Malta"),
    "NL": (pgettext_lazy("country", "Netherlands"), "Europe/Amsterdam"),
    "NO": (pgettext_lazy("country", "Norway"), "Europe/Oslo"),
    "PL": (pgettext_lazy("country", "Poland"), "Europe/Warsaw"),
    "PT": (pgettext_lazy("country", "Portugal"), "Europe/Lisbon"),
    "RO": (pgettext_lazy("country", "Romania"), "Europe/Bucharest"),
    "RS": (pgettext_lazy("country", "Serbia"), "Europe/Belgrade"),
    "SE": (pgettext_lazy("country", "Sweden"), "Europe/Stockholm"),
    "SI": (pgettext_lazy("country", "Slovenia"), "Europe/Ljubljana"),
    "SK": (pgettext_lazy("country", "Slovakia"), "Europe/Bratislava"),
    "UA": (pgettext_lazy("country", "Ukraine"), "Europe/Kyiv"),
    "XK": (pgettext_lazy("country", "Kosovo"), "Europe/Belgrade"),
}
"""Code (ISO 3166, and XK) to name and the time zone of the capital."""


def name_of(code: str) -> str | _StrPromise:
    """The name of `code` (ISO 3166) in the language of the page; the code itself when we have no word for it."""
    return COUNTRIES[code][0] if code in COUNTRIES else code


def zone_of(code: str) -> str:
    """The time zone of the country's capital (IANA); empty for a country we do not know."""
    return COUNTRIES[code][1] if code in COUNTRIES else ""


def by_name() -> list[tuple[str, str]]:
    """Code and name of every country, in the order of the active language's names."""
    return sorted(((code, str(name)) for code, (name, _zone) in COUNTRIES.items()), key=lambda pair: pair[1])


def known_zone(name: str) -> None:
    """Validator: an IANA time zone."""
    if name not in zoneinfo.available_timezones():
        raise ValidationError(_("There is no such time zone. Write one like Europe/Warsaw, or leave it empty."))
