"""The editor sees what rules say of the words: as stored, as typed, at the field; and lets one stand with a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from campaigns.content.models import Approval, NewsItem, NewsItemText, Override, State
from campaigns.safeguarding.checklist import QUESTIONS
from campaigns.safeguarding.sensitivity import Sensitivity
from newsletter.composition.freezing import approve
from newsletter.editions.models import EditionState
from tests.builders import NOON, a_news_item, an_edition
from tests.integration.admin.filled import filled

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

pytestmark = pytest.mark.django_db
LEGACY = "Police seized child pornography on Monday."
ENGLISH = "The police arrested three people who had posed as staff of a bank, and they are now in custody."
ALL = list(QUESTIONS)
WRITER = [f"campaigns.{name}" for name in ("view_newsitem", "change_newsitem", "view_source", "approve_newsitem")]


@pytest.fixture
def item() -> NewsItem:
    found = a_news_item(sensitivity=Sensitivity.UPSETTING)
    NewsItem.objects.update(state=State.DRAFT)
    NewsItemText.objects.filter(language="en").update(lead=LEGACY)
    return found


def url(item: NewsItem, step: str = "change", *more: str) -> str:
    return reverse(f"admin:campaigns_newsitem_{step}", args=[item.pk, *more])


def let_stand_url(client: Client, item: NewsItem) -> str:
    (shown,) = client.get(url(item)).context["findings_blocking"]
    return str(shown.let_stand_url)


def test_the_page_shows_each_finding_with_its_place_and_a_way_to_the_field(chief: Client, item: NewsItem) -> None:
    page = chief.get(url(item))
    (shown,) = page.context["findings_blocking"]
    assert (shown.place, shown.before, shown.after) == ("Lead, English", "Police seized ", " on Monday.")
    html = page.content.decode()
    assert 'href="#id_lead_en"' in html
    assert 'id="id_lead_en"' in html
    assert "child sexual abuse material" in html


def test_words_without_findings_are_fine_and_a_new_page_invites_to_write(chief: Client, item: NewsItem) -> None:
    NewsItemText.objects.update(lead="Fine.")
    assert "The words are fine." in chief.get(url(item)).content.decode()
    new = chief.get(reverse("admin:campaigns_newsitem_add")).content.decode()
    assert "Write, then check the words" in new


def test_checking_judges_what_is_typed_and_saves_nothing(chief: Client, item: NewsItem) -> None:
    page = chief.post(
        reverse("admin:campaigns_newsitem_words") + f"?item={item.pk}",
        {
            "title_en": "A",
            "lead_en": "A paedophile was arrested.",
            "sensitivity": "2",
            "content_note_en": "Hard to read.",
        },
    )
    assert [shown.finding.found for shown in page.context["findings_blocking"]] == ["paedophile"]
    assert page.context["findings_unsaved"]
    assert "Let it stand" not in page.content.decode()
    assert page.content.decode().lstrip().startswith("<section")
    assert item.texts.get(language="en").lead == LEGACY


def test_checking_what_is_stored_offers_to_let_it_stand(chief: Client, item: NewsItem) -> None:
    typed = {
        f"{name}_{text.language}": getattr(text, name)
        for text in item.texts.all()
        for name in ("title", "lead", "body", "content_note")
    }
    page = chief.post(reverse("admin:campaigns_newsitem_words") + f"?item={item.pk}", {**typed, "sensitivity": "1"})
    assert page.context["findings_blocking"][0].let_stand_url


@pytest.mark.parametrize("query", ["", "?item=rubbish", "?item=999999"])
def test_checking_copes_with_items_that_are_not_there_and_levels_of_rubbish(chief: Client, query: str) -> None:
    page = chief.post(reverse("admin:campaigns_newsitem_words") + query, {"lead_en": LEGACY, "sensitivity": "many"})
    assert [shown.finding.blocking for shown in page.context["findings_advice"]] == [False]


def test_checking_is_for_those_who_write_and_never_by_get(staff: Callable[..., Client], chief: Client) -> None:
    words = reverse("admin:campaigns_newsitem_words")
    assert staff("campaigns.view_newsitem").post(words, {}).status_code == 403
    assert chief.get(words).status_code == 405


def test_a_finding_is_let_stand_with_a_reason_and_then_the_item_is_approved(chief: Client, item: NewsItem) -> None:
    target = let_stand_url(chief, item)
    assert LEGACY.rsplit(maxsplit=1)[-1] in chief.get(target).content.decode()
    assert not Override.objects.exists()
    assert chief.post(target, {"reason": "short"}).context["form"].errors == {
        "reason": ["Write why it may stay: one sentence is enough."]
    }
    done = chief.post(target, {"reason": "We quote the judgment's own words."}, follow=True)
    override = Override.objects.get()
    assert (override.by_name, override.reason) == ("chief", "We quote the judgment's own words.")
    assert "We quote the judgment" in done.content.decode()
    chief.post(url(item), filled(chief, url(item), campaigns_newsitem_approve="1", checklist=ALL))
    item.refresh_from_db()
    assert item.state == State.APPROVED
    assert "child pornography" in chief.get(reverse("admin:campaigns_override_changelist")).content.decode()
    assert chief.get(reverse("admin:campaigns_override_change", args=[override.pk])).status_code == 200
    assert (
        chief.post(reverse("admin:campaigns_override_delete", args=[override.pk]), {"post": "yes"}).status_code == 403
    )


def test_whoever_approves_answers_for_what_no_rule_can_judge(chief: Client, item: NewsItem) -> None:
    NewsItemText.objects.update(lead="Fine.")
    assert set(chief.get(url(item)).context["findings_questions"]) == set(ALL)
    some = filled(chief, url(item), campaigns_newsitem_approve="1", checklist=ALL[:3])
    refused = chief.post(url(item), some, follow=True)
    assert "2 questions beside the findings are not answered yet" in refused.content.decode()
    item.refresh_from_db()
    assert item.state == State.DRAFT
    chief.post(url(item), filled(chief, url(item), campaigns_newsitem_approve="1", checklist=ALL))
    approval = Approval.objects.get()
    assert (approval.by_name, approval.level, approval.checklist) == ("chief", 1, sorted(ALL))
    page = chief.get(url(item)).content.decode()
    kept = reverse("admin:campaigns_approval_change", args=[approval.pk])
    assert kept in page
    assert "Nothing in it teaches how to offend." in chief.get(kept).content.decode()
    assert "Amber light" in chief.get(reverse("admin:campaigns_approval_changelist")).content.decode()


def test_everyday_texts_ask_no_questions(chief: Client, item: NewsItem) -> None:
    NewsItem.objects.update(sensitivity=0)
    assert chief.get(url(item)).context["findings_questions"] == {}
    chief.post(url(item), filled(chief, url(item), campaigns_newsitem_approve="1"))
    item.refresh_from_db()
    assert item.state == State.APPROVED
    assert Approval.objects.get().checklist == []


def test_a_finding_gone_meanwhile_leads_back_to_the_text(chief: Client, item: NewsItem) -> None:
    target = let_stand_url(chief, item)
    NewsItemText.objects.update(lead="Fine.")
    page = chief.post(target, {"reason": "It no longer matters at all."}, follow=True)
    assert "The words have changed meanwhile" in page.content.decode()
    assert not Override.objects.exists()


def test_letting_stand_is_a_permission_of_its_own(staff: Callable[..., Client], item: NewsItem, chief: Client) -> None:
    target = let_stand_url(chief, item)
    writer = staff(*WRITER)
    assert "Let it stand" not in writer.get(url(item)).content.decode()
    assert writer.get(target).status_code == 403
    assert writer.post(target, {"reason": "I would like it to stay."}).status_code == 403
    assert chief.get(url(item, "let_stand", "x").replace(f"/{item.pk}/", "/999999/")).status_code == 404


def test_saving_says_how_many_things_stand_in_the_way(chief: Client, item: NewsItem) -> None:
    page = chief.post(url(item), filled(chief, url(item), title_en="Arrest", _continue="1"), follow=True)
    assert "Saved. 1 thing must be mended before it can be approved." in page.content.decode()
    item.refresh_from_db()
    assert item.written_by
    assert item.written_by.username == "chief"


def test_from_level_2_on_the_writer_sees_that_somebody_else_must_approve(chief: Client, item: NewsItem) -> None:
    changes = {"sensitivity": "2", "lead_en": "Fine.", "content_note_en": "Hard to read.", "content_note_pl": "Trudne."}
    chief.post(url(item), filled(chief, url(item), **changes))
    page = chief.post(url(item), filled(chief, url(item), campaigns_newsitem_approve="1", checklist=ALL), follow=True)
    assert "cannot approve it. Ask somebody else" in page.content.decode()
    item.refresh_from_db()
    assert item.state == State.DRAFT


def test_a_text_in_another_language_is_told_at_the_field_and_kept_when_ticked(chief: Client, item: NewsItem) -> None:
    typed = filled(chief, url(item), lead_pl=ENGLISH)
    page = chief.post(url(item), typed)
    (error,) = page.context["adminform"].form.errors["lead_pl"]
    assert "This looks like English; it stands under Polish." in error
    assert 'name="keep-lead_pl"' in page.content.decode()
    assert ENGLISH in page.content.decode()
    assert chief.post(url(item), {**typed, "keep-lead_pl": "1"}).status_code == 302
    assert item.texts.get(language="pl").lead == ENGLISH
    assert chief.post(url(item), filled(chief, url(item), title_en="Another")).status_code == 302


def test_two_people_approve_a_sensitive_edition_at_its_desk(chief: Client, staff: Callable[..., Client]) -> None:
    edition = an_edition(sensitive=True)
    desk = reverse("admin:edition_desk", args=[edition.pk])
    button = reverse("admin:edition_approve", args=[edition.pk])
    assert "two people approve it" in chief.get(desk).content.decode()
    assert "a second person must approve it, too" in chief.post(button, follow=True).content.decode()
    waiting = chief.get(desk).content.decode()
    assert "chief approved it on" in waiting
    assert button not in waiting
    assert "You approved it already" in chief.post(button, follow=True).content.decode()
    legal = staff("newsletter.view_edition", "newsletter.approve_edition")
    assert button in legal.get(desk).content.decode()
    legal.post(button)
    edition.refresh_from_db()
    assert edition.state == EditionState.APPROVED


def test_launching_what_one_person_approved_says_who_is_missing(chief: Client) -> None:
    edition = an_edition(sensitive=True)
    NewsItem.objects.update(sensitivity=1)
    approve(edition=edition, by=User.objects.get(username="chief"), now=NOON)
    NewsItem.objects.update(sensitivity=2)
    page = chief.post(reverse("admin:edition_launch", args=[edition.pk]), {"when": "now"}, follow=True)
    assert "needs two approvers" in page.content.decode()
    assert not edition.mailings.exists()
