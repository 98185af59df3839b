"""seeding.planting: any number of runs have the same end, and what people did since is theirs."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.apps import apps
from django.test import override_settings
from django.utils import translation

from campaigns.content.models import Image, NewsItem, State, Topic
from campaigns.helplines.models import Helpline
from newsletter.audience.models import ConsentEvent, Subscriber, Subscription, SubscriptionState, Suppression
from newsletter.composition.freezing import frozen_messages
from newsletter.composition.preflight import findings_for
from newsletter.editions import editing
from newsletter.editions.models import Edition
from newsletter.seeding.planting import plant

if TYPE_CHECKING:
    from django.db.models import Model, QuerySet

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
TABLES = [*apps.get_app_config("campaigns").get_models(), *apps.get_app_config("newsletter").get_models()]


def every(model: type[Model]) -> QuerySet[Any]:
    return model._default_manager.all()  # noqa: SLF001 (Django's documented name for "whatever the manager is called")


def rows() -> dict[str, Any]:
    """Every row of both apps, without the moment it was last written."""
    return {
        model.__name__: sorted(
            ({name: value for name, value in row.items() if name != "updated_at"} for row in every(model).values()),
            key=lambda row: next(iter(row.values())),  # the primary key stands first
        )
        for model in TABLES
    }


def test_planting_again_a_week_later_changes_no_row_and_no_id() -> None:
    plant(now=NOON)
    planted = rows()
    plant(now=NOON + dt.timedelta(days=7))
    assert rows() == planted


def test_planting_reports_how_many_of_each_kind_stand_there() -> None:
    counts = plant(now=NOON)
    assert counts["subscribers"] == Subscriber.objects.count() == 30
    assert counts["news items"] == NewsItem.objects.readable(now=NOON).count() == 5
    assert counts["helplines"] == Helpline.objects.count() == 9 + counts["helplines to be checked"]


def test_every_row_satisfies_its_models_rules() -> None:
    plant(now=NOON)
    for model in TABLES:
        for row in every(model):
            row.full_clean(validate_unique=False)


def test_a_person_is_subscribed_once_with_evidence_in_their_own_language() -> None:
    plant(now=NOON)
    plant(now=NOON)
    katie = Subscriber.objects.get(first_name="Katie")
    event = ConsentEvent.objects.get(subscriber=katie)
    assert (event.kind, event.method, event.language, event.at) == ("imported", "seed", "en", NOON)
    assert event.wording.startswith("I want to receive")
    assert Subscription.objects.get(subscriber=katie).state == SubscriptionState.ACTIVE


def test_who_left_stays_away() -> None:
    plant(now=NOON)
    Subscription.objects.filter(subscriber__first_name="Łucja").update(state=SubscriptionState.UNSUBSCRIBED)
    plant(now=NOON)
    assert Subscription.objects.get(subscriber__first_name="Łucja").state == SubscriptionState.UNSUBSCRIBED


def test_who_was_erased_does_not_come_back() -> None:
    plant(now=NOON)
    erased = Subscriber.objects.get(first_name="Łucja")
    Suppression.objects.create(fingerprint=erased.fingerprint, reason="erased", at=NOON)
    ConsentEvent.objects.filter(subscriber=erased).delete()
    erased.delete()
    plant(now=NOON)
    assert not Subscriber.objects.filter(first_name="Łucja").exists()


def test_words_of_a_planted_item_come_back_and_a_withdrawn_one_stays_withdrawn() -> None:
    plant(now=NOON)
    item = NewsItem.objects.get(slug="backup")
    item.texts.filter(language="pl").update(title="Zmienione")
    NewsItem.objects.filter(pk=item.pk).update(state=State.WITHDRAWN)
    plant(now=NOON)
    item.refresh_from_db()
    assert item.texts.get(language="pl").title.startswith("Kopia zapasowa")
    assert item.state == State.WITHDRAWN


def test_rows_of_other_slugs_are_left_alone() -> None:
    plant(now=NOON)
    item = NewsItem.objects.get(slug="backup")
    own = NewsItem.objects.create(
        slug="own", source=item.source, source_url="https://cert.pl/", source_date=NOON.date()
    )
    own.texts.create(language="pl", title="Nasze", lead="Nasze.")
    plant(now=NOON)
    assert own.texts.get().title == "Nasze"


def test_a_changed_block_of_a_demo_edition_not_yet_mailed_is_put_back() -> None:
    plant(now=NOON)
    edition = Edition.objects.get(slug="wici-2026-11")
    before = edition.blocks.count()
    edition.blocks.filter(kind="divider").delete()
    plant(now=NOON)
    assert edition.blocks.count() == before


def test_the_demo_edition_is_approved_and_ready_to_be_sent_in_both_languages() -> None:
    counts = plant(now=NOON)
    edition = Edition.objects.get(slug="wici-2026-11")
    messages = frozen_messages(edition=edition, now=NOON + dt.timedelta(days=1))
    assert counts["approved editions"] == 1
    assert [message.language for message in messages] == ["pl", "en"]


def test_the_demo_edition_has_not_a_single_finding() -> None:
    plant(now=NOON)
    with translation.override("en"):
        found = findings_for(edition=Edition.objects.get(slug="wici-2026-11"), now=NOON)
    assert [finding.sentence for finding in found] == []


def test_an_edition_whose_item_was_withdrawn_waits_for_an_editor() -> None:
    plant(now=NOON)
    NewsItem.objects.filter(slug="backup").update(state=State.WITHDRAWN)
    assert plant(now=NOON)["approved editions"] == 0


def test_an_edition_is_approved_anew_when_the_words_of_its_items_changed() -> None:
    plant(now=NOON)
    Topic.objects.get(slug="data").texts.filter(language="pl").update(name="Inaczej")
    plant(now=NOON)
    later = NOON + dt.timedelta(days=1)
    plant(now=later)
    assert frozen_messages(edition=Edition.objects.get(slug="wici-2026-11"), now=later)


def test_a_draft_of_the_demo_edition_is_approved_again() -> None:
    plant(now=NOON)
    editing.changed(edition=Edition.objects.get(slug="wici-2026-11"))
    assert plant(now=NOON)["approved editions"] == 1


def test_a_demo_planted_next_year_can_still_be_sent() -> None:
    assert plant(now=NOON + dt.timedelta(days=400))["approved editions"] == 1


def test_an_edition_that_was_mailed_is_never_changed() -> None:
    plant(now=NOON)
    edition = Edition.objects.get(slug="wici-2026-11")
    edition.mailings.create(state="finished", unknown_policy="hold", due_at=NOON, created_at=NOON)
    edition.blocks.filter(kind="divider").delete()
    plant(now=NOON)
    assert not edition.blocks.filter(kind="divider").exists()


def test_a_production_installation_gets_no_people_who_do_not_exist() -> None:
    with override_settings(TRYING_OUT=False, DEBUG=False):
        plant(now=NOON)
    assert not Subscriber.objects.exists()


def test_the_picture_stands_in_the_edition_with_its_size_and_words() -> None:
    plant(now=NOON)
    picture = Image.objects.get(blocks__edition__slug="wici-2026-11")
    assert (picture.width, picture.height) == (1200, 480)
    assert {text.language for text in picture.texts.all()} == {"pl", "en"}
