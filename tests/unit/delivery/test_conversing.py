"""delivery.conversing: how long a server may take."""

from __future__ import annotations

from newsletter.delivery.conversing import TIMEOUTS

LEAST = {"greeting": 300, "mail": 300, "rcpt": 300, "data": 120, "block": 180, "dot": 600}
"""RFC 5321 4.5.3.2."""


def test_no_server_is_given_less_time_than_the_standard_wants_s1() -> None:
    assert {stage: seconds for stage, seconds in LEAST.items() if TIMEOUTS[stage] < seconds} == {}
