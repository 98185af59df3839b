"""Pictures, with what they show in each language."""

from __future__ import annotations

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns.content.models.texts import Translation, one_text_per_language

MIDDLE = 50
"""Percent: where the focal point stands until somebody moves it."""


class Image(models.Model):
    """A picture stored once, re-encoded and free of metadata (X15)."""

    file = models.ImageField(_("file"), upload_to="images/", width_field="width", height_field="height")
    width = models.PositiveIntegerField(editable=False)
    height = models.PositiveIntegerField(editable=False)
    credit = models.CharField(_("credit"), max_length=200, blank=True)
    licence = models.CharField(_("licence"), max_length=200, blank=True)

    focal_x = models.PositiveSmallIntegerField(
        _("focal point, from the left"),
        default=MIDDLE,
        validators=[MaxValueValidator(100)],
        help_text=_("In percent of the width. What stands here stays in sight wherever the picture is cropped."),
    )
    focal_y = models.PositiveSmallIntegerField(
        _("focal point, from the top"),
        default=MIDDLE,
        validators=[MaxValueValidator(100)],
        help_text=_("In percent of the height."),
    )
    digest = models.CharField(max_length=64, blank=True, default="", editable=False)
    """SHA-256 of the file as it was uploaded: the same picture is found again. Empty for pictures older than this."""

    class Meta:
        verbose_name = _("image")
        verbose_name_plural = _("images")
        constraints = [
            models.CheckConstraint(
                condition=Q(focal_x__lte=100, focal_y__lte=100), name="image_focal_point_is_in_the_picture"
            ),
            models.UniqueConstraint(fields=["digest"], condition=~Q(digest=""), name="image_one_per_upload"),
        ]

    def __str__(self) -> str:
        return self.file.name or ""

    @property
    def nearest_x(self) -> int:
        """The focal point in steps of ten percent: public pages allow no inline style, their sheet has a rule per step."""
        return round(self.focal_x, -1)

    @property
    def nearest_y(self) -> int:
        """The same from the top."""
        return round(self.focal_y, -1)

    @property
    def object_position(self) -> str:
        """The focal point as CSS's `object-position` wants it."""
        return f"{self.focal_x}% {self.focal_y}%"


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
