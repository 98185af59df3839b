"""What is written about the house is true of it: README, Makefile, requirements."""

from __future__ import annotations

import re
import tomllib

from django.core.management import get_commands

from tests.house.files import ROOT

PAPERS = [file for file in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))) if file.exists()]
TEXT = "\n".join(file.read_text() for file in PAPERS)
CODE = "\n".join(re.findall(r"```.*?```|`[^`\n]+`", TEXT, flags=re.DOTALL))
MAKEFILE = (ROOT / "Makefile").read_text()
SETTINGS = (ROOT / "newsletter" / "settings.py").read_text()
REQUIREMENTS = sorted((ROOT / "requirements").glob("*.txt"))


def test_every_make_target_that_is_named_exists() -> None:
    assert (
        set(re.findall(r"\bmake ([a-z]+)", CODE)) - set(re.findall(r"^([a-z]+):", MAKEFILE, flags=re.MULTILINE))
        == set()
    )


def test_every_command_that_is_named_exists() -> None:
    assert set(re.findall(r"manage\.py ([a-z][a-z_]+)", CODE)) - set(get_commands()) == set()


def test_every_target_that_is_no_file_is_phony() -> None:
    phony = set(re.search(r"^\.PHONY: (.*)$", MAKEFILE, flags=re.MULTILINE)[1].split())  # type: ignore[index]
    assert set(re.findall(r"^([a-z]+):", MAKEFILE, flags=re.MULTILINE)) == phony


def test_every_requirement_is_pinned_and_hashed_and_names_no_registry() -> None:
    for file in REQUIREMENTS:
        entries = re.split(r"\n(?=[a-z])", re.sub(r"\s*#.*", "", file.read_text()))
        assert [
            entry for entry in entries if not re.match(r"[a-z0-9._-]+(\[[a-z,]+\])?==\S+[\s\S]*--hash=sha256:", entry)
        ] == []
        assert re.findall(r"https?:|--(extra-)?index|--find-links|@ ", file.read_text()) == []


def test_the_requirements_are_those_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    for wanted, file in (
        (project["project"]["dependencies"], "run.txt"),
        ([*project["project"]["dependencies"], *project["dependency-groups"]["dev"]], "dev.txt"),
    ):
        pinned = set(
            re.findall(
                r"^([a-z0-9._-]+)==", (ROOT / "requirements" / file).read_text().replace("[", "==["), flags=re.MULTILINE
            )
        )
        names = {re.split(r"[\[=<>~ ]", name)[0].lower() for name in wanted}
        assert names - {re.split(r"==", name)[0] for name in pinned} == set()


def test_what_runs_is_the_same_version_where_it_is_tested() -> None:
    run, dev = (
        dict(
            re.findall(
                r"^([a-z0-9._-]+)(?:\[[a-z,]+\])?==(\S+)",
                (ROOT / "requirements" / name).read_text(),
                flags=re.MULTILINE,
            )
        )
        for name in ("run.txt", "dev.txt")
    )
    assert {name: version for name, version in run.items() if dev.get(name) != version} == {}


def test_every_setting_that_is_named_is_read() -> None:
    named = set(re.findall(r"^\| *`([A-Z][A-Z_]+)`", TEXT, flags=re.MULTILINE))
    assert {name for name in named if f'"{name}"' not in SETTINGS} == set()
