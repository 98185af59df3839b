"""Says in words where a mailing stands; the page and the command say the same. In the language that is active."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from newsletter.delivery import providers as known
from newsletter.delivery.models import DeliveryState, MailingState

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from newsletter.reports.ageing import Wait
    from newsletter.reports.figures import Progress, Uncertain
    from newsletter.reports.pacing import Left
    from newsletter.reports.receiving import ProviderFigures

SENTENCES = {
    MailingState.SCHEDULED: _("It waits for its time. Nothing has been sent."),
    MailingState.PREPARING: _("The list of recipients is being written. Sending begins by itself."),
    MailingState.SENDING: _("It is being sent, also while nobody watches."),
    MailingState.PAUSED: _("It is paused: nobody gets anything until you resume it."),
    MailingState.FINISHED: _("It is finished: everybody on the list has an outcome."),
    MailingState.CANCELLED: _("It was cancelled. Who already got it keeps it; nobody else will get it."),
}
STATES = {
    DeliveryState.QUEUED: _("waits for its turn"),
    DeliveryState.SENDING: _("in a worker's hands"),
    DeliveryState.SENT: _("the mail server has taken it"),
    DeliveryState.DEFERRED: _("put off, and tried again by itself"),
    DeliveryState.FAILED: _("refused for good, or not taken in time"),
    DeliveryState.UNKNOWN: _("nobody knows whether it was taken"),
    DeliveryState.SKIPPED: _("not written to: they left, or it was cancelled"),
}
MINUTE, HOUR, DAY = 60, 3600, 86_400
SAME = 1.25
"""A range whose ends differ by less than this is said as one number."""
WHOLE = 10
"""From so many on nobody wants tenths."""


def state(*, progress: Progress) -> str:
    """What the mailing's state means; that it waits; or that it moves no more and nobody knows why."""
    if progress.left.waits_until:
        return gettext("It waits, and goes on by itself.")
    if not progress.stands_still:
        return str(SENTENCES[MailingState(progress.state)])
    if progress.state == MailingState.SENDING:
        return gettext(
            "Nothing has moved for a minute and no reason is noted: probably no worker is running. "
            "Ask whoever looks after Wici to start it."
        )
    return gettext(
        "Its time has come and nothing has begun it: probably no worker is running. "
        "Ask whoever looks after Wici to start it."
    )


def people(*, progress: Progress) -> str:
    """How many are done, of those whose rows exist."""
    numbers = {"done": number_format(progress.share.done), "total": number_format(progress.share.total)}
    if not progress.is_written:
        return gettext("%(done)s people have an outcome; the list is still being written, %(total)s so far") % numbers
    return gettext("%(done)s of %(total)s people have an outcome") % numbers


def rate(*, per_second: float | None) -> str:
    """How fast it goes; empty where nothing moves or nobody can tell."""
    if not per_second:
        return ""
    if per_second >= 1:
        return gettext("%(number)s messages a second") % {"number": _rounded(per_second, whole=WHOLE)}
    return gettext("%(number)s messages a minute") % {"number": _rounded(per_second * MINUTE, whole=WHOLE)}


def left(*, left: Left, now: dt.datetime) -> str:
    """How long it may still take; empty where nobody can tell."""
    if left.waits_until:
        return gettext("waits until %(time)s") % {"time": moment(left.waits_until, now=now)}
    if left.not_before:
        return gettext("not finished before %(time)s") % {"time": moment(left.not_before, now=now)}
    if left.least is None or left.most is None:
        return ""
    least, most = span(left.least), span(left.most)
    if left.most <= max(MINUTE, SAME * left.least) or least == most:
        return gettext("about %(span)s left") % {"span": most}
    return gettext("between %(least)s and %(most)s left") % {"least": least, "most": most}


def span(seconds: float) -> str:
    """A length of time, as exact as people say it."""
    if seconds < MINUTE:
        return gettext("a minute")
    if seconds < 2 * HOUR:
        return _counted(ngettext("%(n)s minute", "%(n)s minutes", round(seconds / MINUTE)), seconds / MINUTE)
    if seconds < 2 * DAY:
        return _counted(ngettext("%(n)s hour", "%(n)s hours", round(seconds / HOUR)), seconds / HOUR)
    return _counted(ngettext("%(n)s day", "%(n)s days", round(seconds / DAY)), seconds / DAY)


def moment(at: dt.datetime, *, now: dt.datetime) -> str:
    """The time of day, with its date where that is not today's."""
    local = timezone.localtime(at)
    if local.date() == timezone.localtime(now).date():
        return date_format(local, "TIME_FORMAT")
    return date_format(local, "DATETIME_FORMAT")


def provider(*, key: str) -> str:
    """What people call a receiving provider."""
    return known.name_of(key) if key else gettext("All others")


def per_minute(*, per_second: float | None) -> str:
    """How many in a minute, a number alone; a dash where nothing moves or nobody can tell."""
    return _rounded(per_second * MINUTE, whole=1) if per_second else "–"


def queue(*, figures: ProviderFigures) -> list[str]:
    """How long those that may leave to a provider have waited, and how many of those tried are put off, where there is any."""
    return list(filter(None, [_waited(figures.wait), _put_off(figures.deferral_rate)]))


def whose(*, numbers: Mapping[str, int]) -> str:
    """Receiving providers with a number for each."""
    return "; ".join(f"{provider(key=key)}: {number_format(number)}" for key, number in numbers.items())


def twice(*, uncertain: Uncertain) -> str:
    """How many may have a second copy; empty where nobody has."""
    if not uncertain.once_unknown:
        return ""
    words = ngettext(
        "%(n)s reader may have a second copy: the server's answer was lost, and it was sent again.",
        "%(n)s readers may have a second copy: the server's answer was lost, and it was sent again.",
        uncertain.once_unknown,
    )
    return words % {"n": at_least(uncertain.once_unknown, uncertain=uncertain)}


def at_least(number: int, *, uncertain: Uncertain) -> str:
    """The number, marked where there may be more."""
    return number_format(number) if uncertain.exact else f"≥ {number_format(number)}"


def _waited(wait: Wait | None) -> str:
    """Empty where nobody has waited for a minute."""
    if wait is None or wait.longest.total_seconds() < MINUTE:
        return ""
    longest = span(wait.longest.total_seconds())
    if wait.half is None or wait.half.total_seconds() < MINUTE:
        return gettext("the longest wait: %(span)s") % {"span": longest}
    half = span(wait.half.total_seconds())
    if half == longest:
        return gettext("waiting for %(span)s") % {"span": longest}
    return gettext("half of them waiting for %(half)s or longer, the first for %(longest)s") % {
        "half": half,
        "longest": longest,
    }


def _put_off(rate: float | None) -> str:
    """Empty where nobody is."""
    if not rate:
        return ""
    share = f"{number_format(round(100 * rate))} %" if 100 * rate >= 1 else "< 1 %"
    return gettext("%(share)s of those tried are put off") % {"share": share}


def _rounded(number: float, *, whole: float) -> str:
    """With one decimal below `whole`."""
    digits = 0 if number >= whole else 1
    return number_format(round(number, digits), digits)


def _counted(words: str, number: float) -> str:
    return words % {"n": number_format(round(number))}
