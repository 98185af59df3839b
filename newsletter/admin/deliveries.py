"""Deliveries: one row per mailing and person, each with its outcome. Read-only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from campaigns.admin.base import ReadOnly, display
from newsletter.delivery import sentences
from newsletter.delivery.models import Delivery, DeliveryState

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest

STATE_COLOURS = {
    DeliveryState.QUEUED: "info",
    DeliveryState.SENDING: "primary",
    DeliveryState.SENT: "success",
    DeliveryState.DEFERRED: "warning",
    DeliveryState.FAILED: "danger",
    DeliveryState.UNKNOWN: "danger",
    DeliveryState.SKIPPED: "info",
}


@admin.register(Delivery)
class DeliveryAdmin(ReadOnly):
    """Who got what, and what the server said."""

    belongs_here = _("Every person of a mailing has one delivery here, with its state and the server's answer.")
    list_display = ("recipient", "standing", "mailing", "attempts", "resolved_at", "answer")
    list_filter = ("state", "skip_reason")
    list_select_related = ("mailing__edition", "subscriber")
    search_fields = ("subscriber__address",)
    search_help_text = _("Search by e-mail address")
    ordering = ("-pk",)
    readonly_fields = ("words",)
    fields = (
        "mailing",
        "subscriber",
        "state",
        "skip_reason",
        "attempts",
        "due_at",
        "resolved_at",
        "code",
        "enhanced_code",
        "words",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Delivery]:
        """Deliveries with their editions' words."""
        return super().get_queryset(request).prefetch_related("mailing__edition__texts")

    @display(description=_("subscriber"), ordering="subscriber__address", empty_value=_("erased"))
    def recipient(self, delivery: Delivery) -> str | None:
        """The address, while the person is still with us."""
        return delivery.subscriber.address if delivery.subscriber else None

    @display(description=_("state"), ordering="state", label=STATE_COLOURS)
    def standing(self, delivery: Delivery) -> tuple[str, str]:
        """The state as a badge."""
        return delivery.state, delivery.get_state_display()

    @display(description=_("server's reply"))
    def words(self, delivery: Delivery) -> str:
        """What the server said, or what we say where it said nothing."""
        return sentences.said(text=delivery.reply)

    @display(description=_("server's reply"))
    def answer(self, delivery: Delivery) -> str:
        """What the server said last."""
        return f"{delivery.code or ''} {sentences.said(text=delivery.reply)}".strip()
