"""Keeps signed links out of the logs: whoever reads a log must not be able to use somebody's link (X4, X14)."""

from __future__ import annotations

import logging
import re
from typing import Any

TOKEN = re.compile(r"/([ckup]|early)/[A-Za-z0-9_%:=-]{8,}")


class WithoutTokens(logging.Filter):
    """Prints `/u/…` where a line would have printed a whole signed link. Never drops a line."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the line where it must be."""
        said = record.getMessage()
        if TOKEN.search(said):
            record.msg, record.args = TOKEN.sub(r"/\1/…", said), ()
        return True


def logs_at(*, level: str) -> dict[str, Any]:
    """The logging configuration: lines from `level` (DEBUG … CRITICAL) on go to the console, none with a whole link."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"plain": {"format": "%(levelname)s %(name)s: %(message)s"}},
        "filters": {"without_tokens": {"()": f"{__name__}.{WithoutTokens.__name__}"}},
        "handlers": {
            "console": {"class": "logging.StreamHandler", "formatter": "plain", "filters": ["without_tokens"]}
        },
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            "django.server": {"level": "WARNING"},
            "celery.app.trace": {"level": "WARNING"},
            "celery.worker.strategy": {"level": "WARNING"},  # it says a line for every nudge
        },
    }
