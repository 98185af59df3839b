"""Caught mail as files in a Maildir (settings.INBOX_DIR): one file per mail, complete as soon as it is there."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from pathlib import Path

ID = r"\d{20}-\d{6}"
_COUNTER = count()


@dataclass(frozen=True, slots=True)
class Kept:
    """One caught mail: whom the envelope named, and the bytes exactly as they came (CRLF, no dot-stuffing)."""

    id: str
    envelope_from: str
    envelope_to: str
    source: bytes


def keep(*, envelope_from: str, envelope_to: list[str], source: bytes) -> str:
    """Write one mail and return its id; ids sort by the time of arrival. Raises OSError when the disk refuses."""
    mail_id = f"{time.time_ns():020d}-{next(_COUNTER) % 1_000_000:06d}"
    envelope = f"Return-Path: <{envelope_from}>\r\nDelivered-To: {', '.join(envelope_to)}\r\n"
    part = folder("tmp") / mail_id
    part.write_bytes(envelope.encode(errors="surrogateescape") + source)
    part.rename(folder("new") / mail_id)
    return mail_id


def ids() -> list[str]:
    """The ids of all kept mails, newest first."""
    return sorted((file.name for file in folder("new").iterdir() if re.fullmatch(ID, file.name)), reverse=True)


def read(mail_id: str, *, limit: int = -1) -> Kept:
    """The mail `mail_id`; of its source at most about `limit` bytes. Raises FileNotFoundError when it is not there."""
    if not re.fullmatch(ID, mail_id):
        raise FileNotFoundError(mail_id)
    with (folder("new") / mail_id).open("rb") as file:
        sender, recipient = _value(file.readline()), _value(file.readline())
        return Kept(mail_id, sender.strip("<>"), recipient, file.read(limit))


def empty() -> int:
    """Delete every kept mail; returns how many there were."""
    gone = ids()
    for mail_id in gone:
        (folder("new") / mail_id).unlink(missing_ok=True)
    return len(gone)


def folder(part: str) -> Path:
    """A folder of the Maildir, made when missing."""
    path: Path = settings.INBOX_DIR / part
    path.mkdir(parents=True, exist_ok=True)
    return path


def _value(line: bytes) -> str:
    return line.decode(errors="replace").partition(": ")[2].strip()
