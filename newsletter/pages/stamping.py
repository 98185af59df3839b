"""The time-trap in our forms (X2): a signed stamp says when a form was shown; people need a moment, robots do not.

No cookie, no script, nothing about the person.
"""

from __future__ import annotations

import datetime as dt
from enum import Enum, auto

from django.core.signing import BadSignature, Signer

QUICKEST = dt.timedelta(seconds=2)
OLDEST = dt.timedelta(days=1)
SALT = "wici.pages.stamp"


class Pace(Enum):
    """How an answer came after its form."""

    HUMAN = auto()
    TOO_QUICK = auto()
    TOO_OLD = auto()


def stamp(*, now: dt.datetime, purpose: str = "") -> str:
    """A stamp for a form shown at `now` (aware); it is good for one `purpose`."""
    return Signer(salt=SALT + purpose).sign(str(int(now.timestamp() * 1000)))


def pace_of(stamped: str, *, now: dt.datetime, purpose: str = "") -> Pace:
    """How the form stamped `stamped` was answered at `now`. A stamp that is not ours counts as too old."""
    try:
        shown = dt.datetime.fromtimestamp(int(Signer(salt=SALT + purpose).unsign(stamped)) / 1000, tz=dt.UTC)
    except (BadSignature, ValueError):
        return Pace.TOO_OLD
    if now - shown > OLDEST:
        return Pace.TOO_OLD
    return Pace.TOO_QUICK if now - shown < QUICKEST else Pace.HUMAN


def stamp_again(stamped: str, *, now: dt.datetime) -> str:
    """The stamp for a form that is shown once more: the same one for somebody quick, so that a second press is enough."""
    if pace_of(stamped, now=now) is Pace.TOO_OLD:
        return stamp(now=now - QUICKEST)
    return stamped
