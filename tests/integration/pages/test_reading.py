"""Editions, campaigns, news, help and the code check: only what may be read, with help beside what may upset."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from campaigns.content import approving, revising
from campaigns.content.models import Campaign, NewsItem, State
from campaigns.helplines.models import Helpline
from newsletter.composition.merging import MergeField, slot
from newsletter.delivery.models import Mailing, MailingState
from newsletter.editions.models import EditionState
from tests import public_site as builders

if TYPE_CHECKING:
    from django.test import Client

    from tests.integration.pages.conftest import Site

SOON = dt.timedelta(hours=1)


def test_an_edition_is_shown_as_mailed_under_our_bar_and_kept_out_of_search(client: Client, site: Site) -> None:
    assert site.edition
    answer = client.get("/en/editions/wici-2026-11/")
    html = answer.content.decode()
    assert html.index("wici-bar") < html.index("<h1>The November number in en</h1>")
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "data-quick-exit" in html


@pytest.mark.parametrize(
    "change",
    [
        {"state": EditionState.DRAFT},
        {"published_at": None},
        {"published_at": timezone.now() + SOON},
    ],
)
def test_an_edition_that_is_not_out_is_nowhere(client: Client, site: Site, change: dict[str, object]) -> None:
    type(site.edition).objects.update(**change)
    assert client.get("/en/editions/wici-2026-11/").status_code == 404
    assert "The November number" not in client.get("/en/editions/").content.decode()
    assert "The November number" not in client.get("/en/").content.decode()


def test_an_embargo_inside_closes_the_edition_everywhere(client: Client, site: Site) -> None:
    assert site.edition
    NewsItem.objects.update(embargo_until=timezone.now() + SOON)
    for path in ("editions/wici-2026-11/", "news/operation/"):
        assert client.get(f"/en/{path}").status_code == 404
    for path in ("editions/", "", "campaigns/sayno/"):
        html = client.get(f"/en/{path}").content.decode()
        assert "The November number" not in html
        assert "Long words" not in html


def test_an_edition_without_words_in_this_language_is_not_there(client: Client, site: Site) -> None:
    site.edition.messages.filter(language="en").delete()
    assert client.get("/en/editions/wici-2026-11/").status_code == 404
    assert "English" not in client.get("/pl/editions/wici-2026-11/").content.decode()


def test_the_archive_says_what_was_mailed_and_not_what_was_edited_since(client: Client, site: Site) -> None:
    old = site.edition.messages.get(language="en")
    subject = f"{slot(MergeField.FIRST_NAME, 'Reader')}, the corrected number"
    builders.message(site.edition, subject=subject)
    assert "Reader, the corrected number" in client.get("/en/editions/").content.decode()
    assert "Reader, the corrected number" in client.get("/en/check/?code=w2611k7f3").content.decode()
    mailing = Mailing.objects.create(
        edition=site.edition, state=MailingState.FINISHED, due_at=timezone.now(), created_at=timezone.now()
    )
    mailing.messages.add(old)
    html = client.get("/en/editions/").content.decode()
    assert "The November number in en" in html
    assert "corrected" not in html
    assert "corrected" not in client.get("/en/editions/wici-2026-11/").content.decode()


def test_the_archive_turns_its_pages(client: Client, site: Site) -> None:
    for number in range(13):
        builders.edition(site.wici, now=timezone.now(), slug=f"number-{number}", code=f"W-{number}")
    assert "Page 1 of 2" in client.get("/en/editions/").content.decode()
    for page in ("2", "99", "x", "-1"):
        assert client.get(f"/en/editions/?page={page}").status_code == 200


@pytest.mark.parametrize(
    "typed", ["W-2611-K7F3", "w-2611-k7f3", " w 2611 k7f3 ", "W2611K7F3", "w–2611–k7f3", "[W-2611-K7F3]"]
)
def test_a_code_is_found_however_it_is_typed(client: Client, site: Site, typed: str) -> None:
    assert site.edition
    html = client.get("/en/check/", {"code": typed}).content.decode()
    assert "Yes, we sent this edition." in html
    assert 'href="/en/editions/wici-2026-11/"' in html


@pytest.mark.parametrize(
    "typed", ["W-2611-K7F4", "%", "' or 1=1 --", "\0", "<script>", "\u202e", "🐎" * 99, "W-2611-K7F"]
)
def test_a_code_that_is_not_ours_gets_advice(client: Client, site: Site, typed: str) -> None:
    assert site.edition
    html = client.get("/en/check/", {"code": typed}).content.decode()
    assert "Yes, we sent" not in html
    assert "<script>" not in html
    assert "Open no link" in html or typed == "\0"


def test_a_code_of_an_edition_that_is_not_out_says_nothing(client: Client, site: Site) -> None:
    type(site.edition).objects.update(published_at=None)
    assert "Yes, we sent" not in client.get("/en/check/?code=W-2611-K7F3").content.decode()


@pytest.mark.parametrize("path", ["campaigns/sayno/", "news/operation/", "editions/wici-2026-11/"])
def test_a_sensitive_page_offers_a_quick_exit_under_a_title_that_says_nothing(
    client: Client, site: Site, path: str
) -> None:
    assert site.edition
    for language, weather in (("en", "https://www.bbc.com/weather"), ("pl", "https://www.imgw.pl/")):
        html = client.get(f"/{language}/{path}").content.decode()
        assert "<title>Wici</title>" in html
        assert f'href="{weather}" rel="noreferrer noopener" data-quick-exit' in html


def test_an_everyday_page_has_no_quick_exit_and_no_help_block(client: Client, site: Site) -> None:
    assert site.edition
    builders.news_item(now=timezone.now(), slug="everyday")
    html = client.get("/en/news/everyday/").content.decode()
    assert "data-quick-exit" not in html
    assert "116 111" not in html
    assert "<title>Long words protect (everyday) – Wici</title>" in html


def test_a_content_note_stands_before_the_text_and_help_after_it(client: Client, site: Site) -> None:
    assert site.edition
    html = client.get("/en/news/operation/").content.decode()
    places = [html.index(words) for words in ("speaks of blackmail", "Four words", "Read on", "116 111", "CERT Polska")]
    assert places == sorted(places)
    assert "steal()" not in html


def test_a_campaigns_content_note_stands_before_its_text(client: Client, site: Site) -> None:
    assert site.edition
    html = client.get("/en/campaigns/sayno/").content.decode()
    places = [html.index(words) for words in ("speaks of threats", "not your fault", "Tell somebody", "Pay nothing")]
    assert places == sorted(places)


def test_an_everyday_campaign_shows_no_content_note(client: Client, site: Site) -> None:
    assert site.edition
    Campaign.objects.update(sensitivity=1)
    assert "speaks of threats" not in client.get("/en/campaigns/sayno/").content.decode()


@pytest.mark.parametrize("path", ["campaigns/sayno/", "news/operation/", "help/"])
def test_helplines_are_linked_byte_for_byte(client: Client, site: Site, path: str) -> None:
    assert site.edition
    html = client.get(f"/en/{path}").content.decode()
    assert 'href="tel:116111"' in html
    assert set(re.findall(r'href="(https://listening[^"]*)"', html)) == {"https://listening.example.org/?a=1&amp;b=2"}


def test_only_verified_entries_of_the_chosen_country_are_shown(client: Client, site: Site) -> None:
    assert site.edition
    now = timezone.now()
    builders.helpline(now=now, slug="unverified", phone="111 111", verified_on=None, review_by=None)
    builders.helpline(now=now, slug="overdue", phone="222 222", review_by=now.date() - SOON * 48)
    builders.helpline(now=now, slug="nummer", country="DE", phone="333 333")
    html = client.get("/en/help/").content.decode()
    assert [number for number in ("116 111", "111 111", "222 222", "333 333") if number in html] == ["116 111"]
    html = client.get("/en/help/?country=de").content.decode()
    assert [number for number in ("116 111", "333 333") if number in html] == ["333 333"]
    for nonsense in ("XX", "%00", "../", "x" * 999):
        assert "116 111" in client.get(f"/en/help/?country={nonsense}").content.decode()


def test_no_number_is_printed_when_none_is_verified(client: Client, site: Site) -> None:
    assert site.edition
    Helpline.objects.all().delete()
    assert "we print none" in client.get("/en/help/").content.decode()
    assert "tel:" not in client.get("/en/campaigns/sayno/").content.decode()


@pytest.mark.parametrize("state", [State.DRAFT, State.IN_REVIEW])
def test_what_is_not_approved_is_not_there(client: Client, site: Site, state: State) -> None:
    assert site.edition
    Campaign.objects.update(state=state)
    NewsItem.objects.update(state=state)
    assert client.get("/en/campaigns/sayno/").status_code == client.get("/en/news/operation/").status_code == 404


@pytest.mark.parametrize("address", ["/en/campaigns/sayno/", "/en/news/operation/"])
def test_what_was_withdrawn_says_so_and_leads_to_help(client: Client, site: Site, address: str) -> None:
    assert site.edition
    Campaign.objects.update(state=State.WITHDRAWN)
    NewsItem.objects.update(state=State.WITHDRAWN)
    page = client.get(address)
    assert page.status_code == 410
    assert "was withdrawn" in page.content.decode()
    assert "Four words" not in page.content.decode()
    assert 'href="/en/help/"' in page.content.decode()


def test_what_is_written_anew_stays_as_it_was_approved(client: Client, site: Site) -> None:
    assert site.edition
    item = NewsItem.objects.get(slug="operation")
    revising.settle(item=item, by=None, now=timezone.now())
    item.texts.filter(language="en").update(title="Not yet approved")
    approving.edited(item=item, by=None, now=timezone.now())
    page = client.get("/en/news/operation/").content.decode()
    assert "Not yet approved" not in page
    assert "Long words protect (operation)" in page
    assert "Not yet approved" not in client.get("/en/campaigns/sayno/").content.decode()


def test_a_campaign_written_anew_stays_as_it_was_approved(client: Client, site: Site) -> None:
    assert site.edition
    campaign = Campaign.objects.get(slug="sayno")
    revising.settle(item=campaign, by=None, now=timezone.now())
    campaign.texts.filter(language="en").update(headline="Not yet approved")
    approving.edited(item=campaign, by=None, now=timezone.now())
    page = client.get("/en/campaigns/sayno/").content.decode()
    assert "Somebody threatens you" in page
    assert "Not yet approved" not in page


def test_a_text_past_its_day_says_so(client: Client, site: Site) -> None:
    assert site.edition
    NewsItem.objects.update(valid_until=timezone.localdate() - dt.timedelta(days=2))
    assert "may no longer be right" in client.get("/en/news/operation/").content.decode()


def test_a_campaign_of_tomorrow_is_not_there_yet(client: Client, site: Site) -> None:
    assert site.edition
    Campaign.objects.update(launched_on=timezone.localdate() + dt.timedelta(days=1))
    assert client.get("/en/campaigns/sayno/").status_code == 404
