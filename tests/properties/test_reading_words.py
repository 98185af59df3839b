"""Whatever somebody pastes, words are read as the page prints them, and every finding points at its own words."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns.content.markup import sanitised, words_of
from campaigns.safeguarding.folding import folded
from campaigns.safeguarding.identifying import mosaics
from campaigns.safeguarding.reading import read_plain, read_rich
from campaigns.safeguarding.terminology import findings

PIECES = st.sampled_from(
    [
        *(
            "<p>",
            "</p>",
            "<q>",
            "</q>",
            "<blockquote>",
            "</blockquote>",
            '<span lang="en">',
            "</span>",
            "<br>",
            "<li>",
            "&nbsp;",
        ),
        *(
            " ",
            "\n",
            "„",
            "”",
            "“",
            '"',
            "«",
            "»",
            "\u00ad",
            "child",
            "pornography",
            "pornografia",
            "dziecięca",
            "pedofil",
        ),
        *("12-letnia", "uczennica", "w Kłodzku", "12 marca", "SP nr 3", ".", "<", "&", "é", "Ł"),
    ]
)
PASTED = st.lists(PIECES | st.text(max_size=5), max_size=30).map("".join)


@given(PASTED)
def test_rich_text_is_read_with_the_words_that_the_page_prints(html: str) -> None:
    clean = sanitised(html)
    assert read_rich(clean).text.split() == words_of(clean).split()


@given(PASTED)
def test_every_span_lies_in_its_text(html: str) -> None:
    passage = read_rich(html)
    for start, end in [*passage.quoted, *((first, last) for first, last, _code in passage.foreign)]:
        assert 0 <= start <= end <= len(passage.text) + 1
    for start in range(len(passage.text)):
        first, last = passage.sentence_at(start, start + 1)
        assert 0 <= first <= last <= len(passage.text)


@settings(deadline=None)  # the first one compiles the rules
@given(PASTED, st.sampled_from(["pl", "en"]), st.integers(0, 3))
def test_every_finding_points_at_its_words(written: str, language: str, level: int) -> None:
    passage = read_plain(written)
    for finding in findings(passage, language=language, level=level):
        assert passage.text[finding.place : finding.end] == finding.found
        assert not (finding.blocking and finding.quoted)
    for mosaic in mosaics(passage.text, language=language):
        assert 0 <= mosaic.place < mosaic.end <= len(passage.text)


@given(st.text(max_size=60))
def test_folding_leads_every_letter_back(written: str) -> None:
    words = folded(written)
    assert len(words.text) == len(words.origins)
    assert list(words.origins) == sorted(words.origins)
