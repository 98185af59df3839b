"""audience.zones: by which clock a reader lives."""

from __future__ import annotations

import re

from newsletter.audience.zones import by_country, zone_name


def lives_in(time_zone: str = "", country: str = "") -> str:
    return zone_name(time_zone=time_zone, country=country, default="Europe/Warsaw")


def test_somebodys_own_choice_comes_first() -> None:
    assert lives_in("Asia/Tokyo", "PT") == "Asia/Tokyo"


def test_without_a_choice_the_countrys_one_clock_counts() -> None:
    assert lives_in(country="PT") == "Europe/Lisbon"
    assert lives_in(country="NO") == "Europe/Oslo"


def test_where_nothing_is_known_or_a_country_has_many_clocks_the_newsletters_counts() -> None:
    assert lives_in() == lives_in(country="US") == lives_in(country="??") == lives_in("Nowhere/Atlantis")
    assert lives_in() == "Europe/Warsaw"


def test_every_country_is_written_as_iso_3166_writes_it() -> None:
    assert all(re.fullmatch(r"[A-Z]{2}", country) for country in by_country())
    assert len(by_country()) > 200
