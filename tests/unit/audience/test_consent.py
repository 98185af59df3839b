"""audience.consent: how much of a network address is kept."""

from __future__ import annotations

import pytest

from newsletter.audience.consent import truncated


@pytest.mark.parametrize(
    ("network", "kept"),
    [
        ("198.51.100.77", "198.51.100.0/24"),
        ("198.51.100.0/24", "198.51.100.0/24"),
        ("2001:db8:1:2:3::4", "2001:db8:1::/48"),
        ("::ffff:198.51.100.77", "198.51.100.0/24"),
        ("fe80::1%eth0", "fe80::/48"),
        ("", ""),
        ("unix:", ""),
    ],
)
def test_a_network_is_kept_and_a_person_is_not(network: str, kept: str) -> None:
    assert truncated(network) == kept
