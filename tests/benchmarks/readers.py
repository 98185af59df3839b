"""People and editions to measure with: a crowd that grows by SQL, and a fresh copy of the demo edition for every mailing."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.utils import timezone

from newsletter.audience.models import Subscriber, Subscription
from newsletter.composition.freezing import approve
from newsletter.editions.models import Block, BlockKind, Edition
from newsletter.seeding.planting import plant

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from django.db.models import Model

LEFT_OUT = (BlockKind.NEWS_ITEM, BlockKind.CAMPAIGN, BlockKind.IMAGE, BlockKind.BUTTON)
"""What is left of the demo edition is 20 kB of HTML and text, 25 kB on the wire."""
FIRST = ["Anna", "Łukasz", "Maria", "Jan", "Zofia", "Piotr", "Ewa", "Michał", "Katarzyna", "Tomasz", "Agnieszka", "Ola"]
NAMES = [f"{one}{' ' if other else ''}{other}" for one in FIRST for other in ["", *FIRST]]
"""Some with letters that must be encoded; a real list of a million has a few thousand different ones."""
EVERY_FIFTH = 5
"""So often somebody reads English."""

SUBSCRIBERS = """
INSERT INTO newsletter_subscriber (public_id, address, address_key, fingerprint, first_name, language, country, time_zone, created_at)
"""
GENERATED = f"""{SUBSCRIBERS}
SELECT gen_random_uuid(), 'reader' || n || '@example.org', 'reader' || n || '@example.org', encode(sha256(n::text::bytea), 'hex'),
  (%s::text[])[1 + n %% {len(NAMES)}], CASE WHEN n %% {EVERY_FIFTH} = 0 THEN 'en' ELSE 'pl' END, '', '', %s
FROM generate_series(%s, %s) AS n
"""  # noqa: S608 (constants of ours)
LISTED = f"{SUBSCRIBERS} VALUES (%s, %s, %s, %s, %s, %s, '', '', %s)"
SUBSCRIPTIONS = """
INSERT INTO newsletter_subscription (subscriber_id, newsletter_id, state, asked_at, asked_first_name, asked_language, letter_attempts, confirmed_at)
SELECT id, %s, 'active', %s, '', '', 0, %s FROM newsletter_subscriber ORDER BY id LIMIT %s
"""


def demo_edition() -> Edition:
    """The demo edition, shortened; nobody reads it yet."""
    plant(now=timezone.now())
    Subscription.objects.all().delete()
    Subscriber.objects.filter(consent_events=None).delete()
    edition = Edition.objects.select_related("newsletter").get()
    edition.blocks.filter(kind__in=LEFT_OUT).delete()
    return edition


def fresh(edition: Edition) -> Edition:
    """An approved edition with the same words that was never mailed."""
    count = Edition.objects.count()
    copy = Edition.objects.create(
        newsletter=edition.newsletter, slug=f"bench-{count}", code=f"BENCH-{count}", dated=edition.dated
    )
    for words in edition.texts.all():
        _again(words, edition=copy)
    for block in Block.objects.filter(edition=edition):
        texts = list(block.texts.all())
        _again(block, edition=copy)
        for text in texts:
            _again(text, block=block)
    approve(edition=copy, by=None, now=timezone.now())
    return copy


def crowd(edition: Edition, number: int) -> None:
    """Let exactly so many people read the edition's newsletter; those who are made for it stay."""
    there, now = Subscriber.objects.count(), timezone.now()
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(GENERATED, [NAMES, now, there, number - 1])
        elif there < number:
            cursor.executemany(LISTED, list(_listed(there, number, now)))
        cursor.execute("DELETE FROM newsletter_subscription")
        cursor.execute(SUBSCRIPTIONS, [edition.newsletter_id, now, now, number])
        if connection.vendor == "postgresql":
            cursor.execute("ANALYZE")  # as autovacuum would a minute later


def _listed(first: int, end: int, now: dt.datetime) -> Iterator[tuple[str | dt.datetime, ...]]:
    for n in range(first, end):
        address = f"reader{n}@example.org"
        name, language = NAMES[n % len(NAMES)], "pl" if n % EVERY_FIFTH else "en"
        yield uuid.uuid4().hex, address, address, f"{n:064x}", name, language, now


def _again(row: Model, **changes: object) -> None:
    row.pk = None
    row._state.adding = True  # noqa: SLF001 (how Django's documentation copies a row)
    for name, value in changes.items():
        setattr(row, name, value)
    row.save()
