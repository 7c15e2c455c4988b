"""What the documents name is there: functions by their real names, and files."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest

import cli

ROOT = Path(cli.__file__).parent
TEXTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
PACKAGES = ("service", "mailgateway", "faq", "threads", "knowledge", "templates", "storage")
NAME = re.compile(rf"(?<![\w/.@-])(?:{'|'.join(PACKAGES)})(?:\.[A-Za-z_]\w*)+(?!\w)")
SHORT = re.compile(r"(?<![\w/.-])((?:[a-z_]\w*\.)+(?!(?:md|py)\b)[A-Za-z_]\w*)")
"""A name with a dot, whole or from the package on that the line is about."""
FILE = re.compile(rf"(?<![\w/.-])(?:{'|'.join((*PACKAGES, 'tests', 'docs', 'benchmarks'))})/[\w./*-]*[\w*/]")


def is_there(name: str) -> bool:
    """Whether a dotted name is a module, or leads to something in one."""
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        try:
            found: object = importlib.import_module(".".join(parts[:length]))
        except ModuleNotFoundError:
            continue
        for part in parts[length:]:
            if not hasattr(found, part) and part not in getattr(found, "__dataclass_fields__", {}):
                return False
            found = getattr(found, part, None)
        return True
    return False


@pytest.mark.parametrize("text", TEXTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_name_and_file_in_a_document_is_there(text: Path) -> None:
    written = text.read_text(encoding="utf-8")
    names = {each for each in NAME.findall(written) if not each.endswith((".py", ".md"))}
    files = set(FILE.findall(written)) - {"templates/mail/<language>"}
    assert [each for each in sorted(names) if not is_there(each)] == []
    assert [each for each in sorted(files) if not any(ROOT.glob(each.rstrip("/")))] == []


def test_the_house_is_shown_with_the_functions_that_a_mail_goes_through() -> None:
    shown = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    short = set(SHORT.findall(shown)) - {"winmail.dat"}
    prefixes = ("", "threads.", "mailgateway.", "mailgateway.sources.", "knowledge.", "storage.", "service.", "faq.")
    assert len(short) > 70
    assert [each for each in short if not any(is_there(prefix + each) for prefix in prefixes)] == []


@pytest.mark.parametrize(("name", "there"), [("threads.match.match", True), ("threads.match.guess", False)])
def test_the_rule_itself_tells_what_is_there(name: str, there: bool) -> None:
    assert is_there(name) is there
