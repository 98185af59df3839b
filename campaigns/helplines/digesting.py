"""What of an entry is bound by its check: a short name for all of it, so that a change is noticed wherever it was made."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from campaigns.helplines.languages import as_list

if TYPE_CHECKING:
    from collections.abc import Iterable

    from campaigns.helplines.models import Helpline, HelplineHours, HelplineText

FACTS = (
    "country",
    "kind",
    "audience",
    "phone",
    "sms",
    "chat_url",
    "web_url",
    "charge",
    "on_holidays",
    "time_zone",
    "source_url",
)
WORDS = ("name", "description", "hours", "cost", "accessibility")


def facts_of(
    helpline: Helpline,
    *,
    texts: Iterable[HelplineText] | None = None,
    intervals: Iterable[HelplineHours] | None = None,
) -> dict[str, Any]:
    """Everything a check vouches for, as plain values; what is empty is left out, so that a new column changes nothing.

    `texts` and `intervals` stand in for rows that are not written yet. Not `order`, `slug` and who is responsible: they
    tell the reader nothing. No query where `whole()` fetched words and hours.
    """
    texts = helpline.texts.all() if texts is None else texts
    intervals = helpline.intervals.all() if intervals is None else intervals
    facts: dict[str, Any] = {name: str(getattr(helpline, name)) for name in FACTS}
    facts["languages"] = sorted(as_list(helpline.spoken_languages))
    facts["hours"] = sorted(map(str, intervals))
    facts["round_the_clock"] = helpline.round_the_clock
    facts["words"] = {text.language: _filled({name: getattr(text, name) for name in WORDS}) for text in texts}
    return _filled(facts)


def digest_of(helpline: Helpline) -> str:
    """SHA-256 of `facts_of`, in hex: equal exactly where a reader sees the same."""
    return digest(facts_of(helpline))


def digest(facts: dict[str, Any]) -> str:
    """SHA-256 of `facts`, in hex."""
    said = json.dumps(facts, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(said.encode()).hexdigest()


def _filled(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value}
