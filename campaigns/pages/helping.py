"""The help directory for the reader's country. The country stands in the address only: nothing is remembered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from campaigns.helplines import directory
from campaigns.helplines.models import Helpline
from campaigns.pages.countries import name_of
from campaigns.safeguarding.sensitivity import Sensitivity

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_safe
def helplines(request: HttpRequest) -> HttpResponse:
    """Every verified entry of one country, people who listen first."""
    return render(request, "pages/help.html", help_in(request, sensitivity=Sensitivity.UPSETTING))


def help_in(request: HttpRequest, *, sensitivity: int) -> dict[str, object]:
    """Template context of a help block: its entries, the country they are for, and the countries to choose from."""
    language, today = get_language() or "", timezone.localdate()
    codes = _countries(language)
    country = request.GET.get("country", "").upper()
    if country not in codes:
        country = settings.DEFAULT_COUNTRY
    entries = directory.for_reader(country=country, language=language, sensitivity=sensitivity, today=today)
    return {
        "entries": entries,
        "country": country,
        "country_name": name_of(country),
        "countries": sorted(((code, str(name_of(code))) for code in codes), key=lambda pair: pair[1]),
    }


def _countries(language: str) -> list[str]:
    printable = Helpline.objects.printable(today=timezone.localdate()).filter(texts__language=language)
    return list(printable.values_list("country", flat=True).distinct())
