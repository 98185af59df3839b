"""A campaign of level 2 with words in both languages, and one verified helpline."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from tests import public_site as builders

if TYPE_CHECKING:
    from campaigns.content.models import Campaign

NOON = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)


@pytest.fixture
def campaign(db: None) -> Campaign:  # noqa: ARG001 (opens the database)
    builders.helpline(now=NOON)
    return builders.campaign(now=NOON)
