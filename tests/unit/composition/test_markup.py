"""composition.markup: rich text as it stands in a mail."""

from __future__ import annotations

from newsletter.composition.markup import rich


def test_a_marked_foreign_passage_keeps_its_language_in_the_mail() -> None:
    made = rich('<p>Mówią <span lang="fr">bonjour</span></p>', first_name="", top_level=2)
    assert made.html == '<p>Mówią <span lang="fr">bonjour</span></p>'
    assert made.text == "Mówią bonjour"
