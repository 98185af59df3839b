"""What an approver answers for: questions no rule can judge, asked from level 1 on and stored with the approval (G2, G5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from campaigns.safeguarding.sensitivity import care_at

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

QUESTIONS: dict[str, _StrPromise] = {
    "no-blame": _("Nobody who was harmed is blamed; the offender does what was done."),
    "no-directions": _("Nothing in it teaches how to offend."),
    "no-identity": _("Nothing in it, taken together, tells who a child is."),
    "pictures": _("Pictures show help, not victims; or there are none."),
    "figures": _("Figures, names and dates were compared with the source."),
}


def questions_at(level: int) -> dict[str, _StrPromise]:
    """The questions for a text of `level`, by their handles; none at level 0."""
    return QUESTIONS if care_at(level).words_block else {}
