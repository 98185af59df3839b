"""safeguarding.quick_exit: where the way out leads."""

from __future__ import annotations

from campaigns.safeguarding.quick_exit import WEATHER, exit_url


def test_the_way_out_is_a_page_nobody_asks_about_in_the_readers_language() -> None:
    assert exit_url(language="pl") == WEATHER["pl"]
    assert exit_url(language="uk") == WEATHER["en"]
