"""People and newsletters of the audience tests."""

from __future__ import annotations

import datetime as dt

import pytest

from newsletter.audience.consent import Origin
from newsletter.editions.models import Newsletter, NewsletterText

NOON = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)


def at(**later: float) -> Origin:
    """Somebody at a form, so long after noon."""
    return Origin(
        now=NOON + dt.timedelta(**later),
        method="form",
        page="/pl/zapisz/",
        network="198.51.100.7",
        agent="Mozilla/5.0",
    )


def make_newsletter(slug: str) -> Newsletter:
    newsletter = Newsletter.objects.create(
        slug=slug,
        sender_email=f"{slug}@example.org",
        reply_to="redakcja@example.org",
        languages=["pl", "en"],
        postal_address="ul. Jasna 1, 00-013 Warszawa",
    )
    words = {"pl": ("Wici — bezpieczniej w sieci", "Zgadzam się"), "en": ("Wici — safer online", "I agree")}
    for language, (name, consent) in words.items():
        NewsletterText.objects.create(
            newsletter=newsletter,
            language=language,
            name=f"{name} ({slug})",
            description="…",
            sender_name="Redakcja Wici",
            publisher="Fundacja Przykład",
            consent_wording=f"{consent}: {slug}",
            first_name_fallback="…",
        )
    return newsletter


@pytest.fixture
def wici() -> Newsletter:
    return make_newsletter("wici")


@pytest.fixture
def alerts() -> Newsletter:
    return make_newsletter("alerts")
