"""The migration `what_a_check_is_worth` on a directory that people have used: nothing is lost, and no promise too long survives."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from campaigns.helplines.models import Helpline, HelplineCheck

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.django_db(transaction=True)

NAME = "what_a_check_is_worth"
DAY = dt.date(2026, 11, 16)


def migrate(*targets: tuple[str, str]) -> Any:
    executor = MigrationExecutor(connection)
    executor.migrate(list(targets))
    return executor.loader.project_state(list(targets)).apps


@pytest.fixture
def old() -> Iterator[Any]:
    """The tables as they were."""
    newest = MigrationExecutor(connection).loader.graph.leaf_nodes()
    yield migrate(_before()).get_model("campaigns", "Helpline").objects
    migrate(*newest)


def _before() -> tuple[str, str]:
    """The migration before ours, whatever its number."""
    ours = next(each for each in MigrationExecutor(connection).loader.disk_migrations.values() if NAME in each.name)
    app, name = next(parent for parent in ours.dependencies if parent[0] == "campaigns")
    return app, name


def test_checks_that_are_known_begin_the_history_and_no_promise_is_too_long(old: Any) -> None:
    anna = User.objects.create_user("anna")
    facts = {"country": "PL", "kind": "help", "spoken_languages": "pl en", "source_url": "https://example.org/"}
    old.create(slug="kept", phone="116 111", verified_on=DAY, review_by=DAY, verified_by_id=anna.pk, **facts)
    old.create(slug="too-long", phone="116 112", verified_on=DAY, review_by=DAY + dt.timedelta(days=400), **facts)
    old.create(slug="without-review", phone="116 113", verified_on=DAY, **facts)
    old.create(slug="without-source", phone="116 114", verified_on=DAY, review_by=DAY, **(facts | {"source_url": ""}))
    old.create(slug="never", phone="116 115", **facts)
    migrate(*MigrationExecutor(connection).loader.graph.leaf_nodes())
    rows = {row.slug: row for row in Helpline.objects.all()}
    assert {slug: row.review_by for slug, row in rows.items()} == {
        "kept": DAY,
        "too-long": DAY + dt.timedelta(days=180),
        "without-review": None,
        "without-source": None,
        "never": None,
    }
    assert [row.phone for row in Helpline.objects.order_by("slug")] == [
        "116 111",
        "116 115",
        "116 112",
        "116 113",
        "116 114",
    ]
    assert all(row.spoken_languages == ["pl", "en"] for row in rows.values())
    assert sorted(HelplineCheck.objects.values_list("slug", "what", "by_name", "verified_on")) == [
        ("kept", "verified", "anna", DAY),
        ("too-long", "verified", "", DAY),
    ]
