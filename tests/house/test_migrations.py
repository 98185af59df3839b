"""The tables are what the models say."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db.migrations.loader import MigrationLoader

from tests.house.files import APPS


@pytest.mark.django_db
def test_no_model_differs_from_its_migrations() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_each_app_has_one_last_migration() -> None:
    graph = MigrationLoader(None).graph
    assert {app: len(graph.leaf_nodes(app)) for app in APPS} == dict.fromkeys(APPS, 1)
