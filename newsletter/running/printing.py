"""Lines of many processes on one terminal, each with its time and its process's name."""

from __future__ import annotations

import datetime as dt
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import IO

COLOURS = {"redis": 35, "catcher": 36, "worker": 33, "beat": 34, "web": 32}


class Printer:
    """Writes whole lines, never two at once; colours only where a person looks."""

    def __init__(self, out: IO[str]) -> None:
        self._out = out
        self._coloured = out.isatty()
        self._lock = threading.Lock()

    def line(self, name: str, text: str) -> None:
        """Write one line of the process `name`."""
        stamp = dt.datetime.now().astimezone().strftime("%H:%M:%S")
        prefix = f"{stamp} {name:<7} |"
        if self._coloured:
            prefix = f"\x1b[{COLOURS.get(name, 37)}m{prefix}\x1b[0m"
        self.block(f"{prefix} {text.rstrip()}")

    def block(self, text: str) -> None:
        """Write `text` as it is."""
        with self._lock:
            print(text, file=self._out, flush=True)
