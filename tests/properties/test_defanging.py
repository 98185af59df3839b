"""safeguarding.defanging under any input: no linkifier of a mail program, a phone or a browser finds anything in it."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns.safeguarding.defanging import defanged

LINKIFIERS = {
    "scheme and slashes, as every program finds it": re.compile(r"[a-z][a-z0-9+.-]*:\s*//\S", re.IGNORECASE),
    "web schemes without slashes, as Outlook and Chromium repair them": re.compile(r"\bhttps?:[\\/]*\S", re.IGNORECASE),
    "schemes that act on the device": re.compile(
        r"\b(?:mailto|tel|sms|callto|sip|skype|whatsapp|data|javascript|file|geo|webcal|facetime):\S", re.IGNORECASE
    ),
    "www without a scheme, as Gmail and Thunderbird find it": re.compile(r"\bwww\.[^\s\W]", re.IGNORECASE),
    "a bare name with an ending, as Gmail and Apple Mail find it": re.compile(
        r"[^\W_][\w-]*(?:[.\u3002\uff0e\uff61][\w-]+)*[.\u3002\uff0e\uff61](?:[a-z]{2,24}|xn--[\w-]+)\b", re.IGNORECASE
    ),
    "a bare name in any alphabet, as Android's Patterns.WEB_URL finds it": re.compile(
        r"(?:[a-zA-Z0-9\u00a1-\ud7ff\uf900-\ufdcf\ufdf0-\uffef][\w\u00a1-\ud7ff-]{0,61}\.)+[a-zA-Z\u00a1-\ud7ff]{2,63}"
    ),
    "an e-mail address": re.compile(r"[^\s@<>()\[\]]+@[^\s@<>()\[\]]+"),
    "an address in numbers": re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?!\d)"),
    "a telephone number, as iOS finds it": re.compile(
        r"(?<![\w.])(?!(?:\d{4}-\d\d-\d\d|\d{1,2}[./-]\d{1,2}[./-]\d{4}|(?:19|20)\d\d[-/–](?:19|20)\d\d)(?!\d))"
        r"\+?\d(?:[ \u00a0().\-/]{0,2}\d){6,}"
    ),
}
INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0]"
)
TRAPS = st.sampled_from(
    [
        *(
            "https://",
            "HTTP://",
            "http:\\\\",
            "hxxp://",
            "ftp://",
            "mailto:",
            "tel:",
            "SMS:",
            "javascript:",
            "//",
            ":",
            "/",
        ),
        *(
            "www.",
            "paypal.com",
            "pаypal.com",
            "mbąnk.pl",
            "bit.ly/x",
            "рф",
            "укр",
            "xn--pypal-4ve.com",
            "evil.xyz",
            "zł.Tak",
        ),
        *(
            "@",
            "bok@bank.pl",
            "a.b@c.d.co",
            "＠",
            "．",
            "。",
            "․",
            "：",
            "／",
            "ｗｗｗ",
            "𝐩𝐚𝐲",
            "\u200b",
            "\u202e",
            "\u00ad",
        ),
        *(
            "192.168.1.1",
            "0x7f.1",
            "127.1",
            "2130706433",
            "[::1]",
            "+48 700 123 456",
            "700123456",
            "(22) 555-11-22",
            "800",
        ),
        *(
            "12.11.2026",
            "2026-11-12",
            "3.14",
            "1.058,00",
            "2020-2021",
            "np.",
            "...",
            "[.]",
            "[at]",
            "hxxps[:]//",
            "·",
            ".",
            " ",
        ),
        *(
            "\n",
            "\t",
            "\u2028",
            '"',
            "'",
            "<a href=",
            ">",
            "&#46;",
            "{{ x }}",
            "[[first_name]]",
            "ł",
            "-",
            "_",
            "?",
            "#",
        ),
    ]
)
WORDS = st.lists(st.one_of(TRAPS, st.text(max_size=6), st.text("a.:/@1 ", max_size=9)), max_size=12).map("".join)


@settings(max_examples=600)
@given(WORDS)
def test_no_linkifier_finds_anything(words: str) -> None:
    harmless = defanged(words)
    for said in (
        harmless.text,
        *(warned.shown for warned in harmless.warnings),
        *(w.looks_like for w in harmless.warnings),
    ):
        assert {name: rule.findall(said) for name, rule in LINKIFIERS.items() if rule.search(said)} == {}
        assert not INVISIBLE.search(said)


@settings(max_examples=300)
@given(WORDS)
def test_defanging_twice_changes_nothing(words: str) -> None:
    once = defanged(words).text
    assert defanged(once).text == once


@given(
    st.lists(
        st.sampled_from(
            ["zażółć", "gęślą", "jaźń", "to", "jest", "tekst", "bez", "adresów", "14", "1,058", "50%", "§"]
        ),
        max_size=9,
    )
)
def test_ordinary_words_stay_as_they_are(words: list[str]) -> None:
    assert defanged(" oraz ".join(words)).text == " oraz ".join(words)


NAMES = st.from_regex(r"(?:[a-z][a-z0-9-]{0,8}[a-z]\.){1,3}(?:com|pl|info|xyz)", fullmatch=True)


@given(st.sampled_from(["http", "https", "ftp"]), NAMES, st.sampled_from(["", "/", "/login?id=a&b=c", "/a.b/c"]))
def test_a_reader_can_write_the_address_back(scheme: str, name: str, path: str) -> None:
    text = defanged(f"Wejdź na {scheme}://{name}{path} teraz").text
    back = text.replace("hxxp", "http").replace("[:]", ":").replace("[.]", ".").replace("[at]", "@")
    assert back == f"Wejdź na {scheme}://{name}{path} teraz"
