"""Plants a campaign with what belongs to it, and makes its sharing kits. Rows keep their ids, however often it runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.timezone import localtime

from campaigns.content import revising
from campaigns.content.models import Campaign, CampaignText, State, Topic
from campaigns.sharing import making
from campaigns.sharing.content import place_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from newsletter.seeding import records

FACTS = ("hashtag", "owner", "official_url", "launched_on", "licence", "sensitivity")


def plant_campaign(seed: records.Campaign, *, now: dt.datetime) -> None:
    """Bring the campaign's facts, words, phases, materials, partners and targets to what `seed` says."""
    facts = {name: getattr(seed, name) for name in FACTS} | seed.objective
    campaign, _created = Campaign.objects.update_or_create(
        slug=seed.slug, defaults=facts, create_defaults=facts | {"state": State.APPROVED}
    )
    campaign.topics.set(Topic.objects.filter(slug__in=seed.topics))
    for language, words in seed.texts.items():
        campaign.texts.update_or_create(language=language, defaults=words)
    _rows(
        campaign.phases, [{"first_day": each.first_day, "last_day": each.last_day} for each in seed.phases], seed.phases
    )
    _rows(campaign.materials, [_material(each) for each in seed.materials], seed.materials)
    _rows(campaign.partners, [{"name": name, "url": url} for name, url in seed.partners])
    for target in seed.targets:
        reached = {"value": target.value, "unit": target.unit}
        campaign.targets.update_or_create(stage=target.stage, indicator=target.indicator, defaults=reached)
    revising.settle(item=campaign, by=None, now=now)


def make_kits(*, now: dt.datetime) -> int:
    """Make the sharing kits that can be made at `now` (aware) of every campaign and language; how many there are."""
    texts = CampaignText.objects.filter(campaign__state=State.APPROVED).select_related("campaign__logo")
    return sum(_kit(text, now) for text in texts.order_by("campaign", "language"))


def _kit(text: CampaignText, now: dt.datetime) -> bool:
    campaign, place = text.campaign, place_of(text.campaign, text.language)
    try:
        making.make(campaign=campaign, text=text, place=place, by=None, now=now, today=localtime(now).date())
    except making.KitRefusedError:  # its page in the admin says why
        return False
    return True


def _material(seed: records.Material) -> dict[str, Any]:
    return {name: getattr(seed, name) for name in ("url", "kind", "language", "licence", "source")}


def _rows(manager: Any, rows: list[dict[str, Any]], seeds: Sequence[Any] = ()) -> None:
    """Row n of the file is the row of order n; what somebody added behind them stays."""
    planted = [manager.update_or_create(order=number, defaults=row)[0] for number, row in enumerate(rows)]
    for row, seed in zip(planted, seeds, strict=False):
        for language, words in seed.texts.items():
            row.texts.update_or_create(language=language, defaults=words)
