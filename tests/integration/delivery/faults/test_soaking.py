"""A short soak: random faults for twelve seconds. `make soak` does it for two minutes."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

import pytest

from tests.faults.soak import soak

if TYPE_CHECKING:
    from tests.faults.stage import Stage


@pytest.mark.faults
def test_random_faults_break_no_promise(stage: Stage) -> None:
    seed = secrets.randbelow(2**32)
    figures = soak(stage, seconds=12, seed=seed)
    print(f"seed {seed}\n{figures}")  # noqa: T201
    assert not figures.broken, f"seed {seed}: {figures.broken}\n{figures}"
