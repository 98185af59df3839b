"""Whatever stands in an address or comes over the line: a sentence at most, never a surprise."""

from __future__ import annotations

import contextlib
import datetime as dt
import ipaddress
import json

from hypothesis import example, given, settings
from hypothesis import strategies as st

from campaigns.content.markup import sanitised
from campaigns.feeds import addressing, importing, naming, wording
from campaigns.feeds.entries import Entry, ReadFeed
from campaigns.feeds.reading import read
from campaigns.feeds.troubles import AddressError, ContentError

URL = "https://feeds.example.org/news"
NOW = dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)
hosts = st.one_of(
    st.ip_addresses().map(str),
    st.ip_addresses(v=6).map(lambda ip: f"[{ip}]"),
    st.integers(0, 2**33).map(str),
    st.integers(0, 2**33).map(hex),
    st.lists(st.integers(0, 300).map(lambda n: oct(n).replace("0o", "0")), min_size=1, max_size=4).map(".".join),
    st.text(max_size=20),
    st.sampled_from(["localhost", "127.1", "0x7f.1", "[::ffff:127.0.0.1]", "①②⑦.⓪.⓪.①", "example.org"]),
)
urls = st.builds("{}://{}{}{}".format, st.sampled_from(["http", "https", "ftp", ""]), hosts, st.sampled_from(["", ":80", ":22", "@a.org"]), st.text(max_size=20).map(lambda path: f"/{path}"))  # fmt: skip
markup = st.lists(
    st.sampled_from(["<rss>", "<rss version='2.0'>", "<channel>", "<item>", "</item>", "<title>", "</title>", "<guid>", "<link>", "<![CDATA[", "]]>", "<!--", "-->", "&amp;", "&x;", "<feed xmlns='http://www.w3.org/2005/Atom'>", "<entry>", "<content type='xhtml'>", "<pubDate>", "Mon, 99 Foo 2026", "<!DOCTYPE rss>", "<!ENTITY a 'b'>", "\x00", "ą", "</", "<", ">", "'", "<?xml encoding='utf-16'?>", "<div xml:base='//['>", "words"])
).map("".join)  # fmt: skip
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)
items = st.dictionaries(
    st.sampled_from(["id", "url", "title", "content_html", "content_text", "date_published"]), values
)


@settings(deadline=None)
@given(urls)
@example("http://[::ffff:7f00:1]/")
def test_an_address_that_is_fetched_is_never_one_of_ours(url: str) -> None:
    with contextlib.suppress(AddressError):
        address = addressing.fetchable(url)
        assert address.scheme in {"http", "https"}
        assert address.port in {80, 443}
        assert addressing.fetchable(address.url) == address, "its one spelling means the same"
        if address.ip:
            assert ipaddress.ip_address(address.ip).is_global
        else:
            assert "." in address.host
            assert not address.host.rpartition(".")[2].isdigit()


@settings(deadline=None)
@given(st.ip_addresses().map(str))
def test_what_we_call_public_python_calls_global(ip: str) -> None:
    assert not addressing.is_public(ip) or ipaddress.ip_address(ip).is_global


@settings(deadline=None)
@given(
    st.binary(max_size=300) | markup.map(str.encode) | markup.map(lambda text: text.encode("utf-16")),
    st.text(max_size=12),
)
def test_any_bytes_are_a_feed_or_a_sentence(body: bytes, charset: str) -> None:
    with contextlib.suppress(ContentError):
        for entry in read(body, url=URL, charset=charset).newest_first():
            a_draft_can_be_made_of(entry)


@settings(deadline=None)
@given(st.lists(items | values, max_size=4), values)
def test_any_json_is_a_feed_or_a_sentence(entries: list[object], language: object) -> None:
    feed = {"version": "https://jsonfeed.org/version/1.1", "items": entries, "language": language, "title": language}
    for entry in read(json.dumps(feed).encode(), url=URL).newest_first():
        a_draft_can_be_made_of(entry)


texts = st.text(max_size=60) | markup
entries = st.builds(
    Entry,
    guid=st.text(max_size=5),
    title=texts,
    summary=texts,
    content=texts,
    base=st.sampled_from(["", URL]),
    published=st.none() | st.datetimes(timezones=st.just(dt.UTC)),
    updated=st.none() | st.datetimes(timezones=st.just(dt.UTC)),
)


@settings(deadline=None)
@given(entries)
def test_any_entry_becomes_a_draft_that_may_be_printed(entry: Entry) -> None:
    a_draft_can_be_made_of(entry)


@settings(deadline=None)
@given(st.lists(entries, max_size=8))
def test_order_by_date_loses_nobody(all_: list[Entry]) -> None:
    assert sorted(map(id, ReadFeed(entries=all_).newest_first())) == sorted(map(id, all_))


def a_draft_can_be_made_of(entry: Entry) -> None:
    title, _notes = wording.title_of(entry)
    body, _cut = wording.body_of(entry)
    day, _about = importing.source_date(entry, now=NOW)
    slug, _telling = naming.slug_for(title=title, sensitivity=0, day=day, key=entry.key)
    assert len(title) <= 160
    assert "\n" not in title
    assert len(wording.lead_of(entry)) <= 400
    assert sanitised(body) == body
    assert dt.date(1990, 1, 1) <= day <= dt.date(2026, 11, 23)
    assert 0 < len(slug) <= 50
    assert len(entry.key) == len(entry.edition) == 64
