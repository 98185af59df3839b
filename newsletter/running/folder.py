"""The folder everything is kept in: makes it, and keeps a second `manage.py up` out of it."""

from __future__ import annotations

import contextlib
import fcntl
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


KEPT_AS = "demo_password"


class FolderError(Exception):
    """A folder that cannot be used; the text is a sentence that says what to do."""


@contextlib.contextmanager
def held(*, folder: Path) -> Iterator[None]:
    """Make `folder` with its parts and hold it until the end; a crash lets go of it, too.

    Raises:
        FolderError: it cannot be written, or another `manage.py up` holds it.
    """
    try:
        for part in ("redis", "static", "media", "inbox"):
            (folder / part).mkdir(parents=True, exist_ok=True)
        lock = (folder / "up.lock").open("w")
    except OSError as error:
        raise FolderError(
            f"The folder {folder} cannot be written ({error.strerror}). "
            "Give yourself the right to write there, or set VAR_DIR to another folder."
        ) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise FolderError(
                f"Wici already runs from {folder}. Stop it there with Ctrl-C, or set VAR_DIR to another folder."
            ) from error
        yield


def kept_password(*, folder: Path, password: str) -> str:
    """The demo's password: the one kept in `folder`, or `password`, from now on kept there for the owner alone."""
    if already := demo_password(folder=folder):
        return already
    with os.fdopen(os.open(folder / KEPT_AS, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as kept:
        kept.write(password + "\n")
    return password


def demo_password(*, folder: Path) -> str:
    """The demo's password as kept in `folder`; empty where there is no demo."""
    try:
        return (folder / KEPT_AS).read_text().strip()
    except OSError:
        return ""
