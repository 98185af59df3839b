"""All observances: those of the data file and those that staff entered."""

from __future__ import annotations

from campaigns.calendar.dates import RuleError, parse
from campaigns.calendar.models import OwnObservance
from campaigns.calendar.observances import Observance, all_observances, by_key


def everything() -> list[Observance]:
    """The data file's, then staff's own; two queries however many there are."""
    return [*all_observances(), *own()]


def find(key: str) -> Observance | None:
    """The observance under `key`, staff's own included; None for a key nobody knows."""
    return by_key(key) or next((each for each in own() if each.key == key), None)


def choices() -> list[tuple[str, str]]:
    """Key and name of each, for a field in which somebody chooses one; sorted by name in the active language."""
    return sorted(((each.key, each.name()) for each in everything()), key=lambda pair: pair[1].casefold())


def own() -> list[Observance]:
    """What staff entered, in the order in which they did; a rule written past the form is left out."""
    rows = OwnObservance.objects.prefetch_related("texts").order_by("pk")
    return [one for row in rows if (one := as_observance(row))]


def as_observance(row: OwnObservance) -> Observance | None:
    """The row as the calendar reads it; None for a rule that is none, which the row's own page shows."""
    try:
        rule = parse(row.rule)
    except RuleError:
        return None
    return Observance(
        key=row.key,
        rule=rule,
        names={text.language: text.name for text in row.texts.all()},
        discreet={},
        topics=tuple(row.topics),
        country=row.country,
        organiser=row.organiser,
        url=row.official_url,
        since=row.since,
        changed_at=row.updated_at,
        own=row.pk,
    )
