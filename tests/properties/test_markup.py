"""content.markup under any input: fixed after one pass, and only allowed elements, attributes and addresses come out."""

from __future__ import annotations

from html import unescape
from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from campaigns.content.markup import DIRECTIONS, SCHEMES, TAGS, sanitised

NAMES = st.sampled_from(
    [*sorted(TAGS), "script", "img", "svg", "math", "style", "table", "textarea", "title", "iframe", "plaintext", "h1"]
)
ADDRESSES = st.sampled_from(
    ["https://a.example", "javascript:alert(1)", "//x", "tel:112", "data:,x", "&#106;avascript:1"]
)
ATTRIBUTES = st.one_of(
    ADDRESSES.map(lambda url: f' href="{url}"'),
    ADDRESSES.map(lambda url: f" src={url}"),
    st.sampled_from([" onclick=alert(1)", ' lang="pl"', ' lang="\' x"', ' dir="rtl"', " style=x", " title='>'", ""]),
)
PIECES = st.one_of(
    st.builds(lambda name, attribute: f"<{name}{attribute}>", NAMES, ATTRIBUTES),
    NAMES.map(lambda name: f"</{name}>"),
    st.sampled_from(["<!--", "-->", "<![CDATA[", "]]>", "<", ">", "&", "&lt;", "&#0;", "\0", '"', "'", "{{ x }}"]),
    st.text(max_size=8),
)
SOUP = st.lists(PIECES, max_size=14).map("".join)


class Inspector(HTMLParser):
    """Collects what a parser sees that is not on the allow-list."""

    def __init__(self) -> None:
        super().__init__()
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS:
            self.faults.append(tag)
        self.faults += [f"{tag}[{name}={value}]" for name, value in attrs if not self._is_fine(tag, name, value or "")]

    @staticmethod
    def _is_fine(tag: str, name: str, value: str) -> bool:
        match name:
            case "href":
                return tag == "a" and value.lower().split(":")[0] in SCHEMES
            case "dir":
                return value in DIRECTIONS
            case "lang":
                return value.replace("-", "").isalnum()
            case _:
                return (tag, name) == ("abbr", "title")


@given(SOUP)
def test_sanitising_twice_changes_nothing(html: str) -> None:
    assert sanitised(sanitised(html)) == sanitised(html)


@given(SOUP)
def test_only_the_allow_list_comes_out(html: str) -> None:
    inspector = Inspector()
    inspector.feed(sanitised(html))
    inspector.close()
    assert inspector.faults == []


@given(st.text(alphabet=st.characters(exclude_characters="<>&\0\r", exclude_categories=["Cs"]), min_size=1))
def test_plain_words_come_out_as_they_went_in(words: str) -> None:
    assert unescape(sanitised(words)) == (words if words.strip() else "")
