"""Celery's messages lost and doubled, and two beats: rows are the queue, so each reader gets exactly one copy."""

from __future__ import annotations

import contextlib
import threading
import time
from typing import TYPE_CHECKING

import pytest
import redis

from tests.faults import programs
from tests.faults.suffering import ended_well

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.faults.stage import Stage

pytestmark = pytest.mark.faults
QUEUES = ("urgent", "celery", "mailings")


@contextlib.contextmanager
def meddling(stage: Stage, meddle: Callable[[redis.Redis], int]) -> Iterator[list[int]]:
    """Somebody does that to the broker a hundred times a second; how many messages it concerned."""
    over, count = threading.Event(), [0]

    def run() -> None:
        with redis.Redis.from_url(stage.redis.url) as client:
            while not over.wait(0.01):
                count[0] += meddle(client)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield count
    finally:
        over.set()
        thread.join(10)


def lose(client: redis.Redis) -> int:
    """Whatever waits, or is in work, is forgotten."""
    return sum(int(client.llen(name)) for name in QUEUES if client.delete(name)) + int(
        client.delete("unacked", "unacked_index")
    )


def double(client: redis.Redis) -> int:
    """The message at the end of each queue comes twice."""
    found = [(name, message) for name in QUEUES if (message := client.lindex(name, -1)) is not None]
    for name, message in found:
        client.rpush(name, message)
    return len(found)


def test_lost_messages_cost_seconds_and_nobody_a_copy(stage: Stage) -> None:
    edition = stage.fresh_edition()
    with meddling(stage, lose) as lost:
        mailing = stage.launch(edition)
        time.sleep(4)
    assert lost[0] > 0
    assert ended_well(stage, mailing, what=f"{lost[0]} Celery messages lost").copies == 2000


def test_doubled_messages_send_nothing_twice(stage: Stage) -> None:
    edition = stage.fresh_edition()
    with meddling(stage, double) as doubled:
        mailing = stage.launch(edition)
        stage.wait_until_finished(mailing)
    assert doubled[0] > 0
    assert ended_well(stage, mailing, what=f"{doubled[0]} Celery messages doubled").copies == 2000


def test_two_beats_send_nothing_twice(stage: Stage) -> None:
    second = programs.beat(stage.environment, stage.folder, "second-beat")
    second.start()
    try:
        stage.wait(lambda: stage.folder.joinpath("second-beat.schedule.dat").exists(), 30, "the second beat beats")
        verdict = ended_well(stage, stage.launch(stage.fresh_edition()), what="two beats")
    finally:
        second.kill()
    assert verdict.copies == 2000
