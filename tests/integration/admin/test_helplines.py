"""The help directory's pages: what falls due is found, an edit loses the check, and one button keeps it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone

from campaigns.helplines import verifying
from campaigns.helplines.digesting import digest_of
from campaigns.helplines.models import REVIEW_WITHIN, Checked, Helpline, HelplineCheck, HelplineHours, HelplineText
from tests.builders import a_helpline
from tests.integration.admin.filled import filled

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

pytestmark = pytest.mark.django_db

LIST = "/admin/campaigns/helpline/"
ADD = "/admin/campaigns/helpline/add/"
NEW = {
    "slug": "pl-new",
    "country": "PL",
    "kind": "help",
    "audience": "children",
    "spoken_languages": ["pl", "uk"],
    "phone": "800-12.12/12",
    "source_url": "https://listening.example.org/about",
    "name_pl": "Ktoś słucha",
}
LINE = {
    "intervals__TOTAL_FORMS": 1,
    "intervals__0__first_day": "0",
    "intervals__0__last_day": "4",
    "intervals__0__opens": "12:00",
    "intervals__0__closes": "20:00",
}
LAST_WEEK = dt.timedelta(days=7)
WORDS_OF_A_LOSS = "You changed what had been checked"


def today() -> dt.date:
    return timezone.localdate()


@pytest.fixture
def line(chief: Client) -> Helpline:
    """An entry that the chief verified just now."""
    assert chief
    verifying.verify(helplines=[a_helpline(today=today())], by=User.objects.get(username="chief"), now=timezone.now())
    return Helpline.objects.get()


def change_url(line: Helpline) -> str:
    return reverse("admin:campaigns_helpline_change", args=[line.pk])


def check_url(line: Helpline) -> str:
    return reverse("admin:helpline_check", args=[line.pk])


def saved(client: Client, line: Helpline, **changes: Any) -> str:
    page = client.post(change_url(line), filled(client, change_url(line), **changes), follow=True)
    assert "errornote" not in page.content.decode(), page.context["errors"]
    return page.content.decode()


def errors(client: Client, url: str, **changes: Any) -> dict[str, list[str]]:
    page = client.post(url, filled(client, url, **changes))
    assert page.status_code == 200
    of_lines = [error for formset in page.context["inline_admin_formsets"] for error in formset.formset.errors]
    return {**page.context["adminform"].form.errors, **{name: each[name] for each in of_lines for name in each}}


# ── Writing ──────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_new_entry_is_unverified_its_number_is_tidied_and_its_languages_are_a_list(chief: Client) -> None:
    page = chief.post(ADD, filled(chief, ADD, **NEW, **LINE))
    assert page.status_code == 302, page.context["errors"]
    made = Helpline.objects.get()
    assert (made.phone, made.spoken_languages, made.verified_on) == ("800 12 12 12", ["pl", "uk"], None)
    assert [str(hours) for hours in made.intervals.all()] == ["0-4 12:00-20:00"]
    assert not HelplineCheck.objects.exists()


def test_a_day_of_checking_written_by_hand_is_due_again_180_days_later(chief: Client) -> None:
    chief.post(ADD, filled(chief, ADD, **NEW, verified_on=str(today())))
    made = Helpline.objects.get()
    assert (made.review_by, made.verified_by and made.verified_by.username) == (today() + REVIEW_WITHIN, "chief")
    assert verifying.is_as_checked(made)
    assert made.checks.count() == 1


@pytest.mark.parametrize(
    ("wrong", "field", "sentence"),
    [
        ({"source_url": ""}, "source_url", "Give the official page"),
        ({"source_url": "ftp://example.org/"}, "source_url", "begins with https://"),
        ({"phone": "call us"}, "phone", "in digits and spaces"),
        ({"phone": "1" * 16}, "phone", "in digits and spaces"),
        ({"phone": "112\n"}, "", ""),
        ({"phone": ""}, "phone", "Enter a number, or"),
        ({"country": "Poland"}, "country", "Select a valid choice"),
        ({"spoken_languages": ["xx"]}, "spoken_languages", "Select a valid choice"),
        ({"spoken_languages": []}, "spoken_languages", "required"),
        ({"time_zone": "Warsaw"}, "time_zone", "no such time zone"),
        ({"verified_on": "2099-01-01"}, "verified_on", "still to come"),
        ({"verified_on": "31.31.2026"}, "verified_on", "Enter a valid date"),
        ({"verified_on": "2026-01-02", "review_by": "2026-01-01"}, "review_by", "after the verification"),
        ({"verified_on": "2026-01-01", "review_by": "2026-07-01"}, "review_by", "at most 180 days"),
        ({"verified_on": "2026-01-01", "review_by": "soon"}, "review_by", "Enter a valid date"),
        (LINE | {"round_the_clock": "on"}, "first_day", "untick it"),
        (LINE | {"intervals__0__first_day": "5"}, "__all__", "two lines"),
        (LINE | {"intervals__0__opens": "25:00"}, "opens", "Enter a valid time"),
        (LINE | {"country": ""}, "first_day", "Choose the country"),
    ],
)
def test_bad_input_gets_a_sentence_at_its_field_and_loses_nothing(
    chief: Client, wrong: dict[str, Any], field: str, sentence: str
) -> None:
    page = chief.post(ADD, filled(chief, ADD, **(NEW | wrong)))
    if not field:
        assert page.status_code == 302
        return
    assert page.status_code == 200
    of_lines = [error for formset in page.context["inline_admin_formsets"] for error in formset.formset.errors]
    found = {**page.context["adminform"].form.errors, **{name: each[name] for each in of_lines for name in each}}
    assert sentence in " ".join(found[field])
    assert "Ktoś słucha" in page.content.decode()
    assert not Helpline.objects.exists()


def test_hours_that_run_into_each_other_are_told(chief: Client) -> None:
    second = {
        "intervals__TOTAL_FORMS": 2,
        "intervals__1__first_day": "4",
        "intervals__1__last_day": "6",
        "intervals__1__opens": "19:00",
        "intervals__1__closes": "22:00",
    }
    assert "run into those of another" in str(errors(chief, ADD, **NEW, **(LINE | second))["opens"])


def test_a_line_about_to_be_deleted_is_in_nobodys_way(chief: Client, line: Helpline) -> None:
    HelplineHours.objects.create(helpline=line, first_day=0, last_day=4, opens=dt.time(12), closes=dt.time(20))
    saved(chief, line, round_the_clock="on", intervals__0__DELETE="on")
    assert not line.intervals.exists()


def test_a_country_we_have_no_name_for_stays_what_it_is(chief: Client, line: Helpline) -> None:
    Helpline.objects.update(country="JP")
    saved(chief, line, order=7)
    assert Helpline.objects.get().country == "JP"


# ── A check holds for what was checked (G7) ──────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    "changes",
    [{"phone": "116 112"}, {"hours_pl": "do odwołania"}, {"name_en": "Else"}, {"charge": "free"}, LINE],
    ids=["number", "words on hours", "name", "cost", "hours"],
)
def test_an_edit_takes_the_verification_away_and_says_so(
    chief: Client, line: Helpline, changes: dict[str, Any]
) -> None:
    assert WORDS_OF_A_LOSS in saved(chief, line, **changes)
    after = Helpline.objects.get()
    assert (after.verified_on, after.review_by, after.verified_by) == (None, None, None)
    assert after.checks.latest("pk").by_name == "chief"


@pytest.mark.parametrize("changes", [{}, {"order": 3}, {"phone": "116-111"}, {"slug": "renamed"}])
def test_an_edit_that_no_reader_sees_takes_nothing_away(chief: Client, line: Helpline, changes: dict[str, Any]) -> None:
    assert WORDS_OF_A_LOSS not in saved(chief, line, **changes)
    assert Helpline.objects.get().verified_on == today()


def test_who_corrects_a_number_beside_its_source_saves_and_verifies_at_once(chief: Client, line: Helpline) -> None:
    page = saved(chief, line, phone="116 112", campaigns_helpline_save_and_verify="1")
    assert "verified as of today" in page
    after = Helpline.objects.get()
    assert (after.phone, after.verified_on, verifying.is_as_checked(after)) == ("116 112", today(), True)


def test_a_form_opened_before_somebody_else_saved_asks_once_and_loses_nothing(chief: Client, line: Helpline) -> None:
    form = chief.get(change_url(line))
    posted = filled(chief, change_url(line), phone="116 113") | {"state": form.context["state"]}
    Helpline.objects.update(phone="116 112")
    page = chief.post(change_url(line), posted)
    assert "Somebody else saved this entry" in page.content.decode()
    assert 'value="116 113"' in page.content.decode()
    assert "Checked on" not in page.content.decode()
    assert Helpline.objects.get().phone == "116 112"
    assert chief.post(change_url(line), posted | {"state": page.context["state"]}).status_code == 302
    assert Helpline.objects.get().phone == "116 113"


def test_a_date_taken_out_takes_the_entry_out_of_print(chief: Client, line: Helpline) -> None:
    saved(chief, line, verified_on="", review_by="")
    assert Helpline.objects.get().verified_on is None
    assert line.checks.latest("pk").what == "stopped"


def test_an_earlier_review_is_nobodys_new_check(chief: Client, line: Helpline) -> None:
    saved(chief, line, review_by=str(today() + dt.timedelta(days=10)))
    assert Helpline.objects.get().verified_on == today()
    assert line.checks.count() == 1


# ── Checking ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_the_page_shows_the_source_what_readers_see_and_who_checked_it(chief: Client, line: Helpline) -> None:
    page = chief.get(check_url(line)).content.decode()
    for words in (
        line.source_url,
        "Telefon pl-listening",
        "116 111",
        "chief",
        "Verified today",
        'lang="pl"',
        "Godziny",
    ):
        assert words in page
    assert chief.get(change_url(line)).content.decode().count("Checked on") == 1


def test_one_button_verifies_and_leads_to_the_next_that_falls_due(chief: Client, line: Helpline) -> None:
    due = a_helpline("pl-due", today=today())
    Helpline.objects.filter(pk=due.pk).update(review_by=today())
    Helpline.objects.filter(pk=line.pk).update(verified_on=None, review_by=None)
    seen = digest_of(Helpline.objects.get(pk=line.pk))
    answer = chief.post(check_url(line), {"verified": "1", "seen": seen})
    assert answer["Location"] == check_url(due)
    line.refresh_from_db()
    assert (line.verified_on, line.review_by) == (today(), today() + REVIEW_WITHIN)
    last = chief.post(check_url(due), {"verified": "1", "seen": digest_of(due)})
    assert last["Location"] == LIST


def test_nobody_vouches_for_what_changed_since_they_looked(chief: Client, line: Helpline) -> None:
    page = chief.post(check_url(line), {"verified": "1", "seen": "0" * 64}, follow=True).content.decode()
    assert "Somebody changed it meanwhile" in page
    assert line.checks.count() == 1


def test_a_dead_number_is_out_of_print_with_one_button(chief: Client, line: Helpline) -> None:
    assert "out of print" in chief.post(check_url(line), {"stop": "1"}, follow=True).content.decode()
    assert Helpline.objects.get().verified_on is None
    assert "not in print anyway" in chief.post(check_url(line), {"stop": "1"}, follow=True).content.decode()


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"verified_on": None, "review_by": None}, "Nobody vouches for it"),
        ({"days": -1}, "no longer printed"),
        ({"days": 9}, "It falls due"),
        ({"days": 90, "verified_by": None}, "It is printed until"),
        ({"checked_as": "0" * 64}, "not what was checked"),
    ],
)
def test_each_standing_is_said_in_a_sentence(chief: Client, line: Helpline, facts: dict[str, Any], words: str) -> None:
    if "days" in facts:
        due = today() + dt.timedelta(days=facts["days"])
        Helpline.objects.update(verified_on=today() - LAST_WEEK, review_by=due)
    Helpline.objects.filter(pk=line.pk).update(
        checked_as=facts.get("checked_as", line.checked_as),
        **{name: value for name, value in facts.items() if name not in {"days", "checked_as"}},
    )
    for url in (check_url(line), change_url(line)):
        assert words in chief.get(url).content.decode()


def test_an_entry_without_words_asks_to_be_written_first(chief: Client, line: Helpline) -> None:
    HelplineText.objects.all().delete()
    assert "no words in any language" in chief.get(check_url(line)).content.decode()


def test_a_get_changes_nothing_and_other_methods_are_refused(chief: Client, line: Helpline) -> None:
    before = Helpline.objects.values().get()
    chief.get(check_url(line), {"verified": "1", "stop": "1"})
    assert Helpline.objects.values().get() == before
    assert chief.put(check_url(line)).status_code == 405
    assert chief.get(reverse("admin:helpline_check", args=[line.pk + 1])).status_code == 404


def test_who_may_only_look_sees_no_button_and_presses_none(staff: Callable[..., Client], line: Helpline) -> None:
    reader = staff("campaigns.view_helpline")
    page = reader.get(check_url(line)).content.decode()
    assert "116 111" in page
    assert "Verified today" not in page.replace("“Verified today”", "")
    assert reader.post(check_url(line), {"verified": "1", "seen": digest_of(line)}).status_code == 403
    assert reader.get(change_url(line)).status_code == 200


def test_who_may_not_look_is_kept_out(staff: Callable[..., Client], client: Client, line: Helpline) -> None:
    assert staff("campaigns.view_newsitem").get(check_url(line)).status_code == 403
    assert client.get(check_url(line)).status_code == 302


# ── The list ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_the_list_is_filtered_by_what_falls_due_and_by_country(chief: Client, line: Helpline) -> None:
    for slug, days in (("pl-overdue", -1), ("pl-soon", 20)):
        made = a_helpline(slug, today=today())
        Helpline.objects.filter(pk=made.pk).update(review_by=today() + dt.timedelta(days=days))
    Helpline.objects.filter(pk=a_helpline("de-never", today=today()).pk).update(
        verified_on=None, review_by=None, country="DE"
    )
    for query, slugs in (
        ({}, ["pl-overdue", "pl-soon", line.slug, "de-never"]),
        ({"standing": "due"}, ["pl-overdue", "pl-soon"]),
        ({"standing": "unverified"}, ["de-never"]),
        ({"country": "DE"}, ["de-never"]),
        ({"standing": "nonsense"}, ["pl-overdue", "pl-soon", line.slug, "de-never"]),
    ):
        assert [row.slug for row in chief.get(LIST, query).context["cl"].result_list] == slugs
    assert "Germany" in chief.get(LIST).content.decode()


def test_chosen_entries_are_verified_by_who_pressed(chief: Client, line: Helpline) -> None:
    Helpline.objects.update(verified_on=None, review_by=None, verified_by=None)
    chief.post(LIST, {"action": "verified_today", "_selected_action": [line.pk]})
    after = Helpline.objects.get()
    assert (after.verified_on, after.verified_by and after.verified_by.username) == (today(), "chief")


def test_the_overview_names_what_falls_due_and_counts_what_nobody_vouches_for(chief: Client, line: Helpline) -> None:
    for number in range(6):
        made = a_helpline(f"pl-{number}", phone=f"800 {number:03}", today=today())
        Helpline.objects.filter(pk=made.pk).update(review_by=today() + dt.timedelta(days=number))
    Helpline.objects.filter(pk=line.pk).update(verified_on=None, review_by=None)
    page = chief.get("/admin/").content.decode()
    assert [number for number in range(6) if f"800 {number:03}" in page] == [0, 1, 2, 3, 4]
    assert "1 more falls due" in page
    assert "1 entry is unverified" in page


def test_the_pages_of_an_entry_cost_the_same_however_old_its_history(
    chief: Client, line: Helpline, django_assert_max_num_queries: Any
) -> None:
    by = User.objects.get(username="chief")
    HelplineCheck.objects.bulk_create(
        [verifying.line_of(line, Checked.VERIFIED, by=by, now=timezone.now()) for _ in range(200)]
    )
    for url in (check_url(line), change_url(line)):
        with django_assert_max_num_queries(20):
            assert chief.get(url).status_code == 200
