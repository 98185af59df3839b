"""`manage.py seed`: one line per kind, and a sentence instead of a traceback."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.django_db


def test_seed_prints_one_line_per_kind_and_the_same_lines_again() -> None:
    first, second = io.StringIO(), io.StringIO()
    call_command("seed", stdout=first)
    call_command("seed", stdout=second)
    assert first.getvalue() == second.getvalue()
    assert "  30 subscribers\n" in first.getvalue()
    assert len(first.getvalue().splitlines()) == 12


def test_seed_names_the_file_that_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "topics.yaml").write_text("- phishing\n")
    with (
        override_settings(BASE_DIR=tmp_path),
        pytest.raises(CommandError, match=r"topics\.yaml: the file: write fields"),
    ):
        call_command("seed")
