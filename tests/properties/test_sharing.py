"""Whatever a campaign says, its posts fit, its lines stay inside, and nothing is cut in the middle."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from campaigns.sharing.fitting import Box, fitted
from campaigns.sharing.posting import posts_of, sentences_of
from tests.unit.sharing.kits import PAGE, a_kit

WORDS = st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=300)
HASHTAGS = st.from_regex(r"#[A-Za-zżółw]{1,58}", fullmatch=True)


@given(headline=WORDS, message=WORDS, call_to_action=WORDS, hashtag=HASHTAGS)
def test_every_post_fits_and_keeps_address_and_hashtag_whole(
    headline: str, message: str, call_to_action: str, hashtag: str
) -> None:
    for post in posts_of(a_kit(headline=headline, message=message, call_to_action=call_to_action, hashtag=hashtag)):
        assert post.channel.fits(post.text)
        assert PAGE in post.text
        if not post.channel.brief:
            assert post.text.endswith(hashtag)


@given(WORDS)
def test_sentences_together_say_every_word(text: str) -> None:
    assert "".join("".join(sentences_of(text)).split()).replace(".", "") == "".join(text.split()).replace(".", "")


@given(WORDS, st.integers(1, 400), st.integers(1, 400))
def test_lines_never_leave_their_box(text: str, width: int, height: int) -> None:
    def measure(line: str, size: float) -> float:
        return len(line) * size / 2

    words = fitted(text, box=Box(width, height), sizes=range(40, 0, -3), leading=1.2, measure=measure)
    assert words.height <= max(height, words.pitch)
    assert all(measure(line, words.size) <= width or len(line) <= 2 for line in words.lines)
