"""`brief report`, over each database."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from click.testing import Result
from rich.console import Console

from service.deflection import report_of
from service.terminal_reports import deflection
from threads.deflection import Deflection, Group

Brief = Callable[..., Result]


@pytest.fixture
def run(run: Brief) -> Brief:
    """Runs `brief` on a desk that has begun, and has nothing to report."""
    assert run("faq", "import", "-", given='{"id": "a", "question": "Wo?", "answer": "Hier."}\n').exit_code == 0
    return run


def test_a_desk_that_withheld_nothing_is_told_how_to_begin(run: Brief) -> None:
    said = run("report", "deflection")
    assert said.exit_code == 0, said.output
    assert "[faq] without_suggestion is off" in " ".join(said.stdout.split())


def test_the_report_holds_what_scripts_were_promised(run: Brief) -> None:
    [row] = [json.loads(line) for line in run("report", "deflection", "--since", "30d", "--json").stdout.splitlines()]
    assert list(row) == [
        "report", "since", "until", "within_days", "withheld_share", "quoted", "withheld", "difference", "too_young",
        "not_counted", "says",
    ]  # fmt: skip
    assert row["quoted"] == row["withheld"] == {"conversations": 0, "came_back": 0, "share": None}
    assert (row["report"], row["within_days"], row["difference"]) == ("deflection", 7, None)


def test_a_time_that_cannot_be_read_is_wrong_use(run: Brief) -> None:
    said = run("report", "deflection", "--since", "neulich")
    assert said.exit_code == 2
    assert "--since takes a date" in said.stderr


def test_the_figures_fit_a_terminal_of_80_columns() -> None:
    shown = io.StringIO()
    found = Deflection(Group(123_456, 41_234), Group(12_345, 9_876), 1_234)
    deflection(Console(file=shown, width=80), report_of(found, None, datetime(2026, 11, 24, tzinfo=UTC), 0.1))
    lines = shown.getvalue().splitlines()
    assert max(len(line) for line in lines) <= 80
    assert lines[1].split()[:4] == ["quoted", "123456", "41234", "33.4%"]
    assert lines[3].startswith("quoted less withheld: -46.6 percentage points, with 95 % -47.3 to -45.8")
