"""What a kit says: every word and figure of it, in one language, careful where the campaign is sensitive (G2, G3)."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from campaigns.helplines import directory
from campaigns.helplines.models import Helpline
from campaigns.safeguarding.neutrality import telling_words
from campaigns.safeguarding.sensitivity import care_at

if TYPE_CHECKING:
    from collections.abc import Sequence

    from campaigns.content.models import Campaign, CampaignText

MOST_NUMBERS = 3
HUMPS = re.compile(r"(?<=[^\W\d_A-Z])(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class Number:
    """A helpline as a poster prints it; `verified_on` and `review_by` as ISO dates."""

    slug: str
    name: str
    phone: str
    hours: str
    verified_on: str
    review_by: str


@dataclass(frozen=True, slots=True)
class KitContent:
    """All a kit is made from. Two equal contents make two equal zips."""

    slug: str
    language: str
    hashtag: str
    headline: str
    message: str
    call_to_action: str
    owner: str
    partners: tuple[str, ...]
    licence: str
    official_url: str
    page_url: str
    logo: str
    """The stored name of the logo's file, or empty."""
    country: str
    numbers: tuple[Number, ...]
    sensitive: bool

    def as_json(self) -> dict[str, Any]:
        """As a version keeps it: names, texts and lists only."""
        plain = asdict(self)
        return {**plain, "partners": list(self.partners), "numbers": [asdict(number) for number in self.numbers]}

    @property
    def valid_until(self) -> dt.date | None:
        """When the first of its numbers falls due for review (G7); None without numbers."""
        return min((dt.date.fromisoformat(number.review_by) for number in self.numbers), default=None)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a kit leads, and whose helplines it prints (ISO 3166)."""

    page_url: str
    country: str


def place_of(campaign: Campaign, language: str) -> Place:
    """The campaign's public page in `language`, and the country of this installation."""
    with translation.override(language):
        page_url = f"{settings.SITE_URL}{reverse('campaign', kwargs={'slug': campaign.slug})}"
    return Place(page_url=page_url, country=settings.DEFAULT_COUNTRY)


def content_of(campaign: Campaign, text: CampaignText, *, place: Place, today: dt.date) -> KitContent:
    """What the kit of `campaign` in the language of `text` says on `today`."""
    sensitive = care_at(campaign.sensitivity).neutral
    with translation.override(text.language):
        headline, message, call_to_action = _careful(text) if sensitive else _plain(text)
    return KitContent(
        slug=campaign.slug,
        language=text.language,
        hashtag="" if sensitive and tells(campaign.hashtag, text.language) else campaign.hashtag,
        headline=_on_one_line(headline),
        message=_on_one_line(message),
        call_to_action=_on_one_line(call_to_action),
        owner=campaign.owner,
        partners=tuple(
            each.name for each in sorted(campaign.partners.all(), key=lambda each: (each.order, each.pk or 0))
        ),
        licence=campaign.licence,
        official_url=campaign.official_url,
        page_url=place.page_url,
        logo=(campaign.logo.file.name or "") if campaign.logo else "",
        country=place.country,
        numbers=tuple(_numbers(campaign, text.language, place.country, today)),
        sensitive=sensitive,
    )


def still_printable(numbers: Sequence[dict[str, Any]], *, today: dt.date) -> bool:
    """Whether every number of a kit made earlier may still be printed, and is still the same (G7)."""
    phones = dict(Helpline.objects.printable(today=today).values_list("slug", "phone"))
    return all(phones.get(number["slug"]) == number["phone"] for number in numbers)


def needs_numbers(campaign: Campaign) -> bool:
    """Whether a kit of it may not go out without somebody to call (G4)."""
    return care_at(campaign.sensitivity).help_block


def tells(words: str, language: str) -> bool:
    """Whether `words`, the humps of a hashtag read as words, give a sensitive subject away."""
    return bool(telling_words(HUMPS.sub(" ", words), language=language))


def _on_one_line(words: str) -> str:
    """`words` without the line breaks somebody typed; a no-break space stays."""
    return re.sub(r"[ \t\r\n]+", " ", words).strip()


def _plain(text: CampaignText) -> tuple[str, str, str]:
    return text.headline, text.share_text.strip() or text.message, text.call_to_action


def _careful(text: CampaignText) -> tuple[str, str, str]:
    """The campaign's own neutral words, and ours where it has none or they would tell what it is about."""
    own = (text.public_name, text.share_text, text.call_to_action)
    ours = (
        _("You can get help"),
        _(
            "Whatever happened online, it is not your fault. There are people who listen and know what to do. "
            "You do not have to give your name."
        ),
        _("See what helps"),
    )
    headline, message, call_to_action = (
        words.strip() if words.strip() and not tells(words, text.language) else instead
        for words, instead in zip(own, ours, strict=True)
    )
    return headline, message, call_to_action


def _numbers(campaign: Campaign, language: str, country: str, today: dt.date) -> list[Number]:
    entries = directory.for_reader(country=country, language=language, sensitivity=campaign.sensitivity, today=today)
    with translation.override(language):
        return [_number(entry) for entry in entries if entry.tel][:MOST_NUMBERS]


def _number(entry: directory.Entry) -> Number:
    line, text = entry.helpline, entry.text
    return Number(
        slug=line.slug,
        name=text.name,
        phone=line.phone,
        hours=" · ".join([*entry.hours, *entry.cost]),
        verified_on=str(line.verified_on),
        review_by=str(line.review_by),
    )
