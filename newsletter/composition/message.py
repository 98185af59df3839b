"""The Message: an edition composed in one language, frozen."""

from __future__ import annotations

import hashlib

from django.db import models
from django.utils.translation import gettext_lazy as _

from campaigns.content.models import Translation
from newsletter.editions.models import Edition


class Message(Translation):
    """The composed result of an edition in one language: the same bytes for every reader but for its slots.

    `compose` returns it unsaved; launching a mailing saves it once and never changes it again. A slot stands in
    `subject`, `html` and `text` as the URL-safe word that `composition.merging` defines.
    """

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="messages")
    subject = models.CharField(_("subject"), max_length=300)
    preheader = models.CharField(_("preheader"), max_length=110)
    html = models.TextField(_("HTML"))
    text = models.TextField(_("text"))
    links = models.JSONField(_("links"), default=list)
    digest = models.CharField(_("digest"), max_length=64, help_text=_("SHA-256 over subject, HTML and text."))

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        constraints = [
            models.UniqueConstraint(fields=["edition", "language", "digest"], name="message_frozen_once"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} [{self.language}]"


def digest_of(*, subject: str, html: str, text: str) -> str:
    """SHA-256 (hexadecimal) over the three parts a reader can see."""
    return hashlib.sha256(f"{subject}\0{html}\0{text}".encode()).hexdigest()
