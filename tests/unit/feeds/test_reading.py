from __future__ import annotations

import datetime as dt
import json
import time
from typing import Any

import pytest

from campaigns.feeds.entries import LONGEST_TEXT, Entry, ReadFeed, plain_to_html
from campaigns.feeds.reading import read
from campaigns.feeds.troubles import ContentError

URL = "https://feeds.example.org/news"
DAY = dt.datetime(2026, 11, 23, 8, tzinfo=dt.UTC)
ITEM = "<item><title>T</title><link>https://example.org/1</link><guid isPermaLink='false'>1</guid></item>"


def feed(text: str | bytes, **options: str) -> ReadFeed:
    return read(text.encode() if isinstance(text, str) else text, url=URL, **options)


def trouble(text: str | bytes) -> str:
    with pytest.raises(ContentError) as caught:
        feed(text)
    assert caught.value.sentence.endswith(".")
    return caught.value.trouble


def rss(items: str = ITEM, version: str = "2.0", channel: str = "") -> str:
    return f'<rss version="{version}"><channel><title>News</title><link>https://example.org/</link>{channel}{items}</channel></rss>'


RDF = (
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>News</title></channel><item rdf:about="https://example.org/1">'
    "<title>T</title><link>https://example.org/1</link><dc:date>2026-11-23T09:00:00+01:00</dc:date>"
    "<dc:rights>CC0</dc:rights></item></rdf:RDF>"
)
ATOM = (
    '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="pl" xml:base="https://example.org/base/"><title>News</title>'
    "<rights>Wolno</rights><entry><id>urn:x:1</id><title>A &lt; B</title><link rel='alternate' href='1'/>"
    "<link rel='license' href='https://creativecommons.org/licenses/by/4.0/'/><published>2026-11-23T09:00:00+01:00</published>"
    "<updated>2026-11-24T09:00:00Z</updated><summary type='text'>Krótko &amp; jasno</summary>"
    "<content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'><p>Długo <a href='2'>dwa</a></p></div></content></entry></feed>"
)
ATOM_03 = (
    '<feed version="0.3" xmlns="http://purl.org/atom/ns#"><title>News</title><entry><title>T</title><id>1</id>'
    '<link rel="alternate" href="https://example.org/1"/><issued>2026-11-23T08:00:00Z</issued></entry></feed>'
)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (rss(version="0.91"), "RSS 0.91"),
        (rss(version="0.92"), "RSS 0.92"),
        (rss(), "RSS 2.0"),
        (RDF, "RSS 1.0"),
        (ATOM, "Atom 1.0"),
        (ATOM_03, "Atom 0.3"),
        (json.dumps({"version": "https://jsonfeed.org/version/1", "items": [{"id": 1, "title": "T"}]}), "JSON Feed 1"),
        (json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1"}]}), "JSON Feed 1.1"),
    ],
)
def test_every_format_is_read(text: str, kind: str) -> None:
    found = feed(text)
    assert found.kind.startswith(kind)
    assert len(found.entries) == 1


def test_an_atom_entry_says_everything() -> None:
    found = feed(ATOM)
    entry = found.entries[0]
    assert (found.title, found.language, found.licence) == ("News", "pl", "Wolno")
    assert (entry.guid, entry.link, entry.title) == ("urn:x:1", "https://example.org/base/1", "<p>A &lt; B</p>")
    assert entry.licence == "https://creativecommons.org/licenses/by/4.0/"
    assert (entry.published, entry.updated) == (DAY, dt.datetime(2026, 11, 24, 9, tzinfo=dt.UTC))
    assert entry.summary == "<p>Krótko &amp; jasno</p>"
    assert "<p>Długo" in entry.content
    assert entry.base == "https://example.org/base/"


def test_dublin_core_gives_date_and_rights() -> None:
    entry = feed(RDF).entries[0]
    assert (entry.published or entry.updated, entry.licence) == (DAY, "CC0")


def test_a_guid_that_is_an_address_is_the_link_where_there_is_none() -> None:
    assert (
        feed(rss("<item><title>T</title><guid>https://example.org/1</guid></item>")).entries[0].link
        == "https://example.org/1"
    )
    entry = feed(rss('<item><title>T</title><guid isPermaLink="false">abc</guid></item>')).entries[0]
    assert (entry.guid, entry.link) == ("abc", "")


def test_an_address_that_is_none_leads_nowhere() -> None:
    for link in ("javascript:alert(1)", "ftp://example.org/1", "http://127.1/", "https://me:secret@example.org/"):
        assert feed(rss(f"<item><title>T</title><link>{link}</link></item>")).entries[0].link == ""


def test_a_day_that_does_not_exist_is_no_date() -> None:
    assert feed(rss("<item><title>T</title><pubDate>Mon, 99 Foo 2026</pubDate></item>")).entries[0].published is None


def test_a_second_that_does_not_exist_is_no_date() -> None:
    assert (
        feed(rss("<item><title>T</title><pubDate>Sat, 31 Dec 2016 23:59:61 GMT</pubDate></item>")).entries[0].published
        is None
    )


def test_malformed_xml_is_read_as_far_as_it_goes() -> None:
    broken = feed(rss("<item><title>One & <b>two</title></item><item><title>Three</title>")[:-20])
    assert len(broken.entries) == 2


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("", "empty"),
        ("  \n\ufeff ", "empty"),
        ("just words", "no_feed"),
        ("<note><to>you</to></note>", "no_feed"),
        ("<opml><body/></opml>", "no_feed"),
        ("{", "unreadable"),
        ("{}", "no_feed"),
        ('{"version": "https://jsonfeed.org/version/1"}', "no_feed"),
        ('{"version": 7, "items": []}', "no_feed"),
        ("[]", "no_feed"),
        ('{"a":' * 100_000, "unreadable"),
        ('{"version": ' + "9" * 5000 + "}", "unreadable"),
        ('<rss version="2.0"><channel><title>x', "unreadable"),
        ('<!DOCTYPE rss [<!ENTITY a "b">]>' + rss(), "doctype"),
        ("\x89PNG\r\n\x1a\n", "no_feed"),
    ],
)
def test_what_is_no_feed_is_told_apart(body: str, expected: str) -> None:
    assert trouble(body) == expected


def test_a_feed_without_entries_is_a_feed() -> None:
    assert feed(rss("")).entries == []


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol">'
    + "".join(f'<!ENTITY lol{n} "{f"&lol{n - 1 or str()};" * 10}">' for n in range(1, 10))
    + "]><rss><channel><item><title>&lol9;</title></item></channel></rss>"
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32", "utf-16-le"])
def test_a_billion_laughs_are_refused_in_every_encoding(encoding: str) -> None:
    assert trouble(BOMB.encode(encoding)) == "doctype"


def test_an_entity_of_nobody_stays_a_word_and_loads_nothing() -> None:
    assert feed(rss("<item><title>a &xxe; b</title></item>")).entries[0].title
    assert feed("file:///etc/passwd\n" + rss()).entries == feed(rss()).entries


@pytest.mark.parametrize("body", ["http://127.0.0.1:1/feed", "/etc/passwd", "file:///etc/passwd"])
def test_a_body_that_is_an_address_or_a_path_opens_nothing(body: str) -> None:
    assert trouble(body) == "no_feed"


PAGE = "<!DOCTYPE html>\n<html><head>{}</head><body><rss/></body></html>"


@pytest.mark.parametrize(
    ("link", "found"),
    [
        ('<link rel="alternate" type="application/rss+xml" href="/rss">', "https://feeds.example.org/rss"),
        ("<link href='https://x.example.org/a?b=1&amp;c=2' type='application/atom+xml' rel='alternate'>", "https://x.example.org/a?b=1&c=2"),
        ("<LINK REL=ALTERNATE TYPE=application/feed+json HREF=feed.json>", "https://feeds.example.org/feed.json"),
        ('<link rel="stylesheet" href="x.css"><link rel="alternate" type="text/html" href="/en">', ""),
        ('<link rel="alternate" type="application/rss+xml" href="javascript:x">', ""),
        ('<link rel="alternate" type="application/rss+xml">', ""),
    ],
)  # fmt: skip
def test_a_web_page_tells_where_its_feed_may_be(link: str, found: str) -> None:
    with pytest.raises(ContentError) as caught:
        feed(PAGE.format(link))
    assert caught.value.facts.get("found", "") == found
    assert caught.value.sentence.startswith(("This is a web page", "To jest strona"))


def test_a_page_without_a_document_type_is_a_page_too() -> None:
    assert trouble("<!-- x --><HTML><body/></HTML>") == "web_page_alone"


def test_json_feed_says_everything() -> None:
    item: dict[str, Any] = {
        "id": 7, "url": "/7", "title": "A < B", "summary": "Short", "content_html": "<p>Long</p>",
        "date_published": "2026-11-23T09:00:00+01:00", "date_modified": "2026-11-23T09:00:00",
    }  # fmt: skip
    text = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "News",
        "language": "en",
        "home_page_url": "https://example.org/",
    }
    found = feed(json.dumps({**text, "items": [item, "rubbish", {"content_text": "Only\n\nwords", "date_published": "x", "url": [], "title": True}]}))  # fmt: skip
    first, second = found.entries
    assert (found.title, found.language, found.link) == ("News", "en", "https://example.org/")
    assert (first.guid, first.link, first.title) == ("7", "https://example.org/7", "<p>A &lt; B</p>")
    assert (first.summary, first.content, first.published) == ("<p>Short</p>", "<p>Long</p>", DAY)
    assert first.updated == dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)
    assert (second.content, second.published, second.link, second.title) == ("<p>Only</p><p>words</p>", None, "", "")


def test_ten_thousand_entries_are_read_in_seconds_and_hostile_ones_too() -> None:
    began = time.monotonic()
    assert len(feed(rss(ITEM * 10_000)).entries) == 10_000
    deep = f"<item><title>T</title><description><![CDATA[{'<div>' * 100_000}]]></description></item>"
    assert len(feed(rss(deep)).entries[0].summary) == LONGEST_TEXT
    assert time.monotonic() - began < 60


def test_the_newest_stand_first_and_undated_ones_keep_their_neighbours() -> None:
    def at(day: int) -> Entry:
        return Entry(guid=str(day), published=dt.datetime(2026, 11, day, tzinfo=dt.UTC))

    none = Entry(guid="none")
    order = [entry.guid for entry in ReadFeed(entries=[at(3), none, at(9), at(5)]).newest_first()]
    assert order == ["9", "5", "3", "none"]
    assert [entry.guid for entry in ReadFeed(entries=[none, at(3), at(9)]).newest_first()] == ["none", "9", "3"]


def test_an_entry_is_the_same_by_its_guid_else_its_link_else_its_words() -> None:
    assert Entry(guid="1", title="a").key == Entry(guid="1", title="b", link="https://x.org/").key
    assert Entry(link="https://x.org/", title="a").key == Entry(link="https://x.org/", title="b").key
    assert Entry(title="a").key != Entry(title="b").key
    assert (
        Entry(guid="1", link="https://x.org/", title="<b>A</b>").likeness
        == Entry(guid="2", link="https://x.org/", title="a").likeness
    )
    assert Entry(guid="1").likeness == ""
    assert Entry(link="https://x.org/", published=DAY).likeness != Entry(link="https://x.org/").likeness
    assert (
        Entry(summary="<img src='a'>words").edition == Entry(summary="words").edition != Entry(summary="other").edition
    )


def test_plain_words_become_paragraphs() -> None:
    assert plain_to_html("a <b>\nc\n\n\n d & e ") == "<p>a &lt;b&gt; c</p><p>d &amp; e</p>"
