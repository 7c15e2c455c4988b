"""How messages reach people, and how a call ends."""

from __future__ import annotations

import json
import signal
import sys
from pathlib import Path

import click
import pytest

import cli
from service.invocation import run, say


@pytest.fixture(autouse=True)
def _signals_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signal, "signal", lambda *_: None)


def typed(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr(sys, "argv", ["brief", *words])
    return run(cli.brief)


def test_what_is_said_cannot_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    say("no conversation of \x1b]0;owned\x07 \u202egnp.exe Jürgen")
    said = capsys.readouterr().err
    assert "Jürgen" in said
    assert not {"\x1b", "\x07", "\u202e"} & set(said)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("inbx", "no such command 'inbx'. Did you mean 'inbox'?"),
        ("mail inspekt", "no such command 'inspekt'. Did you mean 'inspect'?"),
        ("qqqq", "no such command 'qqqq'; `brief --help` shows how it is used"),
        (
            "inbox --limit 0",
            "invalid value for '--limit': 0 is not in the range 1<=x<=1000; `brief inbox --help` shows",
        ),
        ("inbox --limt 1", "no such option '--limt'. Did you mean '--limit'?"),
        ("show", "missing argument 'HANDLE'; `brief show --help` shows how it is used"),
        ("show a b", "got unexpected extra argument (b); `brief show --help`"),
        ("priority a urgent", "'urgent' is not one of 'critical', 'high', 'normal', 'low'; `brief priority --help`"),
        ("--data", "option '--data' requires an argument; `brief --help`"),
        ("inbox --limit", "option '--limit' requires an argument; `brief inbox --help`"),
        (
            "customer correspondence a@b --mbox",
            "option '--mbox' requires an argument; `brief customer correspondence -",
        ),
        ("serve --only cook", "cook is no part of the desk; there are: smtp, "),
        ("--config /no/such inbox", "cannot read the settings /no/such"),
        ("show a\x1b[2J b\x1b[2J", "got unexpected extra argument (b"),
    ],
)
def test_wrong_use_is_told_in_one_line_as_all_else_is_and_ends_with_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: str, said: str
) -> None:
    assert typed(monkeypatch, *words.split(" ")) == 2
    printed, errors = capsys.readouterr()
    assert printed == ""
    [only] = errors.splitlines()
    assert only.startswith("brief: ")
    assert said in only
    assert "\x1b" not in only


@pytest.mark.parametrize("words", ["", "faq", "mail"])
def test_a_group_without_a_command_shows_what_there_is_and_ends_with_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: str
) -> None:
    assert typed(monkeypatch, *words.split()) == 2
    lines = capsys.readouterr().err.splitlines()
    assert "Commands:" in lines
    assert lines[-1].startswith(f"brief: `{' '.join(['brief', *words.split()])}` wants a command")


def test_what_a_command_refuses_itself_ends_with_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    @click.command()
    def refuses() -> None:
        raise click.ClickException("2 of 3 records could not be taken")

    monkeypatch.setattr(sys, "argv", ["brief"])
    assert run(refuses) == 1
    assert capsys.readouterr().err == "brief: 2 of 3 records could not be taken\n"


def test_several_wrong_settings_are_a_line_each(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "brief.toml").write_text('[smtp]\nlisten = "here"\n[web]\nlisten = "there"\n')
    assert typed(monkeypatch, "--config", str(tmp_path / "brief.toml"), "inbox") == 2
    first, second = capsys.readouterr().err.splitlines()
    assert first.startswith(f"brief: {tmp_path}/brief.toml, line 2: ")
    assert second.startswith(f"brief: {tmp_path}/brief.toml, line 4: ")


def test_the_doctor_names_several_wrong_settings_one_by_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "brief.toml").write_text('[smtp]\nlisten = "here"\n[web]\nlisten = "there"\n')
    assert typed(monkeypatch, "--config", str(tmp_path / "brief.toml"), "doctor", "--json") == 1
    said = [json.loads(each)["said"] for each in capsys.readouterr().out.splitlines()]
    assert [each.partition(":")[0] for each in said] == [f"{tmp_path}/brief.toml, line {line}" for line in (2, 4)]


@pytest.mark.parametrize(
    "words",
    [
        "inbox", "inbox --json", "search anna", "show anna", "why anna", "suggest anna", "agent list", "outbox",
        "outbox stops", "outbox breaker", "mail list", "mail shunted list", "mail prove", "faq list", "faq search anna",
    ],
)  # fmt: skip
def test_what_only_reads_makes_no_desk_and_says_that_there_is_none(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, words: str
) -> None:
    assert typed(monkeypatch, "--data", str(tmp_path / "here"), *words.split()) == 1
    printed, errors = capsys.readouterr()
    assert printed == ""
    assert errors.startswith(f"brief: there is no desk in {tmp_path}/here; ")
    assert errors.count("\n") == 1
    assert not (tmp_path / "here").exists()


def test_what_writes_makes_an_empty_desk_which_can_then_be_read(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert typed(monkeypatch, "--data", str(tmp_path), "agent", "add", "lena") == 0
    assert typed(monkeypatch, "--data", str(tmp_path), "inbox") == 0
    assert "Nobody waits for an answer." in capsys.readouterr().out
