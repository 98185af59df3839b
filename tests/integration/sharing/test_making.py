from __future__ import annotations

import datetime as dt
import hashlib
import io
import zipfile
from typing import TYPE_CHECKING

import pytest
from django.core.files.storage import default_storage
from django.utils import translation
from PIL import Image as Pillow

from campaigns.content import images
from campaigns.content.models import State
from campaigns.helplines.models import Helpline
from campaigns.sharing import making
from campaigns.sharing.content import place_of
from campaigns.sharing.making import KitRefusedError
from campaigns.sharing.models import KitVersion
from tests.integration.sharing.conftest import NOON

if TYPE_CHECKING:
    from campaigns.content.models import Campaign

TODAY = NOON.date()


def make(campaign: Campaign, language: str = "en") -> tuple[KitVersion, bool]:
    text = campaign.texts.get(language=language)
    return making.make(campaign=campaign, text=text, place=place_of(campaign, language), by=None, now=NOON, today=TODAY)


def unpacked(version: KitVersion, name: str) -> bytes:
    with version.file.open("rb") as file, zipfile.ZipFile(file) as kit:
        return kit.read(f"sayno-en-{version.number}/{name}")


def refusal(campaign: Campaign) -> str:
    with translation.override("en"), pytest.raises(KitRefusedError) as error:
        make(campaign)
    assert not KitVersion.objects.exists()
    return str(error.value)


def test_the_first_version_is_kept_with_its_bytes_and_what_it_was_made_from(campaign: Campaign) -> None:
    version, new = make(campaign)
    with version.file.open("rb") as file:
        data = file.read()
    assert (version.number, new) == (1, True)
    assert (version.size, version.sha256) == (len(data), hashlib.sha256(data).hexdigest())
    assert version.content["headline"] == "You can get help"
    assert version.valid_until == Helpline.objects.get().review_by
    assert making.filename_of(version) == "sayno-en-1.zip"


def test_without_a_change_no_second_version_is_made(campaign: Campaign) -> None:
    first, _new = make(campaign)
    assert make(campaign) == (first, False)


def test_a_change_makes_the_next_number_and_the_old_one_stays(campaign: Campaign) -> None:
    first, _new = make(campaign)
    campaign.texts.filter(language="en").update(public_name="Say NO")
    second, new = make(campaign)
    assert (second.number, new) == (2, True)
    assert second.sha256 != first.sha256
    with first.file.open("rb") as file:
        assert hashlib.sha256(file.read()).hexdigest() == first.sha256


def test_each_language_counts_for_itself(campaign: Campaign) -> None:
    make(campaign)
    assert make(campaign, "pl")[0].number == 1


def test_the_same_content_makes_the_same_sum_on_another_day(campaign: Campaign) -> None:
    first, _new = make(campaign)
    KitVersion.objects.all().delete()
    assert make(campaign)[0].sha256 == first.sha256


def test_a_logo_stands_on_cards_and_poster(campaign: Campaign) -> None:
    drawn = io.BytesIO()
    Pillow.new("RGBA", (300, 100), (0, 80, 90, 128)).save(drawn, "PNG")
    without, _new = make(campaign)
    campaign.logo = images.stored(file=drawn, name="logo.png")
    with_logo, new = make(campaign)
    assert new
    for name, same in (("cards/card-1200x630.png", False), ("poster-a4.pdf", False), ("posts/x-280.txt", True)):
        assert (unpacked(without, name) == unpacked(with_logo, name)) is same
    default_storage.delete(str(campaign.logo.file.name))


@pytest.mark.parametrize("state", [State.DRAFT, State.IN_REVIEW, State.WITHDRAWN])
def test_only_what_is_approved_is_handed_out(campaign: Campaign, state: State) -> None:
    campaign.state = state
    assert "approved first" in refusal(campaign)


def test_a_sensitive_kit_needs_somebody_to_call(campaign: Campaign) -> None:
    Helpline.objects.update(country="DE")
    assert "No verified helpline" in refusal(campaign)


def test_an_everyday_kit_needs_nobody_to_call(campaign: Campaign) -> None:
    Helpline.objects.all().delete()
    campaign.sensitivity = 0
    assert make(campaign)[0].valid_until is None


def test_an_address_that_tells_is_refused(campaign: Campaign) -> None:
    campaign.slug = "stop-sexual-abuse"
    assert "stop-sexual-abuse" in refusal(campaign)


def test_signs_that_cannot_be_drawn_are_named(campaign: Campaign) -> None:
    campaign.owner = "Europol 😀"
    assert "😀" in refusal(campaign)


def test_the_newest_is_offered_until_a_number_in_it_falls_due(campaign: Campaign) -> None:
    assert making.offered(campaign=campaign, language="en", today=TODAY) is None
    version, _new = make(campaign)
    assert making.offered(campaign=campaign, language="en", today=TODAY) == version
    assert making.offered(campaign=campaign, language="en", today=TODAY + dt.timedelta(days=400)) is None


def test_a_version_is_called_by_campaign_language_and_number(campaign: Campaign) -> None:
    version, _new = make(campaign)
    assert str(version) == f"{campaign.pk} en 1"
