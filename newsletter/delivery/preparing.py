"""Writes a mailing's rows with INSERT … SELECT in ranges of subscriber ids; people never pass through Python."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.db import connection, transaction
from django.db.models import (
    BigIntegerField,
    Case,
    CharField,
    Exists,
    IntegerField,
    Max,
    Min,
    OuterRef,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, StrIndex, Substr

from newsletter.audience.models import Subscriber
from newsletter.audience.segments import matching
from newsletter.delivery import local_times
from newsletter.delivery.bookkeeping import Stream, Tally
from newsletter.delivery.models import Delivery, DeliveryState, Mailing, MailingState
from newsletter.delivery.receivers import MailDomain
from newsletter.editions.models import Edition

if TYPE_CHECKING:
    import datetime as dt

    from django.db.models import QuerySet

IDS_PER_STEP = 10_000
"""Sending begins once the first step is written, and goes on beside the others."""
REACHED = (DeliveryState.SENDING, DeliveryState.SENT, DeliveryState.FAILED, DeliveryState.UNKNOWN)
"""Whoever stands so in an earlier, cancelled mailing of the same edition is not written to again."""


def prepare(*, mailing_id: int, now: dt.datetime) -> bool:
    """Write the rows of the next range of subscriber ids; True while there may be more to write, and this call was its turn.

    May run any number of times, in any number of workers, and be cut off anywhere: the range and its rows are one
    transaction, rows that exist are left alone, and where somebody else is writing this call does nothing.
    """
    with transaction.atomic():
        mailing = _locked(mailing_id)
        if mailing is None:
            return False
        left = Subscriber.objects.filter(id__gt=mailing.prepared_to).aggregate(first=Min("id"), last=Max("id"))
        last = left["last"] or mailing.prepared_to
        upto = min((left["first"] or 0) - 1 + IDS_PER_STEP, last)  # ids nobody has any more are passed over
        if mailing.prepared_to == 0:
            _look_at_the_tables("newsletter_subscriber", "newsletter_subscription", "newsletter_suppression")
        if mailing.prepared_to < upto:
            _write_rows(mailing, upto, now)
        _go_on(mailing, max(upto, mailing.prepared_to), now, all_is_written=mailing.prepared_to >= last)
    return mailing.prepared_to < last


def _locked(mailing_id: int) -> Mailing | None:
    """The mailing, if its rows are to be written and nobody else is at it. Its key stays free for the rows to refer to."""
    due = Mailing.objects.filter(state__in=[MailingState.PREPARING, MailingState.SENDING], prepared_at=None)
    alone = due.select_for_update(of=("self",), skip_locked=True, no_key=True)
    return alone.select_related("edition__newsletter").filter(pk=mailing_id).first()


def _go_on(mailing: Mailing, upto: int, now: dt.datetime, *, all_is_written: bool) -> None:
    """Let what is written be sent."""
    facts: dict[str, object] = {"prepared_to": upto}
    if all_is_written:
        facts |= {"prepared_at": now}
    if mailing.state == MailingState.PREPARING:
        facts |= {"state": MailingState.SENDING, "started_at": now}
        Edition.objects.filter(pk=mailing.edition_id, published_at=None).update(published_at=now)
    if mailing.state == MailingState.PREPARING or all_is_written:
        _look_at_the_tables("newsletter_delivery")
    providers = Tally.objects.filter(mailing_id=mailing.pk).values_list("provider", flat=True).distinct()
    Stream.objects.bulk_create([Stream(mailing=mailing, provider=key) for key in providers], ignore_conflicts=True)
    Mailing.objects.filter(pk=mailing.pk).update(**facts)


def _look_at_the_tables(*tables: str) -> None:
    """Let PostgreSQL count again: right after an import it still believes in empty tables and joins them in squares.

    A small sample tells it that; autovacuum looks closer a minute later.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL default_statistics_target = 10")
            cursor.execute(f"ANALYZE {', '.join(tables)}")


def _write_rows(mailing: Mailing, upto: int, now: dt.datetime) -> None:
    rows = _rows(mailing, upto, now)
    select, parameters = rows.query.sql_with_params()
    columns = (
        "subscriber_id, mailing_id, message_id, provider, state, skip_reason, due_at, "
        "attempts, enhanced_code, reply, server, unknowns"
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO newsletter_delivery ({columns}) {select} ON CONFLICT DO NOTHING",
            parameters,
        )


def _rows(mailing: Mailing, upto: int, now: dt.datetime) -> QuerySet[Subscriber, tuple[object, ...]]:
    """One row per reader of the next range, in the order of the columns above."""
    text, number = CharField(), IntegerField()
    here = Subscriber.objects.filter(id__gt=mailing.prepared_to, id__lte=upto)
    audience = matching(newsletter=mailing.edition.newsletter, after=mailing.prepared_to, upto=upto)
    if Mailing.objects.filter(edition=mailing.edition).exclude(pk=mailing.pk).exists():
        audience = audience.exclude(Exists(_reached(mailing)))
    rows = audience.order_by().values_list(
        "id",
        Value(mailing.pk, BigIntegerField()),
        _message_of_the_reader(mailing),
        _provider_of_the_reader(),
        Value(DeliveryState.QUEUED.value, text),
        Value("", text),
        local_times.due_of_the_reader(mailing=mailing, people=here, now=now),
        Value(0, number),
        Value("", text),
        Value("", text),
        Value("", text),
        Value(0, number),
    )
    return cast("QuerySet[Subscriber, tuple[object, ...]]", rows)


def _reached(mailing: Mailing) -> QuerySet[Delivery]:
    earlier = Delivery.objects.filter(subscriber=OuterRef("pk"), mailing__edition=mailing.edition, state__in=REACHED)
    return earlier.exclude(mailing=mailing)


def _provider_of_the_reader() -> Coalesce:
    """The key of who receives for the reader's domain, as far as it is known."""
    domain = Substr(OuterRef("address_key"), StrIndex(OuterRef("address_key"), Value("@")) + 1)
    return Coalesce(Subquery(MailDomain.objects.filter(name=domain).values("provider")), Value(""))


def _message_of_the_reader(mailing: Mailing) -> Case:
    """The id of the message in the reader's language, else in the newsletter's first language."""
    messages = {message.language: message.pk for message in mailing.messages.all()}
    languages = [*mailing.edition.newsletter.languages, *sorted(messages)]
    first = next(messages[language] for language in languages if language in messages)
    whens = [When(language=Value(language), then=Value(pk)) for language, pk in messages.items()]
    return Case(*whens, default=Value(first), output_field=BigIntegerField())
