"""The steps a news item or a campaign takes: draft → in review → approved → withdrawn, and back to draft.

Each step is one conditional update: whoever comes second finds that the item no longer stands where they saw it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Q
from django.utils.timezone import localtime

from campaigns.content import checking, examining
from campaigns.content.models import IN_PRINT, Campaign, NewsItem, State, Step
from campaigns.content.revising import is_unkept, keep, out_of_use

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Iterator

    from django.contrib.auth.models import User
    from django.db.models import QuerySet


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


@transaction.atomic
def submit(*, item: NewsItem | Campaign, by: User | None, now: dt.datetime, comment: str = "") -> None:
    """Ask an approver to read it.

    Raises:
        StepError: it is not a draft.
    """
    _move(item, from_states=[State.DRAFT], to=State.IN_REVIEW, now=now)
    item.submitted_by = by
    item.save(update_fields=["submitted_by"])
    keep(item=item, step=Step.SUBMITTED, by=by, now=now, comment=comment)


@transaction.atomic
def approve(
    *,
    item: NewsItem | Campaign,
    by: User | None,
    now: dt.datetime,
    comment: str = "",
    checklist: Collection[str] = (),
) -> None:
    """Let it be printed and read, instead of the version that was till now; a news item notes who checked it, and the day.

    What was known then is kept (G2): `checklist` names the questions (safeguarding.checklist) that `by` answered for; the
    page asks for all of them.

    Raises:
        NotReadyError: something must be mended first.
        StepError: it is neither a draft nor in review.
    """
    if sentences := list(obstacles(item, by=by)):
        raise NotReadyError(sentences)
    _move(item, from_states=[State.DRAFT, State.IN_REVIEW], to=State.APPROVED, now=now)
    if isinstance(item, NewsItem):
        item.checked_by, item.checked_on = by, localtime(now).date()
        item.save(update_fields=["checked_by", "checked_on"])
    keep(item=item, step=Step.APPROVED, by=by, now=now, comment=comment)
    examining.note_approval(item=item, by=by, now=now, checklist=checklist)


@transaction.atomic
def return_to_draft(*, item: NewsItem | Campaign, by: User | None, now: dt.datetime, comment: str = "") -> None:
    """Take it back to be written on: from review, or because somebody edited what was approved or withdrawn.

    The version that was approved last stays in print until a new one is approved; what was withdrawn stays out of it.

    Raises:
        StepError: it is a draft already.
    """
    _move(item, from_states=[State.IN_REVIEW, State.APPROVED, State.WITHDRAWN], to=State.DRAFT, now=now)
    keep(item=item, step=Step.RETURNED, by=by, now=now, comment=comment)


@transaction.atomic
def edited(*, item: NewsItem | Campaign, by: User | None, now: dt.datetime, comment: str = "") -> bool:
    """Keep what somebody wrote. An approved item is a draft again, while the version approved last stays in print.

    Returns whether it fell back to a draft. Nothing happens where nothing was changed.
    """
    if not is_unkept(item):
        return False
    fell_back = item.state == State.APPROVED
    if fell_back:
        _move(item, from_states=[State.APPROVED], to=State.DRAFT, now=now)
    keep(item=item, step=Step.SAVED, by=by, now=now, comment=comment)
    return fell_back


@transaction.atomic
def withdraw(*, item: NewsItem | Campaign, by: User | None, now: dt.datetime, comment: str = "") -> None:
    """Take it out of print, the approved version too when a newer one is being written.

    Raises:
        StepError: nothing of it is in print.
    """
    _move(item, from_states=[*State], to=State.WITHDRAWN, now=now, only=IN_PRINT)
    out_of_use(item)
    keep(item=item, step=Step.WITHDRAWN, by=by, now=now, comment=comment)


def obstacles(item: NewsItem | Campaign, *, by: User | None = None) -> Iterator[str]:
    """Sentences in the active language that say what must happen before `by` can approve it (G1-G3, G5, X13)."""
    yield from examining.obstacles(item, by=by)
    if isinstance(item, NewsItem):
        yield from checking.obstacles(item)


def _move(
    item: NewsItem | Campaign, *, from_states: list[State], to: State, now: dt.datetime, only: Q | None = None
) -> None:
    here: QuerySet[Any] = type(item)._default_manager.filter(pk=item.pk)  # noqa: SLF001 (both models' own managers)
    if not here.filter(only or Q(), state__in=from_states).update(state=to, updated_at=now):
        raise StepError(here.values_list("state", flat=True).get())
    item.state = to
