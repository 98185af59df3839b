from __future__ import annotations

import codecs

import pytest

from campaigns.feeds.decoding import decoded, prolog, without_doctype
from campaigns.feeds.troubles import ContentError

WORDS = "<rss>Zażółć gęślą jaźń</rss>"
NETSCAPE = (
    '<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" '
    '"http://my.netscape.com/publish/formats/rss-0.91.dtd">'
)


@pytest.mark.parametrize(
    ("body", "charset"),
    [
        (WORDS.encode(), ""),
        (WORDS.encode(), "utf-8"),
        (WORDS.encode(), "iso-8859-1"),  # the lie of many servers
        (codecs.BOM_UTF8 + WORDS.encode(), "iso-8859-2"),
        (codecs.BOM_UTF16_LE + WORDS.encode("utf-16-le"), ""),
        (codecs.BOM_UTF16_BE + WORDS.encode("utf-16-be"), "utf-8"),
        (codecs.BOM_UTF32_LE + WORDS.encode("utf-32-le"), ""),
        (WORDS.encode("utf-16-le"), ""),
        (WORDS.encode("utf-16-be"), "utf-16be"),
        (WORDS.encode("utf-32-be"), ""),
        (WORDS.encode("iso-8859-2"), "ISO-8859-2"),
        (WORDS.encode("cp1250"), '"windows-1250"'),
    ],
)
def test_words_come_out_right_whatever_the_server_claims(body: bytes, charset: str) -> None:
    assert decoded(body, charset=charset) == WORDS


def test_the_declaration_counts_where_the_server_says_nothing_or_nonsense() -> None:
    declared = '<?xml version="1.0" encoding="iso-8859-2"?>' + WORDS
    for charset in ("", "nonsense", "zip", "base64", "utf-7", "rot13", "idna", "unicode_escape", "\x00"):
        assert decoded(declared.encode("iso-8859-2"), charset=charset) == declared


def test_the_server_goes_before_the_declaration() -> None:
    declared = '<?xml version="1.0" encoding="iso-8859-1"?>' + WORDS
    assert decoded(declared.encode("cp1250"), charset="windows-1250") == declared


def test_bytes_that_fit_nowhere_do_not_stop_the_reading() -> None:
    assert decoded(b"<rss>\x81\xff</rss>") == "<rss>\ufffd\ufffd</rss>"
    assert decoded(b"a\x00b\x08c\ttab") == "abc\ttab"


def test_escaped_encodings_are_not_taken_for_utf_8() -> None:
    assert decoded("日本".encode("iso2022_jp"), charset="iso-2022-jp") == "日本"


@pytest.mark.parametrize(
    "start",
    [
        '<!DOCTYPE rss [<!ENTITY a "b">]>',
        '<!DOCTYPE rss [<!ENTITY % x SYSTEM "http://127.0.0.1/x">%x;]>',
        '<!DOCTYPE rss SYSTEM "file:///etc/passwd">',
        '<!doctype rss PUBLIC "-//W3C//DTD X//EN" "http://127.0.0.1/x.dtd">',
        '<!-- <rss> --><!DOCTYPE rss [<!ENTITY a "b">]>',
        "<?x <rss> ?>\n<!DOCTYPE rss[]>",
        "<!DOCTYPE",
        NETSCAPE.replace("rss PUBLIC", "feed PUBLIC"),
        NETSCAPE[:-1] + "[<!ENTITY a 'b'>]>",
    ],
)
def test_a_document_type_with_anything_of_its_own_is_refused(start: str) -> None:
    with pytest.raises(ContentError, match="doctype"):
        without_doctype(f'<?xml version="1.0"?>\n{start}<rss/>')


@pytest.mark.parametrize("start", ["", "<!-- a -->", "<!DOCTYPE rss>", NETSCAPE, "<?xml-stylesheet href='x'?>\n"])
def test_a_prolog_without_danger_is_cut_off(start: str) -> None:
    assert without_doctype(f'<?xml version="1.0" encoding="x"?>{start}<rss/>').endswith('"utf-8"?>\n<rss/>')


def test_a_prolog_that_never_ends_holds_no_root() -> None:
    assert prolog("<!-- never closed") == (0, [])
    assert prolog("   ") == (3, [])


def test_what_would_take_for_ever_is_not_read() -> None:
    many = " ".join(f"a{n}='1'" for n in range(5000))
    for text in (f"<rss {many}/>", "<rss>" + "<a>" * 300_001):
        with pytest.raises(ContentError, match="too_intricate"):
            without_doctype(text)
    assert without_doctype(f"<rss><![CDATA[<img src='data:{'A' * 5000}'>]]></rss>")
