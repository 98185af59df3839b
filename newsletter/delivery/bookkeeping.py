"""What the sending itself must remember: who holds which rows, how far each stream is claimed, and the sums over states."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from newsletter.delivery.models import PROVIDER_LENGTH, DeliveryState, Mailing


class Lease(models.Model):
    """One batch in a worker's hands. Renewed while the worker lives; what it held when it ran out is recovered."""

    id = models.BigIntegerField(primary_key=True, help_text=_("Random: it names a page of the journal."))
    mailing = models.ForeignKey(Mailing, models.CASCADE, related_name="+", db_index=False)
    until = models.DateTimeField(db_index=True)
    first_id = models.BigIntegerField()
    last_id = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.pk:x}"


class Stream(models.Model):
    """The part of a mailing that goes to one receiving provider."""

    mailing = models.ForeignKey(Mailing, models.CASCADE, related_name="streams", db_index=False)
    provider = models.CharField(_("receiving provider"), max_length=PROVIDER_LENGTH, blank=True, default="")
    claimed_to = models.BigIntegerField(
        default=0, editable=False, help_text=_("Delivery id up to which nobody waits for a first try.")
    )
    waits_for = models.CharField(_("waits for"), max_length=300, blank=True, default="")
    waits_until = models.DateTimeField(_("waits until"), null=True, blank=True)

    class Meta:
        verbose_name = _("stream")
        verbose_name_plural = _("streams")
        constraints = [models.UniqueConstraint(fields=["mailing", "provider"], name="stream_one_per_provider")]

    def __str__(self) -> str:
        return self.provider or "…"


class Tally(models.Model):
    """How many deliveries came into a state and left it, second by second. Written by the database's triggers alone."""

    mailing_id = models.BigIntegerField()
    provider = models.CharField(max_length=PROVIDER_LENGTH)
    state = models.CharField(max_length=8, choices=DeliveryState)
    at = models.DateTimeField(help_text=_("The whole second."))
    writer = models.BigIntegerField(
        help_text=_("The database session: two that write at once do not wait for each other.")
    )
    change = models.BigIntegerField()

    class Meta:
        verbose_name = _("tally")
        verbose_name_plural = _("tallies")
        constraints = [
            models.UniqueConstraint(
                fields=["mailing_id", "provider", "state", "at", "writer"], name="tally_one_per_second"
            )
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.change:+}"
