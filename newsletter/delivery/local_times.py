"""A mailing at the reader's local time: the same hour on every reader's own clock, all round the world."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db.models import Case, DateTimeField, Q, Value, When

from newsletter.audience import zones
from newsletter.audience.segments import matching
from newsletter.delivery import windows
from newsletter.lib.wall_clock import first_moment

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from newsletter.audience.models import Subscriber
    from newsletter.delivery.models import Mailing
    from newsletter.editions.models import Newsletter

Place = tuple[str, str]
"""What we know of where somebody lives: the zone they chose and their country, each perhaps empty."""


def span(*, newsletter: Newsletter, wall: dt.datetime) -> tuple[dt.datetime, dt.datetime]:
    """The first and the last moment (UTC) at which clocks of its readers, or its own, show `wall` (naive)."""
    found = moments(wall=wall, places=[("", ""), *_places(matching(newsletter=newsletter))], newsletter=newsletter)
    return min(found), max(found)


def moments(*, wall: dt.datetime, places: Iterable[Place], newsletter: Newsletter) -> dict[dt.datetime, list[Place]]:
    """`places` by the moment (UTC) at which clocks there show `wall`; unknown ones go by the clock of `newsletter`."""
    default = windows.zone_of(newsletter).key
    found: dict[dt.datetime, list[Place]] = {}
    for time_zone, country in sorted(set(places)):
        name = zones.zone_name(time_zone=time_zone, country=country, default=default)
        found.setdefault(first_moment(wall=wall, zone=ZoneInfo(name)), []).append((time_zone, country))
    return found


def due_of_the_reader(*, mailing: Mailing, people: QuerySet[Subscriber], now: dt.datetime) -> Case | Value:
    """When each of `people` is due, as SQL: null, as soon as their turn comes, where their hour has passed by `now`."""
    wall = mailing.wall
    at_once = Value(None, DateTimeField())
    if wall is None:
        return at_once
    newsletter = mailing.edition.newsletter
    found = moments(wall=wall, places=_places(people), newsletter=newsletter)
    whens = [When(_lives_in(places), then=Value(moment)) for moment, places in found.items() if moment > now]
    return Case(*whens, default=at_once, output_field=DateTimeField()) if whens else at_once


def _places(people: QuerySet[Subscriber]) -> list[Place]:
    """The distinct ones: a few hundred at most, however many the people are."""
    return list(people.order_by().values_list("time_zone", "country").distinct())


def _lives_in(places: list[Place]) -> Q:
    by_zone: dict[str, list[str]] = {}
    for time_zone, country in places:
        by_zone.setdefault(time_zone, []).append(country)
    lives = Q(pk=None)
    for time_zone, countries in by_zone.items():
        lives |= Q(time_zone=time_zone, country__in=countries)
    return lives
