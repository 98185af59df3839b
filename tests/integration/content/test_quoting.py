"""content.quoting: a scam example as it is shown."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import translation

from campaigns.content.models import ScamExample, ScamExampleText, Source
from campaigns.content.quoting import quoted

pytestmark = pytest.mark.django_db


def an_example(**facts: object) -> ScamExample:
    example = ScamExample.objects.create(**{"slug": "parcel", "channel": "sms", **facts})
    ScamExampleText.objects.create(
        scam_example=example,
        language="en",
        title="A parcel from раypal.com",
        sender="Bank <bok@mbank.example>",
        words="Pay at https://раypal.com/x\n\nor bit.ly/x",
        how_to_tell="Not paypal.com.\nCall 112.",
        seen_where="evil.example",
    )
    return example


def test_every_word_of_it_is_harmless_and_its_tricks_are_named() -> None:
    with translation.override("en"):
        shown = quoted(an_example(seen_on=dt.date(2026, 11, 2)), language="en")
    assert shown is not None
    assert shown.title == "A parcel from xn--ypal-43d9g[.]com"
    assert shown.sender == "Bank <bok[at]mbank[.]example>"
    assert shown.paragraphs == ["Pay at hxxps[:]//xn--ypal-43d9g[.]com/x", "or bit[.]ly/x"]
    assert shown.warnings == [
        "It looks like paypal[.]com, but is xn--ypal-43d9g[.]com.",
        "bit[.]ly is a shortened address: it hides where it leads.",
    ]
    assert shown.how_to_tell == ["Not paypal[.]com.", "Call 112."]
    assert (shown.language, shown.seen, shown.source_name, shown.source_url) == (
        "en",
        "evil[.]example, 2 November 2026",
        "",
        "",
    )


def test_what_was_typed_stays_as_it_was() -> None:
    example = an_example()
    quoted(example, language="en")
    assert "https://раypal.com/x" in example.texts.get().words


@pytest.mark.parametrize("channel", ["email", "sms", "call", "web", "chat"])
def test_every_channel_has_a_label_and_another_language_is_told(channel: str) -> None:
    source = Source.objects.create(name="CERT", website="https://cert.example/")
    example = an_example(channel=channel, source=source)
    example.texts.update(words_language="uk", words="http://10.0.0.1/")
    with translation.override("en"):
        shown = quoted(example, language="en")
    assert shown is not None
    assert shown.label.startswith("Example of a scam")
    assert (shown.language, shown.source_url) == ("uk", "https://cert.example/")
    assert shown.warnings == ["10[.]0[.]0[.]1 is an address in numbers: honest senders have a name."]


def test_without_words_in_a_language_there_is_nothing_to_show() -> None:
    assert quoted(an_example(), language="pl") is None


def test_it_is_called_by_its_title_or_its_short_name() -> None:
    example = an_example()
    assert str(example) == "parcel"
    assert str(ScamExample.objects.prefetch_related("texts").get()) == "A parcel from раypal.com"
    assert str(example.texts.get()) == "A parcel from раypal.com"
