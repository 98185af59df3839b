"""What the tests of the limits share."""

from __future__ import annotations

import datetime as dt

from newsletter.delivery.classifying import classify
from newsletter.delivery.replies import Reply

NOON = dt.datetime(2026, 11, 23, 12, 30, tzinfo=dt.UTC)
TOO_FAST = classify(reply=Reply(421, "4.7.28", "unusual rate from ula@example.org"), provider="google")
SPAM = classify(reply=Reply(550, "5.7.1", "refused"), provider="google")
OURS = classify(reply=Reply(550, "5.7.26", "unauthenticated"), provider="google")
NO_USER = classify(reply=Reply(550, "5.1.1", "no such user"), provider="google")


def after(minutes: float) -> dt.datetime:
    """So many minutes past noon."""
    return NOON + dt.timedelta(minutes=minutes)
