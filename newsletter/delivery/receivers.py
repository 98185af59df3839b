"""Who receives our readers' mail: providers, and the domains behind which they stand."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from newsletter.delivery.models import PROVIDER_LENGTH


class Provider(models.Model):
    """A receiving provider, known by its mail exchangers (S11)."""

    key = models.CharField(_("key"), max_length=PROVIDER_LENGTH, primary_key=True)
    stopped_until = models.DateTimeField(_("stopped until"), null=True, blank=True)
    stopped_why = models.CharField(_("why"), max_length=300, blank=True, default="")

    class Meta:
        verbose_name = _("receiving provider")
        verbose_name_plural = _("receiving providers")

    def __str__(self) -> str:
        return self.key


class MailDomain(models.Model):
    """Which provider receives for a domain."""

    name = models.CharField(_("domain"), max_length=253, primary_key=True)
    provider = models.CharField(_("receiving provider"), max_length=PROVIDER_LENGTH, blank=True, default="")
    looked_up_at = models.DateTimeField(_("looked up at"), null=True, blank=True)

    class Meta:
        verbose_name = _("mail domain")
        verbose_name_plural = _("mail domains")

    def __str__(self) -> str:
        return self.name
