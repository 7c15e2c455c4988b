"""Who reads an IMAP folder, and how far it has got, on both databases."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mailgateway.sources.imap_cursor import Cursor
from mailgateway.sources.imap_store import (
    LostLease,
    Outcome,
    Place,
    cursor_of,
    first_seen,
    is_gone,
    kept_before,
    new_holder,
    note_error,
    put_cursor,
    put_outcomes,
    release,
    settle,
    take,
    unsettled,
)
from storage.database import Database
from storage.tables import ImapFolderRow

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
SOON = NOW + timedelta(minutes=1)
PLACE = Place("support at imap.example.org", "INBOX")
CURSOR = Cursor(2**32 - 1, 2**32 - 2, 7, 3, NOW)
ELSEWHERE = "another-host 1 abc"


def taken(database: Database, holder: str, now: datetime = NOW) -> bool:
    with database.writing() as session:
        return take(session, PLACE, holder, now, now + timedelta(minutes=1))


def test_one_process_reads_a_folder_until_its_lease_ends_or_it_gives_it_back(database: Database) -> None:
    assert taken(database, ELSEWHERE)
    assert taken(database, ELSEWHERE)  # for longer
    assert not taken(database, "other")
    assert taken(database, "other", SOON)
    with database.writing() as session:
        release(session, PLACE, ELSEWHERE)  # who has it no more gives nothing back
    assert not taken(database, ELSEWHERE, SOON)
    with database.writing() as session:
        release(session, PLACE, "other")
    assert taken(database, ELSEWHERE, SOON)


def test_who_lost_the_folder_writes_nothing(database: Database) -> None:
    taken(database, ELSEWHERE)
    with database.writing() as session:
        put_cursor(session, PLACE, ELSEWHERE, CURSOR, SOON)
    with pytest.raises(LostLease), database.writing() as session:
        put_cursor(session, PLACE, "other", Cursor(1, 1, 1, 1, NOW), SOON)
    with database.reading() as session:
        assert cursor_of(session, PLACE) == CURSOR
        assert cursor_of(session, Place("nobody", "INBOX")) is None


def test_a_process_of_this_machine_that_ended_is_known_to_be_gone() -> None:
    done = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
    gone = done.stdout.decode().strip()
    assert is_gone(f"{socket.gethostname()} {gone} abc")
    assert not is_gone(f"{socket.gethostname()} {os.getppid()} abc")
    assert not is_gone(new_holder())
    assert not is_gone(ELSEWHERE)
    assert not is_gone("")


def test_what_became_of_a_mail_is_written_once_more_in_place_of_before(database: Database) -> None:
    with database.writing() as session:
        put_outcomes(session, PLACE, 1, [Outcome(7, "unread", 10, because="x"), Outcome(8, "kept", 5, "aa")], NOW)
        put_outcomes(session, PLACE, 1, [Outcome(7, "imported", 10, "bb", afterwards="left")], NOW)
        put_outcomes(session, PLACE, 2, [Outcome(7, "too large", 10)], NOW)
    with database.reading() as session:
        assert kept_before(session, PLACE.account, ["aa", "bb", "cc"]).keys() == {"aa", "bb"}
        assert kept_before(session, "another", ["aa"]) == {}
        assert unsettled(session, PLACE, 1, 10) == [8]
    with database.writing() as session:
        settle(session, PLACE, 1, [8], "marked")
        assert unsettled(session, PLACE, 1, 10) == []


def test_since_when_a_folder_cannot_be_read_is_remembered(database: Database) -> None:
    def noted(error: str, at: datetime) -> Any:
        with database.writing() as session:
            note_error(session, PLACE, error, at)
        with database.reading() as session:
            row = session.get_one(ImapFolderRow, (PLACE.account, PLACE.folder))
            return row.error, row.failing_since

    assert noted("away", NOW) == ("away", NOW)
    assert noted("hangs", SOON) == ("hangs", NOW)
    assert noted("", SOON) == ("", None)


def test_a_folder_is_first_seen_once_and_never_under_the_hands_of_who_reads_it(database: Database) -> None:
    other = Cursor(9, 20, 20, 20, NOW)
    assert taken(database, ELSEWHERE)
    with database.writing() as session:
        assert first_seen(session, PLACE, other, NOW) == other  # and the reader writes down its own
        assert cursor_of(session, PLACE) is None
        assert first_seen(session, PLACE, CURSOR, SOON) == CURSOR
        assert first_seen(session, PLACE, other, SOON) == CURSOR
        assert cursor_of(session, PLACE) == CURSOR
