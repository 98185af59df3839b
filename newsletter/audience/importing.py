"""Brings in people from another list, each with evidence of consent (C6); run twice, it is the same as once.

Nobody who left comes back, nobody suppressed comes in, nothing of a person we know already is changed.
"""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, BinaryIO

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from newsletter.audience import addresses, consent, names, spreadsheets
from newsletter.audience.models import (
    ConsentEvent,
    ConsentKind,
    Subscriber,
    Subscription,
    SubscriptionState,
    Suppression,
)
from newsletter.lib.wall_clock import zones

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from newsletter.audience.consent import Origin
    from newsletter.audience.spreadsheets import Row
    from newsletter.editions.models import Newsletter

BATCH = 1_000
FIRST_YEAR = 1970
DATE_FORMATS = ("%d.%m.%Y", "%d.%m.%Y %H:%M", "%d.%m.%Y %H:%M:%S")


@dataclass(slots=True)
class ImportReport:
    """What became of the rows; the five ways to end add up to `rows`."""

    rows: int = 0
    added: int = 0
    known: int = 0
    """Already had a subscription, in whatever state; left as it is."""
    repeated: int = 0
    """Stood in the file before."""
    suppressed: int = 0
    refused: int = 0

    def as_dict(self) -> dict[str, int]:
        """The counts by name."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Person:
    """What one row says, once it has been believed."""

    address: addresses.Address
    fingerprint: str
    first_name: str
    language: str
    time_zone: str
    """IANA; empty where the row names none."""
    consent_at: dt.datetime
    consent_source: str


class RowError(ValueError):
    """A row that cannot be taken over, with the sentence that stands beside it."""


def import_csv(
    *,
    file: BinaryIO,
    newsletter: Newsletter,
    origin: Origin,
    dry_run: bool = False,
    refuse: Callable[[list[str], list[str], str], None] | None = None,
) -> ImportReport:
    """Make the people in `file` (seekable, bytes) active subscribers; batches of 1,000, each one transaction.

    `refuse` is told the headings, the cells and the reason of each row that was not taken over. A dry run only counts.

    Raises:
        SpreadsheetError: the file cannot be read; nothing was written.
    """
    sheet = spreadsheets.read(file)
    report = ImportReport()
    people = _people(
        sheet, newsletter, origin.now, report, lambda row, why: refuse and refuse(sheet.headings, row, why)
    )
    while batch := list(itertools.islice(people, BATCH)):
        with transaction.atomic():
            _take_over(batch, newsletter, origin, report, dry_run=dry_run)
    return report


# ── Reading ──────────────────────────────────────────────────────────────────────────────────────────────────────────
def _people(
    sheet: Iterable[Row],
    newsletter: Newsletter,
    now: dt.datetime,
    report: ImportReport,
    refuse: Callable[[list[str], str], object],
) -> Iterator[Person]:
    seen: set[str] = set()
    for row in sheet:
        report.rows += 1
        try:
            person = _person_in(row, newsletter, now)
        except (RowError, addresses.AddressError, names.FirstNameError) as error:
            report.refused += 1
            refuse(row.cells, str(error))
            continue
        if person.address.key in seen:
            report.repeated += 1
            continue
        seen.add(person.address.key)
        yield person


def _person_in(row: Row, newsletter: Newsletter, now: dt.datetime) -> Person:
    if row.is_too_long:
        raise RowError(
            _("The row has more cells than the file has columns. Put quotes around a cell with a comma in it.")
        )
    address = addresses.parse(row.values["email"])
    source = " ".join(row.values["consent_source"].split())
    if not source:
        raise RowError(_("The row does not say where the person consented (consent_source)."))
    return Person(
        address=address,
        fingerprint=addresses.fingerprint(address.key),
        first_name=names.parse_first_name(row.values["first_name"]),
        language=_language(row.values["language"], newsletter),
        time_zone=_time_zone(row.values["time_zone"]),
        consent_at=_moment(row.values["consent_at"], now),
        consent_source=source,
    )


def _language(text: str, newsletter: Newsletter) -> str:
    spoken = [code for code, _name in settings.LANGUAGES]
    if not text:
        own: list[str] = newsletter.languages
        return next((code for code in own if code in spoken), settings.LANGUAGE_CODE)
    code = text.casefold().replace("_", "-").partition("-")[0]
    if code not in spoken:
        raise RowError(_("The language must be one of: %s.") % ", ".join(spoken))
    return code


def _time_zone(text: str) -> str:
    if text and text not in zones():
        raise RowError(_("This is no time zone: write one like Europe/Warsaw or UTC."))
    return text


def _moment(text: str, now: dt.datetime) -> dt.datetime:
    if not text:
        raise RowError(_("The row does not say when the person consented (consent_at)."))
    moment = _read_moment(text)
    if moment is None:
        raise RowError(_("The time of consent cannot be read. Write it as 2025-03-31 or 2025-03-31 14:05."))
    if moment > now:
        raise RowError(_("The time of consent lies in the future."))
    return moment


def _read_moment(text: str) -> dt.datetime | None:
    for reading in (dt.datetime.fromisoformat, *(_by(form) for form in DATE_FORMATS)):
        try:
            moment = reading(text)
            if (
                moment.year >= FIRST_YEAR
            ):  # before, nobody consented by e-mail, and a database's clock may not begin yet
                return moment if moment.tzinfo else timezone.make_aware(moment)
        except (ValueError, OverflowError):
            continue
    return None


def _by(form: str) -> Callable[[str], dt.datetime]:
    return lambda text: dt.datetime.strptime(text, form)  # noqa: DTZ007 — the site's zone is added where none is written


# ── Writing ──────────────────────────────────────────────────────────────────────────────────────────────────────────
def _take_over(
    batch: list[Person], newsletter: Newsletter, origin: Origin, report: ImportReport, *, dry_run: bool
) -> None:
    barred = _suppressed(batch)
    welcome = [person for person in batch if person.fingerprint not in barred]
    known = _subscribers(welcome)
    subscribed = _subscribed(known.values(), newsletter)
    fresh = [
        person
        for person in welcome
        if person.address.key not in known or known[person.address.key].pk not in subscribed
    ]
    report.suppressed += len(batch) - len(welcome)
    report.known += len(welcome) - len(fresh)
    report.added += len(fresh)
    if fresh and not dry_run:
        _subscribe(fresh, newsletter, origin, report)


def _subscribe(fresh: list[Person], newsletter: Newsletter, origin: Origin, report: ImportReport) -> None:
    """Write people, subscriptions and ledger; who signed up in this very moment keeps what they said themselves."""
    Subscriber.objects.bulk_create([_subscriber(person, origin.now) for person in fresh], ignore_conflicts=True)
    rows = _subscribers(fresh)
    overtaken = _subscribed(rows.values(), newsletter)
    pairs = [(person, rows[person.address.key]) for person in fresh if rows[person.address.key].pk not in overtaken]
    report.added -= len(overtaken)
    report.known += len(overtaken)
    Subscription.objects.bulk_create([_subscription(person, row, newsletter) for person, row in pairs])
    ConsentEvent.objects.bulk_create([_evidence(person, row, newsletter, origin) for person, row in pairs])


def _suppressed(batch: list[Person]) -> set[str]:
    ours = Suppression.objects.filter(fingerprint__in=[person.fingerprint for person in batch])
    return set(ours.values_list("fingerprint", flat=True))


def _subscribers(people: list[Person]) -> dict[str, Subscriber]:
    """Their rows by key, held until the batch is written."""
    rows = Subscriber.objects.select_for_update().order_by("pk")
    return {row.address_key: row for row in rows.filter(address_key__in=[person.address.key for person in people])}


def _subscribed(subscribers: Iterable[Subscriber], newsletter: Newsletter) -> set[int]:
    mine = Subscription.objects.filter(newsletter=newsletter, subscriber__in=list(subscribers))
    return set(mine.values_list("subscriber", flat=True))


def _subscriber(person: Person, now: dt.datetime) -> Subscriber:
    return Subscriber(
        address=person.address.display,
        address_key=person.address.key,
        fingerprint=person.fingerprint,
        first_name=person.first_name,
        language=person.language,
        time_zone=person.time_zone,
        created_at=now,
    )


def _subscription(person: Person, subscriber: Subscriber, newsletter: Newsletter) -> Subscription:
    return Subscription(
        subscriber=subscriber,
        newsletter=newsletter,
        state=SubscriptionState.ACTIVE,
        asked_at=person.consent_at,
        confirmed_at=person.consent_at,
    )


def _evidence(person: Person, subscriber: Subscriber, newsletter: Newsletter, origin: Origin) -> ConsentEvent:
    return consent.entry(
        subscriber=subscriber,
        newsletter=newsletter,
        kind=ConsentKind.IMPORTED,
        origin=origin,
        wording=f"{person.consent_at.isoformat()} · {person.consent_source}",
        language=person.language,
    )
