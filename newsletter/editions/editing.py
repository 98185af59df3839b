"""The ways an edition changes before it is sent."""

from __future__ import annotations

import re
import secrets
from typing import TYPE_CHECKING

from django.db import transaction

from newsletter.editions.models import Block, BlockText, Edition, EditionState, EditionText

if TYPE_CHECKING:
    import datetime as dt

    from newsletter.editions.models import Newsletter

APPROVAL = [
    "approved_by",
    "approved_at",
    "approved_digest",
    "first_approved_by",
    "first_approved_at",
    "first_approved_digest",
]
"""What an edition loses when it is edited."""
LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""No 0/O, 1/I/L: a code is read aloud on the telephone."""


def changed(*, edition: Edition) -> None:
    """Note that the edition or anything in it was edited: an approved one is a draft again. Idempotent."""
    _withdraw_approval(edition)
    edition.save(update_fields=["state", *APPROVAL, "updated_at"])


def next_code(*, newsletter: Newsletter) -> str:
    """A code no edition has, such as `WICI-7K3M-9Q`: readable, and one in 887 million, so that guessing finds nothing."""
    prefix = re.sub(r"[^A-Z0-9]", "", newsletter.slug.upper())[:8] or "WICI"
    while True:
        drawn = "".join(secrets.choice(LETTERS) for _ in range(6))
        code = f"{prefix}-{drawn[:4]}-{drawn[4:]}"
        if not Edition.objects.filter(code=code).exists():
            return code


@transaction.atomic
def duplicate(*, edition: Edition, slug: str, dated: dt.date) -> Edition:
    """A new draft with the same blocks and texts under `slug`, dated `dated`, with a code of its own."""
    copy = Edition.objects.create(
        newsletter=edition.newsletter, slug=slug, dated=dated, code=next_code(newsletter=edition.newsletter)
    )
    for text in edition.texts.all():
        EditionText.objects.create(edition=copy, language=text.language, subject=text.subject, preheader=text.preheader)
    for block in edition.blocks.prefetch_related("texts").order_by("position", "id"):
        _copy_block(block, to=copy)
    return copy


def _copy_block(block: Block, *, to: Edition) -> None:
    texts = list(block.texts.all())
    copy = Block.objects.create(
        edition=to,
        position=block.position,
        kind=block.kind,
        news_item=block.news_item,
        campaign=block.campaign,
        image=block.image,
        scam_example=block.scam_example,
        url=block.url,
    )
    for text in texts:
        BlockText.objects.create(
            block=copy, language=text.language, heading=text.heading, body=text.body, label=text.label
        )


def _withdraw_approval(edition: Edition) -> None:
    edition.state = EditionState.DRAFT
    edition.approved_by = None
    edition.approved_at = None
    edition.approved_digest = ""
    edition.first_approved_by = None
    edition.first_approved_at = None
    edition.first_approved_digest = ""
