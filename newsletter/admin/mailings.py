"""Mailings: the list of them, and the page of each, which is made in progress.py and steered by steering.py."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin
from django.urls import path
from django.utils.formats import number_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from campaigns.admin.base import ReadOnly, display
from newsletter.admin import releasing, steering
from newsletter.admin.progress import progress, shown
from newsletter.delivery import tallying
from newsletter.delivery.models import DeliveryState, Mailing, MailingState

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse
    from django.urls import URLPattern

STATE_COLOURS = {
    MailingState.SCHEDULED: "info",
    MailingState.PREPARING: "info",
    MailingState.SENDING: "primary",
    MailingState.PAUSED: "warning",
    MailingState.FINISHED: "success",
    MailingState.CANCELLED: "danger",
}
STEPS = {**steering.STEPS, "release": releasing.release}


@admin.register(Mailing)
class MailingAdmin(ReadOnly):
    """Sends of editions, read-only but for their buttons."""

    belongs_here = _("A mailing is one send of an edition. Approve an edition and launch it; its mailing appears here.")
    change_form_template: ClassVar[str | None] = "admin/mailing/page.html"
    list_display = ("edition_subject", "standing", "outcomes", "due_at", "started_at", "finished_at", "launched_by")
    list_filter = ("state", "edition__newsletter")
    list_select_related = ("edition", "launched_by")
    search_fields = ("edition__slug", "edition__code", "edition__texts__subject")
    ordering = ("-created_at", "-pk")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Mailing]:
        """Mailings with their editions' words and, off the sums, how many people they have and how many of them wait."""
        people, waiting = tallying.sum_in(DeliveryState.values), tallying.sum_in(tallying.UNSETTLED)
        rows: QuerySet[Mailing] = super().get_queryset(request).annotate(people=people, waiting=waiting)
        return rows.prefetch_related("edition__texts")

    def get_urls(self) -> list[URLPattern]:
        """The moving parts of the page, which say themselves when somebody was logged out, and the buttons."""
        moving = path("<int:mailing_id>/progress/", never_cache(progress), name="mailing_progress")
        steps = [
            path(f"<int:mailing_id>/{name}/", self.admin_site.admin_view(view), name=f"mailing_{name}")
            for name, view in STEPS.items()
        ]
        return [moving, *steps, *super().get_urls()]

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        """The mailing's page: its figures instead of a form."""
        context |= shown(request, context["original"])
        return super().render_change_form(request, context, *args, **kwargs)

    @display(description=_("edition"), ordering="edition__slug")
    def edition_subject(self, mailing: Mailing) -> str:
        """The edition's subject in the reader's language."""
        return str(mailing.edition)

    @display(description=_("state"), ordering="state", label=STATE_COLOURS)
    def standing(self, mailing: Mailing) -> tuple[str, str]:
        """The state as a badge."""
        return mailing.state, mailing.get_state_display()

    @display(description=_("have an outcome"))
    def outcomes(self, mailing: Any) -> str:
        """How many people of how many have an outcome."""
        numbers = {"done": number_format(mailing.people - mailing.waiting), "total": number_format(mailing.people)}
        return gettext("%(done)s of %(total)s") % numbers
