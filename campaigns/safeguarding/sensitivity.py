"""Sensitivity levels 0-3 and all that each demands (G2-G4, G12, S4, X13): the one place that says so."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import IntegerChoices
from django.utils.translation import gettext_lazy as _


class Sensitivity(IntegerChoices):
    """How hard a text may be to read, for the person it happened to."""

    EVERYDAY = 0, _("0: everyday")
    UPSETTING = 1, _("1: may upset")
    SENSITIVE = 2, _("2: sensitive")
    SEVERE = 3, _("3: severe")


@dataclass(frozen=True, slots=True, kw_only=True)
class Care:
    """What one level demands. Composer, pages, approval and the send gate ask it, and nothing else."""

    help_block: bool
    """Helplines for the reader's country and language stand in the edition and beside the text (G4)."""
    words_block: bool
    """A word we do not use stops approval; below, it is advice (G1, G2)."""
    guards_identity: bool
    """Pieces that together could tell who a child is stop approval (G2)."""
    content_note: bool
    """One sentence before the text says what it is about (G3)."""
    neutral: bool
    """Subject, preheader, sender, List-Id and addresses say nothing of it: devices are shared (G3)."""
    collapsed_in_digests: bool
    """A digest shows its content note and a link, not its words (G3)."""
    quick_exit: bool
    """Its pages offer a way out that leaves nothing on the screen (G12)."""
    second_approver: bool
    """Who wrote or submitted it last cannot approve it, and its edition needs two approvers; nobody is excepted (X13)."""
    holds_unknown: bool
    """A delivery of unknown outcome is held rather than sent again (S4)."""


_EVERYDAY = Care(
    help_block=False,
    words_block=False,
    guards_identity=False,
    content_note=False,
    neutral=False,
    collapsed_in_digests=False,
    quick_exit=False,
    second_approver=False,
    holds_unknown=False,
)
_UPSETTING = Care(
    help_block=True,
    words_block=True,
    guards_identity=True,
    content_note=False,
    neutral=False,
    collapsed_in_digests=False,
    quick_exit=False,
    second_approver=False,
    holds_unknown=False,
)
_SENSITIVE = Care(
    help_block=True,
    words_block=True,
    guards_identity=True,
    content_note=True,
    neutral=True,
    collapsed_in_digests=True,
    quick_exit=True,
    second_approver=True,
    holds_unknown=True,
)
LEVELS: dict[int, Care] = {
    Sensitivity.EVERYDAY: _EVERYDAY,
    Sensitivity.UPSETTING: _UPSETTING,
    Sensitivity.SENSITIVE: _SENSITIVE,
    Sensitivity.SEVERE: _SENSITIVE,  # the same care; the level tells editors apart what is hardest to read
}


def care_at(level: int) -> Care:
    """What `level` (0 to 3) demands; a number that is no level gets the most care."""
    return LEVELS.get(level, _SENSITIVE)
