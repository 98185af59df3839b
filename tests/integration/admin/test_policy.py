from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db


def test_the_admin_has_a_policy_of_its_own_that_runs_no_inline_script(chief: Client) -> None:
    page = chief.get(reverse("admin:campaigns_newsitem_add"))
    policy = {part.split()[0]: part.split()[1:] for part in page["Content-Security-Policy"].split("; ")}
    assert policy["default-src"] == ["'none'"]
    assert policy["frame-ancestors"] == ["'none'"]
    assert "'unsafe-inline'" not in policy["script-src"]
    assert page["Referrer-Policy"] == "same-origin"


def test_the_import_map_of_the_editor_is_let_through_by_its_hash(chief: Client) -> None:
    page = chief.get(reverse("admin:campaigns_newsitem_add"))
    assert '<script type="importmap">' in page.content.decode()
    assert "'sha256-" in page["Content-Security-Policy"]


def test_public_pages_keep_the_strict_policy(client: Client) -> None:
    policy = client.get(reverse("privacy"))["Content-Security-Policy"]
    assert "unsafe" not in policy


def test_forms_of_the_admin_demand_the_token(chief: Client) -> None:
    chief.handler.enforce_csrf_checks = True
    assert chief.post(reverse("admin:edition_approve", args=[1])).status_code == 403
