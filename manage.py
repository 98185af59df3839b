#!/usr/bin/env python
"""Wici's command line."""

import os
import sys

OURS = ("newsletter", "campaigns")


def main() -> None:
    """Run one management command; what is missing or set wrongly gets a sentence."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsletter.settings")
    try:
        from django.core.exceptions import ImproperlyConfigured  # noqa: PLC0415 (a missing module gets a sentence)
        from django.core.management import execute_from_command_line  # noqa: PLC0415 (the same)
        from django.db.utils import OperationalError, ProgrammingError  # noqa: PLC0415 (the same)
    except ModuleNotFoundError as missing:
        sys.exit(_not_installed(missing))
    try:
        execute_from_command_line(sys.argv)
    except ModuleNotFoundError as missing:
        if str(missing.name).startswith(OURS):
            raise
        sys.exit(_not_installed(missing))
    except ImproperlyConfigured as wrong:
        sys.exit(str(wrong))
    except (OperationalError, ProgrammingError) as silent:
        if isinstance(silent, ProgrammingError) and "does not exist" not in str(silent):
            raise
        sys.exit(f"{silent}\nThe database cannot be used. Check DATABASE_URL, and make its tables: manage.py migrate.")


def _not_installed(missing: ModuleNotFoundError) -> str:
    return f"The module {missing.name} is not installed. Run `make install`, then use .venv/bin/python manage.py."


if __name__ == "__main__":
    if sys.version_info < (3, 11):  # noqa: UP036 (whoever starts it with an older one gets a sentence)
        sys.exit("Wici needs Python 3.11 or newer. Run `make install`, then use .venv/bin/python manage.py.")
    main()
