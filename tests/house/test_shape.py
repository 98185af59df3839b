"""The shape of the house: what lies where, and how long it may grow."""

from __future__ import annotations

import ast
import re
from fnmatch import fnmatch
from typing import TYPE_CHECKING

from tests.house.files import APPS, ROOT, ignored, name_of, python_files

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TOP = {
    *("manage.py", "pyproject.toml", "README.md", "CHANGELOG.md", "Makefile", "LICENSE", ".gitignore", ".git", ".ci"),
    *("requirements", "campaigns", "newsletter", "templates", "seeds", "tests", "docs"),
}
CACHES = (".*_cache", ".coverage*", "__pycache__", ".hypothesis", "*.egg-info")
UNFINISHED = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X)\b")
ENTRANCES = {"manage.py", "newsletter/celery.py", "newsletter/wsgi.py"}
"""Name the settings module, and read nothing."""


def test_the_top_holds_only_what_the_map_names() -> None:
    there = {path.name for path in ROOT.iterdir()} - ignored()
    assert {name for name in there - TOP if not any(fnmatch(name, cache) for cache in CACHES)} == set()


def test_no_module_is_longer_than_400_lines() -> None:
    lengths = {name_of(file): len(file.read_text().splitlines()) for file in python_files(*APPS, "tests")}
    assert {name: length for name, length in lengths.items() if length > 400} == {}


def test_every_stage_promises_in_a_sentence_what_comes_in_and_goes_out() -> None:
    stages = [folder / "__init__.py" for app in APPS for folder in (ROOT / app).iterdir() if _is_stage(folder)]
    assert [name_of(file) for file in stages if not ast.get_docstring(ast.parse(file.read_text()))] == []


def _is_stage(folder: Path) -> bool:
    return (folder / "__init__.py").exists() and folder.name not in ("migrations", "management")


def test_a_task_is_at_most_ten_lines() -> None:
    tasks = [task for app in APPS for task in _tasks(ROOT / app / "tasks.py")]
    assert {task.name: _lines(task) for task in tasks if _lines(task) > 10} == {}


def _tasks(file: Path) -> Iterator[ast.FunctionDef]:
    for node in ast.walk(ast.parse(file.read_text())) if file.exists() else ():
        if isinstance(node, ast.FunctionDef) and any("task" in ast.unparse(one) for one in node.decorator_list):
            yield node


def _lines(task: ast.FunctionDef) -> int:
    body = task.body[1:] if ast.get_docstring(task) else task.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def test_only_settings_reads_the_environment() -> None:
    readers = {
        name_of(file)
        for file in [ROOT / "manage.py", *python_files(*APPS)]
        if re.search(r"os\.environ|os\.getenv|environ\.Env|from os import .*environ", file.read_text())
    }
    assert readers - ENTRANCES == {"newsletter/settings.py"}
    for name in ENTRANCES:
        read = re.findall(r"os\.environ.*", (ROOT / name).read_text())
        assert read == ['os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsletter.settings")']


def test_nothing_waits_to_be_finished() -> None:
    written = [
        file
        for suffix in ("py", "html", "txt", "css", "js")
        for app in (*APPS, "templates")
        for file in (ROOT / app).rglob(f"*.{suffix}")
    ]
    assert [name_of(file) for file in written if UNFINISHED.search(file.read_text())] == []
