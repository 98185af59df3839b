from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from campaigns.content.models import Image, Partner
from campaigns.helplines.models import Helpline
from campaigns.sharing.content import content_of, place_of, still_printable, tells

if TYPE_CHECKING:
    from campaigns.content.models import Campaign
    from campaigns.sharing.content import KitContent

TODAY = dt.date(2026, 11, 23)


def content(campaign: Campaign, **words: str) -> KitContent:
    campaign.texts.filter(language="en").update(**words)
    text = campaign.texts.get(language="en")
    return content_of(campaign, text, place=place_of(campaign, "en"), today=TODAY)


def test_a_sensitive_campaign_speaks_its_neutral_words(campaign: Campaign) -> None:
    said = content(campaign, public_name="Say NO. You can get help", share_text="It is not\nyour fault.")
    assert (said.headline, said.message) == ("Say NO. You can get help", "It is not your fault.")
    assert said.call_to_action == "Tell somebody"
    assert said.sensitive


@pytest.mark.parametrize("words", ["", "  ", "Victims of sexual extortion"])
def test_where_a_sensitive_campaign_has_no_neutral_words_ours_stand_in(campaign: Campaign, words: str) -> None:
    said = content(campaign, public_name=words, share_text=words, call_to_action=words or "x")
    assert said.headline == "You can get help"
    assert said.message.startswith("Whatever happened online, it is not your fault.")
    assert not tells(said.headline + said.message + said.call_to_action, "en")


def test_our_careful_words_tell_nothing_in_polish_either(campaign: Campaign) -> None:
    text = campaign.texts.get(language="pl")
    said = content_of(campaign, text, place=place_of(campaign, "pl"), today=TODAY)
    assert not tells(f"{said.headline} {said.message}", "pl")


def test_an_everyday_campaign_speaks_for_itself(campaign: Campaign) -> None:
    campaign.sensitivity = 0
    said = content(campaign, public_name="Something else", share_text="")
    assert (said.headline, said.message) == ("Somebody threatens you", "It is not your fault.")
    assert content(campaign, share_text="Pass it on.").message == "Pass it on."


def test_a_hashtag_that_tells_is_kept_back_from_a_sensitive_kit(campaign: Campaign) -> None:
    campaign.hashtag = "#StopSexualAbuse"
    assert content(campaign).hashtag == ""
    campaign.hashtag = "#SayNO"
    assert content(campaign).hashtag == "#SayNO"


def test_it_leads_to_the_page_in_its_own_language(campaign: Campaign) -> None:
    assert place_of(campaign, "pl").page_url.endswith("/pl/campaigns/sayno/")
    assert place_of(campaign, "en").page_url.endswith("/en/campaigns/sayno/")


def test_partners_and_logo_stand_in_their_order(campaign: Campaign) -> None:
    Partner.objects.create(campaign=campaign, name="Second", order=2)
    Partner.objects.create(campaign=campaign, name="First", order=1)
    campaign.logo = Image.objects.create(file="images/logo.png", width=10, height=10)
    said = content(campaign)
    assert said.partners == ("First", "Second")
    assert said.logo == "images/logo.png"


def test_numbers_come_from_the_directory_with_the_day_of_their_check(campaign: Campaign) -> None:
    said = content(campaign)
    line = Helpline.objects.get()
    assert [(number.phone, number.verified_on) for number in said.numbers] == [(line.phone, str(line.verified_on))]
    assert said.valid_until == line.review_by
    Helpline.objects.update(review_by=TODAY - dt.timedelta(days=1), verified_on=TODAY - dt.timedelta(days=2))
    assert content(campaign).numbers == ()
    assert content(campaign).valid_until is None


def test_a_number_that_changed_or_fell_due_may_not_be_handed_out(campaign: Campaign) -> None:
    numbers = content(campaign).as_json()["numbers"]
    assert still_printable(numbers, today=TODAY)
    assert not still_printable(numbers, today=TODAY + dt.timedelta(days=400))
    Helpline.objects.update(phone="112")
    assert not still_printable(numbers, today=TODAY)
    assert still_printable([], today=TODAY)
