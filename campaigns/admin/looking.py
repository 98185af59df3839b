"""Buttons at a feed that act at once: look now, take the new address; and at a draft: work on this report of a story."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST

from campaigns.feeds import changing, grouping, polling
from campaigns.feeds.models import Feed, FeedEntry

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from campaigns.feeds.polling import Look


@require_POST
@permission_required("campaigns.change_feed", raise_exception=True)
def look(request: HttpRequest, feed_id: int) -> HttpResponse:
    """Fetch the feed now and say what came."""
    feed = get_object_or_404(Feed, pk=feed_id)
    _tell(request, polling.poll(feed_id=feed.pk, clock=timezone.now))
    return _back(feed)


@require_POST
@permission_required("campaigns.change_feed", raise_exception=True)
def adopt(request: HttpRequest, feed_id: int) -> HttpResponse:
    """Take the address that the server named for good."""
    feed = get_object_or_404(Feed, pk=feed_id)
    if changing.adopt(feed=feed, now=timezone.now()):
        messages.success(request, gettext("The new address is taken. It is looked at within a minute or two."))
    else:
        messages.error(request, gettext("The new address was not taken: another feed has it, or it was named no more."))
    return _back(feed)


@require_POST
@permission_required("campaigns.change_newsitem", raise_exception=True)
def choose(request: HttpRequest, entry_id: int) -> HttpResponse:
    """Work on this report of its story; the others stand by."""
    entry = get_object_or_404(FeedEntry.objects.filter(news_item__isnull=False), pk=entry_id)
    grouping.choose(entry=entry)
    messages.success(request, gettext("Chosen: this is the report of the story that is worked on."))
    return HttpResponseRedirect(reverse("admin:campaigns_newsitem_change", args=[entry.news_item_id]))


@require_POST
@permission_required("campaigns.change_newsitem", raise_exception=True)
def part(request: HttpRequest, entry_id: int) -> HttpResponse:
    """Say that this report tells another story than those it was grouped with."""
    entry = get_object_or_404(FeedEntry.objects.filter(news_item__isnull=False), pk=entry_id)
    grouping.part(entry=entry)
    messages.success(request, gettext("Taken out: it stands for itself."))
    return HttpResponseRedirect(reverse("admin:campaigns_newsitem_change", args=[entry.news_item_id]))


STEPS = {"look": look, "adopt": adopt}
ENTRY_STEPS = {"choose": choose, "part": part}


def _back(feed: Feed) -> HttpResponse:
    return HttpResponseRedirect(reverse("admin:campaigns_feed_change", args=[feed.pk]))


def _tell(request: HttpRequest, look: Look | None) -> None:
    if look is None:
        messages.warning(request, gettext("Somebody is looking at this feed just now. See its state in a moment."))
    elif look.error:
        messages.error(request, look.error.sentence)
    elif look.taken is None:
        messages.success(request, gettext("The feed has not changed since the last look."))
    elif not look.taken.made:
        messages.success(request, gettext("The feed was read: nothing in it is new."))
    else:
        made = look.taken.made
        messages.success(
            request, ngettext("%(count)d new draft came.", "%(count)d new drafts came.", made) % {"count": made}
        )
