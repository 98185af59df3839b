"""Writes a batch's outcomes with one statement, and only where the lease still holds."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from django.db import connection

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from newsletter.delivery.outcomes import Outcome

UPDATE = """
UPDATE newsletter_delivery SET
  state = o.state, lease = '', lease_until = NULL,
  due_at = COALESCE(o.due_at, newsletter_delivery.due_at),
  attempts = newsletter_delivery.attempts - o.untried,
  unknowns = newsletter_delivery.unknowns + o.unknown,
  resolved_at = CASE WHEN o.untried = 1 THEN newsletter_delivery.resolved_at ELSE o.at END,
  code = CASE WHEN o.untried = 1 THEN newsletter_delivery.code ELSE o.code END,
  enhanced_code = CASE WHEN o.untried = 1 THEN newsletter_delivery.enhanced_code ELSE o.enhanced END,
  reply = CASE WHEN o.untried = 1 THEN newsletter_delivery.reply ELSE o.reply END
FROM {rows}
WHERE newsletter_delivery.id = o.id AND newsletter_delivery.lease = %s AND newsletter_delivery.state = 'sending'
"""
POSTGRESQL_ROWS = """jsonb_to_recordset(%s::jsonb) AS o (id bigint, state text, due_at timestamptz, at timestamptz, untried int, unknown int,
  code int, enhanced text, reply text)"""
SQLITE_ROWS = """(SELECT json_extract(value, '$.id') AS id, json_extract(value, '$.state') AS state, json_extract(value, '$.due_at') AS due_at,
  json_extract(value, '$.at') AS at, json_extract(value, '$.untried') AS untried, json_extract(value, '$.unknown') AS unknown, json_extract(value, '$.code') AS code,
  json_extract(value, '$.enhanced') AS enhanced, json_extract(value, '$.reply') AS reply FROM json_each(%s)) AS o"""


def record(*, lease: str, outcomes: Sequence[Outcome], expired_at: dt.datetime | None = None) -> int:
    """Write `outcomes` to the rows that `lease` still holds; how many those were.

    A worker whose lease was taken writes nothing. With `expired_at` (recovery) only rows whose lease had run out by then
    are written: a worker that renewed it in the meantime keeps them.
    """
    if not outcomes:
        return 0
    guard = " AND newsletter_delivery.lease_until <= %s" if expired_at else ""
    parameters: list[str] = [json.dumps([_row(outcome) for outcome in outcomes]), lease]
    if expired_at:
        parameters.append(_moment(expired_at))
    with connection.cursor() as cursor:
        cursor.execute(_statement() + guard, parameters)
        return int(cursor.rowcount)


def _statement() -> str:
    return UPDATE.format(rows=POSTGRESQL_ROWS if connection.vendor == "postgresql" else SQLITE_ROWS)


def _row(outcome: Outcome) -> dict[str, object]:
    return {
        "id": outcome.delivery_id,
        "state": outcome.state.value,
        "due_at": _moment(outcome.due_at) if outcome.due_at else None,
        "at": _moment(outcome.at),
        "untried": int(not outcome.tried),
        "unknown": int(outcome.unknown),
        "code": outcome.reply.code or None,
        "enhanced": outcome.reply.enhanced,
        "reply": outcome.reply.text,
    }


def _moment(moment: dt.datetime) -> str:
    """As this database writes a moment."""
    return str(connection.ops.adapt_datetimefield_value(moment))
