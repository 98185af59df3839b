"""Mailings and their deliveries. The row is the queue; a task only says "look at this mailing now"."""

from __future__ import annotations

import datetime as dt
import secrets

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from newsletter.audience.models import Subscriber
from newsletter.composition.message import Message
from newsletter.editions.models import Edition


def new_salt() -> str:
    """128 random bits, hexadecimal: the key under which a mailing derives its Message-IDs."""
    return secrets.token_hex(16)


class MailingState(models.TextChoices):
    """scheduled → preparing → sending ⇄ paused → finished | cancelled. While it is sending, rows may still be written."""

    SCHEDULED = "scheduled", _("scheduled")
    PREPARING = "preparing", _("preparing")
    SENDING = "sending", _("sending")
    PAUSED = "paused", _("paused")
    FINISHED = "finished", _("finished")
    CANCELLED = "cancelled", _("cancelled")


class Lane(models.TextChoices):
    """Urgent mailings pass all others and have a queue of their own."""

    NORMAL = "normal", _("normal")
    URGENT = "urgent", _("urgent")


class UnknownPolicy(models.TextChoices):
    """What happens to a delivery whose outcome nobody knows (S4)."""

    RESEND = "resend", _("send again with the same Message-ID")
    HOLD = "hold", _("hold and let a person decide")


class Mailing(models.Model):
    """One send of an edition to an audience: *to whom and when*."""

    edition = models.ForeignKey(Edition, models.PROTECT, verbose_name=_("edition"), related_name="mailings")
    messages = models.ManyToManyField(Message, related_name="mailings")
    state = models.CharField(_("state"), max_length=10, choices=MailingState)
    paused_from = models.CharField(max_length=10, choices=MailingState, blank=True, editable=False)
    unknown_policy = models.CharField(_("when the outcome is unknown"), max_length=10, choices=UnknownPolicy)
    due_at = models.DateTimeField(_("due at"), help_text=_("When sending may begin."))
    wall_time = models.CharField(
        _("at the reader's local time"),
        max_length=16,
        blank=True,
        default="",
        editable=False,
        help_text=_("What each reader's own clock shows when they get it, as 2026-11-24T08:00; empty: all at once."),
    )
    late_margin = models.PositiveIntegerField(
        _("too late after"),
        default=60,
        help_text=_("Minutes. A mailing that could not begin by then holds and asks, rather than surprise people."),
    )
    expires_at = models.DateTimeField(
        _("no longer news after"),
        null=True,
        blank=True,
        help_text=_("Whoever could not be reached by then is not written to any more."),
    )
    lane = models.CharField(_("lane"), max_length=6, choices=Lane, default=Lane.NORMAL)
    prepared_to = models.BigIntegerField(
        default=0, editable=False, help_text=_("Subscriber id up to which rows exist.")
    )
    prepared_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text=_("When the last row was written; sending begins before.")
    )
    salt = models.CharField(max_length=32, default=new_salt, editable=False)
    launched_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        verbose_name=_("launched by"),
        null=True,
        blank=True,
        related_name="+",
    )
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        verbose_name=_("released by"),
        null=True,
        blank=True,
        related_name="+",
    )
    released_at = models.DateTimeField(
        _("released at"), null=True, blank=True, help_text=_("When a second person let an urgent mailing go.")
    )
    created_at = models.DateTimeField(_("created at"))
    started_at = models.DateTimeField(_("started at"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    waits_for = models.CharField(
        _("waits for"),
        max_length=300,
        blank=True,
        help_text=_("Why nothing moves, in plain words; empty when it does."),
    )
    waits_until = models.DateTimeField(
        _("waits until"), null=True, blank=True, help_text=_("When the mail server is asked again.")
    )

    class Meta:
        verbose_name = _("mailing")
        verbose_name_plural = _("mailings")
        permissions = [("launch_urgent", "Can launch and release urgent mailings")]
        constraints = [
            models.CheckConstraint(condition=~Q(released_by=F("launched_by")), name="mailing_released_by_another"),
            models.UniqueConstraint(
                fields=["edition"], condition=~Q(state=MailingState.CANCELLED), name="mailing_one_live_per_edition"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.edition} · {self.get_state_display()}"

    @property
    def wall(self) -> dt.datetime | None:
        """The time that each reader's own clock shows (naive) when they get it; None: one moment for all."""
        return dt.datetime.fromisoformat(self.wall_time) if self.wall_time else None


class DeliveryState(models.TextChoices):
    """queued → sending → sent | deferred | failed | unknown | skipped."""

    QUEUED = "queued", _("queued")
    SENDING = "sending", _("sending")
    SENT = "sent", _("sent")
    DEFERRED = "deferred", _("deferred")
    FAILED = "failed", _("failed")
    UNKNOWN = "unknown", _("unknown")
    SKIPPED = "skipped", _("skipped")


class SkipReason(models.TextChoices):
    """Why somebody on the list was not mailed after all."""

    NONE = "", "—"
    UNSUBSCRIBED = "unsubscribed", _("unsubscribed")
    SUPPRESSED = "suppressed", _("suppressed")
    ERASED = "erased", _("erased")
    CANCELLED = "cancelled", _("the mailing was cancelled")
    EXPIRED = "expired", _("no longer news")


PROVIDER_LENGTH = 20
SERVER_LENGTH = 60


class Delivery(models.Model):
    """One row per mailing and subscriber, in exactly one state.

    The database keeps the order of states (queued → sending → …) and the sums (Tally) by triggers; see migration 0006.
    No index holds a column that changes on the way of a mail that arrives at once: PostgreSQL then updates rows in place.
    """

    mailing = models.ForeignKey(Mailing, models.PROTECT, related_name="deliveries", db_index=False)
    subscriber = models.ForeignKey(
        Subscriber, models.SET_NULL, null=True, blank=True, related_name="deliveries", db_index=False
    )
    message = models.ForeignKey(Message, models.PROTECT, related_name="+", db_index=False)
    provider = models.CharField(
        _("receiving provider"),
        max_length=PROVIDER_LENGTH,
        blank=True,
        default="",
        help_text=_("Who receives for the reader's domain; empty: one of the many others."),
    )
    state = models.CharField(_("state"), max_length=8, choices=DeliveryState, default=DeliveryState.QUEUED)
    skip_reason = models.CharField(_("reason"), max_length=12, choices=SkipReason, blank=True, default=SkipReason.NONE)
    due_at = models.DateTimeField(
        _("due at"), null=True, blank=True, help_text=_("Not before this moment; empty: as soon as its turn comes.")
    )
    lease = models.BigIntegerField(null=True, blank=True, editable=False)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    resolved_at = models.DateTimeField(_("time of the last outcome"), null=True, blank=True)
    code = models.PositiveSmallIntegerField(_("reply code"), null=True, blank=True)
    enhanced_code = models.CharField(_("enhanced code"), max_length=12, blank=True, default="")
    reply = models.CharField(_("server's reply"), max_length=500, blank=True, default="")
    server = models.CharField(_("mail server"), max_length=SERVER_LENGTH, blank=True, default="")
    unknowns = models.PositiveSmallIntegerField(
        _("unknown outcomes"),
        default=0,
        help_text=_("How often nobody knew whether the server had taken it: this reader may have more than one copy."),
    )
    decided_at = models.DateTimeField(
        _("decided at"), null=True, blank=True, help_text=_("When a person left an unknown outcome as it is.")
    )

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints = [
            models.UniqueConstraint(fields=["subscriber", "mailing"], name="delivery_one_per_person"),
            models.CheckConstraint(
                condition=Q(state=DeliveryState.SENDING, lease__isnull=False)
                | (~Q(state=DeliveryState.SENDING) & Q(lease__isnull=True)),
                name="delivery_leased_to_send",
            ),
            models.CheckConstraint(
                condition=Q(state=DeliveryState.SKIPPED) ^ Q(skip_reason=SkipReason.NONE),
                name="delivery_skipped_has_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["mailing", "provider", "id"], name="delivery_stream"),
            models.Index(fields=["mailing", "due_at"], condition=Q(due_at__isnull=False), name="delivery_timed"),
            models.Index(fields=["mailing", "id"], condition=Q(unknowns__gt=0), name="delivery_uncertain"),
        ]

    def __str__(self) -> str:
        return f"{self.get_state_display()}"


class Attempt(models.Model):
    """One try at one delivery, append-only. A first try that was sent stands in its delivery alone, not here."""

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="history")
    mailing = models.ForeignKey(Mailing, models.PROTECT, related_name="+", db_index=False)
    number = models.PositiveSmallIntegerField(_("attempt"), help_text=_("1 for the first."))
    at = models.DateTimeField(_("at"))
    state = models.CharField(_("state"), max_length=8, choices=DeliveryState, help_text=_("What it became."))
    code = models.PositiveSmallIntegerField(_("reply code"), null=True, blank=True)
    enhanced_code = models.CharField(_("enhanced code"), max_length=12, blank=True, default="")
    reply = models.CharField(_("server's reply"), max_length=500, blank=True, default="")
    server = models.CharField(_("mail server"), max_length=SERVER_LENGTH, blank=True, default="")
    provider = models.CharField(_("receiving provider"), max_length=PROVIDER_LENGTH, blank=True, default="")

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        indexes = [models.Index(fields=["mailing", "id"], name="attempt_latest")]

    def __str__(self) -> str:
        return f"{self.number}: {self.get_state_display()}"
