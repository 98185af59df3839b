"""How the commands tell about a mailing: one JSON object, or sentences."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from django.utils import translation

from newsletter.reports.figures import progress_of

if TYPE_CHECKING:
    import datetime as dt

    from newsletter.delivery.models import Mailing


def as_json(*, mailing: Mailing, now: dt.datetime) -> str:
    """One object: mailing (id), state, counts (every delivery state), started, finished (ISO 8601 or null)."""
    progress = progress_of(mailing=mailing, now=now)
    return json.dumps(
        {
            "mailing": mailing.pk,
            "state": progress.state,
            "counts": progress.counts,
            "second_copies_possible": progress.once_unknown,
            "held": progress.undecided,
            "started": mailing.started_at.isoformat() if mailing.started_at else None,
            "finished": mailing.finished_at.isoformat() if mailing.finished_at else None,
        }
    )


def as_sentences(*, mailing: Mailing, now: dt.datetime) -> str:
    """Where the mailing stands, what it waits for, and what it cannot know."""
    with translation.override("en"):  # as every command speaks
        progress = progress_of(mailing=mailing, now=now)
    counted = ", ".join(f"{count} {state}" for state, count in progress.counts.items() if count) or "no rows yet"
    lines = [f"Mailing {mailing.pk} of {mailing.edition} is {progress.state}: {counted}."]
    if progress.seconds_left is not None:
        lines.append(f"{progress.rate_per_second:.0f} a second; about {progress.seconds_left} seconds left.")
    if progress.waits_for:
        lines.append(progress.waits_for)
    if progress.once_unknown:
        lines.append(f"{progress.once_unknown} readers may have a second copy: a server's answer was lost.")
    if progress.undecided:
        lines.append(f"{progress.undecided} copies are held because their outcome is unknown; decide in the admin.")
    return "\n".join(lines)
