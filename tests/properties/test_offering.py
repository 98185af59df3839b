"""delivery.offering under any words: nothing a server says is an error, and the order of lines means nothing."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from newsletter.delivery.offering import Offer, offer_in

if TYPE_CHECKING:
    import random

KEYWORDS = ["PIPELINING", "SIZE", "AUTH", "AUTH=", "LIMITS", "CHUNKING", "BINARYMIME", "8BITMIME", "DSN", "XFOO"]
PARAMETERS = st.one_of(
    st.sampled_from(["PLAIN", "LOGIN", "MAILMAX=5", "RCPTMAX=", "=", "10", "0", "-1"]), st.text(max_size=12)
)
LINES = st.lists(
    st.builds(lambda keyword, words: " ".join([keyword, *words]), st.sampled_from(KEYWORDS), st.lists(PARAMETERS)),
    max_size=12,
)


@given(st.lists(st.text(max_size=60)))
def test_no_words_are_an_error(lines: list[str]) -> None:
    offer_in(lines)


@given(LINES, st.randoms())
def test_order_and_case_mean_nothing(lines: list[str], rng: random.Random) -> None:
    mixed = [line.lower() if line.isascii() else line for line in lines]
    rng.shuffle(mixed)
    said, other = offer_in(["mail", *lines]), offer_in(["mail", *mixed])
    assert set(said.auth) == set(other.auth)
    assert _numbers(said) == _numbers(other)


def _numbers(offer: Offer) -> dict[str, object]:
    names = [each.name for each in dataclasses.fields(offer) if each.name != "auth"]
    return {name: getattr(offer, name) for name in names}
