"""Signing up, confirming, leaving, coming back, changing one's mind. Each is one transaction under the person's own row.

pending → active → unsubscribed → pending …: only a reader who opened a link we mailed to the address makes it active.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction

from newsletter.audience import addresses, consent, corresponding, names
from newsletter.audience.consent import Origin
from newsletter.audience.models import ConsentEvent, ConsentKind, Subscriber, Subscription, SubscriptionState
from newsletter.audience.suppression import is_suppressed
from newsletter.audience.words import words_of

if TYPE_CHECKING:
    from uuid import UUID

    from django.db.models import QuerySet

    from newsletter.editions.models import Newsletter

__all__ = ["Origin", "change_preferences", "confirm", "resubscribe", "sign_up", "unsubscribe"]

UNDO_FOR = dt.timedelta(hours=24)
"""How long the unsubscribe page offers the way back; later a person signs up anew."""


def sign_up(*, address: str, first_name: str, language: str, newsletters: list[Newsletter], origin: Origin) -> None:
    """Ask for the newsletters; the same on the outside whoever owns the address (X3). Letters become due, none is sent here.

    Raises:
        AddressError, FirstNameError: what was typed cannot be read; each has a sentence.
    """
    parsed, name = addresses.parse(address), names.parse_first_name(first_name)
    if is_suppressed(key=parsed.key):
        return
    spoken = known_language(language)
    with transaction.atomic():
        subscriber = _found_or_made(parsed, name, spoken, origin.now)
        asked = [_ask(subscriber, newsletter, name, spoken, origin) for newsletter in newsletters]
        corresponding.plan(subscriber=subscriber, asked=asked, now=origin.now)


def confirm(*, subscriber_id: UUID, newsletter_id: int, origin: Origin) -> list[Subscription]:
    """Make pending subscriptions active (0: all of them) and return those that are now; twice is the same as once.

    Empty where nothing was asked for, or it was withdrawn since, or the address is suppressed.
    """
    with transaction.atomic():
        subscriber = _locked(subscriber_id)
        if subscriber is None or is_suppressed(key=subscriber.address_key):
            return []
        mine = list(_subscriptions(subscriber, newsletter_id))
        pending = [one for one in mine if one.state == SubscriptionState.PENDING]
        _believe(subscriber, pending)
        for subscription in pending:
            _activate(subscription, *_agreed_to(subscription), origin)
        return [one for one in mine if one.state == SubscriptionState.ACTIVE]


def unsubscribe(*, subscriber_id: UUID, newsletter_id: int, origin: Origin) -> bool:
    """Leave one newsletter (0: all); whether anything changed. Twice is the same as once."""
    with transaction.atomic():
        subscriber = _locked(subscriber_id)
        mine = _subscriptions(subscriber, newsletter_id).exclude(state=SubscriptionState.UNSUBSCRIBED)
        left = list(mine)
        for subscription in left:
            _leave(subscription, origin)
    return bool(left)


def resubscribe(*, subscriber_id: UUID, newsletter_id: int, origin: Origin) -> bool:
    """Undo an unsubscription of the last 24 hours (0: everything left in the same moment); whether anything changed."""
    with transaction.atomic():
        subscriber = _locked(subscriber_id)
        if subscriber is None or is_suppressed(key=subscriber.address_key):
            return False
        left = _subscriptions(subscriber, newsletter_id).filter(
            state=SubscriptionState.UNSUBSCRIBED,
            confirmed_at__isnull=False,
            unsubscribed_at__gte=origin.now - UNDO_FOR,
        )
        moment = max((one.unsubscribed_at for one in left if one.unsubscribed_at), default=None)
        undone = [one for one in left if one.unsubscribed_at == moment]
        for subscription in undone:
            _activate(subscription, *_agreed_to(subscription), origin)
    return bool(undone)


def change_preferences(
    *,
    subscriber_id: UUID,
    language: str,
    first_name: str,
    newsletters: list[Newsletter],
    origin: Origin,
    time_zone: str | None = None,
) -> None:
    """Make language, first name and newsletters what the person says on the signed page. Unknown people change nothing.

    A newsletter that is new in the list is consented to here, in its wording; one missing from it is withdrawn from.
    `time_zone` is IANA, empty for none; where nothing is said of it, it stays.

    Raises:
        FirstNameError: with a sentence.
    """
    name = names.parse_first_name(first_name)
    with transaction.atomic():
        subscriber = _locked(subscriber_id)
        if subscriber is None:
            return
        _describe(subscriber, name, known_language(language), origin)
        _live_in(subscriber, time_zone)
        _leave_others(subscriber, newsletters, origin)
        if not is_suppressed(key=subscriber.address_key):
            for newsletter in newsletters:
                _join(subscriber, newsletter, origin)


def known_language(language: str) -> str:
    """`language` where we speak it, else the site's own."""
    return language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


# ── One person ───────────────────────────────────────────────────────────────────────────────────────────────────────
def _found_or_made(parsed: addresses.Address, name: str, language: str, now: dt.datetime) -> Subscriber:
    facts = {
        "address": parsed.display,
        "fingerprint": addresses.fingerprint(parsed.key),
        "first_name": name,
        "language": language,
        "created_at": now,
    }
    return Subscriber.objects.select_for_update().get_or_create(address_key=parsed.key, defaults=facts)[0]


def _locked(subscriber_id: UUID) -> Subscriber | None:
    """The person, held until the transaction ends: two requests of one person follow one another."""
    return Subscriber.objects.select_for_update().filter(public_id=subscriber_id).first()


def _subscriptions(subscriber: Subscriber | None, newsletter_id: int) -> QuerySet[Subscription]:
    mine = Subscription.objects.filter(subscriber=subscriber).select_related("newsletter").order_by("pk")
    return mine.filter(newsletter=newsletter_id) if newsletter_id else mine


def _believe(subscriber: Subscriber, pending: list[Subscription]) -> None:
    """Take over the latest sign-up's name and language, unless the person is being written to already."""
    if not pending or subscriber.subscriptions.filter(state=SubscriptionState.ACTIVE).exists():
        return
    latest = max(pending, key=lambda one: one.asked_at)
    subscriber.first_name = latest.asked_first_name or subscriber.first_name
    subscriber.language = latest.asked_language or subscriber.language
    subscriber.save(update_fields=["first_name", "language"])


def _describe(subscriber: Subscriber, name: str, language: str, origin: Origin) -> None:
    if (subscriber.first_name, subscriber.language) == (name, language):
        return
    subscriber.first_name, subscriber.language = name, language
    subscriber.save(update_fields=["first_name", "language"])
    consent.record(subscriber=subscriber, newsletter=None, kind=ConsentKind.CHANGED, origin=origin, language=language)


def _live_in(subscriber: Subscriber, time_zone: str | None) -> None:
    if time_zone is not None and time_zone != subscriber.time_zone:
        subscriber.time_zone = time_zone
        subscriber.save(update_fields=["time_zone"])


# ── One subscription ─────────────────────────────────────────────────────────────────────────────────────────────────
def _ask(subscriber: Subscriber, newsletter: Newsletter, name: str, language: str, origin: Origin) -> Subscription:
    """The subscription after asking for it. Asking again within a day, or for what one has, changes nothing."""
    asked = {
        "state": SubscriptionState.PENDING,
        "asked_at": origin.now,
        "asked_first_name": name,
        "asked_language": language,
    }
    subscription, made = subscriber.subscriptions.get_or_create(newsletter=newsletter, defaults=asked)
    if not made and (subscription.state == SubscriptionState.ACTIVE or _is_fresh(subscription, origin.now)):
        return subscription
    if not made:
        _change(subscription, **asked)
    read_in = origin.language or language
    wording = words_of(newsletter=newsletter, language=read_in).consent_wording
    consent.record(
        subscriber=subscriber,
        newsletter=newsletter,
        kind=ConsentKind.ASKED,
        origin=origin,
        wording=wording,
        language=read_in,
    )
    return subscription


def _is_fresh(subscription: Subscription, now: dt.datetime) -> bool:
    return subscription.state == SubscriptionState.PENDING and subscription.asked_at > now - corresponding.ONE_PER


def _join(subscriber: Subscriber, newsletter: Newsletter, origin: Origin) -> None:
    asked = {"state": SubscriptionState.PENDING, "asked_at": origin.now}
    subscription, _made = subscriber.subscriptions.get_or_create(newsletter=newsletter, defaults=asked)
    if subscription.state != SubscriptionState.ACTIVE:
        read_in = origin.language or subscriber.language
        wording = words_of(newsletter=newsletter, language=read_in).consent_wording
        _activate(subscription, wording, read_in, origin)


def _activate(subscription: Subscription, wording: str, language: str, origin: Origin) -> None:
    _change(
        subscription,
        state=SubscriptionState.ACTIVE,
        confirmed_at=origin.now,
        unsubscribed_at=None,
        letter_due_at=None,
    )
    consent.record(
        subscriber=subscription.subscriber,
        newsletter=subscription.newsletter,
        kind=ConsentKind.GIVEN,
        origin=origin,
        wording=wording,
        language=language,
    )


def _leave(subscription: Subscription, origin: Origin) -> None:
    _change(subscription, state=SubscriptionState.UNSUBSCRIBED, unsubscribed_at=origin.now, letter_due_at=None)
    consent.record(
        subscriber=subscription.subscriber,
        newsletter=subscription.newsletter,
        kind=ConsentKind.WITHDRAWN,
        origin=origin,
    )


def _leave_others(subscriber: Subscriber, newsletters: list[Newsletter], origin: Origin) -> None:
    kept = [newsletter.pk for newsletter in newsletters]
    active = _subscriptions(subscriber, 0).filter(state=SubscriptionState.ACTIVE)
    for subscription in active.exclude(newsletter__in=kept):
        _leave(subscription, origin)


def _agreed_to(subscription: Subscription) -> tuple[str, str]:
    """The wording and language of the person's last own word on it: what was read is what is agreed to."""
    said = ConsentEvent.objects.filter(
        subscriber=subscription.subscriber,
        newsletter=subscription.newsletter,
        kind__in=[ConsentKind.ASKED, ConsentKind.GIVEN],
    )
    last = said.order_by("pk").last()
    if last:
        return last.wording, last.language
    language = subscription.subscriber.language
    return words_of(newsletter=subscription.newsletter, language=language).consent_wording, language


def _change(subscription: Subscription, **facts: object) -> None:
    for name, value in facts.items():
        setattr(subscription, name, value)
    subscription.save(update_fields=list(facts))
