"""Writes a batch's outcomes with one statement, and only where the lease still holds; then what else must be remembered."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING

from django.db import connection, transaction

from newsletter.delivery.bookkeeping import Lease
from newsletter.delivery.models import DeliveryState
from newsletter.lib.columns import array_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from newsletter.delivery.outcomes import Outcome

UPDATE = """
UPDATE newsletter_delivery SET
  state = o.state, lease = NULL, due_at = o.due_at,
  attempts = newsletter_delivery.attempts - CASE WHEN o.tried THEN 0 ELSE 1 END,
  unknowns = newsletter_delivery.unknowns + CASE WHEN o.unknown THEN 1 ELSE 0 END,
  resolved_at = CASE WHEN o.tried THEN o.at ELSE newsletter_delivery.resolved_at END,
  code = CASE WHEN o.tried THEN NULLIF(o.code, 0) ELSE newsletter_delivery.code END,
  enhanced_code = CASE WHEN o.tried THEN o.enhanced ELSE newsletter_delivery.enhanced_code END,
  reply = CASE WHEN o.tried THEN o.reply ELSE newsletter_delivery.reply END,
  server = CASE WHEN o.tried THEN o.server ELSE newsletter_delivery.server END
FROM {rows} WHERE newsletter_delivery.id = o.id AND newsletter_delivery.lease = o.lease
"""
"""Who has a lease is `sending` (delivery_leased_to_send)."""
COLUMNS = {
    "id": "bigint",
    "state": "text",
    "due_at": "timestamptz",
    "at": "timestamptz",
    "tried": "boolean",
    "unknown": "boolean",
    "code": "int",
    "enhanced": "text",
    "reply": "text",
    "server": "text",
}
"""Of the outcomes, in the order of `_columns`, with PostgreSQL's types."""
POSTGRESQL_ROWS = """WITH o AS MATERIALIZED (SELECT %s::bigint AS lease, {same} c.* FROM unnest({types}) AS c ({names})) {update}
AND newsletter_delivery.id = ANY (%s::bigint[])"""
"""What is the same in all rows stands there once. The lease stands in the materialised rows: as a constant PostgreSQL would
guess that it fits one row, begin there, and compare each with each. The ids stand there twice, so that it looks each row up
and does not read the whole table."""
SQLITE_ROWS = """(
  SELECT %s AS lease, json_extract(value, '$[0]') AS id, json_extract(value, '$[1]') AS state,
  json_extract(value, '$[2]') AS due_at, json_extract(value, '$[3]') AS at, json_extract(value, '$[4]') AS tried,
  json_extract(value, '$[5]') AS unknown, json_extract(value, '$[6]') AS code, json_extract(value, '$[7]') AS enhanced,
  json_extract(value, '$[8]') AS reply, json_extract(value, '$[9]') AS server FROM json_each(%s)) AS o"""
HISTORY = """
INSERT INTO newsletter_attempt (delivery_id, mailing_id, provider, number, at, state, code, enhanced_code, reply, server)
SELECT id, mailing_id, provider, %s, %s, %s, %s, %s, %s, %s FROM newsletter_delivery WHERE id = %s
"""


Value = int | str | dt.datetime | None


def record(*, lease: int, outcomes: Sequence[Outcome], ends: bool = False) -> bool:
    """Write `outcomes` to the rows that `lease` still holds. `ends`: it holds nothing after this. One transaction.

    False, and nothing is written, where the lease was taken: its rows were settled by somebody else.
    """
    with transaction.atomic():
        return _written(lease, outcomes, ends=ends)


def take_over(*, lease: int, outcomes: Sequence[Outcome], now: dt.datetime) -> bool:
    """Settle all rows of a lease that ran out by `now`; False where its worker renewed it or somebody was first."""
    with transaction.atomic():
        ran_out, _ = Lease.objects.filter(pk=lease, until__lte=now).delete()
        return ran_out > 0 and _written(lease, outcomes, ends=False)


def _written(lease: int, outcomes: Sequence[Outcome], *, ends: bool) -> bool:
    if outcomes and _update(lease, outcomes) < len(outcomes):
        transaction.set_rollback(True)
        return False
    _remember(outcomes)
    if ends:
        Lease.objects.filter(pk=lease).delete()
    return True


def _update(lease: int, outcomes: Sequence[Outcome]) -> int:
    columns = _columns(outcomes)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(*_for_postgresql(lease, columns))
        else:
            cursor.execute(
                UPDATE.format(rows=SQLITE_ROWS), [lease, json.dumps(list(zip(*columns.values(), strict=True)))]
            )
        return int(cursor.rowcount)


def _for_postgresql(lease: int, columns: Mapping[str, Sequence[Value]]) -> tuple[str, list[Value]]:
    """The statement and its parameters."""
    alike = [name for name, values in columns.items() if name != "id" and values.count(values[0]) == len(values)]
    same = {name: columns[name][0] for name in alike}
    arrays = {name: array_of(values) for name, values in columns.items() if name not in same}
    statement = POSTGRESQL_ROWS.format(
        same="".join(f"%s::{COLUMNS[name]} AS {name}, " for name in same),
        types=", ".join(f"%s::{COLUMNS[name]}[]" for name in arrays),
        names=", ".join(arrays),
        update=UPDATE.format(rows="o"),
    )
    return statement, [lease, *same.values(), *arrays.values(), arrays["id"]]


def _columns(outcomes: Sequence[Outcome]) -> dict[str, Sequence[Value]]:
    """What is to be written, column by column: most say the same thing a thousand times."""
    ids, states, at, replies, due_at, tried, unknown, _numbers, servers = zip(*outcomes, strict=True)
    codes, enhanced, texts = zip(*replies, strict=True)
    words = list(map(str.__str__, states))  # the bare words: hashing members of an enum is slow
    columns = (ids, words, _moments(due_at), _moments(at), tried, unknown, codes, enhanced, texts, servers)
    return dict(zip(COLUMNS, columns, strict=True))


def _moments(when: Sequence[dt.datetime | None]) -> Sequence[Value]:
    """As the database wants them; few moments, many rows."""
    adapted = {each: connection.ops.adapt_datetimefield_value(each) for each in set(when)}
    return list(map(adapted.get, when))


def _remember(outcomes: Sequence[Outcome]) -> None:
    """Keep each try but a first one that was sent."""
    notable = [each for each in outcomes if each.tried and (each.number > 1 or each.state != DeliveryState.SENT)]
    moment = connection.ops.adapt_datetimefield_value
    rows = [
        (
            o.number,
            moment(o.at),
            _became(o),
            o.reply.code or None,
            o.reply.enhanced,
            o.reply.text,
            o.server,
            o.delivery_id,
        )
        for o in notable
    ]
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(HISTORY, rows)


def _became(outcome: Outcome) -> str:
    return (DeliveryState.UNKNOWN if outcome.unknown else outcome.state).value
