"""lib.wall_clock: what a clock shows, on ordinary days and on the nights when clocks are moved."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError

from newsletter.lib.wall_clock import first_moment, validate_zone

WARSAW = ZoneInfo("Europe/Warsaw")


def moment(wall: str, zone: str = "Europe/Warsaw") -> str:
    return first_moment(wall=dt.datetime.fromisoformat(wall), zone=ZoneInfo(zone)).isoformat(timespec="minutes")


def test_on_an_ordinary_day_it_is_that_time() -> None:
    assert moment("2026-11-24T08:00") == "2026-11-24T07:00+00:00"


def test_an_hour_that_is_skipped_in_spring_is_the_moment_of_the_jump() -> None:
    assert moment("2027-03-28T02:00") == moment("2027-03-28T02:30") == moment("2027-03-28T03:00")
    assert moment("2027-03-28T02:30") == "2027-03-28T01:00+00:00"


def test_an_hour_that_comes_twice_in_autumn_is_the_first() -> None:
    assert moment("2026-10-25T02:30") == "2026-10-25T00:30+00:00"


def test_a_whole_day_that_an_island_skipped_is_the_moment_of_the_jump() -> None:
    assert moment("2011-12-30T08:00", "Pacific/Apia") == moment("2011-12-31T00:00", "Pacific/Apia")


def test_half_an_hour_is_skipped_as_well() -> None:
    assert moment("2026-10-04T02:15", "Australia/Lord_Howe") == moment("2026-10-04T02:30", "Australia/Lord_Howe")


def test_only_zones_are_zones() -> None:
    validate_zone("Europe/Warsaw")
    for word in ("", "Warsaw", "CEST", "+01:00", "../etc/passwd"):
        with pytest.raises(ValidationError):
            validate_zone(word)
