"""Every setting stands in docs/settings.md with its default, and in the file that `brief init` writes."""

from __future__ import annotations

import re
import tomllib
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import pytest
from pydantic import TypeAdapter
from pydantic.fields import FieldInfo

import cli
from service.setting_types import Section
from service.settings import Settings

ROOT = Path(cli.__file__).parent
PAGE = (ROOT / "docs/settings.md").read_text(encoding="utf-8")
WRITTEN = (ROOT / "templates/brief.toml").read_text(encoding="utf-8")
HEADING = re.compile(r"\[+([a-z.]+)\]+")
ROW = re.compile(r"\| `(\w+)` \| (?:`(.*?)`)? ?\|")
LINE = re.compile(r"(?:# )?(\w+) = ")


def section_in(annotation: Any) -> type[Section] | None:
    """The section that a setting is, or is a list of; None where it is a plain value."""
    if isinstance(annotation, type) and issubclass(annotation, Section):
        return annotation
    return next((found for each in typing.get_args(annotation) if (found := section_in(each))), None)


def sections(model: Any, above: str = "") -> Iterator[tuple[str, type[Section]]]:
    """Every section by its name in the file."""
    for name, field in model.model_fields.items():
        if section := section_in(field.annotation):
            yield f"{above}{name}", section
            yield from sections(section, f"{above}{name}.")


def plain(section: type[Section]) -> dict[str, FieldInfo]:
    return {name: each for name, each in section.model_fields.items() if not section_in(each.annotation)}


def on_the_page() -> dict[str, dict[str, str]]:
    """The rows below each heading: the setting, and its default as it would be written."""
    found: dict[str, dict[str, str]] = {}
    for part in PAGE.split("\n## ")[1:]:
        heading, _, below = part.partition("\n")
        rows = {row[1]: row[2] or "" for row in ROW.finditer(below)}
        found |= dict.fromkeys(HEADING.findall(heading), rows)
    return found


def in_the_file() -> dict[str, set[str]]:
    """The names below each section in the file of `brief init`, commented out or not."""
    found: dict[str, set[str]] = {}
    name = ""
    for line in WRITTEN.splitlines():
        if heading := re.match(r"(?:# )?\[+([a-z.]+)\]+", line):
            name = heading[1]
        elif setting := LINE.match(line):
            found.setdefault(name, set()).add(setting[1])
    return found


SECTIONS = list(sections(Settings))
KINDS = list(dict.fromkeys(section for _, section in SECTIONS))


def names_of(kind: type[Section]) -> list[str]:
    return [name for name, section in SECTIONS if section is kind]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: names_of(kind)[-1])
def test_every_setting_stands_in_the_docs_and_nothing_else_does(kind: type[Section]) -> None:
    page = on_the_page()
    rows = next(page[name] for name in names_of(kind) if name in page)
    assert set(rows) == set(plain(kind))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: names_of(kind)[-1])
def test_the_docs_name_the_default_of_each_setting(kind: type[Section]) -> None:
    page = on_the_page()
    rows = next(page[name] for name in names_of(kind) if name in page)
    for name, field in plain(kind).items():
        default = None if field.is_required() else field.get_default(call_default_factory=True)
        assert bool(rows[name]) == (default is not None), name
        if rows[name]:
            meant = tomllib.loads(f"it = {rows[name]}")["it"]
            bound: Any = Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation
            assert TypeAdapter(bound).validate_python(meant) == default, name


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: names_of(kind)[-1])
def test_every_setting_stands_in_the_file_that_init_writes(kind: type[Section]) -> None:
    written = in_the_file()
    there = set().union(*(written.get(name, set()) for name in names_of(kind)))
    assert set(plain(kind)) - there == set()


def test_the_docs_and_the_file_name_no_section_that_is_not_there() -> None:
    known = {name for name, _ in SECTIONS}
    assert set(on_the_page()) <= known
    assert set(in_the_file()) <= known
