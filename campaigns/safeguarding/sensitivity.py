"""Sensitivity levels 0-3 and what each demands (G3, G4)."""

from django.db.models import IntegerChoices
from django.utils.translation import gettext_lazy as _


class Sensitivity(IntegerChoices):
    """How hard a text may be to read, for the person it happened to."""

    EVERYDAY = 0, _("0: everyday")
    UPSETTING = 1, _("1: may upset")
    SENSITIVE = 2, _("2: sensitive")
    SEVERE = 3, _("3: severe")


def needs_help_block(level: int) -> bool:
    """Whether helplines for the reader's country and language must stand in the edition (G4)."""
    return level >= Sensitivity.UPSETTING


def needs_content_note(level: int) -> bool:
    """Whether a note must warn before the text and subject, slug and preheader stay neutral (G3)."""
    return level >= Sensitivity.SENSITIVE


def holds_unknown(level: int) -> bool:
    """Whether a delivery of unknown outcome is held rather than sent again (S4)."""
    return level >= Sensitivity.SENSITIVE
