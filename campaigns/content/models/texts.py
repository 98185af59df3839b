"""What every kind of content shares: a state, and words in rows of their own, one per language."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    """Where a piece of content stands on its way to print."""

    DRAFT = "draft", _("draft")
    IN_REVIEW = "in_review", _("in review")
    APPROVED = "approved", _("approved")
    WITHDRAWN = "withdrawn", _("withdrawn")


def who(verbose_name: Any) -> Any:
    """A field that names a person: whoever leaves takes only the name along."""
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, verbose_name=verbose_name, null=True, blank=True, related_name="+"
    )


def one_text_per_language(owner: str) -> models.UniqueConstraint:
    """The constraint every text table carries: one row per owner and language."""
    return models.UniqueConstraint(fields=[owner, "language"], name=f"%(class)s_one_per_{owner}_and_language")


class Translation(models.Model):
    """A text in one language, belonging to something language-neutral."""

    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)

    class Meta:
        abstract = True


def words_at_hand(owner: models.Model, field: str) -> str:
    """`field` of the owner's text in the reader's language, or any other, when its texts are prefetched; else empty."""
    texts = getattr(owner, "_prefetched_objects_cache", {}).get("texts") or []
    ordered = sorted(texts, key=lambda text: text.language != get_language())
    return str(getattr(ordered[0], field)) if ordered else ""
