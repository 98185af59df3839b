"""Random faults for a while: `python -m tests.faults.soak --seconds 120 [--seed N] [--database postgresql|sqlite]`.

Mailings to 2,000 follow each other while something is killed every second or two: worker, one of its processes, beat, web, Redis,
PostgreSQL, everything at once; Redis is emptied, Celery's messages are lost. Then everything is left to mend itself, and the figures are
printed. Ends with 1 when a promise of sending was broken.
"""

from __future__ import annotations

import argparse
import random
import secrets
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks import place

if TYPE_CHECKING:
    from newsletter.delivery.models import Mailing
    from tests.faults.counting import Verdict
    from tests.faults.stage import Stage

KILLS = {"worker": 5, "child": 3, "beat": 2, "web": 1, "redis": 3, "database": 3, "everything": 1}
"""What is killed, and how often beside the others."""
OTHERS = {"redis emptied": 1, "messages lost": 1}
PAUSES = (0.4, 2.5)
"""Seconds between two faults."""
DEAD = (0.05, 1.0)
"""Seconds for which something stays dead."""
LONGEST_END = 90.0
"""Seconds a mailing may take to mend itself when nothing is killed any more."""


@dataclass
class Figures:
    """What happened."""

    recipients: int = 0
    copies: int = 0
    lost: int = 0
    doubled: int = 0
    doubled_though_known: int = 0
    other_ids: int = 0
    unknown: int = 0
    unfinished: int = 0
    most_unknown: int = 0
    """What may have been in flight, summed over all faults."""
    faults: Counter[str] = field(default_factory=Counter)
    largest_gap: float = 0.0
    """Seconds without any copy while a mailing was under way."""

    def add(self, verdict: Verdict) -> None:
        for name in (
            "recipients",
            "copies",
            "lost",
            "doubled",
            "doubled_though_known",
            "other_ids",
            "unknown",
            "unfinished",
        ):
            setattr(self, name, getattr(self, name) + getattr(verdict, name))

    @property
    def broken(self) -> list[str]:
        """Which promises, in words."""
        promises = {
            "somebody was lost": self.lost,
            "somebody got a second copy who was never unknown": self.doubled_though_known,
            "a second copy had another Message-ID": self.other_ids,
            "a row has no outcome": self.unfinished,
            "more were unknown than can have been in flight": self.unknown > self.most_unknown,
            "more extra copies than unknown ones": self.doubled > self.unknown,
        }
        return [words for words, is_broken in promises.items() if is_broken]

    def __str__(self) -> str:
        faults = ", ".join(f"{name} {number}" for name, number in sorted(self.faults.items()))
        return (
            f"recipients {self.recipients}\ncopies {self.copies}\nlost {self.lost}\n"
            f"with more than one copy {self.doubled}, of them never unknown {self.doubled_though_known}\n"
            f"once unknown {self.unknown}, at most in flight {self.most_unknown}\n"
            f"faults: {faults}\nlargest gap {self.largest_gap:.1f} s"
        )


class Soak:
    """One run on one stage."""

    def __init__(self, stage: Stage, rng: random.Random) -> None:
        self.stage = stage
        self.rng = rng
        self.figures = Figures()
        kills = {name: weight for name, weight in KILLS.items() if name != "database" or stage.database.can_be_killed}
        self._weights = kills | OTHERS
        self._copied_at = time.monotonic()
        self._copies = 0

    def run(self, seconds: float) -> Figures:
        """Mailing after mailing, until the time is over; the last one ends in peace."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self._mail(until)
        return self.figures

    def _mail(self, until: float) -> None:
        from tests.faults.counting import verdict_on  # noqa: PLC0415 (only once Django is set up; so below)

        mailing = self.stage.launch(self.stage.fresh_edition())
        self._copies, self._copied_at = 0, time.monotonic()
        self._suffer(mailing, until)
        end = time.monotonic() + LONGEST_END
        while not self._is_finished(mailing) and time.monotonic() < end:
            time.sleep(0.02)
        self.figures.add(verdict_on(mailing, self.stage.peer))

    def _suffer(self, mailing: Mailing, until: float) -> None:
        after = time.monotonic() + self.rng.uniform(*PAUSES)
        while time.monotonic() < until and not self._is_finished(mailing):
            if time.monotonic() >= after:
                self._one_fault(mailing)
                after = time.monotonic() + self.rng.uniform(*PAUSES)
            time.sleep(0.02)

    def _one_fault(self, mailing: Mailing) -> None:
        from tests.faults.stage import CONNECTIONS  # noqa: PLC0415

        what = self.rng.choices(list(self._weights), list(self._weights.values()))[0]
        self.figures.faults[what] += 1
        self.figures.most_unknown += CONNECTIONS
        if what == "redis emptied":
            self.figures.most_unknown += self.stage.in_hands_of_the_dead(mailing)
            self.stage.redis.empty()
        elif what == "messages lost":
            self.stage.lose_messages()
        else:
            self.stage.kill(what)
            time.sleep(self.rng.uniform(*DEAD))
            self.stage.start(what)

    def _is_finished(self, mailing: Mailing) -> bool:
        from newsletter.delivery.models import MailingState  # noqa: PLC0415

        self._watch_the_gap()
        return self.stage.state_of(mailing) == MailingState.FINISHED

    def _watch_the_gap(self) -> None:
        taken = self.stage.peer.taken()
        if taken != self._copies:
            self._copies, self._copied_at = taken, time.monotonic()
        self.figures.largest_gap = max(self.figures.largest_gap, time.monotonic() - self._copied_at)


def soak(stage: Stage, *, seconds: float, seed: int) -> Figures:
    """The figures of a run on a running stage."""
    return Soak(stage, random.Random(seed)).run(seconds)  # noqa: S311 (a run that can be repeated)


def main(words: list[str]) -> int:
    """Say the figures, and 1 where a promise was broken."""
    wish = _parsed(words)
    place.prepare()
    from tests.faults import stage as stages  # noqa: PLC0415

    print(f"seed {wish.seed}, {wish.seconds:g} seconds of faults on {wish.database}", flush=True)  # noqa: T201
    with (
        tempfile.TemporaryDirectory(prefix="wici-soak-") as folder,
        stages.running(wish.database, Path(folder)) as stage,
    ):
        figures = soak(stage, seconds=wish.seconds, seed=wish.seed)
    print(figures)  # noqa: T201
    for words_of_it in figures.broken:
        print(f"BROKEN: {words_of_it}")  # noqa: T201
    return int(bool(figures.broken))


def _parsed(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Random faults for a while.")
    parser.add_argument("--seconds", type=float, default=120.0)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(2**32))
    parser.add_argument("--database", choices=["postgresql", "sqlite"], default="postgresql")
    return parser.parse_args(words)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
