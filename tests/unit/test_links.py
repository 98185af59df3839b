"""lib.links: what a token opens, and what it never opens."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.test import override_settings

from newsletter.lib.links import (
    TOKEN_LENGTH,
    Grant,
    LinkExpiredError,
    LinkTamperedError,
    Purpose,
    address_of,
    read,
    sign,
    tokens,
    url_for,
)

NOON = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
ANNA = uuid.UUID("5b0f5e1e-7b1c-4f7e-9a55-2f6c1f3f8f10")


def token(purpose: Purpose, now: dt.datetime = NOON) -> str:
    return sign(purpose, subscriber=ANNA, newsletter_id=7, now=now)


@pytest.mark.parametrize("purpose", Purpose)
def test_read_returns_what_was_signed(purpose: Purpose) -> None:
    assert read(purpose, token(purpose), now=NOON) == Grant(subscriber=ANNA, newsletter_id=7)


def test_read_refuses_a_token_of_another_purpose() -> None:
    with pytest.raises(LinkTamperedError):
        read(Purpose.PREFERENCES, token(Purpose.UNSUBSCRIBE), now=NOON)


def test_read_refuses_every_single_changed_character() -> None:
    good = token(Purpose.UNSUBSCRIBE)
    for place, letter in enumerate(good):
        changed = good[:place] + ("A" if letter != "A" else "B") + good[place + 1 :]
        with pytest.raises(LinkTamperedError):
            read(Purpose.UNSUBSCRIBE, changed, now=NOON)


def test_read_refuses_a_second_spelling_of_the_same_bytes() -> None:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    good = token(Purpose.CONFIRM)
    assert read(Purpose.CONFIRM, good, now=NOON)
    with pytest.raises(LinkTamperedError):
        read(Purpose.CONFIRM, good[:-1] + letters[letters.index(good[-1]) + 1], now=NOON)


@pytest.mark.parametrize("rubbish", ["", "a", "ż", "=" * 48, "A" * 48, "A" * 5000, "../../etc/passwd", "%00"])
def test_read_refuses_rubbish(rubbish: str) -> None:
    with pytest.raises(LinkTamperedError):
        read(Purpose.UNSUBSCRIBE, rubbish, now=NOON)


def test_confirm_link_expires_after_72_hours_and_says_for_whom() -> None:
    old = token(Purpose.CONFIRM)
    assert read(Purpose.CONFIRM, old, now=NOON + dt.timedelta(hours=71)).subscriber == ANNA
    with pytest.raises(LinkExpiredError) as expired:
        read(Purpose.CONFIRM, old, now=NOON + dt.timedelta(hours=73))
    assert expired.value.grant.subscriber == ANNA


def test_unsubscribe_link_works_years_later_and_after_key_rotation() -> None:
    old = token(Purpose.UNSUBSCRIBE)
    with override_settings(SECRET_KEY="the next key", SECRET_KEY_FALLBACKS=["a key for tests that opens nothing"]):
        assert read(Purpose.UNSUBSCRIBE, old, now=NOON + dt.timedelta(days=2000)).subscriber == ANNA


def test_two_signings_are_the_same_so_that_a_retry_sends_the_same_bytes() -> None:
    later = NOON + dt.timedelta(hours=5)
    assert token(Purpose.UNSUBSCRIBE) == token(Purpose.UNSUBSCRIBE, now=later)


@pytest.mark.parametrize("purpose", [Purpose.UNSUBSCRIBE, Purpose.PREFERENCES])
def test_tokens_written_one_after_the_other_are_the_same_and_of_one_length(purpose: Purpose) -> None:
    token_of = tokens(purpose, newsletter_id=7)
    assert address_of(purpose) + token_of(ANNA).decode() == url_for(purpose, subscriber=ANNA, newsletter_id=7, now=NOON)
    assert len(token_of(ANNA)) == TOKEN_LENGTH
