"""Puts what seeds/ says into the database. Any number of runs leave the same rows, with the same ids.

Rows are found by slug (source: name; picture: file; person: address). Their words are brought back to the files'; their
state, once planted, is the editors' business. seeds/README.md says who owns what.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.utils.timezone import localtime

from campaigns.content import images, revising
from campaigns.content.models import Campaign, Image, NewsItem, ScamExample, Source, State, Topic
from newsletter.audience import addresses
from newsletter.audience.models import (
    ConsentEvent,
    ConsentKind,
    Subscriber,
    Subscription,
    SubscriptionState,
    Suppression,
)
from newsletter.editions.models import Newsletter
from newsletter.seeding.campaigns import plant_campaign
from newsletter.seeding.editions import plant_edition
from newsletter.seeding.helplines import plant_helplines
from newsletter.seeding.reading import read

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from newsletter.seeding import records


def plant(*, now: dt.datetime, folder: Path | None = None) -> dict[str, int]:
    """Plant everything in `folder` (seeds/) at `now` (aware), one transaction per kind; returns rows per kind.

    Raises:
        SeedError: a file is wrong; nothing was planted.
    """
    seeds = read(folder or settings.BASE_DIR / "seeds")
    people = seeds.people if settings.TRYING_OUT or settings.DEBUG else []  # nobody writes to example.org in earnest
    planted = {
        "topics": _each(_topic, seeds.topics),
        "sources": _each(_source, seeds.sources),
        "images": _each(_picture, seeds.pictures),
        "campaigns": _each(lambda campaign: plant_campaign(campaign, now=now), seeds.campaigns),
        "news items": _each(lambda item: _news_item(item, now=now), seeds.news),
        "scam examples": _each(lambda example: _scam_example(example, now=now), seeds.scam_examples),
        **plant_helplines(seeds.helplines, now=now),
        "newsletters": _each(_newsletter, seeds.newsletters),
        "subscribers": _each(lambda person: _person(person, now=now), people),
    }
    approved = _planted(lambda edition: plant_edition(edition, now=now), seeds.editions)
    return planted | {"editions": len(approved), "approved editions": sum(approved)}


def _each(plant_one: Any, records: Iterable[object]) -> int:
    return len(_planted(plant_one, records))


@transaction.atomic
def _planted(plant_one: Any, records: Iterable[object]) -> list[Any]:
    return [plant_one(record) for record in records]


def _topic(seed: records.Topic) -> None:
    topic, _created = Topic.objects.get_or_create(slug=seed.slug)
    _words(topic, {language: {"name": name} for language, name in seed.names.items()})


def _source(seed: records.Source) -> None:
    Source.objects.update_or_create(name=seed.name, defaults={"website": seed.website, "licence": seed.licence})


def _picture(seed: records.Picture) -> Image:
    with seed.file.open("rb") as file:
        return images.stored(file=file, name=seed.name, credit=seed.credit, licence=seed.licence, alt=seed.alt)


def _news_item(seed: records.NewsItem, *, now: dt.datetime) -> None:
    facts = {
        "source": Source.objects.get(name=seed.source),
        "source_url": seed.source_url,
        "source_date": seed.source_date,
        "licence": seed.licence,
        "sensitivity": seed.sensitivity,
    }
    item, _created = NewsItem.objects.update_or_create(
        slug=seed.slug,
        defaults=facts,
        create_defaults=facts | {"state": State.APPROVED, "checked_on": localtime(now).date()},
    )
    item.topics.set(Topic.objects.filter(slug__in=seed.topics))
    item.campaigns.set(Campaign.objects.filter(slug__in=seed.campaigns))
    _words(item, seed.texts)
    revising.settle(item=item, by=None, now=now)


def _scam_example(seed: records.ScamExample, *, now: dt.datetime) -> None:
    facts = {name: getattr(seed, name) for name in ("channel", "source_url")}
    facts["source"] = Source.objects.get(name=seed.source)
    example, _created = ScamExample.objects.update_or_create(
        slug=seed.slug, defaults=facts, create_defaults=facts | {"checked_on": localtime(now).date()}
    )
    example.news_items.set(NewsItem.objects.filter(slug__in=seed.news_items))
    _words(example, seed.texts)


def _newsletter(seed: records.Newsletter) -> None:
    facts = {
        "reply_to": seed.reply_to,
        "country": seed.country,
        "languages": seed.languages,
        "postal_address": seed.postal_address,
    }
    newsletter, _created = Newsletter.objects.update_or_create(
        slug=seed.slug, defaults=facts, create_defaults=facts | {"sender_email": settings.SENDER_EMAIL}
    )
    _words(newsletter, seed.texts)


def _person(seed: records.Person, *, now: dt.datetime) -> None:
    """Plant a person once, subscribed to every planted newsletter in their language; who left stays away."""
    address = addresses.parse(seed.address)
    fingerprint = addresses.fingerprint(address.key)
    if Suppression.objects.filter(fingerprint=fingerprint).exists():
        return
    facts = {
        "address": address.display,
        "fingerprint": fingerprint,
        "first_name": seed.first_name,
        "language": seed.language,
        "created_at": now,
    }
    person, created = Subscriber.objects.get_or_create(address_key=address.key, defaults=facts)
    if created:
        _subscribe(person, now=now)


def _subscribe(person: Subscriber, *, now: dt.datetime) -> None:
    for newsletter in Newsletter.objects.filter(texts__language=person.language):
        Subscription.objects.create(
            subscriber=person, newsletter=newsletter, state=SubscriptionState.ACTIVE, asked_at=now, confirmed_at=now
        )
        ConsentEvent.objects.create(
            subscriber=person,
            newsletter=newsletter,
            kind=ConsentKind.IMPORTED,
            at=now,
            wording=newsletter.texts.get(language=person.language).consent_wording,
            language=person.language,
            method="seed",
        )


def _words(owner: Any, texts: Mapping[str, records.Words]) -> None:
    for language, words in texts.items():
        owner.texts.update_or_create(language=language, defaults=words)
