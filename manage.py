#!/usr/bin/env python
"""Wici's command line."""

import os
import sys


def main() -> None:
    """Run one management command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsletter.settings")
    try:
        from django.core.management import execute_from_command_line  # noqa: PLC0415 (a missing module gets a sentence)
    except ModuleNotFoundError as missing:
        sys.exit(
            f"The module {missing.name} is not installed. Run `make install`, then use .venv/bin/python manage.py."
        )
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
