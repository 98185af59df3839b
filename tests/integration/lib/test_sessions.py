"""lib.sessions: a cookie of rubbish opens nothing and breaks nothing."""

from __future__ import annotations

import pytest

from newsletter.lib.sessions import SessionStore

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("rubbish", [None, "", "abc", "\0" * 32, "Ż" * 32, "../" * 12])
def test_a_key_that_django_never_makes_is_no_key(rubbish: str | None) -> None:
    session = SessionStore(rubbish)
    assert session.session_key is None
    assert session.get("who") is None


def test_a_key_of_ours_opens_its_session_again() -> None:
    session = SessionStore()
    session["who"] = "Ula"
    session.save()
    assert SessionStore(session.session_key)["who"] == "Ula"
