"""From what a clock on a wall shows to the moment it means, in any time zone and on the nights when clocks are moved."""

from __future__ import annotations

import bisect
import datetime as dt
import functools
import zoneinfo

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


def first_moment(*, wall: dt.datetime, zone: dt.tzinfo) -> dt.datetime:
    """The first moment (UTC) at which clocks in `zone` show `wall` (naive) or later.

    A time that the clocks skip in spring means the moment they jump; one that comes twice in autumn means the first.
    """
    before, after = (wall.replace(tzinfo=zone, fold=fold).astimezone(dt.UTC) for fold in (0, 1))
    if after >= before:
        return before
    seconds = range(int(after.timestamp()), int(before.timestamp()) + 1)
    new = dt.datetime.fromtimestamp(seconds[-1], zone).utcoffset()
    jump = bisect.bisect_left(seconds, 1, key=lambda at: dt.datetime.fromtimestamp(at, zone).utcoffset() == new)
    return dt.datetime.fromtimestamp(seconds[jump], dt.UTC)


@functools.cache
def zones() -> frozenset[str]:
    """The names of all IANA time zones this machine knows."""
    return frozenset(zoneinfo.available_timezones())


def validate_zone(name: str) -> None:
    """Refuse what is no IANA time zone."""
    if name not in zones():
        raise ValidationError(_("This is no time zone: write one like Europe/Warsaw or UTC."), code="zone")
