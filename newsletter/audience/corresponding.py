"""Our own letters to readers. A subscription's `letter_due_at` is the queue; a task only says "look now".

At most one confirmation a day and three a month go to one address, whatever is asked for it (X1); somebody who already
has what was asked for hears so at most once in thirty days.
"""

from __future__ import annotations

import datetime as dt
import logging
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F, Max

from newsletter.audience import consent, letters
from newsletter.audience.consent import Origin
from newsletter.audience.models import ConsentEvent, ConsentKind, Subscriber, Subscription, SubscriptionState
from newsletter.audience.suppression import is_suppressed
from newsletter.lib import limits
from newsletter.lib.letters import Letter, LetterDeferredError, LetterRefusedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

ONE_PER = dt.timedelta(hours=24)
MONTH = dt.timedelta(days=30)
MOST_IN_A_MONTH = 3
LEASE = dt.timedelta(minutes=10)
"""Longer than one hand-over may take: a worker that died with a letter in hand is followed by another one."""
FIRST_DELAY = {True: dt.timedelta(minutes=5), False: dt.timedelta(minutes=1)}
"""Before the second attempt: where a server asked us to wait (S2), and where none answered."""
LONGEST_DELAY = dt.timedelta(hours=4)
LINK_LIMITS = ((600, 1), (86_400, 5))
"""Preference links for one address: one in ten minutes, five in a day."""

log = logging.getLogger(__name__)


class NobodyAnsweredError(Exception):
    """No mail server can be reached: whatever else is due would only wait for the same silence."""


def letters_due(*, now: dt.datetime, limit: int) -> list[int]:
    """Ids of at most `limit` subscriptions about which a letter should go out now, the longest waiting first."""
    due = Subscription.objects.filter(letter_due_at__lte=now).order_by("letter_due_at", "pk")
    return list(due.values_list("pk", flat=True)[:limit])


def send_due(*, clock: Callable[[], dt.datetime], limit: int) -> None:
    """Send at most `limit` letters that are due; while no server answers, all of them wait a minute together."""
    for subscription_id in letters_due(now=clock(), limit=limit):
        now = clock()
        try:
            send_confirmation(subscription_id=subscription_id, now=now)
        except NobodyAnsweredError:
            Subscription.objects.filter(letter_due_at__lte=now).update(letter_due_at=now + FIRST_DELAY[False])
            return


def bring_forward(*, now: dt.datetime) -> None:
    """After the clock was set back: no letter waits longer than if a worker had it in hand now; the limits are asked then."""
    Subscription.objects.filter(letter_due_at__gt=now + LEASE).update(letter_due_at=now + LEASE)


def send_confirmation(*, subscription_id: int, now: dt.datetime) -> None:
    """Send the letter that is due about the subscription: please confirm, or you are already subscribed.

    Whoever comes second, or when none is due, does nothing. A server that cannot take it now is asked again later.

    Raises:
        NobodyAnsweredError: no server can be reached; the letter has been put off.
    """
    claimed = _claim(subscription_id, now)
    if not claimed:
        return
    try:
        message_id = _letter_about(claimed, now).send()
    except LetterRefusedError:
        _schedule(claimed, None)
        log.info("a letter about subscription %s was refused for good", subscription_id)
    except LetterDeferredError as error:
        _postpone(claimed, now, server_spoke=error.server_spoke)
        if not error.server_spoke:
            raise NobodyAnsweredError from error
    else:
        _note_sent(claimed, message_id, now)


def send_my_link(*, fingerprint: str, language: str, now: dt.datetime) -> None:
    """Mail the preferences link to the address of `fingerprint` if it is one we write to; else nothing.

    Few enough to be no nuisance, and none while the counters cannot be read: they are all that stands between a
    stranger and a mailbox. The address itself never travels through the broker.
    """
    subscriber = Subscriber.objects.filter(fingerprint=fingerprint, subscriptions__confirmed_at__isnull=False).first()
    if subscriber is None or is_suppressed(key=subscriber.address_key):
        return
    if not limits.allow(f"my_link:{fingerprint}", *LINK_LIMITS):
        return
    try:
        letters.my_link(subscriber=subscriber, language=language, now=now).send()
    except (LetterRefusedError, LetterDeferredError) as error:
        log.warning("a preferences link was not sent: %s", type(error).__name__)


def plan(*, subscriber: Subscriber, asked: list[Subscription], now: dt.datetime) -> None:
    """Make the letter due that answers a sign-up for `asked`, as far as the limits allow. The person's row is locked."""
    unanswered = [one for one in asked if _waits_for_a_letter(one)]
    if unanswered:
        _schedule(unanswered, _joined(subscriber, _confirmation_allowed_at(subscriber, now), now))
    elif asked and all(one.state == SubscriptionState.ACTIVE for one in asked) and _may_remind(subscriber, now):
        _schedule(asked[:1], now)


# ── When ─────────────────────────────────────────────────────────────────────────────────────────────────────────────
def _waits_for_a_letter(subscription: Subscription) -> bool:
    sent_at = subscription.letter_sent_at
    return (
        subscription.state == SubscriptionState.PENDING
        and subscription.letter_due_at is None
        and (sent_at is None or sent_at < subscription.asked_at)
    )


def _confirmation_allowed_at(subscriber: Subscriber, now: dt.datetime) -> dt.datetime:
    """The first moment from `now` on at which the ledger allows another confirmation (X1)."""
    sent = ConsentEvent.objects.filter(subscriber=subscriber, kind=ConsentKind.CONFIRMATION_SENT, at__gt=now - MONTH)
    moments = sorted(set(sent.values_list("at", flat=True)), reverse=True)
    allowed = [now, *(moment + ONE_PER for moment in moments[:1])]
    if len(moments) >= MOST_IN_A_MONTH:
        allowed.append(moments[MOST_IN_A_MONTH - 1] + MONTH)
    return max(allowed)


def _joined(subscriber: Subscriber, allowed_at: dt.datetime, now: dt.datetime) -> dt.datetime | None:
    """The common moment of all the person's waiting letters; None where it would come after the sign-up has lapsed."""
    waiting = subscriber.subscriptions.filter(state=SubscriptionState.PENDING)
    latest: dt.datetime | None = waiting.aggregate(latest=Max("letter_due_at"))["latest"]
    due_at = max(allowed_at, latest or allowed_at)
    return due_at if due_at < now + letters.PENDING_FOR else None


def _may_remind(subscriber: Subscriber, now: dt.datetime) -> bool:
    facts = subscriber.subscriptions.aggregate(sent=Max("letter_sent_at"), due=Max("letter_due_at"))
    return facts["due"] is None and (facts["sent"] is None or facts["sent"] <= now - MONTH)


# ── Queue ────────────────────────────────────────────────────────────────────────────────────────────────────────────
def _claim(subscription_id: int, now: dt.datetime) -> list[Subscription]:
    """The subscriptions one letter will speak about, leased; empty where someone was first or the letter is moot."""
    with transaction.atomic():
        people = Subscriber.objects.select_for_update(of=("self",))
        subscriber = people.filter(subscriptions=subscription_id).first()
        due = list(_due_of(subscriber, now))
        chosen = next((one for one in due if one.pk == subscription_id), None)
        if subscriber is None or chosen is None:
            return []
        group = [one for one in due if one.state == chosen.state]
        postponed_to = _reason_to_wait(subscriber, chosen, now)
        if postponed_to != now:
            _schedule(group, postponed_to)
            return []
        mine = Subscription.objects.filter(pk__in=[one.pk for one in group])
        mine.update(letter_due_at=now + LEASE, letter_attempts=F("letter_attempts") + 1)
        return group


def _due_of(subscriber: Subscriber | None, now: dt.datetime) -> Iterable[Subscription]:
    mine = Subscription.objects.filter(subscriber=subscriber, letter_due_at__lte=now)
    return mine.select_related("subscriber", "newsletter").order_by("pk")


def _reason_to_wait(subscriber: Subscriber, chosen: Subscription, now: dt.datetime) -> dt.datetime | None:
    """`now` where nothing speaks against the letter, a later moment where the limits do, None where it is moot."""
    if is_suppressed(key=subscriber.address_key) or chosen.state == SubscriptionState.UNSUBSCRIBED:
        return None
    if chosen.state == SubscriptionState.ACTIVE:
        return now
    allowed_at = _confirmation_allowed_at(subscriber, now)
    return allowed_at if allowed_at < chosen.asked_at + letters.PENDING_FOR else None


def _postpone(claimed: list[Subscription], now: dt.datetime, *, server_spoke: bool) -> None:
    attempts = claimed[0].letter_attempts
    delay = min(FIRST_DELAY[server_spoke] * 2 ** min(attempts, 10), LONGEST_DELAY)
    lapses_at = claimed[0].asked_at + letters.PENDING_FOR
    still_wanted = claimed[0].state == SubscriptionState.PENDING and now + delay < lapses_at
    _schedule(claimed, now + delay if still_wanted else None)


def _schedule(subscriptions: list[Subscription], due_at: dt.datetime | None) -> None:
    """Nobody's letter comes due any more who confirmed or left in the meantime."""
    mine = Subscription.objects.filter(pk__in=[one.pk for one in subscriptions], state=subscriptions[0].state)
    mine.update(letter_due_at=due_at)


def _note_sent(claimed: list[Subscription], message_id: str, now: dt.datetime) -> None:
    origin = Origin(now=now, method="letter")
    confirmations = [
        consent.entry(
            subscriber=one.subscriber,
            newsletter=one.newsletter,
            kind=ConsentKind.CONFIRMATION_SENT,
            origin=origin,
            language=one.asked_language or one.subscriber.language,
            message_id=message_id,
        )
        for one in claimed
        if one.state == SubscriptionState.PENDING
    ]
    with transaction.atomic():
        mine = Subscription.objects.filter(pk__in=[one.pk for one in claimed])
        mine.update(letter_due_at=None, letter_sent_at=now, letter_attempts=0)
        ConsentEvent.objects.bulk_create(confirmations)


def _letter_about(claimed: list[Subscription], now: dt.datetime) -> Letter:
    if claimed[0].state == SubscriptionState.ACTIVE:
        return letters.already_subscribed(subscription=claimed[0], now=now)
    return letters.confirm(subscriptions=claimed, now=now)
