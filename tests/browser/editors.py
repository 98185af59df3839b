"""An editor who signs in to the admin, as tests in a browser need one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.models import User

if TYPE_CHECKING:
    from playwright.sync_api import Page

PHRASE = "an unguessable phrase"


def an_editor() -> User:
    """Somebody who may do everything."""
    return User.objects.create_superuser("editor", "editor@example.org", PHRASE)


def sign_in(page: Page) -> None:
    """Through the form, as a person does."""
    page.goto("/admin/login/?next=/admin/")
    page.fill("[name=username]", "editor")
    page.fill("[name=password]", PHRASE)
    page.click("#login-form button[type=submit]")
    page.wait_for_url("**/admin/")
