"""Dates that staff entered."""

from __future__ import annotations

from campaigns.calendar.models import OwnObservance, OwnObservanceText


def an_own_date(rule: str = "3 May", name: str = "Our anniversary", **more: object) -> OwnObservance:
    """A date of the organisation's own, named in English."""
    row = OwnObservance.objects.create(rule=rule, **more)
    OwnObservanceText.objects.create(observance=row, language="en", name=name)
    return row
