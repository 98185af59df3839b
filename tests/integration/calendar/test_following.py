from __future__ import annotations

import datetime as dt

import pytest
from django.contrib.auth.models import User

from campaigns.calendar import following
from campaigns.calendar.models import Follower

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 25, 12, tzinfo=dt.UTC)


@pytest.fixture
def editor() -> User:
    return User.objects.create_user("editor", is_staff=True)


def test_a_key_opens_one_persons_feed_and_is_kept_as_a_hash_alone(editor: User) -> None:
    key = following.new_key(person=editor, language="pl", now=NOW)
    follower = following.follower_with(key=key)
    assert follower is not None
    assert follower.person == editor
    assert str(follower) == "editor"
    assert key not in str(Follower.objects.values())
    assert len(key) >= 43


def test_a_new_key_closes_the_old_one_and_keeps_what_was_chosen(editor: User) -> None:
    Follower.objects.create(person=editor, language="en", wants_letters=False)
    old = following.new_key(person=editor, language="pl", now=NOW)
    new = following.new_key(person=editor, language="pl", now=NOW)
    assert following.follower_with(key=old) is None
    found = following.follower_with(key=new)
    assert found is not None
    assert (found.language, found.wants_letters) == ("en", False)


def test_a_closed_address_opens_nothing(editor: User) -> None:
    key = following.new_key(person=editor, language="pl", now=NOW)
    following.revoke(person=editor)
    assert following.follower_with(key=key) is None


@pytest.mark.parametrize("change", [{"is_active": False}, {"is_staff": False}])
def test_whoever_may_not_sign_in_any_more_gets_nothing(editor: User, change: dict[str, bool]) -> None:
    key = following.new_key(person=editor, language="pl", now=NOW)
    User.objects.filter(pk=editor.pk).update(**change)
    assert following.follower_with(key=key) is None


@pytest.mark.parametrize("key", ["", "guess", "x" * 5000, "ąćę"])
def test_a_guess_opens_nothing(editor: User, key: str) -> None:
    following.new_key(person=editor, language="pl", now=NOW)
    assert following.follower_with(key=key) is None
