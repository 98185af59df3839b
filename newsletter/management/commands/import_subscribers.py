"""`manage.py import_subscribers FILE.csv --newsletter SLUG [--dry-run] [--json]`."""

from __future__ import annotations

import csv
import json
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from newsletter.audience.consent import Origin
from newsletter.audience.importing import ImportReport, import_csv
from newsletter.audience.spreadsheets import SpreadsheetError
from newsletter.editions.models import Newsletter
from newsletter.lib.cells import harmless

if TYPE_CHECKING:
    from django.core.management.base import CommandParser


class Command(BaseCommand):
    """Bring in subscribers of another list, each row with evidence of consent."""

    help = (
        "Import subscribers from a CSV file with the columns email, consent_at, consent_source and, if you like, "
        "first_name, language and time_zone. Rows that are not taken over are written beside it, each with a reason. "
        "Running it twice changes nothing more."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Say what may stand on the command line."""
        parser.add_argument("file", type=Path, metavar="FILE.csv")
        parser.add_argument("--newsletter", required=True, metavar="SLUG", help="the newsletter they consented to")
        parser.add_argument("--dry-run", action="store_true", help="count and write the refused rows, import nobody")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, **options: Any) -> None:
        """Import and tell."""
        path: Path = options["file"]
        newsletter = Newsletter.objects.filter(slug=options["newsletter"]).first()
        if newsletter is None:
            slugs = ", ".join(Newsletter.objects.order_by("slug").values_list("slug", flat=True)) or "none yet"
            raise CommandError(f"There is no newsletter “{options['newsletter']}”. There is: {slugs}.")
        try:
            with path.open("rb") as file, RefusedRows(path) as refused:
                origin = Origin(now=timezone.now(), method="import", page=path.name)
                report = import_csv(
                    file=file, newsletter=newsletter, origin=origin, dry_run=options["dry_run"], refuse=refused.add
                )
        except SpreadsheetError as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}. Check the path and the permissions.") from error
        self.stdout.write(self._told(report, refused, as_json=options["json"], dry_run=options["dry_run"]))

    @staticmethod
    def _told(report: ImportReport, refused: RefusedRows, *, as_json: bool, dry_run: bool) -> str:
        where = str(refused.path) if report.refused else None
        if as_json:
            return json.dumps(report.as_dict() | {"dry_run": dry_run, "refused_file": where})
        counts = (
            f"{report.rows} rows: {report.added} added, {report.known} known already, {report.repeated} repeated, "
            f"{report.suppressed} suppressed, {report.refused} refused."
        )
        return " ".join(
            filter(None, ["Dry run, nothing written." if dry_run else "", counts, where and f"See {where}."])
        )


class RefusedRows:
    """FILE.refused.csv: the rows that were not taken over, with a reason; made with the first of them."""

    def __init__(self, beside: Path) -> None:
        self.path = beside.with_suffix(".refused.csv")
        self._stack = ExitStack()
        self._write: Any = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_raised: object) -> None:
        self._stack.close()

    def add(self, headings: list[str], cells: list[str], reason: str) -> None:
        """Write one row; every cell is shown by a spreadsheet, none is run (X7)."""
        if self._write is None:
            file = self._stack.enter_context(self.path.open("w", encoding="utf-8-sig", newline=""))
            self._write = csv.writer(file).writerow
            self._write([*map(harmless, headings), "reason"])
        padded = [*cells, *[""] * (len(headings) - len(cells))]
        self._write([*map(harmless, padded[: len(headings)]), reason])
