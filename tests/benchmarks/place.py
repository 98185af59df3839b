"""Where one benchmark process works: a folder, keys and ports of its own, and Django set up as in production (DEBUG off)."""

from __future__ import annotations

import os
from pathlib import Path

import django


def prepare(**facts: str) -> Path:
    """Set Django up for this process and what it starts, with these environment variables; the folder for its files."""
    from tests import environment  # noqa: F401, PLC0415 (sets folder, keys and ports; must come before the settings)

    os.environ["DEBUG"] = "0"  # with it, Django would keep every query in memory
    os.environ["LOG_LEVEL"] = "WARNING"
    os.environ.update(facts)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsletter.settings")
    django.setup()
    return Path(os.environ["VAR_DIR"])
