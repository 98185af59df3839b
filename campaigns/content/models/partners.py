"""Who carries a campaign together with its owner."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from campaigns.content.models.campaigns import Campaign
from campaigns.content.models.images import Image


class Partner(models.Model):
    """An organisation, by the name it gives itself."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="partners")
    name = models.CharField(_("name"), max_length=120)
    logo = models.ForeignKey(
        Image, models.SET_NULL, verbose_name=_("logo"), null=True, blank=True, related_name="partners"
    )
    url = models.URLField(_("web page"), max_length=500, blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0, db_index=True)

    class Meta:
        verbose_name = _("partner")
        verbose_name_plural = _("partners")

    def __str__(self) -> str:
        return self.name
