"""Ours beside the bare injector and the plain Django loop: the same sink, in turns, medians."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING, Any

from newsletter.composition.compiling import compile_message
from tests.benchmarks import injector, loop
from tests.benchmarks.mailings import Surroundings, mail
from tests.benchmarks.readers import crowd, fresh
from tests.benchmarks.workers import CONNECTIONS, settle, working

if TYPE_CHECKING:
    from pathlib import Path

    from newsletter.editions.models import Edition
    from tests.benchmarks.mailings import Run
    from tests.benchmarks.sinks import Sink


def speed(
    edition: Edition, sink: Sink, folder: Path, *, postmaster: int | None, recipients: int, rounds: int
) -> dict[str, Any]:
    """Figures of `rounds` turns, each: bare injector, two of them at once, one that fills its slots, loop, a whole mailing.

    All of them over as many connections as the mailing uses.
    """
    crowd(edition, recipients)
    message = fresh(edition).messages.get(language="pl")
    compiled = compile_message(message=message, mailing_id=1)
    turns: dict[str, list[float]] = {"bare": [], "bare_twice": [], "filling": [], "loop": [], "ours": []}
    runs: list[Run] = []
    with working(folder, sink.url) as worker:
        around = Surroundings(edition, sink, worker, postmaster)
        connections = _warm(around, recipients)
        for _ in range(rounds):
            for name, processes, filling in (("bare", 1, False), ("bare_twice", 2, False), ("filling", 1, True)):
                each = max(1, connections // processes)
                load = injector.Load(compiled, edition.newsletter_id, recipients, processes, each, filling)
                turns[name].append(injector.messages_per_second(load, port=sink.port))
                _demand(sink, recipients)
            turns["loop"].append(loop.messages_per_second(message, port=sink.port, number=recipients // 20))
            runs.append(mail(around, recipients))
            turns["ours"].append(runs[-1].per_second)
    settle()
    return _figures(turns, runs, connections) | {"recipients": recipients, "rounds": rounds, "sink": sink.name}


def _warm(around: Surroundings, recipients: int) -> int:
    """One mailing that is not counted; how many connections the worker used at once (where nobody counted: might use)."""
    return mail(around, recipients).taken.connections_at_once or CONNECTIONS


def _demand(sink: Sink, copies: int) -> None:
    taken = sink.taken()
    assert taken.copies == copies, f"{taken.copies} of {copies} arrived"
    assert taken.recipients in (copies, None), "somebody got two copies"


def _figures(turns: dict[str, list[float]], runs: list[Run], connections: int) -> dict[str, Any]:
    ours, bare, plain = (median(turns[name]) for name in ("ours", "bare", "loop"))
    total = sum(run.recipients for run in runs)
    return {
        "ours_to_bare_injector": round(ours / bare, 3),
        "ours_to_two_bare_injectors": round(ours / median(turns["bare_twice"]), 3),
        "ours_to_filling_injector": round(ours / median(turns["filling"]), 3),
        "ours_to_plain_loop": round(ours / plain, 1),
        "messages_per_second": {name: round(median(rates)) for name, rates in turns.items()},
        "every_turn": {name: [round(rate) for rate in rates] for name, rates in turns.items()},
        "commits_per_recipient": _each([run.commits for run in runs], total),
        "writing_transactions_per_recipient": _each([run.writes for run in runs], total),
        "connections_per_recipient": _each([run.taken.connections for run in runs], total),
        "connections": connections,
        "octets_per_message": None if runs[0].taken.octets is None else runs[0].taken.octets // runs[0].recipients,
        "preparing_seconds": round(median(run.preparing_seconds for run in runs), 3),
        "cpu_microseconds_per_recipient": {
            who: round(1e6 * sum(run.cpu[who] for run in runs) / total, 1) for who in runs[0].cpu
        },
    }


def _each(numbers: list[int | None], total: int) -> float | None:
    """Per recipient; None where nobody counted."""
    return None if None in numbers else round(sum(filter(None, numbers)) / total, 5)
