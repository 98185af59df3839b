"""The stage of the fault matrix: started once per kind of database, killed and mended by each test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.faults import stage as stages

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_django import DjangoDbBlocker

    from tests.faults.stage import Stage


@pytest.fixture(scope="session", params=["postgresql", "sqlite"])
def standing(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> Iterator[Stage]:
    """Everything running, on both kinds of database in turn, whichever one the other tests use."""
    with (
        django_db_blocker.unblock(),
        stages.running(request.param, tmp_path_factory.mktemp(request.param)) as running,
    ):
        yield running


@pytest.fixture
def stage(standing: Stage) -> Stage:
    """As a test wants to find it."""
    standing.mend()
    return standing
