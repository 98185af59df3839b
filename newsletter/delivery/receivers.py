"""Who receives our readers' mail: providers, and the domains behind which they stand."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from newsletter.delivery.models import PROVIDER_LENGTH
from newsletter.delivery.providers import name_of


class Provider(models.Model):
    """A receiving provider, known by its mail exchangers (S11)."""

    key = models.CharField(_("key"), max_length=PROVIDER_LENGTH, primary_key=True)
    per_second = models.FloatField(
        _("messages per second"),
        null=True,
        blank=True,
        validators=[MinValueValidator(0.001), MaxValueValidator(100_000)],
    )
    per_hour = models.PositiveIntegerField(
        _("messages per hour"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    per_day = models.PositiveIntegerField(
        _("messages per day"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    connections = models.PositiveSmallIntegerField(
        _("connections"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("At the same time, over all workers. Empty: the start value."),
    )
    mails_per_connection = models.PositiveSmallIntegerField(
        _("messages per connection"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("Empty: the start value."),
    )
    stopped_until = models.DateTimeField(_("stopped until"), null=True, blank=True, editable=False)
    stopped_why = models.CharField(_("why"), max_length=300, blank=True, default="", editable=False)
    stops = models.PositiveSmallIntegerField(
        default=0, editable=False, help_text=_("How often it was stopped in close succession.")
    )

    class Meta:
        verbose_name = _("receiving provider")
        verbose_name_plural = _("receiving providers")

    def __str__(self) -> str:
        return name_of(self.key)


class MailDomain(models.Model):
    """Which provider receives for a domain."""

    name = models.CharField(_("domain"), max_length=253, primary_key=True)
    provider = models.CharField(_("receiving provider"), max_length=PROVIDER_LENGTH, blank=True, default="")
    looked_up_at = models.DateTimeField(_("looked up at"), null=True, blank=True)
    ask_again_at = models.DateTimeField(
        null=True, blank=True, db_index=True, help_text=_("When the DNS is asked (again); empty: never.")
    )
    takes_no_mail = models.BooleanField(
        _("takes no mail"), default=False, help_text=_("It says so itself, by an empty mail exchanger (RFC 7505).")
    )

    class Meta:
        verbose_name = _("mail domain")
        verbose_name_plural = _("mail domains")

    def __str__(self) -> str:
        return self.name
