"""Subscribers, their subscriptions, the consent ledger and suppressed addresses."""

from __future__ import annotations

import uuid
from typing import Any, NoReturn

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from newsletter.editions.models import Newsletter
from newsletter.lib.wall_clock import validate_zone


class Subscriber(models.Model):
    """A person's address and how they like to be written to."""

    public_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    address = models.CharField(
        _("e-mail address"), max_length=254, help_text=_("As typed, the domain in lower case and as U-label (F9).")
    )
    address_key = models.CharField(max_length=254, unique=True, editable=False, help_text=_("The address casefolded."))
    fingerprint = models.CharField(
        max_length=64, db_index=True, editable=False, help_text=_("Keyed hash of address_key; joins with Suppression.")
    )
    first_name = models.CharField(_("first name"), max_length=60, blank=True)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    country = models.CharField(_("country"), max_length=2, blank=True)
    time_zone = models.CharField(
        _("time zone"),
        max_length=40,
        blank=True,
        default="",
        validators=[validate_zone],
        help_text=_("Such as Europe/Warsaw; empty: the country's, else the newsletter's."),
    )
    created_at = models.DateTimeField(_("created at"))

    class Meta:
        verbose_name = _("subscriber")
        verbose_name_plural = _("subscribers")

    def __str__(self) -> str:
        return self.address


class SubscriptionState(models.TextChoices):
    """Pending until the reader confirms by POST; active is the only state that is mailed."""

    PENDING = "pending", _("waiting for confirmation")
    ACTIVE = "active", _("active")
    UNSUBSCRIBED = "unsubscribed", _("unsubscribed")


class Subscription(models.Model):
    """A subscriber's tie to one newsletter."""

    subscriber = models.ForeignKey(Subscriber, models.CASCADE, related_name="subscriptions")
    newsletter = models.ForeignKey(Newsletter, models.PROTECT, related_name="subscriptions")
    state = models.CharField(_("state"), max_length=12, choices=SubscriptionState)
    asked_at = models.DateTimeField(_("asked at"))
    asked_first_name = models.CharField(
        max_length=60, blank=True, default="", editable=False, help_text=_("Said at sign-up; believed once confirmed.")
    )
    asked_language = models.CharField(max_length=10, blank=True, default="", editable=False)
    letter_due_at = models.DateTimeField(
        null=True,
        blank=True,
        editable=False,
        help_text=_("When our next letter about it may be sent; none is due if empty."),
    )
    letter_attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    letter_sent_at = models.DateTimeField(_("last letter sent at"), null=True, blank=True)
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    unsubscribed_at = models.DateTimeField(_("unsubscribed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("subscription")
        verbose_name_plural = _("subscriptions")
        constraints = [
            models.UniqueConstraint(fields=["subscriber", "newsletter"], name="subscription_one_per_newsletter"),
            models.CheckConstraint(
                condition=~Q(state=SubscriptionState.ACTIVE) | Q(confirmed_at__isnull=False),
                name="subscription_active_is_confirmed",
            ),
        ]
        indexes = [
            models.Index(fields=["newsletter", "state", "subscriber"], name="subscription_audience"),
            models.Index(
                fields=["letter_due_at"],
                condition=Q(letter_due_at__isnull=False),
                name="subscription_letter_due",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.newsletter}: {self.get_state_display()}"


class ConsentKind(models.TextChoices):
    """What happened to a person's consent."""

    ASKED = "asked", _("asked")
    CONFIRMATION_SENT = "confirmation_sent", _("confirmation mail sent")
    GIVEN = "given", _("given")
    CHANGED = "changed", _("changed")
    WITHDRAWN = "withdrawn", _("withdrawn")
    IMPORTED = "imported", _("imported with evidence")


class ConsentEvent(models.Model):
    """One append-only entry of the consent ledger (C3): what was said, in which words, when and where."""

    subscriber = models.ForeignKey(Subscriber, models.PROTECT, related_name="consent_events")
    newsletter = models.ForeignKey(Newsletter, models.PROTECT, related_name="consent_events", null=True)
    kind = models.CharField(_("kind"), max_length=20, choices=ConsentKind)
    at = models.DateTimeField(_("at"))
    wording = models.TextField(_("wording"), blank=True, help_text=_("The exact text agreed to."))
    language = models.CharField(_("language"), max_length=10, blank=True)
    page = models.CharField(_("page"), max_length=300, blank=True)
    network = models.CharField(_("network"), max_length=50, blank=True, help_text=_("Truncated: /24 or /48."))
    agent = models.CharField(_("user agent"), max_length=300, blank=True)
    method = models.CharField(_("method"), max_length=30, help_text=_("form, one-click, preferences, import …"))
    message_id = models.CharField(_("Message-ID"), max_length=200, blank=True, default="")

    class Meta:
        verbose_name = _("consent event")
        verbose_name_plural = _("consent events")
        indexes = [models.Index(fields=["subscriber", "at"], name="consent_by_person")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d} {self.get_kind_display()}"

    def save(self, **kwargs: Any) -> None:
        """Append; a written entry never changes."""
        if self.pk is not None:
            raise LedgerIsAppendOnlyError(self.pk)
        super().save(**kwargs)

    def delete(self, **_kwargs: Any) -> NoReturn:  # type: ignore[override]  # it never returns
        """Refuse: a ledger forgets nothing by itself."""
        raise LedgerIsAppendOnlyError(self.pk)


class LedgerIsAppendOnlyError(Exception):
    """Somebody tried to change or delete the consent event `pk`."""

    def __init__(self, pk: int | None) -> None:
        super().__init__(f"consent event {pk} cannot be changed")
        self.pk = pk


class SuppressionReason(models.TextChoices):
    """Why we may not mail an address."""

    BOUNCED = "bounced", _("bounced")
    COMPLAINED = "complained", _("complained")
    ERASED = "erased", _("erased on request")
    MANUAL = "manual", _("added by staff")


class Suppression(models.Model):
    """An address we may not mail, kept as a keyed hash so that the list itself names nobody (R2)."""

    fingerprint = models.CharField(_("fingerprint"), max_length=64, unique=True)
    reason = models.CharField(_("reason"), max_length=10, choices=SuppressionReason)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("suppression")
        verbose_name_plural = _("suppressions")

    def __str__(self) -> str:
        return f"{self.fingerprint[:8]}… {self.get_reason_display()}"
