"""lib.discretion: a log line never opens anything."""

from __future__ import annotations

import logging

import pytest

from newsletter.lib.discretion import WithoutTokens


def line(said: str, *args: object) -> logging.LogRecord:
    return logging.LogRecord("django.request", logging.WARNING, "", 0, said, args, None)


@pytest.mark.parametrize("place", ["c", "k", "u", "p"])
def test_a_token_is_cut_from_the_line(place: str) -> None:
    record = line("Not Found: %s", f"/{place}/yJ9nEuPKQtSG2t-nx71rXAAAAAG7294QdIePn1k8eZRHIkMp?x=1")
    assert WithoutTokens().filter(record)
    assert record.getMessage() == f"Not Found: /{place}/…?x=1"


def test_other_lines_stay_as_they_are() -> None:
    record = line("Not Found: %s", "/pl/help/")
    assert WithoutTokens().filter(record)
    assert record.args == ("/pl/help/",)
