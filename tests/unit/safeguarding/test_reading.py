"""safeguarding.reading: words, quotations and marked passages out of a field."""

from __future__ import annotations

import pytest

from campaigns.safeguarding.reading import Passage, read_plain, read_rich


def quoted(passage: Passage) -> list[str]:
    return [passage.text[start:end] for start, end in passage.quoted]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("To „cytat”.", "„cytat”"),
        ('To „cytat".', '„cytat"'),
        ("Das „Zitat“.", "„Zitat“"),
        ("A “quotation” here.", "“quotation”"),
        ("Une «citation» ici.", "«citation»"),
        ("Ein »Zitat« hier.", "»Zitat«"),
        ('A "plain" one.', '"plain"'),
        ("A ‘single’ one, the girl’s.", "‘single’"),
        ("A 'typed' one, isn't it?", "'typed'"),
        ("Polskie ‚pojedyncze’ znaki.", "‚pojedyncze’"),
        ("„Zewnętrzny »wewnętrzny« dalej”.", "„Zewnętrzny »wewnętrzny« dalej”"),
        ("„Jeden „drugi” dalej”.", "„Jeden „drugi” dalej”"),
        ("“One ‘two’ three”.", "“One ‘two’ three”"),
    ],
)
def test_quotation_marks_of_every_kind_are_seen_and_the_outermost_count(words: str, found: str) -> None:
    assert quoted(read_plain(words)) == [found]


def test_an_apostrophe_is_no_quotation() -> None:
    assert quoted(read_plain("The child's phone, the girls' room, it isn't.")) == []


def test_quoting_elements_are_quotations_wherever_they_end() -> None:
    passage = read_rich("<p>He said <q>this</q>.</p><blockquote><p>One.</p><p>Two.</p></blockquote><p>Own <q>open</p>")
    assert quoted(passage) == ["this", "One.\nTwo.\n", "open"]
    assert passage.is_quoted(passage.text.index("Two"), passage.text.index("Two") + 3)
    assert not passage.is_quoted(0, 2)


def test_marked_languages_are_spans_and_the_innermost_counts() -> None:
    passage = read_rich('<p lang="de">Das <span lang="en">law</span> hier</p><p>Ustawa</p>')
    assert [passage.language_at(passage.text.index(word), "pl") for word in ("Das", "law", "hier", "Ustawa")] == [
        "de",
        "en",
        "de",
        "pl",
    ]


def test_paragraphs_end_lines_and_line_breaks_do_not() -> None:
    assert read_rich("<h2>Title</h2>\n<p>One<br>two&nbsp;three</p><ul><li>A</li><li>B</li></ul>").text == (
        "Title\nOne two three\nA\nB"
    )
    assert read_plain(" One\ntwo \r\n\r\n three ").text == "One two\nthree"


def test_a_paragraphs_end_wins_over_the_space_before_it() -> None:
    assert read_rich("<p>One </p><p>two</p>").text == "One\ntwo"


def test_scripts_have_no_words_and_broken_markup_is_read_as_far_as_it_goes() -> None:
    assert read_rich("<p>One</b><script>two</script> three").text == "One three"


def test_the_sentence_around_words_ends_at_its_own_end() -> None:
    passage = read_plain("One ends. The art. 202 k.k. stands here (now). 12 more follow! Last")
    start = passage.text.index("202")
    first, last = passage.sentence_at(start, start + 3)
    assert passage.text[first:last] == "The art. 202 k.k. stands here (now)."
    assert passage.sentence_at(0, 3) == (0, 9)
    assert passage.text[slice(*passage.sentence_at(len(passage.text) - 2, len(passage.text)))] == "Last"
