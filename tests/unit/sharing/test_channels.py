from __future__ import annotations

import pytest

from campaigns.sharing.channels import CHANNELS, graphemes, graphemes_with_short_links, septets, units, weighed_by_x

LINK = "https://wici.example.org/pl/campaigns/a-rather-long-name/"
FAMILY = "\U0001f469\u200d\U0001f469\u200d\U0001f467"


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("", 0),
        ("Zażółć gęślą jaźń", 17),
        ("Zaz\u0307o\u0301łc\u0301", 6),  # composed before it is counted
        ("„–”…", 5),  # the three dots are beyond the punctuation that X counts once
        ("日本", 4),
        (LINK, 23),
        (f"{LINK} {LINK}", 47),
    ],
)
def test_x_counts_links_as_23_and_far_scripts_twice(text: str, length: int) -> None:
    assert weighed_by_x(text) == length


@pytest.mark.parametrize(
    ("text", "length"), [("żółw", 4), ("z\u0307", 1), (FAMILY, 1), ("❤\ufe0f", 1), (LINK, len(LINK))]
)
def test_bluesky_counts_what_people_see(text: str, length: int) -> None:
    assert graphemes(text) == length


def test_mastodon_counts_links_as_23() -> None:
    assert graphemes_with_short_links(f"żółw {LINK}") == 28


def test_a_caption_counts_utf_16() -> None:
    assert units("ż\U0001f600") == 3


@pytest.mark.parametrize(
    ("text", "length"),
    [("a" * 160, 160), ("[€]", 6), ("ł" * 70, 160), ("ł" * 71, 163), ("Café à la Österreich @£", 23)],
)
def test_a_text_message_holds_160_plain_letters_and_70_others(text: str, length: int) -> None:
    assert septets(text) == length


def test_every_channel_names_its_file_by_its_limit() -> None:
    names = [channel.filename for channel in CHANNELS]
    assert len(set(names)) == len(names)
    assert {"x-280.txt", "bluesky-300.txt", "mastodon-500.txt", "caption-2200.txt", "sms-160.txt"} <= set(names)
