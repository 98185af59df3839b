"""From nothing to a running site: the order in which `manage.py up` does things."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.executor import MigrationExecutor

from newsletter import checks
from newsletter.running import demonstrating
from newsletter.running.announcing import addresses
from newsletter.running.folder import held
from newsletter.running.ports import demand_free
from newsletter.running.processes import Group, signals_stop
from newsletter.running.programs import programs
from newsletter.running.waiting import wait_until_ready

if TYPE_CHECKING:
    import datetime as dt

    from newsletter.running.printing import Printer


class SettingsError(Exception):
    """Settings that do not fit; the text is a sentence for each that says what to do."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What the caller asked for."""

    port: int
    demo: bool
    now: dt.datetime


def start(*, wish: Wish, printer: Printer) -> str:
    """Bring everything up, keep it up until somebody stops it; returns a sentence when it failed, else nothing.

    Raises:
        FolderError, SettingsError, PortError: before anything was started.
    """
    with held(folder=settings.VAR_DIR):
        _demand_fitting_settings()
        demand_free(port=wish.port)
        _migrate(printer)
        if wish.demo:
            demonstrating.prepare(now=wish.now, printer=printer)
        group = Group(programs=programs(port=wish.port), folder=settings.BASE_DIR, printer=printer)
        signals_stop(group.stop)
        threading.Thread(target=_welcome, args=(wish, group, printer), daemon=True).start()
        return group.run()


def _demand_fitting_settings() -> None:
    wrong = [f"{one.msg} {one.hint} ({one.id})" for one in checks.check_settings() if one.is_serious()]
    if wrong:
        raise SettingsError("\n".join(wrong))


def _migrate(printer: Printer) -> None:
    """Bring the tables forward, when there is anything to do."""
    executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        printer.line("wici", "bringing the database's tables up to date")
        call_command("migrate", interactive=False, verbosity=0)
    connections.close_all()  # no program inherits an open database


def _welcome(wish: Wish, group: Group, printer: Printer) -> None:
    """Beside the running group: wait, say where everything is, and send the demo edition."""
    try:
        silent = wait_until_ready(port=wish.port, stopping=group.stopping)
        if silent:
            group.stop(because=f"No sign of life from: {', '.join(silent)}. The lines above may say why.")
        elif not group.stopping.is_set():
            _report(wish, group, printer)
    except Exception as error:
        group.stop(because=f"Wici stopped because of a mistake of its own: {error!r}")
        raise
    finally:
        connections.close_all()


def _report(wish: Wish, group: Group, printer: Printer) -> None:
    printer.block(addresses())
    if wish.demo:
        demonstrating.send(now=wish.now, printer=printer, stopping=group.stopping)
