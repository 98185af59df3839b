"""The kits that were made: each keeps its number, its bytes and what it was made from."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from campaigns.content.models import Campaign
from campaigns.content.models.materials import guarded_files


class KitVersion(models.Model):
    """One kit of a campaign in one language: never changed, never given a second number."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="kits")
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    number = models.PositiveIntegerField(_("version"))
    file = models.FileField(_("file"), upload_to="kits/", storage=guarded_files)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    sha256 = models.CharField("SHA-256", max_length=64)
    content = models.JSONField(_("made from"), help_text=_("Every word and figure the kit was made from."))
    valid_until = models.DateField(
        _("valid until"), null=True, blank=True, help_text=_("When the first of its helplines falls due for review.")
    )
    made_at = models.DateTimeField(_("made at"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, verbose_name=_("made by"), null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("sharing kit")
        verbose_name_plural = _("sharing kits")
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "language", "number"], name="kitversion_one_per_campaign_language_and_number"
            )
        ]

    def __str__(self) -> str:
        return f"{self.campaign_id} {self.language} {self.number}"
