"""What mail servers said last to deliveries of a mailing that did not arrive at once: in words, and how often."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsletter.delivery import classifying, sentences
from newsletter.delivery.models import Attempt, DeliveryState
from newsletter.delivery.replies import Reply

if TYPE_CHECKING:
    import datetime as dt

LOOKED_AT = 200
"""So many tries, the newest, are looked at, however many there were."""
MOST_ANSWERS = 6


@dataclass(frozen=True, slots=True)
class Answer:
    """One thing that was said to some of the last tries."""

    words: str
    """What it means, in the reader's language."""
    state: str
    """What the deliveries became."""
    count: int
    """To how many of the tries looked at."""
    providers: dict[str, int]
    """The same per receiving provider ("" is all others), the most frequent first."""
    at: dt.datetime
    """When it was said last."""
    code: int | None
    enhanced_code: str
    text: str
    """What was said last, word for word but for addresses (X14); empty where the words are ours."""


@dataclass(frozen=True, slots=True)
class Answers:
    """The last answers, the most frequent first."""

    tries: int
    """How many tries were looked at."""
    answers: tuple[Answer, ...]


def last_answers(*, mailing_id: int) -> Answers:
    """The answers to the last tries of a mailing that were no plain success. One look at an index, bounded."""
    tries = Attempt.objects.filter(mailing=mailing_id).order_by("-id")[:LOOKED_AT]
    told = [each for each in tries if each.state != DeliveryState.SENT]
    grouped: dict[tuple[str, str], list[Attempt]] = {}
    for each in told:
        grouped.setdefault((each.state, _meaning(each)), []).append(each)
    answers = [_answer(meaning, attempts) for (_state, meaning), attempts in grouped.items()]
    return Answers(len(told), tuple(sorted(answers, key=lambda each: -each.count)[:MOST_ANSWERS]))


def _meaning(attempt: Attempt) -> str:
    """In English, as it is kept: ours as it stands, a server's by what it comes to."""
    if not attempt.code:
        return attempt.reply
    reply = Reply(attempt.code, attempt.enhanced_code, attempt.reply)
    return classifying.classify(reply=reply, provider=attempt.provider).sentence


def _answer(meaning: str, attempts: list[Attempt]) -> Answer:
    newest = attempts[0]
    return Answer(
        words=sentences.said(text=classifying.without_addresses(meaning)),
        state=newest.state,
        count=len(attempts),
        providers=dict(Counter(each.provider for each in attempts).most_common()),
        at=newest.at,
        code=newest.code,
        enhanced_code=newest.enhanced_code,
        text=classifying.without_addresses(newest.reply) if newest.code else "",
    )
