"""The Celery application. Every task may run twice: acks late, result ignored; the rows hold the truth."""

from __future__ import annotations

import gc
import os

from celery import Celery
from celery.signals import worker_process_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsletter.settings")

app = Celery("newsletter")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["newsletter"])

GARBAGE_AFTER = 20_000
"""New objects after which Python looks for circles among them: a batch in a worker's hands makes thousands, and none."""


@worker_process_init.connect
def spare_the_collector(**_facts: object) -> None:
    """What was loaded before the fork is never garbage: neither look through it again and again, nor copy its pages for that."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE_AFTER, 20, 20)
