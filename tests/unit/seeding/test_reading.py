"""seeding.reading: a wrong file is named together with its field, and says what to do."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from django.conf import settings

from newsletter.seeding.fields import SeedError
from newsletter.seeding.prose import html_of, typeset
from newsletter.seeding.reading import read


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of seeds/ that a test may spoil."""
    return Path(shutil.copytree(settings.BASE_DIR / "seeds", tmp_path / "seeds"))


def spoil(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "old", "new", "field"),
    [
        ("news/backup/item.yaml", "source_date: 2026-11-16", "source_date: soon", "source_date"),
        ("news/backup/item.yaml", "source_date: 2026-11-16", "", "source_date"),
        ("news/backup/item.yaml", "licence:", "license:", "licence"),
        ("news/backup/item.yaml", "topics: [data]", "topics: [data]\nmood: calm", "mood"),
        ("news/backup/item.yaml", "topics: [data]", "topics: data", "topics"),
        ("news/backup/item.yaml", "topics: [data]", "topics: [7]", "topics"),
        ("news/backup/item.yaml", "topics: [data]", "topics: [data", "the file"),
        ("news/backup/item.yaml", "source: No", "- source: No", "the file"),
        ("news/backup/pl.md", "---\ntitle", "title", "front matter"),
        ("news/backup/pl.md", "lead:", "leader:", "lead"),
        ("news/operation-horus/en.md", "content_note:", "note:", "content_note"),
        ("campaigns/sayno/pl.md", "content_note:", "note:", "content_note"),
        ("helplines/pl.yaml", 'phone: "116 000"', "phone: 116000", "rows[3].phone"),
        ("helplines/pl.yaml", "order: 10", "order: first", "rows[0].order"),
        ("helplines/pl.yaml", "order: 10", "hours: [mon-fri noon]", "rows[0].hours"),
        ("helplines/pl.yaml", "order: 10", "hours: [mon-fri 12:00-29:00]", "rows[0].hours"),
        ("helplines/pl.yaml", "order: 10", "hours: [abc 12:00-20:00]", "rows[0].hours"),
        ("helplines/pl.yaml", "order: 10", "round_the_clock: perhaps", "rows[0].round_the_clock"),
        ("helplines/pl.yaml", "verified_on: 2026-11-16", "verified_on: soon", "rows[0].verified_on"),
        ("editions/wici-2026-11.yaml", "- divider:", "- dividre:", "blocks[7].block"),
        ("editions/wici-2026-11.yaml", "label: Report", "lable: Report", "en.lable"),
        ("topics.yaml", "phishing:", "- phishing:", "the file"),
        ("subscribers.csv", "address,first_name", "email,first_name", "first line"),
    ],
)
def test_read_names_the_file_and_the_field_that_is_wrong(
    folder: Path, name: str, old: str, new: str, field: str
) -> None:
    spoil(folder / name, old, new)
    with pytest.raises(SeedError) as error:
        read(folder)
    assert error.value.file == folder / name
    assert error.value.field == field
    assert str(folder / name) in str(error.value)


@pytest.mark.parametrize(
    "name", ["topics.yaml", "sources.yaml", "subscribers.csv", "helplines/pl.yaml", "news/backup/pl.md"]
)
@pytest.mark.parametrize("rubbish", [b"\xff\xfe\x00", b"\x00", b"a: [", b"!!python/object:os.system x"])
def test_a_file_of_rubbish_is_named(folder: Path, name: str, rubbish: bytes) -> None:
    (folder / name).write_bytes(rubbish)
    with pytest.raises(SeedError) as error:
        read(folder)
    assert error.value.file == folder / name


def test_a_file_that_is_not_there_is_named(folder: Path) -> None:
    (folder / "sources.yaml").unlink()
    with pytest.raises(SeedError, match="cannot be read"):
        read(folder)


def test_markdown_becomes_html_that_passed_the_allow_list() -> None:
    html = html_of("## Jak\n\n<script>x</script> [tak](https://cert.pl/) [nie](javascript:1)", language="en")
    assert html.startswith("<h2>Jak</h2>")
    assert '<a href="https://cert.pl/">tak</a>' in html
    assert "<script>" not in html
    assert 'href="javascript' not in html


def test_polish_one_letter_words_hold_on_to_the_next_word_and_english_ones_do_not() -> None:
    assert typeset("i w domu, a\nz kodem 2-a b", language="pl") == "i\u00a0w\u00a0domu, a\u00a0z\u00a0kodem 2-a b"
    assert typeset("z 2020 r. i 30 róż", language="pl") == "z\u00a02020\u00a0r. i\u00a030 róż"
    assert typeset("a dog", language="en") == "a dog"
