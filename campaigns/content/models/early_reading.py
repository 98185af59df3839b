"""People who may read a news item before its embargo ends, and when they did."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from campaigns.content.models.news_items import NewsItem


class EarlyReader(models.Model):
    """Somebody who got a link of their own: a journalist, a partner. The link works until the embargo ends or it is revoked."""

    news_item = models.ForeignKey(NewsItem, models.CASCADE, verbose_name=_("news item"), related_name="early_readers")
    name = models.CharField(
        _("name"), max_length=120, help_text=_("Whom the link is for: a person or an editorial office.")
    )
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, verbose_name=_("invited by"), null=True, blank=True, related_name="+"
    )
    invited_at = models.DateTimeField(_("invited at"))
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    class Meta:
        verbose_name = _("early reader")
        verbose_name_plural = _("early readers")

    def __str__(self) -> str:
        return self.name


class EarlyReading(models.Model):
    """One opening of an early reader's link: when and in which language, nothing else."""

    reader = models.ForeignKey(EarlyReader, models.CASCADE, related_name="readings")
    at = models.DateTimeField(_("at"))
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)

    class Meta:
        verbose_name = _("early reading")
        verbose_name_plural = _("early readings")

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"
