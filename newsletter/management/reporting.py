"""How the commands tell about a mailing: one JSON object, or the sentences of its page. Always in English."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.utils import timezone, translation
from django.utils.formats import number_format

from newsletter.reports import telling
from newsletter.reports.figures import progress_of

if TYPE_CHECKING:
    import datetime as dt

    from newsletter.delivery.models import Mailing
    from newsletter.reports.ageing import Wait
    from newsletter.reports.answers import Answer
    from newsletter.reports.figures import Progress
    from newsletter.reports.receiving import ProviderFigures

BAR = 30
"""Signs in a full bar."""


def as_json(*, mailing: Mailing, now: dt.datetime) -> str:
    """One object: mailing (id), state, counts (every delivery state), second_copies_possible, held, started, finished.

    Moments are ISO 8601 or null; second_copies_possible and held count rows, and are a lower bound where there are thousands.
    """
    with translation.override("en"):
        return json.dumps(_standing(mailing, progress_of(mailing=mailing, now=now)))


def as_whole_json(*, mailing: Mailing, now: dt.datetime) -> str:
    """`as_json` with all figures of the mailing's page."""
    with translation.override("en"):
        progress = progress_of(mailing=mailing, now=now)
        return json.dumps(_standing(mailing, progress) | _figures(progress))


def as_sentences(*, mailing: Mailing, now: dt.datetime) -> str:
    """What the mailing's page says, a fact per line."""
    return "\n".join(lines(mailing=mailing, now=now))


def lines(*, mailing: Mailing, now: dt.datetime) -> list[str]:
    """`as_sentences`, line by line."""
    with translation.override("en"):
        progress = progress_of(mailing=mailing, now=now)
        return [
            f"Mailing {mailing.pk} of {mailing.edition} is {progress.state}: {_counted(progress.share.counts)}.",
            telling.state(progress=progress),
            *_pace(progress, now),
            *_concerns(progress),
            *_providers(progress),
            *_answers(progress, now),
        ]


def line(*, mailing: Mailing, now: dt.datetime) -> str:
    """Where it stands in one line, for a log."""
    with translation.override("en"):
        progress = progress_of(mailing=mailing, now=now)
        said = [_counted(progress.share.counts), *_words(progress, now), *filter(None, [progress.waits_for])]
        return f"{timezone.localtime(now):%H:%M:%S} {progress.state} {progress.share.percent} %: {' · '.join(said)}"


def _counted(counts: dict[str, int]) -> str:
    return ", ".join(f"{number_format(count)} {state}" for state, count in counts.items() if count) or "no rows yet"


def _pace(progress: Progress, now: dt.datetime) -> list[str]:
    full = BAR * progress.done // max(1, progress.total)
    bar = f"[{'#' * full}{'.' * (BAR - full)}] {progress.share.percent} %"
    return [" · ".join([bar, telling.people(progress=progress), *_words(progress, now)])]


def _words(progress: Progress, now: dt.datetime) -> list[str]:
    words = (telling.rate(per_second=progress.pace.lately), telling.left(left=progress.left, now=now))
    return list(filter(None, words))


def _concerns(progress: Progress) -> list[str]:
    concerns = [progress.waits_for, telling.twice(uncertain=progress.uncertain)]
    if progress.uncertain.undecided:
        number = telling.at_least(progress.uncertain.undecided, uncertain=progress.uncertain)
        concerns.append(
            f"Held for somebody to decide in the admin, because nobody knows what became of them: {number}."
        )
    return list(filter(None, concerns))


def _providers(progress: Progress) -> list[str]:
    return [f"  {_provider(each)}" for each in progress.providers]


def _provider(figures: ProviderFigures) -> str:
    pace = telling.rate(per_second=figures.pace.lately)
    facts = [_counted(figures.counts), pace, *telling.queue(figures=figures), figures.waits_for]
    return f"{telling.provider(key=figures.key)}: {' · '.join(filter(None, facts))}"


def _answers(progress: Progress, now: dt.datetime) -> list[str]:
    if not progress.answers.answers:
        return []
    tries = number_format(progress.answers.tries)
    return [
        f"Mail servers said last (tries that did not arrive at once: {tries}):",
        *(f"  {_answer(each, now)}" for each in progress.answers.answers),
    ]


def _answer(answer: Answer, now: dt.datetime) -> str:
    when = telling.moment(answer.at, now=now)
    words = answer.words.removesuffix(".")
    word = f"{number_format(answer.count)} × {answer.state}: {words}; last at {when} ({telling.whose(numbers=answer.providers)})"
    exact = " ".join(filter(None, [str(answer.code or ""), answer.enhanced_code, answer.text])).strip()
    return f"{word}: {exact}" if exact else word


def _standing(mailing: Mailing, progress: Progress) -> dict[str, Any]:
    return {
        "mailing": mailing.pk,
        "state": progress.state,
        "counts": progress.share.counts,
        "second_copies_possible": progress.uncertain.once_unknown,
        "held": progress.uncertain.undecided,
        "started": _iso(mailing.started_at),
        "finished": _iso(mailing.finished_at),
    }


def _figures(progress: Progress) -> dict[str, Any]:
    left = progress.left
    return {
        "total": progress.share.total,
        "done": progress.share.done,
        "per_second": progress.pace.lately,
        "seconds_left": None if left.least is None else [left.least, left.most],
        "not_before": _iso(left.waits_until or left.not_before),
        "waits_for": progress.waits_for,
        "stands_still": progress.stands_still,
        "providers": [_provider_object(each) for each in progress.providers],
        "answers": [_answer_object(each) for each in progress.answers.answers],
    }


def _provider_object(each: ProviderFigures) -> dict[str, Any]:
    return {
        "key": each.key,
        "name": telling.provider(key=each.key),
        "counts": each.counts,
        "per_second": each.pace.lately,
        "waiting": each.waiting,
        "waited": _waited(each.wait) if each.wait else None,
        "deferral_rate": each.deferral_rate,
        "waits_for": each.waits_for,
        "waits_until": _iso(each.waits_until),
    }


def _waited(wait: Wait) -> dict[str, int | None]:
    """Whole seconds: the longest, and what half (p50) and one in twenty (p95) have waited at least."""
    ages = {"longest": wait.longest, "half": wait.half, "one_in_twenty": wait.twentieth}
    return {name: None if age is None else int(age.total_seconds()) for name, age in ages.items()}


def _answer_object(each: Answer) -> dict[str, Any]:
    return {
        "words": each.words,
        "count": each.count,
        "providers": each.providers,
        "last": _iso(each.at),
        "state": each.state,
        "reply": [each.code, each.enhanced_code, each.text],
    }


def _iso(moment: dt.datetime | None) -> str | None:
    return moment.isoformat() if moment else None
