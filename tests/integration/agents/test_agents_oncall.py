"""`brief oncall`, and what `brief show` and `brief doctor` say of escalation, as they are typed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

SETTINGS = """
[[mailbox]]
address = "support@desk.example"
[[oncall]]
name = "nights"
order = ["anna", "ben"]
start = "2026-10-19T09:00"
[[oncall.shift]]
agent = "cem"
since = "2026-12-24T12:00"
until = "2026-12-27T09:00"
"""
Typed = Callable[..., str]


@pytest.fixture
def brief(typed: Typed, tmp_path: Path) -> Typed:
    """Types `brief ...` at a desk with a roster, and an agent of it."""
    file = tmp_path / "c.toml"
    file.write_text(SETTINGS, encoding="utf-8")
    file.chmod(0o600)
    place = ("--config", str(file), "--data", str(tmp_path / "data"))
    typed(*place, "agent", "add", "anna", "--name", "Anna Blume", "--email", "anna@desk.example")
    return lambda *arguments, ends=0: typed(*place, *arguments, ends=ends)


def test_it_says_who_is_on_call_until_when_and_who_follows(brief: Typed) -> None:
    said = json.loads(brief("oncall", "--at", "2026-12-24T10:00", "--json"))
    assert said == {
        "roster": "nights", "departments": [], "agent": "ben", "name": "", "since": "2026-12-21T09:00:00+01:00",
        "until": "2026-12-24T12:00:00+01:00",
        "next": {"agent": "cem", "name": "", "since": "2026-12-24T12:00:00+01:00", "until": "2026-12-27T09:00:00+01:00"},
    }  # fmt: skip
    shown = brief("oncall", "--at", "2026-12-30T10:00")
    assert "nights" in shown
    assert "Anna Blume" in shown


def test_before_it_begins_nobody_is_on_call(brief: Typed) -> None:
    assert "nobody" in brief("oncall", "--at", "2026-10-18T10:00")
    said = json.loads(brief("oncall", "--at", "2026-10-18T10:00", "--json"))
    assert (said["agent"], said["next"]["agent"]) == (None, "anna")


def test_a_time_that_is_none_is_refused_in_a_line(brief: Typed) -> None:
    assert "is no time; say it as in" in brief("oncall", "--at", "soon", ends=2)


def test_the_doctor_names_agents_who_are_not_there(brief: Typed) -> None:
    said = " ".join(brief("doctor").split())
    assert "no agent is called 'ben'" in said
    assert "line 4" in said or "line 5" in said


def test_without_a_roster_it_says_where_to_read_on(typed: Typed, tmp_path: Path) -> None:
    data = str(tmp_path / "data")
    typed("--data", data, "agent", "add", "anna")
    assert "No [[oncall]] stands in the settings" in typed("--data", data, "oncall")
    assert typed("--data", data, "oncall", "--json") == ""
