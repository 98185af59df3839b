"""What services may take for a command is text, and the addresses in it still work (X9)."""

from __future__ import annotations

from html import unescape

import pytest
from anymail.backends.mailgun import EmailBackend as Mailgun
from anymail.backends.postmark import EmailBackend as Postmark
from hypothesis import given
from hypothesis import strategies as st

from newsletter.delivery import couriers

SIGNS = st.text(alphabet="{}%[]*|<>$ recipient_unsubscribe", max_size=40)


@given(SIGNS)
def test_in_html_nothing_is_left_of_a_command_and_it_reads_the_same(text: str) -> None:
    made = couriers.in_html(text)
    assert not couriers.COMMAND.search(made)
    assert unescape(made) == unescape(text)


@given(SIGNS)
def test_in_text_a_space_breaks_it(text: str) -> None:
    made = couriers.in_text(text)
    assert not couriers.COMMAND.search(made)
    assert made.replace(" ", "") == text.replace(" ", "")


@pytest.mark.parametrize(
    "text", ["https://example.org/a?b=%C5%82&c=[1]#d", "50% off {this} [that] * | $5", "a %r b", "{ {", "100 %"]
)
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert couriers.in_text(text) == couriers.in_html(text) == text


def test_only_services_whose_request_is_a_list_of_messages_are_given_several() -> None:
    assert couriers.of(Postmark) is couriers.COURIERS["postmark"]
    assert couriers.of(Mailgun) is None
    assert couriers.of(dict) is None
    assert all(each.most <= 100 for each in couriers.COURIERS.values())
