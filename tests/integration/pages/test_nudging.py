"""pages.nudging: a broker that is gone never fails a page, and what was asked for is in no log (X14)."""

from __future__ import annotations

from typing import Any, NoReturn

import pytest
from kombu.exceptions import OperationalError

from newsletter.pages.nudging import nudge


class TaskWithoutBroker:
    """Fails as a Celery task does whose broker does not answer."""

    def delay(self, **_what: object) -> NoReturn:
        raise OperationalError


class TaskWithBroker:
    """Notes what it was asked."""

    def __init__(self) -> None:
        self.asked: list[dict[str, object]] = []

    def delay(self, **what: object) -> None:
        self.asked.append(what)


@pytest.mark.django_db(transaction=True)
def test_a_lost_broker_is_noted_without_the_address(caplog: pytest.LogCaptureFixture) -> None:
    task: Any = TaskWithoutBroker()
    nudge(task, address="anna@example.org")
    assert "in on_commit()" in caplog.text
    assert "anna@example.org" not in caplog.text


@pytest.mark.django_db(transaction=True)
def test_a_task_is_asked_with_what_it_needs() -> None:
    task: Any = TaskWithBroker()
    nudge(task, subscription_id=7)
    assert task.asked == [{"subscription_id": 7}]
