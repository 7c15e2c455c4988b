"""`brief mail rethread` as it is typed: what it prints, what it asks, and what it leaves alone."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click
import pytest
from sqlalchemy import select, update

import cli
from service.invocation import run
from storage.database import open_database, sqlite_url
from storage.tables import ConversationRow, MessageRow

Brief = Callable[..., tuple[str, str]]


@pytest.fixture
def brief(tmp_path: Path, a_mail: Callable[..., bytes], capsys: pytest.CaptureFixture[str]) -> Brief:
    """Types `brief ...` at a desk where Bernd's second mail stands among Anna's; gives what was printed and what was said."""

    def type_(*arguments: str, ends: int = 0) -> tuple[str, str]:
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(tmp_path)
            patch.setenv("NO_COLOR", "1")
            patch.setenv("COLUMNS", "80")
            patch.setattr(sys, "argv", ["brief", "--data", str(tmp_path / "data"), *arguments])
            patch.setattr(signal, "signal", lambda *_: None)
            assert run(cli.brief) == ends
        return capsys.readouterr()

    at = datetime.now(UTC) - timedelta(days=3)
    mails = {
        "1.eml": a_mail(author="Anna <anna@kunde.example>", subject="Rechnung", text="Wo ist sie?", date=at),
        "2.eml": a_mail(
            author="Bernd <bernd@other.example>", subject="Umzug", text="Wann?", date=at, message_id="<umzug@other.example>"
        ),
        "3.eml": a_mail(
            author="Bernd <bernd@other.example>", subject="Re: Umzug", text="Und wohin?", date=at + timedelta(hours=1),
            in_reply_to="<umzug@other.example>",
        ),
    }  # fmt: skip
    (tmp_path / "archive").mkdir()
    for name, raw in mails.items():
        (tmp_path / "archive" / name).write_bytes(raw)
    type_("mail", "import", "archive")
    database = open_database(sqlite_url(tmp_path / "data" / "desk.sqlite"))
    with database.writing() as session:
        annas = session.scalar(select(ConversationRow.id).where(ConversationRow.subject == "Rechnung"))
        stray = update(MessageRow).where(MessageRow.subject == "Re: Umzug")
        session.execute(stray.values(conversation_id=annas))
    database.close()
    return type_


def objects(printed: str) -> list[dict[str, Any]]:
    assert printed.isascii()
    return [json.loads(each) for each in printed.splitlines()]


def test_a_dry_run_shows_the_difference_with_the_reason_and_changes_nothing(brief: Brief) -> None:
    printed, said = brief("mail", "rethread", "--dry-run")

    [line, why] = printed.splitlines()
    assert line.split()[1:] == ["bernd@other.example", "Re:", "Umzug", "anna-rechnung", "→", "bernd-umzug"]
    assert why.strip() == "its In-Reply-To names <umzug@other.example>"
    assert max(map(len, printed.splitlines())) <= 80
    assert said == "3 messages threaded anew, 1 difference: 1 moved\n"
    assert brief("mail", "rethread", "--dry-run") == (printed, said)


def test_in_a_pipe_it_only_shows_and_says_so(brief: Brief) -> None:
    _, said = brief("mail", "rethread")
    assert said.endswith("nothing was changed; --yes applies it\n")

    [shown] = objects(brief("mail", "rethread", "--json")[0])
    assert (shown["becomes"], shown["from"], shown["to"]) == ("moved", "anna-rechnung", "bernd-umzug")
    assert (shown["applied"], shown["left"], shown["new"]) == (False, "", None)
    [message] = shown["messages"]
    assert (message["from"], message["subject"], message["held"]) == ("bernd@other.example", "Re: Umzug", False)


def test_with_yes_it_is_applied_once_and_undo_takes_it_back(brief: Brief) -> None:
    printed, said = brief("mail", "rethread", "--yes", "--json")
    assert [each["applied"] for each in objects(printed)] == [True]
    assert said.endswith("1 change applied; `brief undo` takes each back, the last first\n")

    again = ("", "3 messages threaded anew, nothing would stand elsewhere\n")
    assert brief("mail", "rethread", "--yes") == again

    brief("undo")
    assert len(objects(brief("mail", "rethread", "--json")[0])) == 1


@pytest.mark.parametrize("interrupted", [False, True])
def test_on_a_terminal_it_asks(brief: Brief, monkeypatch: pytest.MonkeyPatch, interrupted: bool) -> None:
    asked: list[str] = []

    def no(question: str, **_: Any) -> bool:
        asked.append(question)
        if interrupted:
            raise click.Abort
        return False

    monkeypatch.setattr(click, "confirm", no)
    terminal, ours = os.openpty()
    try:
        with open(ours, closefd=False) as keyboard, monkeypatch.context() as patch:
            patch.setattr(sys, "stdin", keyboard)
            patch.setattr(type(sys.stderr), "isatty", lambda _: True)
            _, said = brief("mail", "rethread")
    finally:
        os.close(terminal)
        os.close(ours)

    assert asked == ["Apply this change?"]
    assert said.endswith("nothing was changed\n")
    assert len(objects(brief("mail", "rethread", "--json")[0])) == 1


def test_no_handle_is_cut_off_where_it_is_long(brief: Brief, tmp_path: Path) -> None:
    long = "bernhardine-" + "umzug-nach-ausserhalb-" * 2 + "im-mai"
    database = open_database(sqlite_url(tmp_path / "data" / "desk.sqlite"))
    with database.writing() as session:
        session.execute(update(ConversationRow).where(ConversationRow.subject == "Umzug").values(handle=long))
    database.close()

    printed, _ = brief("mail", "rethread", "--dry-run")

    [line, *way, why] = printed.splitlines()
    assert line.split()[1:] == ["bernd@other.example", "Re:", "Umzug"]
    assert " ".join(way).split() == ["anna-rechnung", "→", long]
    assert why.strip() == "its In-Reply-To names <umzug@other.example>"
    assert max(map(len, printed.splitlines())) <= 80


def test_what_cannot_be_read_is_named_with_the_reason(brief: Brief, tmp_path: Path) -> None:
    database = open_database(sqlite_url(tmp_path / "data" / "desk.sqlite"))
    with database.writing() as session:
        lost = session.scalars(select(MessageRow).where(MessageRow.subject == "Re: Umzug")).one()
        lost.raw_id, code = None, lost.code
    database.close()

    _, said = brief("mail", "rethread", "--dry-run")

    assert said.splitlines() == [
        "3 messages threaded anew, nothing would stand elsewhere; 1 message could not be read anew and would stay",
        f"{code} could not be read anew: nothing of its mail is kept",
    ]


def test_whoever_interrupts_it_reads_that_nothing_was_changed(brief: Brief, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("mailgateway.rethread.arrive", interrupted)
        printed, said = brief("mail", "rethread", "--yes")

    assert (printed, said.strip()) == ("", "interrupted; nothing was changed")
    assert len(objects(brief("mail", "rethread", "--json")[0])) == 1


def test_since_takes_a_date_or_how_long_ago(brief: Brief) -> None:
    for since, number in (("2d", 0), ("5 d", 1), ("2020-01-01", 1), ("2099-01-01", 0)):
        assert len(objects(brief("mail", "rethread", "--json", "--since", since)[0])) == number
    _, said = brief("mail", "rethread", "--since", "gestern", ends=2)
    assert said.startswith("brief: --since takes a date, as in 2026-11-01, or how long ago")


def test_where_there_is_no_desk_it_makes_none(brief: Brief, tmp_path: Path) -> None:
    _, said = brief("--data", str(tmp_path / "nowhere"), "mail", "rethread", ends=1)
    assert "there is no desk" in said
    assert not (tmp_path / "nowhere").exists()
