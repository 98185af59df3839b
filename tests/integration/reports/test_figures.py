"""A mailing's figures off real rows, and that they cost the same however many rows there are."""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from newsletter.delivery import breaking, preparing, sentences, steering
from newsletter.delivery.bookkeeping import Lease, Stream
from newsletter.delivery.models import Attempt, Delivery, DeliveryState, Mailing, MailingState
from newsletter.delivery.receivers import MailDomain, Provider
from newsletter.reports import ageing, figures
from newsletter.reports.answers import MOST_ANSWERS, last_answers
from newsletter.reports.figures import Progress, progress_of, shares_of
from newsletter.reports.pacing import Left
from tests.integration.delivery.conftest import brought_to, claimed, make_mailing, make_readers, prepared
from tests.integration.delivery.flow import TOO_FAST

if TYPE_CHECKING:
    from newsletter.editions.models import Edition

pytestmark = pytest.mark.django_db

INDEXES = {"delivery_uncertain", "delivery_timed"}


@pytest.fixture(autouse=True)
def _in_english() -> object:
    with translation.override("en"):
        yield


def shown(mailing: Mailing, *, now: dt.datetime | None = None) -> Progress:
    return progress_of(mailing=mailing, now=now or timezone.now())


def began(mailing: Mailing, *, seconds: float) -> None:
    Mailing.objects.filter(pk=mailing.pk).update(started_at=timezone.now() - dt.timedelta(seconds=seconds))


def rows(number: int, *, skip: int = 0) -> Any:
    return Delivery.objects.filter(
        pk__in=list(Delivery.objects.order_by("pk").values_list("pk", flat=True))[skip:][:number]
    )


def tried(delivery: Delivery, state: DeliveryState, *, provider: str = "", **facts: Any) -> Attempt:
    told = {"number": 1, "at": timezone.now(), "state": state, "provider": provider} | facts
    return Attempt.objects.create(delivery=delivery, mailing_id=delivery.mailing_id, **told)


def with_providers(edition: Edition, number: int) -> Mailing:
    """Half of the readers behind Google."""
    for name, provider in (("gmail.com", "google"), ("example.org", "")):
        MailDomain.objects.update_or_create(name=name, defaults={"provider": provider})
    for reader in make_readers(edition.newsletter, number)[::2]:
        reader.address_key = reader.address = reader.address.replace("example.org", "gmail.com")
        reader.save()
    mailing = make_mailing(edition)
    while preparing.prepare(mailing_id=mailing.pk, now=timezone.now()):
        pass
    return Mailing.objects.get(pk=mailing.pk)


def test_a_mailing_without_rows_has_figures_too(edition: Edition) -> None:
    progress = shown(make_mailing(edition, state=MailingState.SCHEDULED))
    assert (progress.total, progress.done, progress.share.percent, progress.providers) == (0, 0, 0, [])
    assert (progress.left, progress.pace.lately, progress.stands_still) == (Left(), None, False)


def test_pace_and_what_is_left_are_read_off_the_last_half_minute(edition: Edition) -> None:
    mailing = prepared(edition, 40)
    began(mailing, seconds=20)
    brought_to(rows(10), DeliveryState.SENT)
    progress = shown(mailing, now=timezone.now() + dt.timedelta(seconds=1))
    assert progress.pace.lately == pytest.approx(0.5, rel=0.11)
    assert progress.left.least == progress.left.most == pytest.approx(60, rel=0.11)
    assert progress.share.percent == 25


def test_while_the_list_is_being_written_nobody_can_tell_how_long_it_takes(edition: Edition) -> None:
    mailing = prepared(edition, 40)
    began(mailing, seconds=20)
    brought_to(rows(10), DeliveryState.SENT)
    Mailing.objects.update(prepared_at=None)
    progress = shown(mailing, now=timezone.now() + dt.timedelta(seconds=1))
    assert (progress.is_written, progress.left) == (False, Left())
    assert progress.pace.lately
    again = timezone.now() + dt.timedelta(minutes=3)
    Mailing.objects.update(waits_for=sentences.NO_SERVER, waits_until=again)
    assert shown(mailing).left == Left(waits_until=again)


@pytest.mark.parametrize("state", [MailingState.PAUSED, MailingState.FINISHED, MailingState.CANCELLED])
def test_what_is_not_being_sent_has_no_pace(edition: Edition, state: MailingState) -> None:
    mailing = prepared(edition, 4)
    began(mailing, seconds=60)
    brought_to(rows(2), DeliveryState.SENT)
    Mailing.objects.update(state=state)
    progress = shown(mailing, now=timezone.now() + dt.timedelta(seconds=1))
    assert (progress.pace.lately, progress.left) == (None, Left())


def test_each_provider_has_its_sums_and_pace_and_the_one_most_wait_for_is_first(edition: Edition) -> None:
    mailing = with_providers(edition, 10)
    began(mailing, seconds=30)
    brought_to(Delivery.objects.filter(provider=""), DeliveryState.SENT)
    one = Delivery.objects.filter(provider="google").values_list("pk", flat=True)[0]
    brought_to(Delivery.objects.filter(pk=one), DeliveryState.DEFERRED, due_at=timezone.now() + dt.timedelta(hours=1))
    google, others = shown(mailing, now=timezone.now() + dt.timedelta(seconds=1)).providers
    assert (google.key, google.ready, google.waiting, google.total) == ("google", 4, 5, 5)
    assert (others.key, others.counts["sent"], others.waiting) == ("", 5, 0)
    assert (google.pace.lately, others.pace.lately) == (0.0, 5 / 30)


def test_all_that_waits_for_a_provider_waits_since_the_mailing_began_and_what_was_put_off_is_a_part_of_what_was_tried(
    edition: Edition,
) -> None:
    mailing, now = with_providers(edition, 20), timezone.now()
    began(mailing, seconds=300)
    assert [each.deferral_rate for each in shown(mailing).providers] == [None, None], "nobody was tried"
    google = list(Delivery.objects.filter(provider="google").values_list("pk", flat=True))
    brought_to(Delivery.objects.filter(pk__in=google[:3]), DeliveryState.SENT)
    brought_to(Delivery.objects.filter(pk__in=google[3:5]), DeliveryState.DEFERRED, due_at=now + dt.timedelta(hours=1))
    brought_to(Delivery.objects.filter(pk__in=google[5:6]), DeliveryState.UNKNOWN, unknowns=1)
    brought_to(Delivery.objects.filter(provider=""), DeliveryState.SENT)
    google_now, others = shown(mailing).providers
    assert google_now.waiting == 6
    assert google_now.deferral_rate == pytest.approx(2 / 6)
    assert google_now.wait
    assert google_now.wait.longest == google_now.wait.half == google_now.wait.twentieth
    assert google_now.wait.longest.total_seconds() == pytest.approx(300, abs=10)
    assert (others.waiting, others.wait, others.deferral_rate) == (0, None, 0.0)


def at_their_hour(edition: Edition, minutes: list[int], *, provider: str = "") -> Mailing:
    """At the readers' local time: each of so many readers has been due for so long; below 0 their hour is still to come."""
    mailing, now = prepared(edition, len(minutes)), timezone.now()
    Mailing.objects.update(wall_time="2026-11-24T08:00")
    for row, ago in zip(Delivery.objects.order_by("pk"), minutes, strict=True):
        Delivery.objects.filter(pk=row.pk).update(due_at=now - dt.timedelta(minutes=ago), provider=provider)
    return Mailing.objects.get(pk=mailing.pk)


def test_at_the_readers_clocks_each_waits_from_their_own_hour(edition: Edition) -> None:
    now = timezone.now()
    mailing = at_their_hour(edition, [*range(1, 21), -60])
    wait = ageing.waits_by_provider(mailing=mailing, providers=[""], now=now)[""]
    minute = dt.timedelta(minutes=1)
    assert (wait.longest + minute / 2) // minute == 20
    assert wait.half
    assert wait.twentieth
    assert ((wait.half + minute / 2) // minute, (wait.twentieth + minute / 2) // minute) == (11, 20)
    Delivery.objects.update(due_at=now + minute)
    assert ageing.waits_by_provider(mailing=mailing, providers=[""], now=now) == {}, "nobody's hour has come"


def test_where_too_many_are_due_to_look_at_only_the_longest_wait_is_told(
    edition: Edition, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    monkeypatch.setattr(ageing, "LOOKED_AT", 4)
    mailing, now = at_their_hour(edition, [1, 2, 3, 4, 5, 6]), timezone.now()
    newest = Delivery.objects.order_by("pk")[:1].values("pk")
    Delivery.objects.filter(pk__in=[row["pk"] for row in newest]).update(provider="google")
    with django_assert_num_queries(1):
        waits = ageing.waits_by_provider(mailing=mailing, providers=["", "google"], now=now)
    assert waits.keys() == {""}, "nothing is said where nothing was seen"
    assert waits[""].longest.total_seconds() == pytest.approx(360, abs=10)
    assert (waits[""].half, waits[""].twentieth) == (None, None)


@pytest.mark.parametrize(("part", "minutes"), [(0.01, 9), (0.05, 9), (0.06, 5), (0.5, 2), (1.0, 1)])
def test_a_part_of_all_waits_for_longer_than(part: float, minutes: int) -> None:
    ages = [dt.timedelta(minutes=each) for each in [9, *[5] * 2, *[2] * 12, *[1] * 5]]
    assert ageing.longer_than(ages, part=part) == dt.timedelta(minutes=minutes)


def test_a_provider_that_is_left_alone_says_so_and_sets_the_earliest_end(edition: Edition) -> None:
    now = timezone.now()
    mailing = with_providers(edition, 4)
    began(mailing, seconds=30)
    assert breaking.trip(provider="google", verdict=TOO_FAST, now=now)
    progress = shown(mailing, now=now)
    assert "Gmail (Google) gets no mail until" in progress.providers[0].waits_for
    assert (
        progress.providers[0].waits_until == Provider.objects.get(pk="google").stopped_until == progress.left.not_before
    )
    afterwards = shown(mailing, now=now + dt.timedelta(minutes=11)).providers[0]
    assert "tried again carefully" in afterwards.waits_for
    assert afterwards.waits_until is None


def test_a_reason_that_was_noted_is_shown_until_it_is_stale(edition: Edition) -> None:
    now = timezone.now()
    mailing = with_providers(edition, 4)
    noted = sentences.PROVIDER_LIMIT % {"provider": "Gmail (Google)", "time": "14:05"}
    Stream.objects.filter(provider="google").update(waits_for=noted, waits_until=now + dt.timedelta(minutes=5))
    assert shown(mailing, now=now).providers[0].waits_for == noted
    assert shown(mailing, now=now + dt.timedelta(minutes=6)).providers[0].waits_for == ""


def test_a_provider_nobody_waits_for_any_more_gives_no_reasons(edition: Edition) -> None:
    mailing = prepared(edition, 2)
    brought_to(rows(2), DeliveryState.SENT)
    Stream.objects.update(waits_for=sentences.PACED, waits_until=timezone.now() + dt.timedelta(minutes=5))
    assert [each.waits_for for each in shown(mailing).providers] == [""]


def test_a_mailing_that_waits_says_until_when(edition: Edition) -> None:
    again = timezone.now() + dt.timedelta(minutes=3)
    mailing = prepared(edition, 2)
    Mailing.objects.update(waits_for=sentences.NO_SERVER, waits_until=again)
    progress = shown(mailing)
    assert (progress.waits_for, progress.left, progress.stands_still) == (
        sentences.NO_SERVER,
        Left(waits_until=again),
        False,
    )


def test_outside_its_hours_it_waits_until_they_begin_again(edition: Edition) -> None:
    monday_noon = dt.datetime(2026, 11, 23, 11, tzinfo=dt.UTC)
    edition.newsletter.window_from, edition.newsletter.window_to = dt.time(8), dt.time(9)
    edition.newsletter.save()
    mailing = prepared(edition, 2)
    assert shown(mailing, now=monday_noon).left.waits_until == dt.datetime(2026, 11, 24, 7, tzinfo=dt.UTC)


def test_with_nothing_but_retries_it_waits_for_the_first_and_not_longer_than_the_last(edition: Edition) -> None:
    mailing, now = prepared(edition, 2), timezone.now()
    brought_to(rows(1), DeliveryState.DEFERRED, due_at=now + dt.timedelta(minutes=10))
    brought_to(rows(1, skip=1), DeliveryState.DEFERRED, due_at=now + dt.timedelta(hours=2))
    left = shown(mailing, now=now).left
    assert (left.waits_until, left.not_before) == (now + dt.timedelta(minutes=10), now + dt.timedelta(hours=2))


def test_at_the_readers_clocks_it_waits_for_the_next_of_them(edition: Edition) -> None:
    mailing, now = prepared(edition, 2), timezone.now()
    Mailing.objects.update(wall_time="2026-11-24T08:00")
    Delivery.objects.update(due_at=now + dt.timedelta(hours=5))
    progress = shown(Mailing.objects.get(pk=mailing.pk), now=now)
    assert (progress.left.waits_until, progress.stands_still) == (now + dt.timedelta(hours=5), False)


def test_what_does_not_move_without_a_reason_says_so_unless_somebody_has_it_in_hand(edition: Edition) -> None:
    mailing = prepared(edition, 2)
    later = timezone.now() + dt.timedelta(minutes=3)
    assert not shown(mailing).stands_still, "it has only just begun"
    assert shown(mailing, now=later).stands_still
    claimed(mailing, 2)
    Lease.objects.update(until=later + dt.timedelta(seconds=20))
    assert not shown(mailing, now=later).stands_still


def test_what_should_have_begun_and_did_not_says_so(edition: Edition) -> None:
    mailing = make_mailing(edition, state=MailingState.SCHEDULED)
    later = mailing.due_at + dt.timedelta(minutes=3)
    assert shown(mailing, now=later).stands_still
    Mailing.objects.update(waits_for=sentences.RELEASE)
    assert not shown(mailing, now=later).stands_still


def test_a_paused_mailing_does_not_stand_still_for_no_reason(edition: Edition) -> None:
    mailing = prepared(edition, 2)
    steering.pause(mailing_id=mailing.pk, now=timezone.now())
    assert not shown(mailing, now=timezone.now() + dt.timedelta(minutes=3)).stands_still


def test_second_copies_and_held_ones_are_counted_up_to_a_bound(
    edition: Edition, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailing = prepared(edition, 6)
    brought_to(rows(2), DeliveryState.SENT, unknowns=1)
    brought_to(rows(2, skip=2), DeliveryState.UNKNOWN, unknowns=1)
    brought_to(rows(1, skip=4), DeliveryState.UNKNOWN, unknowns=2)
    found = shown(mailing).uncertain
    assert (found.once_unknown, found.undecided, found.exact) == (3, 3, True)
    monkeypatch.setattr(figures, "MOST_COUNTED", 4)
    found = shown(mailing).uncertain
    assert (found.once_unknown + found.undecided, found.exact) == (6, False)


def test_answers_are_grouped_by_their_words(edition: Edition) -> None:
    mailing = with_providers(edition, 4)
    one, other, *_rest = Delivery.objects.order_by("pk")
    full: dict[str, Any] = {"code": 452, "enhanced_code": "4.2.2", "reply": "<ula@gmail.com> over quota, see mail1"}
    tried(one, DeliveryState.DEFERRED, provider="google", **full)
    tried(one, DeliveryState.DEFERRED, provider="google", **full | {"reply": "over quota, see mail2"})
    tried(other, DeliveryState.DEFERRED, **full)
    tried(other, DeliveryState.UNKNOWN, reply=sentences.HUNG_UP)
    tried(other, DeliveryState.SENT, code=250, reply="taken at last")
    answers = last_answers(mailing_id=mailing.pk)
    first, second = answers.answers
    assert answers.tries == 4
    assert (first.words, first.count, first.providers) == ("The mailbox is full.", 3, {"google": 2, "": 1})
    assert (first.code, first.enhanced_code, first.text) == (452, "4.2.2", "<an address> over quota, see mail1")
    assert (second.words, second.code, second.text, second.state) == ("The server hung up.", None, "", "unknown")
    with translation.override("pl"):
        assert last_answers(mailing_id=mailing.pk).answers[0].words == "Skrzynka jest pełna."


def test_only_the_most_frequent_answers_are_shown(edition: Edition) -> None:
    delivery = Delivery.objects.get(pk=prepared(edition, 1).deliveries.get().pk)
    for number in range(MOST_ANSWERS + 3):
        tried(delivery, DeliveryState.FAILED, reply=f"Words of ours, number {number}")
    assert len(last_answers(mailing_id=delivery.mailing_id).answers) == MOST_ANSWERS


def test_shares_of_many_mailings_are_one_query(edition: Edition, django_assert_num_queries: Any) -> None:
    mailing = prepared(edition, 4)
    brought_to(rows(1), DeliveryState.FAILED)
    with django_assert_num_queries(1):
        shares = shares_of(mailing_ids=[mailing.pk, 0])
    assert (shares[mailing.pk].done, shares[mailing.pk].total, shares[mailing.pk].percent) == (1, 4, 25)
    assert shares[0].total == 0


def looked_up(mailing: Mailing) -> list[str]:
    """The statements of one look at the mailing."""
    with CaptureQueriesContext(connection) as queries:
        shown(Mailing.objects.select_related("edition__newsletter").get(pk=mailing.pk))
    return [query["sql"] for query in queries]


@pytest.mark.parametrize(("wall_time", "number"), [("", 8), ("2026-11-24T08:00", 9)], ids=["at once", "at their hour"])
def test_looking_costs_the_same_however_many_rows_there_are(edition: Edition, wall_time: str, number: int) -> None:
    mailing = prepared(edition, 20)
    Mailing.objects.update(wall_time=wall_time)
    brought_to(rows(1), DeliveryState.DEFERRED, due_at=timezone.now() + dt.timedelta(hours=1))
    brought_to(rows(1, skip=1), DeliveryState.UNKNOWN, unknowns=1)
    few = looked_up(mailing)
    more = make_readers(edition.newsletter, 2000, start=20)
    message, due = edition.messages.first(), timezone.now() if wall_time else None
    Delivery.objects.bulk_create(
        (Delivery(mailing=mailing, subscriber=reader, message=message, due_at=due) for reader in more), batch_size=500
    )
    many = looked_up(mailing)
    assert len(few) == len(many) == 1 + number, "the mailing itself, and so many"
    assert shown(mailing).total == 2020
    touching = [sql for sql in many if "newsletter_delivery" in sql]
    assert touching
    for sql in touching:
        assert plan_of(sql) <= INDEXES, sql


def plan_of(sql: str) -> set[str]:
    """Through which indexes the deliveries are found; the table itself where they are read one after the other."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
            steps = [row[3] for row in cursor.fetchall() if "newsletter_delivery" in row[3]]
            return {
                found[1] if (found := re.search(r"USING (?:COVERING )?INDEX (\w+)", step)) else step for step in steps
            }
        cursor.execute("ANALYZE newsletter_delivery")
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}")
        answer = cursor.fetchone()[0]
        return set(_scans(json.loads(answer)[0]["Plan"] if isinstance(answer, str) else answer[0]["Plan"]))


def _scans(node: dict[str, Any]) -> list[str]:
    own = [node.get("Index Name", node["Node Type"])] if "Scan" in node["Node Type"] else []
    if node["Node Type"] in {"Subquery Scan", "Bitmap Heap Scan"}:
        own = []
    return own + [name for below in node.get("Plans", []) for name in _scans(below)]
