"""audience.addresses for any text at all."""

from __future__ import annotations

import idna
from hypothesis import given
from hypothesis import strategies as st

from newsletter.audience.addresses import FORBIDDEN, AddressError, parse

LOCAL = st.text("abcXYZ019ąęłŻÖßŁş.+-_'", min_size=1, max_size=30)
LABEL = st.text("abz09ąłßö-", min_size=1, max_size=20)
ADDRESSES = st.builds(lambda local, label: f"{local}@{label}.org", LOCAL, LABEL)


@given(st.one_of(st.text(max_size=300), ADDRESSES))
def test_any_text_is_an_address_or_a_sentence(text: str) -> None:
    try:
        address = parse(text)
    except AddressError as error:
        assert error.sentence.endswith(".")  # noqa: PT017 — a refusal is one of two right answers here
    else:
        assert max(len(address.display), len(address.key), len(address.wire)) <= 254
        assert FORBIDDEN.isdisjoint(address.display + address.wire)


@given(ADDRESSES)
def test_reading_an_address_twice_changes_nothing(text: str) -> None:
    try:
        once = parse(text)
    except AddressError:
        return
    assert parse(once.display) == once
    assert parse(once.wire).key == once.key
    assert parse(once.key).key == once.key


@given(ADDRESSES)
def test_capitals_do_not_make_another_person(text: str) -> None:
    try:
        address = parse(text)
    except AddressError:
        return
    local, _, domain = address.display.partition("@")
    assert parse(f"{local.swapcase()}@{domain}").key == address.key
    assert parse(f"{local}@{domain.replace('ß', 'x').upper()}").wire.isprintable()


@given(LABEL)
def test_the_wire_domain_is_what_idna_says_f9(label: str) -> None:
    try:
        wire = parse(f"anna@{label}.org").wire
    except AddressError:
        return
    assert wire == f"anna@{idna.encode(f'{label}.org', uts46=True, transitional=False).decode()}"
