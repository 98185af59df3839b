"""How a feed fares, in a word and a sentence. Pure; sentences in the active language."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.formats import date_format
from django.utils.timesince import timesince
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

if TYPE_CHECKING:
    from campaigns.feeds.models import Feed

MOMENT = dt.timedelta(minutes=1)
QUIET = dt.timedelta(days=60)
"""Without a new entry for so long, somebody should ask whether the feed is still kept."""
WORDS = {
    "fresh": gettext_lazy("fresh"),
    "waiting": gettext_lazy("not looked at yet"),
    "quiet": gettext_lazy("quiet"),
    "full": gettext_lazy("drafts pile up"),
    "failing": gettext_lazy("failing"),
    "off": gettext_lazy("switched off"),
}


@dataclass(frozen=True, slots=True)
class Health:
    """`word` is a key of WORDS; `sentence` says since when and why; `more` what else is worth knowing."""

    word: str
    sentence: str
    more: list[str]


def health_of(feed: Feed, *, now: dt.datetime) -> Health:
    """How `feed` fares at `now` (aware)."""
    word = _word(feed, now)
    return Health(word, _sentence(feed, word, now), list(_more(feed, word)))


def _word(feed: Feed, now: dt.datetime) -> str:
    if not feed.active:
        return "off"
    if feed.failing_since:
        return "failing"
    if not feed.fresh_at:
        return "waiting"
    if feed.full:
        return "full"
    return "quiet" if feed.news_at and now - feed.news_at > QUIET else "fresh"


def _sentence(feed: Feed, word: str, now: dt.datetime) -> str:
    match word:
        case "off":
            return feed.trouble_sentence or _("Switched off: it is not looked at.")
        case "failing":
            facts = {"since": _moment(feed.failing_since), "why": feed.trouble_sentence}
            return _("Failing since %(since)s: %(why)s") % facts
        case "waiting":
            return _("Not looked at yet: its turn comes within a minute or two.")
        case "full":
            return _("Too many drafts from it wait. Approve or delete some; then it brings more.")
        case "quiet":
            return _("It answers, but has brought nothing new since %(since)s.") % {"since": _moment(feed.news_at)}
        case _:
            return _fresh(feed.fresh_at or now, now)


def _fresh(at: dt.datetime, now: dt.datetime) -> str:
    if now - at < MOMENT:
        return _("Fresh, looked at just now.")
    return _("Fresh, %(ago)s ago.") % {"ago": timesince(at, now, depth=1)}


def _more(feed: Feed, word: str) -> list[str]:
    more = list[str]()
    if feed.last_left:
        sentence = ngettext(
            "At the last news it held more than it may bring: %(count)d older entry was left out.",
            "At the last news it held more than it may bring: %(count)d older entries were left out.",
            feed.last_left,
        )
        more.append(sentence % {"count": feed.last_left})
    if feed.moved_to:
        more.append(_("The server says that the feed has moved for good to %(found)s.") % {"found": feed.moved_to})
    if word == "failing" and feed.due_at:
        more.append(_("It is tried again at %(when)s.") % {"when": _moment(feed.due_at)})
    return more


def _moment(moment: dt.datetime | None) -> str:
    return date_format(localtime(moment), "SHORT_DATETIME_FORMAT") if moment else ""
