from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from campaigns.feeds.models import Feed


def test_an_address_without_a_scheme_is_taken_for_https_and_kept_in_one_spelling() -> None:
    feed = Feed(name="News", url=" Feeds.example.org/news#top")
    feed.clean()
    assert (feed.url, str(feed)) == ("https://feeds.example.org/news", "News")


def test_an_address_that_is_never_fetched_is_refused_at_its_field() -> None:
    with pytest.raises(ValidationError) as caught:
        Feed(url="http://169.254.169.254/latest/").clean()
    assert list(caught.value.message_dict) == ["url"]
