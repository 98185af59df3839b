"""Making a new version of a kit, keeping it, and finding the one that may be handed out."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from campaigns.content.models import Campaign, CampaignText, State
from campaigns.sharing.content import content_of, needs_numbers, still_printable, tells
from campaigns.sharing.lettering import unknown_letters
from campaigns.sharing.models import KitVersion
from campaigns.sharing.packing import name_of, packed

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from django.contrib.auth.models import User

    from campaigns.sharing.content import KitContent, Place


class KitRefusedError(Exception):
    """A kit that cannot be made; `sentences` say what to mend first."""

    def __init__(self, sentences: list[str]) -> None:
        super().__init__(" ".join(sentences))
        self.sentences = sentences


def make(
    *, campaign: Campaign, text: CampaignText, place: Place, by: User | None, now: dt.datetime, today: dt.date
) -> tuple[KitVersion, bool]:
    """The version that says what the campaign says on `today`, and whether it had to be made: `now` (aware), by `by`.

    Where nothing changed since the newest version, that one is returned.

    Raises:
        KitRefusedError: something must be mended first.
    """
    content = content_of(campaign, text, place=place, today=today)
    if sentences := list(obstacles(campaign, content)):
        raise KitRefusedError(sentences)
    with transaction.atomic():
        Campaign.objects.select_for_update().get(pk=campaign.pk)  # two makers at a time would take the same number
        last = newest(campaign=campaign, language=text.language)
        if last and last.content == content.as_json():
            return last, False
        return _kept(content, campaign, (last.number if last else 0) + 1, by, now), True


def obstacles(campaign: Campaign, content: KitContent) -> Iterator[str]:
    """Sentences in the active language that say what to mend before a kit can be made."""
    if campaign.state != State.APPROVED:
        yield _("Have the campaign approved first: a kit may say only what somebody approved.")
    if needs_numbers(campaign) and not content.numbers:
        yield _("No verified helpline of this country has a number and words in this language. Verify one first.")
    if content.sensitive and tells(content.slug, content.language):
        yield _("The page's address (%(slug)s) gives a sensitive subject away. Choose a neutral one.") % {
            "slug": content.slug
        }
    words = f"{content.hashtag}{content.headline}{content.message}{content.call_to_action}{content.owner}"
    if letters := unknown_letters(f"{words}{content.licence}{''.join(content.partners)}"):
        yield _("Cards and posters cannot show %(letters)s. Take these signs out of the words.") % {
            "letters": " ".join(letters)
        }


def newest(*, campaign: Campaign, language: str) -> KitVersion | None:
    """The last version made; None before the first."""
    return KitVersion.objects.filter(campaign=campaign, language=language).order_by("-number").first()


def offered(*, campaign: Campaign, language: str, today: dt.date) -> KitVersion | None:
    """The newest version, while every number in it may still be printed on `today` (G7); else None."""
    last = newest(campaign=campaign, language=language)
    return last if last and may_be_handed_out(last, today=today) else None


def may_be_handed_out(version: KitVersion, *, today: dt.date) -> bool:
    """Whether every number printed in `version` is verified on `today` and unchanged."""
    return still_printable(version.content["numbers"], today=today)


def filename_of(version: KitVersion) -> str:
    """What the kit is called when it is saved."""
    return f"{version.content['slug']}-{version.language}-{version.number}.zip"


def _kept(content: KitContent, campaign: Campaign, number: int, by: User | None, now: dt.datetime) -> KitVersion:
    data = packed(content, number=number)
    version = KitVersion(
        campaign=campaign,
        language=content.language,
        number=number,
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        content=content.as_json(),
        valid_until=content.valid_until,
        made_at=now,
        made_by=by,
    )
    version.file.save(f"{name_of(content, number=number)}.zip", ContentFile(data), save=False)
    version.save(force_insert=True)
    return version
