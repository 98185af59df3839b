"""Writes the consent ledger: every entry says what was said, in which words, when, where and how (C3)."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsletter.audience.models import ConsentEvent, ConsentKind, Subscriber

if TYPE_CHECKING:
    import datetime as dt

    from newsletter.editions.models import Newsletter

AGENT_LENGTH = 300
PAGE_LENGTH = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """When, how and from where a person spoke. A door makes it from the request."""

    now: dt.datetime
    method: str
    """form, one-click, preferences, import, letter …"""
    page: str = ""
    """The page's address without its token."""
    network: str = ""
    """The caller's IP address; only its /24 or /48 is ever kept."""
    agent: str = ""
    language: str = ""
    """In which language the person read the words; empty where it is the one they chose to be written to in."""


def record(
    *,
    subscriber: Subscriber,
    newsletter: Newsletter | None,
    kind: ConsentKind,
    origin: Origin,
    wording: str = "",
    language: str = "",
) -> ConsentEvent:
    """Append one entry and return it; `newsletter` None speaks of the person as a whole."""
    event = entry(
        subscriber=subscriber, newsletter=newsletter, kind=kind, origin=origin, wording=wording, language=language
    )
    event.save()
    return event


def entry(  # noqa: PLR0913 — an entry is exactly these facts
    *,
    subscriber: Subscriber,
    newsletter: Newsletter | None,
    kind: ConsentKind,
    origin: Origin,
    wording: str = "",
    language: str = "",
    message_id: str = "",
) -> ConsentEvent:
    """One entry, not yet written, for those who append many at once."""
    return ConsentEvent(
        subscriber=subscriber,
        newsletter=newsletter,
        kind=kind,
        at=origin.now,
        wording=wording,
        language=language,
        page=_printable(origin.page)[:PAGE_LENGTH],
        network=truncated(origin.network),
        agent=_printable(origin.agent)[:AGENT_LENGTH],
        method=origin.method,
        message_id=message_id,
    )


def truncated(network: str) -> str:
    """`83.12.40.7` → `83.12.40.0/24`, `2a01:11ff::1` → `2a01:11ff::/48`; empty where it is no IP address."""
    try:
        address = ipaddress.ip_address(network.partition("/")[0].partition("%")[0].strip())
    except ValueError:
        return ""
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return str(ipaddress.ip_network((address, 24 if address.version == 4 else 48), strict=False))  # noqa: PLR2004 — IP


def _printable(text: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in text)
