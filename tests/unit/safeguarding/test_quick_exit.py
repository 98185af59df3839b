"""safeguarding.quick_exit: which pages offer it, and where it leads."""

from __future__ import annotations

from campaigns.safeguarding.quick_exit import WEATHER, exit_url, needs_quick_exit
from campaigns.safeguarding.sensitivity import Sensitivity


def test_only_sensitive_pages_offer_a_way_out() -> None:
    assert [needs_quick_exit(level) for level in Sensitivity] == [
        level >= Sensitivity.SENSITIVE for level in Sensitivity
    ]
    assert needs_quick_exit(Sensitivity.SENSITIVE)
    assert not needs_quick_exit(Sensitivity.EVERYDAY)


def test_the_way_out_is_a_page_nobody_asks_about_in_the_readers_language() -> None:
    assert exit_url(language="pl") == WEATHER["pl"]
    assert exit_url(language="uk") == WEATHER["en"]
