"""A new sender domain begins with little mail and grows day by day (B7). Off until a domain has a plan.

What counts is what really left: today's share is the volume of the last day with mail times the factor, never what the
calendar alone would allow. So a newsletter that goes out on Mondays grows from Monday to Monday.
"""

from __future__ import annotations

import datetime as dt
import math
from decimal import Decimal
from typing import TYPE_CHECKING

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from newsletter.delivery.models import PROVIDER_LENGTH
from newsletter.delivery.throttling import Limit

if TYPE_CHECKING:
    from typing import Protocol

    class Plan(Protocol):
        """How a domain grows."""

        first_day: int
        factor: Decimal
        until_per_day: int


HOURS = 10
"""A day's share is spread over so many hours at least."""
QUIET_MINUTES = 5
"""At the full hour everybody sends; we wait until so many minutes past."""
USED_SECONDS = 3300.0
"""What remains of an hour."""


class WarmUp(models.Model):
    """How the mail of one sender domain grows, per receiving provider."""

    domain = models.CharField(
        _("domain"), max_length=253, primary_key=True, help_text=_("Of the sender address: example.org")
    )
    started_on = models.DateField(_("begins on"))
    first_day = models.PositiveIntegerField(
        _("messages on the first day"),
        default=200,
        validators=[MinValueValidator(10)],
        help_text=_("To each receiving provider."),
    )
    factor = models.DecimalField(
        _("growth per day"),
        max_digits=3,
        decimal_places=2,
        default=Decimal("1.50"),
        validators=[MinValueValidator(Decimal("1.1")), MaxValueValidator(Decimal(2))],
        help_text=_("At most 2: providers ask for no more than a doubling from day to day."),
    )
    until_per_day = models.PositiveIntegerField(
        _("messages per day at the end"),
        default=20_000,
        validators=[MinValueValidator(10)],
        help_text=_("Once so many left to a provider in a day, its mail is no longer held back."),
    )

    class Meta:
        verbose_name = _("warm-up")
        verbose_name_plural = _("warm-ups")

    def __str__(self) -> str:
        return self.domain


class WarmUpDay(models.Model):
    """What left for one provider on one day."""

    warm_up = models.ForeignKey(WarmUp, models.CASCADE, related_name="days")
    provider = models.CharField(max_length=PROVIDER_LENGTH, blank=True)
    day = models.DateField()
    sent = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("day of a warm-up")
        verbose_name_plural = _("days of warm-ups")
        constraints = [
            models.UniqueConstraint(fields=["warm_up", "provider", "day"], name="warm_up_day_one_per_provider")
        ]

    def __str__(self) -> str:
        return f"{self.day}: {self.sent}"


def share(*, plan: Plan, last: int | None) -> int | None:
    """Messages that may leave today for one provider, when `last` left on the last day with mail (None: none yet).

    None where the warm-up is over. Never more than the first day's number or the double of `last`, whichever is more.
    """
    if last is None:
        return min(plan.first_day, plan.until_per_day)
    if last >= plan.until_per_day:
        return None
    return min(max(plan.first_day, math.floor(last * min(plan.factor, Decimal(2)))), plan.until_per_day)


def left_today(*, warm_up: WarmUp, provider: str, now: dt.datetime) -> int | None:
    """How many of today's share are left for `provider`; None where nothing is held back (any more)."""
    most = _share_of(warm_up, provider, _today(now))
    return None if most is None else max(0, most - _sent(warm_up, provider, _today(now)))


def count(*, warm_up: WarmUp, provider: str, wanted: int, now: dt.datetime) -> int:
    """Note that `wanted` messages leave, or fewer where another worker was first; how many may."""
    today = _today(now)
    most = _share_of(warm_up, provider, today)
    if most is None:
        return wanted
    row, _new = WarmUpDay.objects.get_or_create(warm_up=warm_up, provider=provider, day=today)
    number = min(wanted, most - row.sent)
    fits = WarmUpDay.objects.filter(pk=row.pk, sent__lte=most - number)
    return number if number > 0 and fits.update(sent=F("sent") + number) else 0


def uncount(*, warm_up: WarmUp, provider: str, number: int, now: dt.datetime) -> None:
    """They did not leave after all."""
    rows = WarmUpDay.objects.filter(warm_up=warm_up, provider=provider, day=_today(now), sent__gte=number)
    rows.update(sent=F("sent") - number)


def pace(*, warm_up: WarmUp, provider: str, now: dt.datetime) -> Limit | None:
    """The limit that spreads today's share over the day; None where nothing is held back."""
    most = _share_of(warm_up, provider, _today(now))
    if most is None:
        return None
    per_hour = max(1, math.ceil(most / HOURS))
    return Limit(f"warmup:{warm_up.domain}:{provider}", per_second=per_hour / USED_SECONDS, per_hour=per_hour)


def quiet_seconds(*, now: dt.datetime) -> float:
    """How long to wait because it is about the full hour; 0 most of the time."""
    past = now.minute * 60 + now.second + now.microsecond / 1_000_000
    return max(0.0, QUIET_MINUTES * 60 - past)


def tomorrow(*, now: dt.datetime) -> dt.datetime:
    """When the next day's share begins, a little after midnight where we are."""
    midnight = timezone.make_aware(dt.datetime.combine(_today(now) + dt.timedelta(days=1), dt.time()))
    return midnight + dt.timedelta(minutes=QUIET_MINUTES)


def _share_of(warm_up: WarmUp, provider: str, today: dt.date) -> int | None:
    if today < warm_up.started_on:
        return None
    before = warm_up.days.filter(provider=provider, day__lt=today, sent__gt=0).order_by("-day")
    return share(plan=warm_up, last=before.values_list("sent", flat=True).first())


def _sent(warm_up: WarmUp, provider: str, day: dt.date) -> int:
    return warm_up.days.filter(provider=provider, day=day).values_list("sent", flat=True).first() or 0


def _today(now: dt.datetime) -> dt.date:
    return timezone.localtime(now).date()
