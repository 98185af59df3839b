"""People who work here, signed in; and a planted database."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from newsletter.seeding.planting import plant
from tests.integration.delivery.conftest import edition, newsletter

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["edition", "newsletter"]
NOW = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)


@pytest.fixture
def planted(db: None) -> None:  # noqa: ARG001 (opens the database)
    """The demo's content."""
    plant(now=NOW)


@pytest.fixture
def chief(db: None) -> Client:  # noqa: ARG001 (opens the database)
    """Somebody who may do everything, reading English."""
    return _signed_in(User.objects.create_superuser("chief", "chief@example.org", "an unguessable phrase"))


@pytest.fixture
def staff(db: None) -> Callable[..., Client]:  # noqa: ARG001 (opens the database)
    """Makes somebody who may do what the named permissions say: staff("newsletter.view_mailing")."""

    def make(*permissions: str) -> Client:
        user = User.objects.create_user("staff", "staff@example.org", "an unguessable phrase", is_staff=True)
        for name in permissions:
            app, codename = name.split(".")
            user.user_permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))
        return _signed_in(user)

    return make


def _signed_in(user: User) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client
