"""Links by which named people read an approved news item before its embargo ends, and the log of when they did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core import signing
from django.db.models import Q

from campaigns.content.models import EarlyReader, EarlyReading, NewsItem

if TYPE_CHECKING:
    import datetime as dt

    from django.contrib.auth.models import User

PURPOSE = "campaigns.content.early_reading"
"""The signature's salt: a link made for anything else does not open an item early (X4)."""


@dataclass(frozen=True, slots=True)
class Access:
    """Whom a link was made for, and whether it opens anything at this moment."""

    reader: EarlyReader
    item: NewsItem
    is_open: bool
    """The item is approved, and neither was the link revoked nor is the embargo over."""
    is_public: bool
    """The embargo is over: everybody may read it where it always stands."""


def token_of(reader: EarlyReader) -> str:
    """The part of the link's address that nobody can guess; the same each time."""
    return signing.Signer(salt=PURPOSE).sign(str(reader.pk))


def access_by(*, token: str, now: dt.datetime) -> Access | None:
    """What `token` opens at `now` (aware); None for one that we did not make, or whose item is gone."""
    try:
        reader_id = int(signing.Signer(salt=PURPOSE).unsign(token))
    except (signing.BadSignature, ValueError):
        return None
    items = "news_item", "news_item__in_use", "news_item__source", "news_item__image"
    reader = EarlyReader.objects.select_related(*items).filter(pk=reader_id).first()
    if reader is None:
        return None
    item = reader.news_item
    approved = NewsItem.objects.approved().filter(pk=item.pk).exists()
    public = NewsItem.objects.readable(now=now).filter(pk=item.pk).exists()
    return Access(reader, item, is_open=approved and not public and reader.revoked_at is None, is_public=public)


def log(*, access: Access, language: str, now: dt.datetime) -> None:
    """Note that the link was opened at `now` (aware) in `language`: no address, no browser."""
    EarlyReading.objects.create(reader=access.reader, at=now, language=language)


def invite(*, item: NewsItem, name: str, by: User | None, now: dt.datetime) -> EarlyReader:
    """A link of their own for `name`."""
    return EarlyReader.objects.create(news_item=item, name=name, invited_by=by, invited_at=now)


def revoke(*, reader: EarlyReader, now: dt.datetime) -> None:
    """Let the link open nothing from `now` (aware) on; when it was first revoked stays noted."""
    EarlyReader.objects.filter(Q(revoked_at=None), pk=reader.pk).update(revoked_at=now)
