"""Every sentence a person may read exists in every language; what is compiled is what was translated."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

import polib
from django.conf import settings
from django.utils.translation.template import templatize

from tests.house.files import APPS, ROOT, name_of, python_files

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CATALOGUES = [file for app in APPS for file in sorted((ROOT / app / "locale").rglob("*.po"))]
PYTHON_CALLS = re.compile(r"^(_|gettext|gettext_lazy|gettext_noop|ngettext|ngettext_lazy|pgettext|pgettext_lazy)$")
SLOT = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")


def test_every_message_is_translated() -> None:
    for file in CATALOGUES:
        catalogue = polib.pofile(str(file))
        assert [entry.msgid for entry in catalogue.untranslated_entries()] == [], name_of(file)
        assert [entry.msgid for entry in catalogue.fuzzy_entries()] == [], name_of(file)


def test_every_translation_fills_the_same_slots() -> None:
    for file in CATALOGUES:
        for entry in polib.pofile(str(file)):
            wanted = set(SLOT.findall(entry.msgid + entry.msgid_plural))
            for words in [entry.msgstr, *entry.msgstr_plural.values()]:
                assert set(SLOT.findall(words)) <= wanted, entry.msgid
            if entry.msgstr:
                assert set(SLOT.findall(entry.msgstr)) == wanted, entry.msgid


def test_what_is_compiled_is_what_was_translated() -> None:
    for file in CATALOGUES:
        compiled = polib.mofile(str(file.with_suffix(".mo")))
        assert {_key(entry): _words(entry) for entry in compiled} == {
            _key(entry): _words(entry) for entry in polib.pofile(str(file)).translated_entries()
        }, name_of(file)


def test_every_sentence_of_the_code_is_in_the_catalogues() -> None:
    said = {text for file in python_files(*APPS) for text in _in_python(file.read_text())}
    said |= {text for file in _templates() for text in _in_template(file.read_text(), file)}
    for language in {file.parents[1].name for file in CATALOGUES}:
        known = {
            _flat(entry.msgid)
            for file in CATALOGUES
            if file.parents[1].name == language
            for entry in polib.pofile(str(file))
        }
        assert sorted(said - known) == [], language


def test_only_languages_we_speak_have_catalogues() -> None:
    assert {file.parents[1].name for file in CATALOGUES} <= {code for code, _name in settings.LANGUAGES}


def _key(entry: polib.POEntry | polib.MOEntry) -> tuple[str, str]:
    return entry.msgctxt or "", entry.msgid


def _words(entry: polib.POEntry | polib.MOEntry) -> list[str]:
    return [entry.msgstr, *(words for _number, words in sorted(entry.msgstr_plural.items()))]


def _flat(text: str) -> str:
    return " ".join(text.split())


def _templates() -> Iterator[Path]:
    for folder in (ROOT / "templates", *(ROOT / app for app in APPS)):
        yield from (file for suffix in ("html", "txt") for file in sorted(folder.rglob(f"*.{suffix}")))


def _in_python(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and PYTHON_CALLS.match(_name(node.func)):
            strings = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
            yield from (_flat(text) for text in strings[1 if "pgettext" in _name(node.func) else 0 :][:1])


def _name(function: ast.expr) -> str:
    return function.id if isinstance(function, ast.Name) else ""


def _in_template(source: str, file: Path) -> Iterator[str]:
    """Django itself turns a template into calls of gettext, for xgettext; here they are read directly."""
    calls = templatize(source, origin=str(file))
    for found in re.finditer(r"\bn?gettext\(u?('(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")", calls):
        yield _flat(ast.literal_eval(found[1]))
    for found in re.finditer(r"\b_\(('(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")\)", calls):
        yield _flat(ast.literal_eval(found[1]))
