from __future__ import annotations

import datetime as dt

from newsletter.delivery.allowing import Allowance, allowances, return_unused
from newsletter.delivery.models import Mailing

NOON = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)


def test_without_limits_everything_wanted_may_leave() -> None:
    mailing = Mailing(pk=1)
    assert allowances(mailing=mailing, providers=["", "google"], wanted=400, now=NOON) == {
        "": Allowance(rows=400),
        "google": Allowance(rows=400),
    }
    return_unused(mailing=mailing, unused={"": 3})
