"""Plants an edition and approves it, unless it stands there already as the file says, or was mailed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from campaigns.content.models import Campaign, Image, NewsItem, ScamExample
from newsletter.composition import freezing
from newsletter.editions import editing
from newsletter.editions.models import Block, BlockKind, Edition, EditionState, Newsletter

if TYPE_CHECKING:
    import datetime as dt

    from newsletter.seeding import records

EMPTY: dict[str, Any] = {"news_item": None, "campaign": None, "image": None, "scam_example": None, "url": ""}


def plant_edition(seed: records.Edition, *, now: dt.datetime) -> bool:
    """Make the edition what `seed` says and approve it at `now` (aware); nothing changes where nothing differs.

    Returns whether it is approved. It is not where something blocks: an overdue helpline, an item that somebody withdrew.
    """
    edition = _row(seed)
    if edition.mailings.exists():
        return edition.state == EditionState.APPROVED
    if _outline(edition) != _outline_of(seed):
        _rebuild(edition, seed)
    return _approved(Edition.objects.get(pk=edition.pk), now=now)


def _approved(edition: Edition, *, now: dt.datetime) -> bool:
    try:
        freezing.frozen_messages(edition=edition, now=now)
    except freezing.FindingsError:
        return False
    except freezing.FreezingError:  # a draft, or its items' words changed with the files
        return _approve(edition, now=now)
    return True


def _approve(edition: Edition, *, now: dt.datetime) -> bool:
    try:
        freezing.approve(edition=edition, by=None, now=now)
    except freezing.FindingsError:
        return False
    return True


def _row(seed: records.Edition) -> Edition:
    edition, _created = Edition.objects.get_or_create(
        slug=seed.slug,
        defaults={
            "newsletter": Newsletter.objects.get(slug=seed.newsletter),
            "code": seed.code,
            "dated": seed.dated,
        },
    )
    return edition


def _rebuild(edition: Edition, seed: records.Edition) -> None:
    editing.changed(edition=edition)
    for language, words in seed.texts.items():
        edition.texts.update_or_create(language=language, defaults=words)
    edition.blocks.all().delete()
    for position, block in enumerate(seed.blocks):
        row = Block.objects.create(edition=edition, position=position, kind=block.kind, **_target(block))
        for language, words in block.texts.items():
            row.texts.create(language=language, **words)


def _target(block: records.Block) -> dict[str, Any]:
    match block.kind:
        case BlockKind.NEWS_ITEM:
            return {"news_item": NewsItem.objects.get(slug=block.target)}
        case BlockKind.CAMPAIGN:
            return {"campaign": Campaign.objects.get(slug=block.target)}
        case BlockKind.IMAGE:
            return {"image": Image.objects.filter(file__startswith=f"images/{block.target}-").latest("pk")}
        case BlockKind.SCAM_EXAMPLE:
            return {"scam_example": ScamExample.objects.get(slug=block.target)}
        case BlockKind.BUTTON:
            return {"url": block.target}
        case _:
            return {}


def _outline(edition: Edition) -> object:
    """What stands there, in a form that compares with `_outline_of`."""
    texts = {text.language: {"subject": text.subject, "preheader": text.preheader} for text in edition.texts.all()}
    blocks = [
        (
            row.kind,
            {name: getattr(row, name) for name in EMPTY},
            {
                text.language: {"heading": text.heading, "body": text.body, "label": text.label}
                for text in row.texts.all()
            },
        )
        for row in edition.blocks.order_by("position").prefetch_related("texts")
    ]
    return texts, blocks


def _outline_of(seed: records.Edition) -> object:
    return seed.texts, [(block.kind, EMPTY | _target(block), block.texts) for block in seed.blocks]
