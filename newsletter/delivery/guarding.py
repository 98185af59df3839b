"""What the database itself keeps true about deliveries: the order of their states, and the sums over them.

Called by migrations. On SQLite a later migration that alters the table makes it anew and must call `guard_deliveries` again;
tests/integration/delivery/test_guarding.py notices.
"""

# ruff: noqa: S608 (every statement here is made of this module's own constants)

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor

STEPS = {
    "queued": ("sending", "skipped"),
    "sending": ("sent", "deferred", "failed", "queued", "unknown", "skipped"),
    "deferred": ("sending", "skipped", "failed"),
    "unknown": ("queued", "sent", "failed"),
}
"""From each state to which others; from any other nowhere."""


def guard_deliveries(_apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Put the guards in place, or put them there again: harmless any number of times."""
    script = POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE
    for statement in script:
        schema_editor.execute(statement, None)  # no parameters: a percent sign is one


def _steps() -> str:
    """SQL that is true of a step the protocol knows."""
    return " OR ".join(f"(OLD.state = '{old}' AND NEW.state IN {new})" for old, new in STEPS.items())


ADD = "ON CONFLICT (mailing_id, provider, state, at, writer) DO UPDATE SET change = newsletter_tally.change"
COLUMNS = "INSERT INTO newsletter_tally (mailing_id, provider, state, at, writer, change)"

POSTGRESQL = (
    """
    CREATE OR REPLACE FUNCTION newsletter_delivery_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      RAISE EXCEPTION 'delivery % cannot go from % to %', OLD.id, OLD.state, NEW.state USING ERRCODE = 'check_violation';
    END $$
    """,
    f"""
    CREATE OR REPLACE TRIGGER newsletter_delivery_steps BEFORE UPDATE ON newsletter_delivery FOR EACH ROW
    WHEN (OLD.state <> NEW.state AND NOT ({_steps()})) EXECUTE FUNCTION newsletter_delivery_refuse()
    """,
    f"""
    CREATE OR REPLACE FUNCTION newsletter_delivery_came() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      {COLUMNS}
      SELECT mailing_id, provider, state, date_trunc('second', clock_timestamp()), pg_backend_pid(), count(*)
      FROM came GROUP BY mailing_id, provider, state
      {ADD} + EXCLUDED.change;
      RETURN NULL;
    END $$
    """,
    f"""
    CREATE OR REPLACE FUNCTION newsletter_delivery_moved() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      {COLUMNS}
      SELECT mailing_id, provider, state, date_trunc('second', clock_timestamp()), pg_backend_pid(), sum(number) FROM (
        SELECT mailing_id, provider, state, count(*) AS number FROM came GROUP BY mailing_id, provider, state
        UNION ALL
        SELECT mailing_id, provider, state, -count(*) FROM went GROUP BY mailing_id, provider, state
      ) AS moved GROUP BY mailing_id, provider, state HAVING sum(number) <> 0
      {ADD} + EXCLUDED.change;
      RETURN NULL;
    END $$
    """,
    """
    CREATE OR REPLACE TRIGGER newsletter_delivery_counted AFTER INSERT ON newsletter_delivery
    REFERENCING NEW TABLE AS came FOR EACH STATEMENT EXECUTE FUNCTION newsletter_delivery_came()
    """,
    """
    CREATE OR REPLACE TRIGGER newsletter_delivery_recounted AFTER UPDATE ON newsletter_delivery
    REFERENCING OLD TABLE AS went NEW TABLE AS came FOR EACH STATEMENT EXECUTE FUNCTION newsletter_delivery_moved()
    """,
    "ALTER TABLE newsletter_delivery SET (fillfactor = 45)",  # room on each page for a row's next two versions
)


def _one_row(row: str, change: int) -> str:
    second = "strftime('%Y-%m-%d %H:%M:%S', 'now')"
    values = f"VALUES ({row}.mailing_id, {row}.provider, {row}.state, {second}, 0, {change})"
    return f"{COLUMNS} {values} {ADD} + {change};"


SQLITE = (
    f"""
    CREATE TRIGGER IF NOT EXISTS newsletter_delivery_steps BEFORE UPDATE OF state ON newsletter_delivery
    WHEN OLD.state <> NEW.state AND NOT ({_steps()})
    BEGIN SELECT RAISE(ABORT, 'a delivery cannot take this step'); END
    """,
    f"""
    CREATE TRIGGER IF NOT EXISTS newsletter_delivery_counted AFTER INSERT ON newsletter_delivery
    BEGIN {_one_row("NEW", 1)} END
    """,
    f"""
    CREATE TRIGGER IF NOT EXISTS newsletter_delivery_recounted AFTER UPDATE OF state, provider, mailing_id ON newsletter_delivery
    WHEN OLD.state <> NEW.state OR OLD.provider <> NEW.provider OR OLD.mailing_id <> NEW.mailing_id
    BEGIN {_one_row("OLD", -1)} {_one_row("NEW", 1)} END
    """,
)
