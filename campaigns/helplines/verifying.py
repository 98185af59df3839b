"""Noting that somebody checked an entry at its source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from campaigns.helplines.models import REVIEW_WITHIN

if TYPE_CHECKING:
    import datetime as dt

    from django.contrib.auth.models import User
    from django.db.models import QuerySet

    from campaigns.helplines.models import Helpline


def verify(*, helplines: QuerySet[Helpline], by: User, today: dt.date) -> int:
    """Mark `helplines` as verified on `today` by `by`, due again as late as the directory allows; how many they were."""
    return helplines.update(verified_on=today, review_by=today + REVIEW_WITHIN, verified_by=by)
