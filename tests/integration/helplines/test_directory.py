"""The directory: who is printed for whom, and in which order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from campaigns.helplines import directory, verifying
from campaigns.helplines.models import REVIEW_WITHIN, Audience, Helpline
from tests.builders import NOON, a_helpline

if TYPE_CHECKING:
    from django.contrib.auth.models import User

pytestmark = pytest.mark.django_db

TODAY = NOON.date()


def test_an_audience_gets_its_own_lines_and_those_for_anyone() -> None:
    for slug, audience in (("pl-anyone", Audience.ANYONE), ("pl-children", Audience.CHILDREN)):
        a_helpline(slug)
        Helpline.objects.filter(slug=slug).update(audience=audience)
    other = next(each for each in Audience if each not in (Audience.ANYONE, Audience.CHILDREN))

    def found(audience: Audience | None) -> list[str]:
        entries = directory.for_reader(country="PL", language="pl", sensitivity=1, today=TODAY, audience=audience)
        return [entry.helpline.slug for entry in entries]

    assert found(Audience.CHILDREN) == found(None) == ["pl-anyone", "pl-children"]
    assert found(other) == ["pl-anyone"]


def test_links_are_dialable_and_a_web_page_is_called_by_its_host() -> None:
    a_helpline()
    Helpline.objects.update(sms="80 0 12", web_url="https://www.listening.example.org/help")
    (entry,) = directory.for_reader(country="PL", language="en", sensitivity=1, today=TODAY)
    assert (entry.tel, entry.sms, entry.web_host) == ("tel:116111", "sms:80012", "listening.example.org")
    Helpline.objects.update(sms="", phone="")
    (entry,) = directory.for_reader(country="PL", language="en", sensitivity=1, today=TODAY)
    assert (entry.tel, entry.sms) == ("", "")


def test_verifying_sets_the_next_look_as_late_as_the_directory_allows(admin_user: User) -> None:
    a_helpline()
    assert verifying.verify(helplines=Helpline.objects.all(), by=admin_user, today=TODAY) == 1
    line = Helpline.objects.get()
    assert (line.verified_on, line.review_by, line.verified_by) == (TODAY, TODAY + REVIEW_WITHIN, admin_user)
