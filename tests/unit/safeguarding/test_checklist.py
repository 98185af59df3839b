"""safeguarding.checklist: what an approver answers for (G2, G5)."""

from __future__ import annotations

import pytest

from campaigns.safeguarding.checklist import QUESTIONS, questions_at


@pytest.mark.parametrize(("level", "asked"), [(0, 0), (1, 5), (2, 5), (3, 5)])
def test_from_level_1_on_every_question_is_asked(level: int, asked: int) -> None:
    assert len(questions_at(level)) == asked


def test_the_questions_are_about_what_no_rule_can_judge() -> None:
    assert list(QUESTIONS) == ["no-blame", "no-directions", "no-identity", "pictures", "figures"]
