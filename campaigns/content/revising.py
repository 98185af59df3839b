"""Keeping every version of a news item or a campaign, and printing the approved one while a newer is being written.

The rows hold what is being written. A revision holds all of it at one moment, as text in JSON. While an item stands as
approved, its rows are what is printed; once somebody edits it, the revision it was approved as goes on being printed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import models, transaction

from campaigns.content.models import Campaign, NewsItem, State, Step

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from django.contrib.auth.models import User

    from campaigns.content.models import CampaignRevision, NewsItemRevision

    AnyRevision = NewsItemRevision | CampaignRevision

Item = TypeVar("Item", NewsItem, Campaign)
Content = dict[str, Any]
"""{"facts": {name: text or null}, "choices": {name: [ids]}, "rows": {name: [{name: text or null}]}}; words are rows, too.

A row that has words in every language holds them, as rows again, under "texts"."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What belongs to a version of a model: its own fields, the entries it chose, and the rows that are part of it."""

    facts: tuple[str, ...]
    choices: tuple[str, ...]
    rows: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Of rows that have words in every language, the fields of those. Such rows keep their id: words hang on it."""


SHAPES: dict[type[models.Model], Shape] = {
    NewsItem: Shape(
        facts=(
            "source", "source_url", "source_date", "licence", "sensitivity", "image", "embargo_until", "valid_until",
            "checked_by", "checked_on",
        ),
        choices=("topics", "campaigns"),
        rows={"texts": ("language", "title", "lead", "body", "content_note")},
    ),
    Campaign: Shape(
        facts=(
            "hashtag", "owner", "responsible", "official_url", "launched_on", "ends_on", "observance", "logo", "licence",
            "sensitivity", "objective_what", "objective_measure", "objective_by", "audience", "baseline_value",
            "baseline_unit", "baseline_on", "baseline_url", "method", "measured_by", "objective_waiver",
        ),
        choices=("topics",),
        rows={
            "texts": (
                "language", "name", "public_name", "headline", "message", "call_to_action", "share_text", "body",
                "content_note",
            ),
            "phases": ("id", "first_day", "last_day", "order"),
            "materials": ("id", "file", "url", "kind", "size", "language", "licence", "source", "order"),
            "partners": ("name", "logo", "url", "order"),
            "targets": ("stage", "indicator", "value", "unit", "by"),
        },
        words={"phases": ("language", "name"), "materials": ("language", "title")},
    ),
}  # fmt: skip
"""The address (slug) is no part of a version: links in mail that went out need it as it is."""


def content_of(item: NewsItem | Campaign) -> Content:
    """Everything a version of `item` holds, as text that JSON can keep."""
    shape = SHAPES[type(item)]
    return {
        "facts": _as_text(item, shape.facts),
        "choices": {name: sorted(getattr(item, name).values_list("pk", flat=True)) for name in shape.choices},
        "rows": {name: [_row_as_text(row, shape, name) for row in _stored(item, shape, name)] for name in shape.rows},
    }


@transaction.atomic
def keep(*, item: NewsItem | Campaign, step: Step, by: User | None, now: dt.datetime, comment: str = "") -> AnyRevision:
    """A new revision of `item` as it is stored, numbered after the newest; `by` took `step` at `now` (aware)."""
    stored: Any = type(item).objects.select_for_update().get(pk=item.pk)  # two who save at once get two numbers
    facts = {"embargo_until": stored.embargo_until} if isinstance(item, NewsItem) else {}
    kept: AnyRevision = stored.revisions.create(
        number=newest_number(item) + 1,
        step=step,
        state=stored.state,
        by=by,
        at=now,
        comment=comment,
        content=content_of(stored),
        sensitivity=stored.sensitivity,
        **facts,
    )
    if stored.state == State.APPROVED:
        _use(item, kept)
    return kept


def newest_number(item: NewsItem | Campaign) -> int:
    """The number of the newest revision; 0 before the first."""
    return item.revisions.aggregate(newest=models.Max("number"))["newest"] or 0


def settle(*, item: NewsItem | Campaign, by: User | None, now: dt.datetime) -> None:
    """Keep a revision of `item` as it is stored, in whatever state it stands, if the newest one does not hold that."""
    if is_unkept(item):
        keep(item=item, step=Step.APPROVED if item.state == State.APPROVED else Step.SAVED, by=by, now=now)


def is_unkept(item: NewsItem | Campaign) -> bool:
    """Whether what is stored is not what the newest revision holds: somebody wrote since, or there is no revision yet."""
    newest = item.revisions.order_by("-number").first()
    return newest is None or bool(newest.content != content_of(type(item).objects.get(pk=item.pk)))


def out_of_use(item: NewsItem | Campaign) -> None:
    """Print no version of it any more."""
    _use(item, None)


def in_print(item: Item) -> Item:
    """The version of `item` that is printed and read.

    Itself while it stands as approved, and where no version ever was or was withdrawn; else a copy made of the revision
    that was approved last, with its words and choices as if prefetched. The copy is never saved; it `stands_in`. An embargo
    that was set since then holds at once, one that was taken away holds until that is approved.
    """
    if item.state in {State.APPROVED, State.WITHDRAWN} or item.in_use is None:
        return item
    copy = _copy(item, item.in_use)
    copy.stands_in = True
    if isinstance(copy, NewsItem) and isinstance(item, NewsItem):
        copy.embargo_until = max(filter(None, (copy.embargo_until, item.embargo_until)), default=None)
    return copy


@transaction.atomic
def restore(*, item: Item, revision: AnyRevision, by: User | None, now: dt.datetime) -> AnyRevision:
    """Write what `revision` held into the item's rows, as a draft: nothing of what stood there is lost, it has a revision.

    An entry that exists no more (a topic, a source) is left out, or stays as it is where the item cannot do without.
    """
    settle(item=item, by=by, now=now)
    shape, old = SHAPES[type(item)], _copy(item, revision)
    for name in shape.facts:
        setattr(item, name, getattr(old, name))
    item.state, item.written_by = State.DRAFT, by
    item.save()
    for name in shape.choices:
        getattr(item, name).set(getattr(old, name).all())
    for name in shape.rows:
        _rewrite(item, name, getattr(old, name).all())
    return keep(item=item, step=Step.RESTORED, by=by, now=now, comment=str(revision.number))


def _rewrite(item: NewsItem | Campaign, name: str, rows: models.QuerySet[Any]) -> None:
    getattr(item, name).all().delete()
    for row in rows:
        setattr(row, _owner_of(item, name), item)
        row.save(force_insert=True)
        for text in getattr(row, "_prefetched_objects_cache", {}).pop("texts", []):
            setattr(text, _owner_of(row, "texts"), row)
            text.save(force_insert=True)
    getattr(item, "_prefetched_objects_cache", {}).pop(name, None)


def _use(item: NewsItem | Campaign, revision: AnyRevision | None) -> None:
    type(item).objects.filter(pk=item.pk).update(in_use=revision)
    item.in_use = revision  # each model its own kind


def _copy(item: Item, revision: Any) -> Item:
    model, shape, content = type(item), SHAPES[type(item)], revision.content
    copy = model(**{each.attname: getattr(item, each.attname) for each in model._meta.concrete_fields})  # noqa: SLF001 (Django's documented model API)
    copy._state.adding, copy._state.db = False, item._state.db  # noqa: SLF001 (as Django loads a row)
    copy.state = State.APPROVED
    for name in shape.facts:
        if name in content["facts"]:  # what was invented later stays as the item has it now
            _take_fact(copy, item, name, content["facts"][name])
    copy._prefetched_objects_cache = {  # type: ignore[attr-defined]  # noqa: SLF001 (what prefetching leaves)
        **{name: _chosen(model, name, ids) for name, ids in content["choices"].items() if name in shape.choices},
        **{name: _made_rows(copy, name, rows) for name, rows in content["rows"].items() if name in shape.rows},
    }
    return copy


def _take_fact(copy: Any, item: Any, name: str, text: str | None) -> None:
    """Put one fact into the copy; an entry that is gone leaves the item's own in its place."""
    fact: Any = type(item)._meta.get_field(name)  # noqa: SLF001 (Django's documented model API)
    value = None if text is None else fact.to_python(text)
    same = value == getattr(item, fact.attname)
    if fact.is_relation and value is not None and not same:
        value = value if fact.related_model._default_manager.filter(pk=value).exists() else getattr(item, fact.attname)  # noqa: SLF001 (the same)
    setattr(copy, fact.attname, value)
    if fact.is_relation and same and fact.is_cached(item):
        fact.set_cached_value(copy, fact.get_cached_value(item))


def _chosen(model: type[models.Model], name: str, ids: list[int]) -> models.QuerySet[Any]:
    target: Any = model._meta.get_field(name).related_model  # noqa: SLF001 (Django's documented model API)
    return target._default_manager.filter(pk__in=ids).order_by("pk").prefetch_related("texts")  # type: ignore[no-any-return]  # noqa: SLF001 (the same)


def _made_rows(copy: Any, name: str, rows: list[dict[str, Any]]) -> models.QuerySet[Any]:
    """Unsaved rows that belong to the copy, as a queryset that was already evaluated."""
    model: Any = type(copy)._meta.get_field(name).related_model  # noqa: SLF001 (Django's documented model API)
    made = model._default_manager.none()  # noqa: SLF001 (the same)
    made._result_cache = [_made_row(model, _owner_of(copy, name), copy, row) for row in rows]  # noqa: SLF001 (what prefetching does)
    return made  # type: ignore[no-any-return]


def _made_row(model: Any, owner: str, copy: Any, row: dict[str, Any]) -> models.Model:
    texts = row.get("texts")
    if texts is not None:
        made = _made_row(model, owner, copy, {name: text for name, text in row.items() if name != "texts"})
        made._prefetched_objects_cache = {"texts": _made_rows(made, "texts", texts)}  # type: ignore[attr-defined]  # noqa: SLF001 (what prefetching leaves)
        return made
    fields = {name: model._meta.get_field(name) for name in row}  # noqa: SLF001 (Django's documented model API)
    values = {
        fields[name].attname: None if text is None else fields[name].to_python(text) for name, text in row.items()
    }
    return model(**{owner: copy}, **values)  # type: ignore[no-any-return]


def _as_text(row: Any, names: tuple[str, ...]) -> dict[str, str | None]:
    fields = {name: row._meta.get_field(name) for name in names}  # noqa: SLF001 (Django's documented model API)
    return {
        name: None if each.value_from_object(row) is None else each.value_to_string(row)
        for name, each in fields.items()
    }


def _row_as_text(row: Any, shape: Shape, name: str) -> dict[str, Any]:
    words = shape.words.get(name)
    texts = (
        {"texts": [_as_text(text, words) for text in sorted(row.texts.all(), key=attrgetter("pk"))]} if words else {}
    )
    return {**_as_text(row, shape.rows[name]), **texts}


def _stored(item: NewsItem | Campaign, shape: Shape, name: str) -> models.QuerySet[Any]:
    rows: models.QuerySet[Any] = getattr(item, name).order_by("pk")
    return rows.prefetch_related("texts") if name in shape.words else rows


def _owner_of(item: models.Model, name: str) -> str:
    """The field by which the rows called `name` point at their item."""
    return str(type(item)._meta.get_field(name).remote_field.name)  # type: ignore[union-attr]  # noqa: SLF001 (the same)
