"""content.early_reading: a link of their own, until the embargo ends, and a log of when it was opened."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from campaigns.content import approving, early_reading
from campaigns.content.models import EarlyReader, NewsItem
from tests.integration.content.conftest import NOW

if TYPE_CHECKING:
    from django.contrib.auth.models import User

EMBARGO = NOW + dt.timedelta(days=1)


@pytest.fixture
def reader(draft: NewsItem, writer: User) -> EarlyReader:
    """A journalist who may read an approved item one day early."""
    draft.embargo_until = EMBARGO
    draft.save()
    approving.approve(item=draft, by=writer, now=NOW)
    return early_reading.invite(item=draft, name="Gazeta Przykładowa", by=writer, now=NOW)


def access(reader: EarlyReader, *, now: dt.datetime = NOW) -> early_reading.Access:
    found = early_reading.access_by(token=early_reading.token_of(reader), now=now)
    assert found
    return found


def test_the_link_opens_an_approved_item_before_its_embargo_ends(reader: EarlyReader) -> None:
    found = access(reader)
    assert (found.is_open, found.is_public, found.reader.name) == (True, False, "Gazeta Przykładowa")


def test_from_the_instant_the_embargo_ends_it_leads_to_the_public_page(reader: EarlyReader) -> None:
    found = access(reader, now=EMBARGO)
    assert (found.is_open, found.is_public) == (False, True)


def test_a_link_taken_back_opens_nothing_and_keeps_when_that_was(reader: EarlyReader) -> None:
    early_reading.revoke(reader=reader, now=NOW)
    early_reading.revoke(reader=reader, now=EMBARGO)
    assert not access(reader).is_open
    assert EarlyReader.objects.get().revoked_at == NOW


def test_a_link_to_what_is_not_approved_opens_nothing(reader: EarlyReader) -> None:
    approving.withdraw(item=reader.news_item, by=None, now=NOW)
    assert not access(reader).is_open


def test_a_link_we_did_not_make_is_none(reader: EarlyReader) -> None:
    token = early_reading.token_of(reader)
    for forged in (token[:-1] + ("A" if token[-1] != "A" else "B"), "1", "", f"{reader.pk + 1}{token[1:]}"):
        assert early_reading.access_by(token=forged, now=NOW) is None


def test_a_link_of_another_purpose_is_none(reader: EarlyReader) -> None:
    from django.core import signing  # noqa: PLC0415 (only the forger needs it)

    assert early_reading.access_by(token=signing.Signer().sign(str(reader.pk)), now=NOW) is None
    words = signing.Signer(salt=early_reading.PURPOSE).sign("words")
    assert early_reading.access_by(token=words, now=NOW) is None


def test_a_link_whose_item_is_gone_is_none(reader: EarlyReader) -> None:
    token = early_reading.token_of(reader)
    reader.news_item.delete()
    assert early_reading.access_by(token=token, now=NOW) is None


def test_each_opening_is_logged_with_its_time_and_language_only(reader: EarlyReader) -> None:
    early_reading.log(access=access(reader), language="pl", now=NOW)
    assert list(reader.readings.values_list("at", "language")) == [(NOW, "pl")]
