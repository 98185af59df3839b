"""Reads a CSV file of people as offices save it: UTF-8 or Windows-1250, comma, semicolon or tab, headings in two languages."""

from __future__ import annotations

import codecs
import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from collections.abc import Iterator

HEADINGS = {
    "email": ("email", "e-mail", "adres", "adres e-mail", "adres email", "e-mail address", "email address", "mail"),
    "first_name": ("first_name", "first name", "imię", "imie"),
    "language": ("language", "lang", "język", "jezyk"),
    "time_zone": ("time_zone", "time zone", "timezone", "strefa czasowa"),
    "consent_at": ("consent_at", "consent at", "data zgody"),
    "consent_source": ("consent_source", "consent source", "źródło zgody", "zrodlo zgody"),
}
REQUIRED = ("email", "consent_at", "consent_source")
MOST_ROWS = 1_000_000
DELIMITERS = ",;\t"


class SpreadsheetError(ValueError):
    """A file that cannot be read as a list of people; its sentence says what to do."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the file."""

    cells: list[str]
    values: dict[str, str]
    """What the known columns hold, stripped; empty where the file has no such column."""
    is_too_long: bool
    """Whether it says more than there are columns."""


@dataclass(frozen=True, slots=True)
class Spreadsheet:
    """A file whose every row has been read once, so that nothing stops half-way."""

    file: BinaryIO
    encoding: str
    delimiter: str
    headings: list[str]
    columns: dict[str, int]
    rows: int

    def __iter__(self) -> Iterator[Row]:
        lines = _lines(self.file, self.encoding, self.delimiter)
        next(lines)
        for cells in lines:
            if any(cell.strip() for cell in cells):
                values = {name: self._cell(cells, at) for name, at in self.columns.items()}
                yield Row(cells, values, is_too_long=any(cell.strip() for cell in cells[len(self.headings) :]))

    @staticmethod
    def _cell(cells: list[str], at: int) -> str:
        return cells[at].strip(" \t\u00a0") if 0 <= at < len(cells) else ""


def read(file: BinaryIO) -> Spreadsheet:
    """The people in `file` (seekable, bytes); every row is looked at, none is kept in memory.

    Raises:
        SpreadsheetError: with a sentence in the active language.
    """
    encoding = _encoding_of(file)
    try:
        delimiter = _delimiter_of(file, encoding)
        headings = [heading.strip() for heading in next(_lines(file, encoding, delimiter))]
        columns = _columns_in(headings)
        rows = sum(1 for _cells in _lines(file, encoding, delimiter)) - 1
    except csv.Error as error:
        raise SpreadsheetError(
            _("The file is not a proper CSV file: %s. Save it again as CSV UTF-8.") % error
        ) from error
    if rows > MOST_ROWS:
        raise SpreadsheetError(_("The file has more than 1,000,000 rows. Split it and import the parts."))
    return Spreadsheet(file, encoding, delimiter, headings, columns, rows)


def _encoding_of(file: BinaryIO) -> str:
    """UTF-8 if all of it is; else Windows-1250, which is what Polish spreadsheets write."""
    file.seek(0)
    says_utf8 = file.read(3) == codecs.BOM_UTF8
    file.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")()
    is_utf8 = True
    while chunk := file.read(1 << 16):
        if b"\0" in chunk:
            raise SpreadsheetError(_("The file is not text. Save it as CSV UTF-8 and try again."))
        try:
            is_utf8 = is_utf8 and decoder.decode(chunk) is not None
        except UnicodeDecodeError:
            is_utf8 = False
    is_utf8 = is_utf8 and not decoder.getstate()[0]
    if says_utf8 and not is_utf8:
        raise SpreadsheetError(_("The file is damaged: it begins as UTF-8 and is not. Save it again as CSV UTF-8."))
    return "utf-8-sig" if is_utf8 else "cp1250"


def _delimiter_of(file: BinaryIO, encoding: str) -> str:
    file.seek(0)
    first = file.readline(1 << 16).decode(encoding, "replace")
    if not first.strip():
        raise SpreadsheetError(_("The file is empty, or its first row is. The first row must hold the column names."))
    return max(DELIMITERS, key=first.count)


def _columns_in(headings: list[str]) -> dict[str, int]:
    seen = [heading.casefold() for heading in headings]
    columns = {}
    for name, spellings in HEADINGS.items():
        places = [at for at, heading in enumerate(seen) if heading in spellings]
        if len(places) > 1:
            raise SpreadsheetError(_("The column “%s” stands in the file twice. Remove one of them.") % name)
        columns[name] = places[0] if places else -1
    missing = [name for name in REQUIRED if columns[name] < 0]
    if missing:
        raise SpreadsheetError(
            _("The file has no column %s. Who consented, when and where has to stand in every row.")
            % ", ".join(missing)
        )
    return columns


def _lines(file: BinaryIO, encoding: str, delimiter: str) -> Iterator[list[str]]:
    file.seek(0)
    text = io.TextIOWrapper(file, encoding=encoding, errors="replace", newline="")
    try:
        yield from csv.reader(text, delimiter=delimiter, strict=True)
    finally:
        text.detach()
