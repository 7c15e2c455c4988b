"""`brief mail` and `brief outbox` as scripts and people use them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog
from click.testing import CliRunner, Result

import mailgateway.intake as intake
from cli import brief
from mailgateway.intake import walk_due
from mailgateway.receive import Keeper
from mailgateway.retry import TRIES
from service.opening import open_database_for
from service.settings import read_settings
from storage.errors import NotThere, WrongUse
from storage.group import GroupCommit
from storage.outbox import Failed, Mailable, OutgoingMail, enqueue, lease_due, settle
from threads.arrive import arrive
from threads.model import Envelope, Source

Brief = Callable[..., Result]


@pytest.fixture(autouse=True)
def _log() -> Iterator[None]:
    yield
    structlog.reset_defaults()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def run(data: Path) -> Brief:
    def call(*arguments: str, ends: type[BaseException] | None = None) -> Result:
        result = CliRunner().invoke(brief, ["--data", str(data), *arguments])
        assert (type(result.exception) if result.exception else None) is ends, result.output
        return result

    return call


def lines(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.fixture
def box(tmp_path: Path, a_mail: Any) -> Path:
    folder = tmp_path / "box"
    folder.mkdir()
    now = datetime.now(UTC)
    (folder / "2.eml").write_bytes(a_mail(message_id="<1@example.com>", date=now - timedelta(days=2)))
    (folder / "1.eml").write_bytes(
        a_mail(author="support@localhost", to="anna@example.com", in_reply_to="<1@example.com>", date=now)
    )
    (folder / "3.eml").write_bytes(b"From: MAILER-DAEMON\xff\r\n\r\n\0")
    return folder


def test_an_archive_goes_in_once_and_is_listed(run: Brief, box: Path) -> None:
    first = lines(run("mail", "import", "--json", str(box)))
    assert len(first) == 3
    assert all(each["new"] for each in first)
    assert {each["direction"] for each in first if "3.eml" not in each["source"]} == {"in", "out"}
    again = run("mail", "import", "--json", str(box))
    assert not any(each["new"] for each in lines(again))
    assert "3 were there already" in again.stderr
    listed = lines(run("mail", "list", "--json"))
    assert {"message", "handle", "kind", "because"} <= set(listed[0])
    assert run("mail", "list").stdout.count("\n") == len(listed)
    read_again = lines(run("mail", "again", "--json"))
    assert [each["changed"] for each in read_again] == [[], [], []]
    assert lines(run("outbox", "--json")) == []


def test_what_is_not_there_is_said_in_one_line(run: Brief, tmp_path: Path) -> None:
    missing = run("mail", "import", str(tmp_path / "missing.mbox"), ends=WrongUse)
    assert missing.stderr == ""  # the error itself is the one line
    run("mail", "again", "zzzzzzz", ends=NotThere)
    run("mail", "shunted", "show", "abcdef01", ends=NotThere)
    run("outbox", "show", "abcdef01", ends=NotThere)
    run("outbox", "show", "not hex", ends=WrongUse)
    run("mail", "unknown", ends=SystemExit)


def test_a_mail_that_was_set_aside_is_listed_shown_and_replayed(
    run: Brief, data: Path, a_mail: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: Any, **__: Any) -> Any:
        raise RuntimeError("fault")

    settings = read_settings(None, data)
    database = open_database_for(settings)
    group = GroupCommit(database)
    now = datetime.now(UTC)
    raw = a_mail(headers={"X-Mark": "here"})
    envelope = Envelope(Source.SMTP, "anna@example.com", ("support@localhost",), now, client="203.0.113.7")
    Keeper(group).keep(envelope, raw).result(20)
    monkeypatch.setattr(intake, "arrive", failing)
    for each in range(TRIES):
        walk_due(database, settings.policy(), None, now + timedelta(hours=each))
    monkeypatch.setattr(intake, "arrive", arrive)
    group.close()
    database.close()

    (aside,) = lines(run("mail", "shunted", "list", "--json"))
    assert (aside["because"], aside["tries"]) == ("RuntimeError: fault", TRIES)
    assert "fault" in run("mail", "shunted", "list").stdout
    assert lines(run("mail", "shunted", "--json")) == [aside]
    assert run("mail", "shunted", "show", aside["code"]).stdout_bytes == raw
    assert lines(run("mail", "again", "--shunted", "--json")) == [{"code": aside["code"], "outcome": "done"}]
    assert run("mail", "shunted", "list").stderr == "nothing is set aside\n"

    (letter,) = lines(run("outbox", "--json"))
    assert (letter["purpose"], letter["state"], letter["to"]) == ("acknowledgement", "waiting", ["anna@example.com"])
    whole = run("outbox", "show", letter["code"]).stdout
    assert "Auto-Submitted: auto-replied" in whole
    assert letter["code"] in run("outbox").stdout
    assert lines(run("outbox", "show", "--json", letter["code"]))[0]["mail"]["subject"] == letter["subject"]
    assert lines(run("outbox", "--json", "show", letter["code"]))[0]["mail"]["subject"] == letter["subject"]


def test_a_mail_that_failed_is_tried_once_more(run: Brief, data: Path) -> None:
    database, now = open_database_for(read_settings(None, data)), datetime.now(UTC)
    ours, anna = Mailable("support@localhost"), Mailable("anna@example.com")
    mail = OutgoingMail("<1@localhost>", "support@localhost", ours, (anna,), "Re: Umzug", "So geht es.", "today")
    with database.writing() as session:
        enqueue(session, mail, purpose="reply", conversation_id=None, message_id=None, due_at=now, now=now)
    (letter,) = lines(run("outbox", "--json"))
    run("outbox", "again", letter["code"], ends=WrongUse)  # it waits already
    with database.writing() as session:
        (leased,) = lease_due(session, now, timedelta(minutes=1), 1)
        settle(session, leased, Failed("550 5.7.1 no relaying"), now)
    database.close()
    assert lines(run("outbox", "--json"))[0]["state"] == "failed"
    (again,) = lines(run("outbox", "again", "--json", letter["code"]))
    assert (again["state"], again["waiting_for"], again["refused"]) == ("waiting", ["anna@example.com"], [])
    assert lines(run("outbox", "--json", "--state", "waiting"))[0]["code"] == letter["code"]


def test_a_raw_message_is_one_json_value_where_that_is_asked_for(run: Brief, box: Path) -> None:
    run("mail", "import", str(box / "2.eml"))
    (listed,) = lines(run("mail", "list", "--json"))
    raw = (box / "2.eml").read_bytes()
    asked = ("show", listed["handle"], "--raw", listed["message"])
    assert run(*asked).stdout_bytes == raw
    (shown,) = lines(run(*asked, "--json"))
    assert shown["raw"].encode("latin-1") == raw
    file = box / "letter.eml"
    assert lines(run(*asked, "--json", "-o", str(file)))[0]["file"] == str(file)
    assert file.read_bytes() == raw
