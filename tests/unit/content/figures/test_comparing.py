"""content.figures.comparing: what of the original still stands, and what is new."""

from __future__ import annotations

from campaigns.content.figures import differences
from tests.unit.content.articles.samples import SHAPED_LIKE_THE_SEED

ENGLISH = (
    "Between 16 and 20 November 2020 officers arrested 14 people; 1,058 images were seized. Children aged 12 to 13 were "
    "targeted. Three suspects had been convicted before, eight victims were identified, more than 50 investigators took part."
)


def test_a_translation_that_says_the_same_has_no_differences() -> None:
    found = differences(SHAPED_LIKE_THE_SEED, ENGLISH, language="en", original_language="pl")
    assert (found.missing, found.added) == ((), ())
    assert len(found.kept) == 7


def test_a_slip_of_the_pen_is_both_missing_and_new() -> None:
    found = differences("Zatrzymano 14 osób i 1,058 zdjęć.", "Zatrzymano 41 osób i 1058 zdjęć. 41!", language="pl")
    assert [figure.found for figure in found.missing] == ["14"]
    assert [(figure.found, figure.sentence) for figure in found.added] == [("41", "Zatrzymano 41 osób i 1058 zdjęć.")]
    assert [figure.found for figure in found.kept] == ["1,058"]


def test_a_bound_left_out_is_a_difference() -> None:
    assert differences("Ponad 50 śledczych", "50 śledczych", language="pl").added[0].value == "50"
