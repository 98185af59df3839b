"""Databases that can be killed outright, and made to stand still in the middle of one statement of the product's.

A `Point` names the statement. Nothing of the product knows of it: the database is made slow from outside, by a trigger.
"""

from __future__ import annotations

import contextlib
import sqlite3
import subprocess
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import psycopg
from django.db import connections
from django.db.utils import ConnectionHandler

from newsletter.settings import env
from tests.benchmarks import clusters

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DISK_MEGABYTES = 256
SLOW = """SELECT count(*) FROM faults_numbers AS a, faults_numbers AS b, (SELECT n FROM faults_numbers LIMIT {}) AS c
WHERE a.n + b.n + c.n < 0"""
"""Counts four million times as often as is filled in, and finds nothing."""


@dataclass(frozen=True, slots=True)
class Point:
    """One row that one statement writes. `when`: which row, in words both databases know."""

    number: int
    table: str
    event: str
    when: str

    @property
    def name(self) -> str:
        return f"faults_point_{self.number}"


class Database(Protocol):
    """What both kinds can do."""

    vendor: str
    url: str
    can_be_killed: bool
    """Whether it has processes of its own."""

    def prepare(self, points: tuple[Point, ...]) -> None:
        """Once, with the product's tables there."""

    def hold(self, point: Point) -> None:
        """From now on whoever comes to `point` stands still."""

    def is_reached(self, point: Point) -> bool:
        """Whether somebody stands there, in the middle of a transaction, at this moment."""

    def let_go(self) -> None:
        """Nobody is held any more."""

    def kill(self) -> None:
        """kill -9 of everything that serves it."""

    def start(self) -> None:
        """Let it serve again, with what it kept."""


class PostgreSQL:
    """A cluster of our own, fsync on."""

    vendor = "postgresql"
    can_be_killed = True

    def __init__(self, cluster: clusters.Cluster) -> None:
        self._cluster = cluster
        self._holding: psycopg.Connection | None = None
        self.url = cluster.url

    def prepare(self, points: tuple[Point, ...]) -> None:
        with psycopg.connect(self.url, autocommit=True) as session:
            for point in points:
                session.execute(
                    f"CREATE FUNCTION {point.name}() RETURNS trigger LANGUAGE plpgsql AS $$ "
                    f"BEGIN PERFORM pg_advisory_xact_lock_shared({point.number}); RETURN NULL; END $$"
                )
                session.execute(
                    f"CREATE TRIGGER {point.name} AFTER {point.event} ON {point.table} FOR EACH ROW "
                    f"WHEN ({point.when}) EXECUTE FUNCTION {point.name}()"
                )

    def hold(self, point: Point) -> None:
        self.let_go()
        self._holding = psycopg.connect(self.url, autocommit=True)
        self._holding.execute("SELECT pg_advisory_lock(%s)", [point.number])

    def is_reached(self, point: Point) -> bool:
        assert self._holding is not None
        waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = %s AND NOT granted"
        found = self._holding.execute(waiting, [point.number]).fetchone()
        return bool(found and found[0])

    def let_go(self) -> None:
        if self._holding is not None:
            self._holding.close()
            self._holding = None

    def kill(self) -> None:
        connections.close_all()
        self._cluster.kill()

    def start(self) -> None:
        self._cluster.start()


class SQLite:
    """A file. Whoever comes to a point counts for some seconds, with the write lock in hand."""

    vendor = "sqlite"
    can_be_killed = False
    HELD_SECONDS = 1.5
    LOOKS = 8

    def __init__(self, folder: Path, *, has_own_disk: bool) -> None:
        self.folder = folder
        self.has_own_disk = has_own_disk
        self._file = folder / "faults.sqlite3"
        self.url = f"sqlite:///{self._file}"

    def prepare(self, points: tuple[Point, ...]) -> None:
        with self._session() as session:
            session.execute("CREATE TABLE faults_held (number INTEGER)")
            session.execute("CREATE TABLE faults_numbers (n INTEGER)")
            session.executemany("INSERT INTO faults_numbers VALUES (?)", [(n,) for n in range(2000)])
            began = time.monotonic()
            session.execute(SLOW.format(1)).fetchall()
            rounds = max(1, round(self.HELD_SECONDS / (time.monotonic() - began)))
            for point in points:
                held = f"EXISTS (SELECT 1 FROM faults_held WHERE number = {point.number})"  # noqa: S608 (a number of ours)
                session.execute(
                    f"CREATE TRIGGER {point.name} AFTER {point.event} ON {point.table} FOR EACH ROW "
                    f"WHEN {point.when} AND {held} BEGIN {SLOW.format(rounds)}; END"
                )

    def hold(self, point: Point) -> None:
        with self._session() as session:
            session.execute("INSERT INTO faults_held VALUES (?)", [point.number])

    def is_reached(self, point: Point) -> bool:
        """Nothing of ours holds the write lock for a third of a second, but for who counts at a point."""
        assert point
        return all(self._is_being_written() for _ in range(self.LOOKS))

    def let_go(self) -> None:
        with self._session() as session:
            session.execute("DELETE FROM faults_held")

    def kill(self) -> None:
        """It lives in the processes that have it open: there is nothing else to kill."""
        connections.close_all()

    def start(self) -> None:
        pass

    def shrink(self) -> None:
        """Nothing is left in the write-ahead log: whatever is written next needs room on the disk."""
        with self._session() as session:
            while session.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
                time.sleep(0.02)

    def _is_being_written(self) -> bool:
        with self._session(timeout=0.04) as session:
            try:
                session.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                return True
            session.execute("ROLLBACK")
            return False

    @contextlib.contextmanager
    def _session(self, *, timeout: float = 30) -> Iterator[sqlite3.Connection]:
        with contextlib.closing(sqlite3.connect(self._file, timeout=timeout, isolation_level=None)) as session:
            yield session


@contextlib.contextmanager
def running(vendor: str, folder: Path) -> Iterator[Database]:
    """A new, empty database."""
    if vendor == "sqlite":
        with _disk(folder / "disk") as mounted:
            yield SQLite(folder / "disk", has_own_disk=mounted)
    else:
        with clusters.throwaway() as cluster:
            yield PostgreSQL(cluster)


@contextlib.contextmanager
def _disk(folder: Path) -> Iterator[bool]:
    """A small file system of its own in `folder`, where this process may mount one; whether it could."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK_MEGABYTES}m", "tmpfs", str(folder)]
    mounted = subprocess.run(mount, check=False, capture_output=True).returncode == 0
    try:
        yield mounted
    finally:
        connections.close_all()
        if mounted:
            subprocess.run(["umount", "--lazy", str(folder)], check=True)


@contextlib.contextmanager
def ours(database: Database) -> Iterator[None]:
    """Django in this process speaks to `database`."""
    before, facts = connections.databases["default"], env.db_url_config(database.url)
    if database.vendor == "sqlite":
        facts["OPTIONS"] = {"transaction_mode": "IMMEDIATE", "timeout": 30, "init_command": "PRAGMA journal_mode=WAL"}
    _speak_to(ConnectionHandler({"default": facts}).databases["default"])
    try:
        yield
    finally:
        _speak_to(before)


def _speak_to(facts: dict[str, Any]) -> None:
    connections.close_all()
    connections.databases["default"] = facts
    connections["default"] = connections.create_connection("default")
