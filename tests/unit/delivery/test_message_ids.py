"""delivery.message_ids: one per copy, the same at every attempt (F3)."""

from __future__ import annotations

from newsletter.delivery.message_ids import message_id

SALT = "0123456789abcdef0123456789abcdef"


def test_the_same_copy_has_the_same_id_and_no_two_copies_share_one() -> None:
    ids = {message_id(salt=SALT, delivery_id=n, domain="example.org") for n in range(1, 20_001)}
    assert len(ids) == 20_000
    assert message_id(salt=SALT, delivery_id=7, domain="example.org") in ids


def test_an_id_is_short_ours_and_tells_nothing_of_the_row() -> None:
    made = message_id(salt=SALT, delivery_id=7, domain="example.org")
    left, _, domain = made.partition("@")
    assert domain == "example.org"
    assert left.isalnum()
    assert len(made) <= 64
    assert made != message_id(salt=SALT[::-1], delivery_id=7, domain="example.org")
