"""The steps a news item or a campaign takes: draft → in review → approved → withdrawn, and back to draft.

Each step is one conditional update: whoever comes second finds that the item no longer stands where they saw it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.timezone import localtime

from campaigns.content import examining
from campaigns.content.models import Campaign, NewsItem, State

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Iterator

    from django.contrib.auth.models import User


class ApprovingError(Exception):
    """A step that cannot be taken.

    ApprovingError
    ├── StepError       the item stands elsewhere by now
    └── NotReadyError   something in it must be mended first
    """


class StepError(ApprovingError):
    """The item is in `state`, from which the step does not lead on."""

    def __init__(self, state: str) -> None:
        super().__init__(f"the step does not lead on from {state!r}")
        self.state = state


class NotReadyError(ApprovingError):
    """`sentences` say what to mend before the item can be approved."""

    def __init__(self, sentences: list[str]) -> None:
        super().__init__(" ".join(sentences))
        self.sentences = sentences


def submit(*, item: NewsItem | Campaign, by: User | None, now: dt.datetime) -> None:
    """Ask an approver to read it.

    Raises:
        StepError: it is not a draft.
    """
    _move(item, from_states=[State.DRAFT], to=State.IN_REVIEW, now=now, submitted_by=by)


def approve(*, item: NewsItem | Campaign, by: User | None, now: dt.datetime, checklist: Collection[str] = ()) -> None:
    """Let it be printed and read; a news item notes who checked it, and the day; what was known then is kept (G2).

    `checklist` names the questions (safeguarding.checklist) that `by` answered for; the page asks for all of them.

    Raises:
        NotReadyError: something must be mended first.
        StepError: it is neither a draft nor in review.
    """
    if sentences := list(obstacles(item, by=by)):
        raise NotReadyError(sentences)
    _move(item, from_states=[State.DRAFT, State.IN_REVIEW], to=State.APPROVED, now=now)
    examining.note_approval(item=item, by=by, now=now, checklist=checklist)
    if isinstance(item, NewsItem):
        item.checked_by, item.checked_on = by, localtime(now).date()
        item.save(update_fields=["checked_by", "checked_on"])


def return_to_draft(*, item: NewsItem | Campaign, by: User | None, now: dt.datetime) -> None:
    """Take it back to be written on: from review, or because somebody edited what was approved or withdrawn.

    Raises:
        StepError: it is a draft already.
    """
    del by  # the admin's log says who returned it
    _move(item, from_states=[State.IN_REVIEW, State.APPROVED, State.WITHDRAWN], to=State.DRAFT, now=now)


def withdraw(*, item: NewsItem | Campaign, by: User | None, now: dt.datetime) -> None:
    """Take it out of print.

    Raises:
        StepError: it is not approved.
    """
    del by  # the admin's log says who withdrew it
    _move(item, from_states=[State.APPROVED], to=State.WITHDRAWN, now=now)


def obstacles(item: NewsItem | Campaign, *, by: User | None = None) -> Iterator[str]:
    """Sentences in the active language that say what must happen before `by` can approve it (G1-G3, X13)."""
    yield from examining.obstacles(item, by=by)


def _move(item: NewsItem | Campaign, *, from_states: list[State], to: State, now: dt.datetime, **noted: Any) -> None:
    here = type(item)._default_manager.filter(pk=item.pk)  # noqa: SLF001 (both models' own managers)
    if not here.filter(state__in=from_states).update(state=to, updated_at=now, **noted):
        raise StepError(here.values_list("state", flat=True).get())
    item.state = to
    for name, value in noted.items():
        setattr(item, name, value)
