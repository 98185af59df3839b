"""By which clock a reader lives: their own choice, else their country's zone, else the newsletter's."""

from __future__ import annotations

import functools
from pathlib import Path

import yaml

from newsletter.lib.wall_clock import zones

COUNTRIES = Path(__file__).with_name("zones.yaml")


def zone_name(*, time_zone: str, country: str, default: str) -> str:
    """The IANA name of the zone in which somebody lives who chose `time_zone` and `country`, either perhaps empty."""
    return time_zone if time_zone in zones() else by_country().get(country, default)


@functools.cache
def by_country() -> dict[str, str]:
    """Zones by country, for the countries where nearly everybody goes by one clock."""
    written: dict[str, str] = yaml.safe_load(COUNTRIES.read_text())
    return {country: zone for country, zone in written.items() if zone in zones()}
