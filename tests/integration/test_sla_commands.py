"""`brief sla`, over each database."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from click.testing import Result
from rich.console import Console

from service.commands.options import _cell
from service.terminal import THEME
from service.terminal_sla import bar, explained, lasting, reported

Brief = Callable[..., Result]
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
ROW: dict[str, Any] = {"report": "sla", "month": "2026-11", "target": "first", "by": "agent", "of": "lena", "kept": 9, "breached": 1,
       "running": 2, "dropped": 0, "share": 0.9, "median_seconds": 5400, "p90_seconds": 12 * 3600}  # fmt: skip


@pytest.fixture
def run(run: Brief) -> Brief:
    """Runs `brief` on a desk that has begun."""
    assert run("faq", "import", "-", given='{"id": "a", "question": "Wo?", "answer": "Hier."}\n').exit_code == 0
    return run


def shown(show: Callable[[Console], None], width: int = 80) -> str:
    to = Console(file=io.StringIO(), width=width, theme=THEME)
    show(to)
    assert isinstance(to.file, io.StringIO)
    assert all(len(line) <= width for line in to.file.getvalue().splitlines())
    return to.file.getvalue()


def test_a_desk_that_promised_nothing_says_so(run: Brief) -> None:
    said = run("sla", "report", "--month", "2026-11")
    assert (said.exit_code, said.stdout) == (0, "Nothing was promised in 2026-11.\n")
    assert "last twelve months" in run("sla", "report").stdout
    assert run("sla", "report", "--json").stdout == ""


def test_csv_has_headings_of_what_was_asked(run: Brief) -> None:
    [names] = csv.reader(run("sla", "report", "--by", "organisation", "--csv").stdout.splitlines())
    assert names == ["month", "target", "organisation", "kept", "breached", "running", "dropped", "share", "median_seconds",
                     "p90_seconds"]  # fmt: skip


@pytest.mark.parametrize("month", ["2026-13", "November", "0-0", "2026-11-01"])
def test_what_is_no_month_is_wrong_use(run: Brief, month: str) -> None:
    said = run("sla", "report", "--month", month)
    assert (said.exit_code, type(said.exception).__name__) in [(2, "SystemExit"), (1, "WrongUse")]
    assert "write it as in 2026-11" in said.stderr + str(said.exception)


def test_csv_and_json_together_are_wrong_use(run: Brief) -> None:
    assert run("sla", "report", "--csv", "--json").exit_code == 2


def test_what_is_imported_starts_no_clock(run: Brief, a_mail: Callable[..., bytes], tmp_path: Any) -> None:
    (tmp_path / "a.eml").write_bytes(a_mail())
    [came] = [json.loads(each) for each in run("mail", "import", "--json", str(tmp_path / "a.eml")).stdout.splitlines()]
    assert came["new"]
    said = run("sla", "explain", "anna@example.com")
    assert "no clock ever ran" in said.stderr + str(said.exception)


def test_the_share_that_was_kept_is_a_bar() -> None:
    assert bar(0.9).plain == "█████████░  90%"
    assert bar(0.0).plain == "░░░░░░░░░░   0%"
    assert bar(None).plain == ""


def test_a_working_time_is_told_in_hours_and_minutes() -> None:
    assert [lasting(each) for each in (0, 45, 60, 3600, 5400, 64800)] == [
        "0 min", "45 s", "1 min", "1 h", "1 h 30 min", "18 h",
    ]  # fmt: skip


def test_the_report_fits_a_terminal_of_80_columns() -> None:
    said = shown(lambda to: reported(to, [ROW, {**ROW, "target": "next", "of": "", "share": None}], "agent", ""))
    assert "first answer" in said
    assert "1 h 30 min" in said
    assert "nobody" in said


def test_what_cannot_be_told_apart_is_refused_with_what_can(run: Brief) -> None:
    said = run("sla", "report", "--by", "customer")
    assert said.exit_code == 2
    assert "is not one of 'mailbox', 'priority', 'agent', 'organisation'" in said.stderr


@pytest.mark.parametrize("by", ["", "organisation"])
def test_the_times_that_answers_took_are_never_cut_off_at_80_columns(by: str) -> None:
    took = {"share": 1.0, "median_seconds": 14 * 60 + 23, "p90_seconds": 27 * 3600 + 45 * 60 + 59}
    row = {**ROW, "by": by, "of": "Brauerei Huber", "kept": 1200, "breached": 130, "running": 2400, **took}
    said = shown(lambda to: reported(to, [row], by, ""))
    assert all(each in said for each in ("100%", "14 min", "27 h 46 min", "90 %"))
    assert "…" not in said.splitlines()[1]


def test_what_is_explained_adds_up_on_the_terminal() -> None:
    stretch = {"since": "2026-11-24T08:00:00+00:00", "until": "2026-11-24T10:00:00+00:00", "counts": True, "seconds": 7200,
               "because": "open"}  # fmt: skip
    pause = {**stretch, "since": stretch["until"], "until": "2026-11-24T11:00:00+00:00", "counts": False, "seconds": 0,
             "because": "we wait for the customer"}  # fmt: skip
    row = {"target": "solution", "state": "paused", "policy": "gold", "priority": "high", "hours": "support@example.org",
           "within_seconds": 36000, "due_at": None, "done_at": None, "by": None, "because": "we wait for the customer",
           "counted_seconds": 7200, "left_seconds": 28800, "stretches": [stretch, pause],
           "marks": [{"at": stretch["since"], "what": "changed", "because": "lena decided it", "priority": "high",
                      "within_seconds": 36000, "hours": "", "policy": "gold"}]}  # fmt: skip
    said = shown(lambda to: explained(to, [row], NOW, UTC))
    assert 'SLA policy "gold"' in said
    assert "2 h of 10 h counted, 8 h left" in said
    assert "lena decided it" in said


@pytest.mark.parametrize("name", ["=1+1", "+49", "-x", "@SUM(A1)"])
def test_a_name_in_csv_is_no_formula(name: str) -> None:
    assert _cell(name) == f"'{name}"
    assert _cell("Weber GmbH") == "Weber GmbH"
