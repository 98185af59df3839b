"""Nudges a task after commit. A broker that is gone never fails a page: the sweep does the same work later."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

if TYPE_CHECKING:
    from celery import Task


def nudge(task: Task[Any, Any], **what: object) -> None:
    """Ask for `task` once the rows are there; a failure is logged by Django without its arguments (X14)."""

    def ask() -> None:
        task.delay(**what)

    transaction.on_commit(ask, robust=True)
