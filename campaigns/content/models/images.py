"""Pictures, with what they show in each language."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from campaigns.content.models.texts import Translation, one_text_per_language


class Image(models.Model):
    """A picture stored once, re-encoded and free of metadata (X15)."""

    file = models.ImageField(_("file"), upload_to="images/", width_field="width", height_field="height")
    width = models.PositiveIntegerField(editable=False)
    height = models.PositiveIntegerField(editable=False)
    credit = models.CharField(_("credit"), max_length=200, blank=True)
    licence = models.CharField(_("licence"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("image")
        verbose_name_plural = _("images")

    def __str__(self) -> str:
        return self.file.name or ""


class ImageText(Translation):
    """What a picture shows, for those who do not see it. Empty means decorative."""

    image = models.ForeignKey(Image, models.CASCADE, related_name="texts")
    alt = models.CharField(_("alternative text"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("text")
        verbose_name_plural = _("texts")
        constraints = [one_text_per_language("image")]

    def __str__(self) -> str:
        return self.alt
