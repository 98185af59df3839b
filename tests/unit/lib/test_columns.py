"""lib.columns: many values as one parameter, in the words of each database."""

from __future__ import annotations

import datetime as dt

import pytest

from newsletter.lib.columns import among, array_of


@pytest.mark.parametrize(
    ("values", "array"),
    [
        ([], "{}"),
        ([3, 1, -2], "{3,1,-2}"),
        ([None, 1], "{NULL,1}"),
        (["sent", "", "null", "a,b}"], '{"sent","","null","a,b}"}'),
        (['he said "no"', "C:\\mail"], '{"he said \\"no\\"","C:\\\\mail"}'),
        ([dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)], '{"2026-11-23 12:00:00+00:00"}'),
    ],
)
def test_values_are_quoted_as_postgresql_reads_arrays(values: list[object], array: str) -> None:
    assert array_of(values) == array


def test_true_and_one_are_not_taken_for_one_another() -> None:
    assert array_of([1, "1", True]) == array_of([1, "1", True]) == '{1,"1",True}'


def test_rows_are_picked_by_one_parameter_on_either_database() -> None:
    assert among([5, 7], vendor="postgresql") == ("= ANY (%s::bigint[])", "{5,7}")
    assert among([5, 7], vendor="sqlite") == ("IN (SELECT value FROM json_each(%s))", "[5,7]")
