"""The agenda as an iCalendar stream (RFC 5545) for one member of staff: neutral names, and links that ask for a login."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext, override

from campaigns.calendar import gathering, icalendar, months
from campaigns.calendar.icalendar import Event
from newsletter.reports import agenda
from newsletter.reports.agenda import Kind

if TYPE_CHECKING:
    import datetime as dt

    from newsletter.reports.agenda import Entry, Sight

MONTHS_BACK, MONTHS_ON = 3, 18
PAGES = {
    Kind.OBSERVANCE: "admin:calendar_observance",
    Kind.CAMPAIGN: "admin:campaigns_campaign_change",
    Kind.EDITION: "admin:edition_desk",
    Kind.MAILING: "admin:newsletter_mailing_change",
}
"""Where each kind of entry is shown, by its id."""


def stream_for(*, sight: Sight, language: str, today: dt.date) -> bytes:
    """From three months ago to a year and a half ahead, whole months: the same bytes until something changes."""
    first, _end = months.bounds(*months.beside(today.year, today.month, by=-MONTHS_BACK))
    _start, last = months.bounds(*months.beside(today.year, today.month, by=MONTHS_ON))
    with override(language):
        found = agenda.entries(first, last, observances=gathering.everything(), sight=sight)
        events = [_event(entry) for entry in found if not entry.endless or entry.first >= first]
        name = gettext("Awareness calendar (%(site)s)") % {"site": settings.SENDER_NAME}
        return icalendar.stream(name=name, language=language, events=events)


def _event(entry: Entry) -> Event:
    return Event(
        uid=_uid(entry),
        stamp=entry.changed_at,
        first=entry.first,
        last=entry.first if entry.endless else entry.last,
        summary=f"{entry.discreet} ({entry.said})" if entry.said else entry.discreet,
        description=_description(entry),
        url=settings.SITE_URL + page_of(entry),
    )


def page_of(entry: Entry) -> str:
    """The path of an entry's page in the admin; that of its month where the address itself would say too much (G3)."""
    if entry.kind == Kind.OBSERVANCE and entry.discreet != entry.title:
        return reverse("admin:calendar_month", args=[entry.first.year, entry.first.month])
    return reverse(PAGES[entry.kind], args=[entry.page_id])


def _uid(entry: Entry) -> str:
    """The same for ever; an observance's key stands in it as a hash alone, for the key may say too much."""
    if entry.occurrence is None:
        return f"{entry.kind}-{entry.id}@{settings.SITE_HOST}"
    key = hashlib.sha256(entry.id.encode()).hexdigest()[:16]
    return f"{entry.kind}-{key}-{entry.occurrence.year}@{settings.SITE_HOST}"


def _description(entry: Entry) -> str:
    """The kind, and the organiser of what needs no discretion."""
    words = [str(entry.what)]
    if entry.occurrence and entry.discreet == entry.title:
        words += filter(None, [entry.occurrence.observance.organiser, entry.occurrence.observance.url])
    return "\n".join(words)
