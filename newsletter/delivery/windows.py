"""The hours in which a newsletter may be sent. Pure: the clock is handed in."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings

from newsletter.lib.wall_clock import first_moment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newsletter.editions.models import Newsletter

EVERY_DAY = frozenset(range(1, 8))
MIDNIGHT = dt.time()
FARTHEST = 15
"""Days ahead in which some opening must lie, even where the clocks skip next week's."""


@dataclass(frozen=True, slots=True)
class Window:
    """Opens on some weekdays at a local time and closes at another: the same day, or past midnight on the next."""

    days: frozenset[int]
    """ISO weekdays on which it opens: 1 is Monday, 7 is Sunday; at least one."""
    opens: dt.time
    closes: dt.time
    """Not after `opens`: on the next day. The same: it stays open for a whole day."""
    zone: zoneinfo.ZoneInfo


def window_of(*, newsletter: Newsletter) -> Window | None:
    """The hours of `newsletter`; None where it may be sent at any time."""
    if not newsletter.window_days and newsletter.window_from is None:
        return None
    days = frozenset(newsletter.window_days) or EVERY_DAY
    return Window(days, newsletter.window_from or MIDNIGHT, newsletter.window_to or MIDNIGHT, zone_of(newsletter))


def zone_of(newsletter: Newsletter) -> zoneinfo.ZoneInfo:
    """The zone in which `newsletter` speaks of times; the site's where it names none."""
    return zoneinfo.ZoneInfo(newsletter.time_zone or settings.TIME_ZONE)


def next_open(*, window: Window, now: dt.datetime) -> dt.datetime:
    """`now` (aware) while the window is open, else the moment (UTC) at which it opens."""
    return max(now, min(opening for opening, closing in _spans(window, now) if now < closing))


def _spans(window: Window, now: dt.datetime) -> Iterator[tuple[dt.datetime, dt.datetime]]:
    """Opening and closing moments in their order, from yesterday's on; a span that the clocks skip altogether is left out."""
    today = now.astimezone(window.zone).date()
    ends_tomorrow = dt.timedelta(days=int(window.closes <= window.opens))
    for ahead in range(-2, FARTHEST):
        day = today + dt.timedelta(days=ahead)
        opening = first_moment(wall=dt.datetime.combine(day, window.opens), zone=window.zone)
        closing = first_moment(wall=dt.datetime.combine(day + ends_tomorrow, window.closes), zone=window.zone)
        if day.isoweekday() in window.days and opening < closing:
            yield opening, closing
