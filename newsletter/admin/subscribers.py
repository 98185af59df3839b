"""Subscribers: found, read and taken off; never added by staff, never deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import admin, messages
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from campaigns.admin.base import ReadOnly, TabularInline, action, display
from newsletter.audience.models import ConsentEvent, Subscriber, Subscription, SubscriptionState, SuppressionReason
from newsletter.audience.subscribing import Origin, unsubscribe
from newsletter.audience.suppression import suppress

if TYPE_CHECKING:
    from uuid import UUID

    from django.db.models import QuerySet
    from django.http import HttpRequest

ACTIVE = Q(subscriptions__state=SubscriptionState.ACTIVE)


class ReadOnlyInline(TabularInline):
    """Rows of a person that nobody edits here."""

    extra = 0
    can_delete = False
    tab = True

    def has_add_permission(self, _request: HttpRequest, _obj: object = None) -> bool:
        """Never: people and the system write these rows."""
        return False

    def has_change_permission(self, _request: HttpRequest, _obj: object = None) -> bool:
        """Never: what was said does not change."""
        return False


class SubscriptionInline(ReadOnlyInline):
    """Which newsletters the person gets."""

    model = Subscription
    fields = ("newsletter", "state", "asked_at", "confirmed_at", "unsubscribed_at")
    ordering = ("-asked_at",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Subscription]:
        """With the newsletters' names."""
        return super().get_queryset(request).select_related("newsletter").prefetch_related("newsletter__texts")


class ConsentInline(ReadOnlyInline):
    """What the person agreed to, when and where."""

    model = ConsentEvent
    fields = ("at", "kind", "newsletter", "method", "language", "wording")
    ordering = ("-at",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[ConsentEvent]:
        """With the newsletters' names."""
        return super().get_queryset(request).select_related("newsletter").prefetch_related("newsletter__texts")


@admin.register(Subscriber)
class SubscriberAdmin(ReadOnly):
    """People who asked to be written to."""

    belongs_here = _("People sign up themselves and confirm by mail: that is their consent, so nobody adds them here.")
    list_before_template = "admin/subscriber/why_not_add.html"
    list_display = ("address", "first_name", "language", "active_subscriptions", "created_at")
    list_filter = ("subscriptions__state", "subscriptions__newsletter", "language")
    search_fields = ("address",)
    search_help_text = _("Search by e-mail address")
    ordering = ("-created_at", "-pk")
    inlines = (SubscriptionInline, ConsentInline)
    fields = ("mail_address", "first_name", "language", "country", "time_zone", "created_at")
    actions = ("unsubscribe", "suppress_on_request")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Subscriber]:
        """People with the number of their active subscriptions."""
        people: QuerySet[Subscriber] = super().get_queryset(request)
        return people.annotate(active=Count("subscriptions", filter=ACTIVE, distinct=True))

    def has_steer_permission(self, request: HttpRequest) -> bool:
        """Whether this person may take people off."""
        return request.user.has_perm("newsletter.change_subscriber")

    @action(description=_("Unsubscribe from every newsletter"), permissions=["steer"])
    def unsubscribe(self, request: HttpRequest, queryset: QuerySet[Subscriber]) -> None:
        """Withdraw on a person's behalf, who asked by phone or letter."""
        origin = Origin(page=request.path, network="", agent="", method="staff", now=timezone.now())
        left = [unsubscribe(subscriber_id=each, newsletter_id=0, origin=origin) for each in _ids(queryset)]
        _tell(
            request, ngettext("%(n)d person is unsubscribed.", "%(n)d people are unsubscribed.", sum(left)), sum(left)
        )

    @action(description=_("Never mail these addresses again"), permissions=["steer"])
    def suppress_on_request(self, request: HttpRequest, queryset: QuerySet[Subscriber]) -> None:
        """Suppress the addresses, noted as added by staff."""
        keys = list(queryset.values_list("address_key", flat=True))
        for key in keys:
            suppress(key=key, reason=SuppressionReason.MANUAL, now=timezone.now())
        _tell(
            request, ngettext("%(n)d address is suppressed.", "%(n)d addresses are suppressed.", len(keys)), len(keys)
        )

    @display(description=_("e-mail address"))
    def mail_address(self, subscriber: Subscriber) -> str:
        """The address as the person wrote it."""
        return subscriber.address

    @display(description=_("active subscriptions"), ordering="active")
    def active_subscriptions(self, subscriber: Subscriber) -> int:
        """How many newsletters the person gets."""
        return int(subscriber.active)  # type: ignore[attr-defined]  # annotated above


def _ids(queryset: QuerySet[Subscriber]) -> list[UUID]:
    return list(queryset.values_list("public_id", flat=True))


def _tell(request: HttpRequest, text: str, count: int) -> None:
    messages.success(request, text % {"n": count})
