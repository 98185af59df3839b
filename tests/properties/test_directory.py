"""Whatever stands in the directory: a reader is shown exactly what the rule of docs/helplines.md says, in its order."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from campaigns.helplines import dialling, directory
from campaigns.helplines.digesting import digest_of
from campaigns.helplines.models import Audience, Helpline, HelplineText, Kind

TODAY = dt.date(2026, 11, 25)
COUNTRIES = ["PL", "DE", "GB"]
LANGUAGES = ["pl", "en"]
ENTRIES = st.lists(
    st.fixed_dictionaries(
        {
            "country": st.sampled_from(COUNTRIES),
            "kind": st.sampled_from(list(Kind)),
            "audience": st.sampled_from(list(Audience)),
            "spoken_languages": st.lists(st.sampled_from(["pl", "en", "de"]), min_size=1, unique=True),
            "order": st.sampled_from([10, 20]),
            "verified": st.sampled_from([None, -200, -180, -1, 0, 1]),
            "for_days": st.sampled_from([0, 1, 90, 180]),
            "words": st.lists(st.sampled_from(LANGUAGES), unique=True),
            "bound": st.sampled_from(["to what stands there", "to what stood there", "before digests were kept"]),
        }
    ),
    max_size=12,
)
READERS = st.fixed_dictionaries(
    {
        "country": st.sampled_from([*COUNTRIES, "FR"]),
        "language": st.sampled_from(LANGUAGES),
        "sensitivity": st.integers(0, 3),
        "audience": st.sampled_from([None, *Audience]),
    }
)
WHO_REPORTS_FIRST = ["fraud", "report", "help", "remove", "emergency"]
WHO_LISTENS_FIRST = ["help", "emergency", "report", "remove", "fraud"]


@pytest.mark.django_db
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(entries=ENTRIES, reader=READERS)
def test_a_reader_is_shown_what_the_rule_says_in_its_order(
    entries: list[dict[str, Any]], reader: dict[str, Any]
) -> None:
    with transaction.atomic():
        for number, entry in enumerate(entries):
            write(number, entry)
        shown = directory.for_reader(today=TODAY, **reader)
        assert [(each.helpline.slug, each.text.language) for each in shown] == [
            (f"line-{number:02}", reader["language"]) for number in wanted(entries, reader)
        ]
        transaction.set_rollback(True)


def write(number: int, entry: dict[str, Any]) -> None:
    facts = {name: entry[name] for name in ("country", "kind", "audience", "spoken_languages", "order")}
    verified_on = None if entry["verified"] is None else TODAY + dt.timedelta(days=entry["verified"])
    line = Helpline.objects.create(
        slug=f"line-{number:02}",
        phone="116 111",
        source_url="https://example.org/",
        verified_on=verified_on,
        review_by=verified_on and verified_on + dt.timedelta(days=entry["for_days"]),
        **facts,
    )
    HelplineText.objects.bulk_create(HelplineText(helpline=line, language=code, name="x") for code in entry["words"])
    digests = {"to what stands there": digest_of(line), "to what stood there": "0" * 64}
    Helpline.objects.filter(pk=line.pk).update(checked_as=digests.get(entry["bound"], ""))


def wanted(entries: list[dict[str, Any]], reader: dict[str, Any]) -> list[int]:
    """The rule once more, as plainly as it can be said."""
    kinds = WHO_LISTENS_FIRST if reader["sensitivity"] > 0 else WHO_REPORTS_FIRST
    chosen = []
    for number, entry in enumerate(entries):
        if entry["country"] != reader["country"] or reader["language"] not in entry["words"]:
            continue
        if entry["verified"] is None or entry["verified"] > 0 or entry["verified"] + entry["for_days"] < 0:
            continue
        if entry["bound"] == "to what stood there":
            continue
        if reader["audience"] not in (None, entry["audience"]) and entry["audience"] != "anyone":
            continue
        place = (
            kinds.index(entry["kind"]),
            0 if reader["language"] in entry["spoken_languages"] else 1,
            0 if reader["audience"] in (None, entry["audience"]) else 1,
            entry["order"],
            number,
        )
        chosen.append(place)
    return [place[-1] for place in sorted(chosen)]


@given(st.text(alphabet="0123456789 +-./()\u2013\u00a0", max_size=30) | st.text(max_size=20))
@example("800-12.12/12")
@example("+48 (22) 123 45 67")
@example("112\n")
@example("\u0661\u0661\u0662")
def test_every_number_the_directory_takes_is_a_link_that_dials_its_digits(typed: str) -> None:
    number = dialling.tidy(typed)
    try:
        dialling.dialable(number)
    except ValidationError:
        return
    assert re.fullmatch(r"tel:\+?[0-9]{2,15}", dialling.tel(number), re.ASCII)
    assert re.fullmatch(r"sms:\+?[0-9]{2,15}", dialling.sms(number), re.ASCII)
    assert re.sub(r"[^0-9+]", "", typed) == dialling.tel(number).removeprefix("tel:")
    assert dialling.tidy(number) == number
