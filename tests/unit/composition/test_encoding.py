"""composition.encoding: quoted-printable that any reader decodes to what was written (F6)."""

from __future__ import annotations

import quopri

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.composition.encoding import quoted

TEXTS = [
    "",
    "a",
    "żółć " * 50,
    "x" * 75,
    "x" * 76,
    "x" * 75 + " ",
    "end \nnext\t",
    "a=b",
    "é" * 200,
    " " * 200,
    "https://a/?b=c&d",
    ".",
    "..\n.a\n" + "x" * 75 + "." * 200,
]


@pytest.mark.parametrize("text", TEXTS)
def test_quoted_text_decodes_to_itself_in_short_lines(text: str) -> None:
    wire = quoted(text)
    assert quopri.decodestring(wire).replace(b"\r\n", b"\n").decode() == text
    assert max(map(len, wire.split(b"\r\n"))) <= 76
    assert not any(line.startswith(b".") for line in wire.split(b"\r\n"))


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\r")))
def test_any_text_decodes_to_itself_in_short_7_bit_lines(text: str) -> None:
    wire = quoted(text)
    assert quopri.decodestring(wire).replace(b"\r\n", b"\n").decode() == text
    assert max(map(len, wire.split(b"\r\n"))) <= 76
    assert wire.isascii()
    assert not any(line.endswith((b" ", b"\t")) or line.startswith(b".") for line in wire.split(b"\r\n"))
