"""What goes wrong between a desk and an IMAP server: nothing is lost by it, nothing doubled, and it goes on by itself."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

import mailgateway.sources.imap as imap_door
from mailgateway.sources.imap_account import ImapAccount, Patience
from mailgateway.sources.imap_session import ImapSession
from mailgateway.sources.imap_spoken import ServerAway
from storage.database import open_database
from storage.errors import DiskFull
from storage.tables import ConversationRow, EnvelopeRow, ImapMailRow, OutboxRow

pytestmark = pytest.mark.needs("dovecot")
Account = Callable[..., ImapAccount]
Until = Callable[..., Any]
SEEN = b"\\Seen"


@pytest.fixture(autouse=True)
def _calls_again_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imap_door, "next_call", lambda _failures, *, refused: timedelta(seconds=0.05))


def test_a_server_that_was_killed_is_called_again_and_it_goes_on_where_it_was(
    sqlite_desk: Any, imap_server: Any, user: str, account_of: Account, a_mail: Any, wait_until: Until
) -> None:
    sqlite_desk.connect(account_of(imap_server, user))
    imap_server.put(user, a_mail())
    wait_until(lambda: sqlite_desk.outcomes() == {"kept": 1})
    imap_server.kill()
    assert "is away" in wait_until(lambda: sqlite_desk.doors[0].states[0].failing)
    imap_server.start()
    imap_server.put(user, a_mail(), a_mail())
    wait_until(lambda: sqlite_desk.outcomes() == {"kept": 3})
    wait_until(lambda: sqlite_desk.doors[0].states[0].failing == "")


def test_a_server_that_hangs_is_noticed(
    sqlite_desk: Any, imap_server: Any, user: str, account_of: Account, a_mail: Any, wait_until: Until
) -> None:
    sqlite_desk.connect(account_of(imap_server, user, idle=False, patience=Patience(connect=1.0, answer=1.0)))
    imap_server.hang()
    assert "hangs: it did not answer in time" in wait_until(lambda: sqlite_desk.doors[0].states[0].failing)
    imap_server.go_on()
    imap_server.put(user, a_mail())
    wait_until(lambda: sqlite_desk.outcomes() == {"kept": 1})


def test_a_desk_ends_at_once_though_it_waits_for_mail_or_for_a_server_that_hangs(
    sqlite_desk: Any, imap_server: Any, account_of: Account
) -> None:
    sqlite_desk.connect(account_of(imap_server, "user0", poll=timedelta(hours=1)))
    sqlite_desk.stop()
    sqlite_desk.connect(account_of(imap_server, "user1", idle=False))
    imap_server.hang()
    sqlite_desk.stop()
    imap_server.go_on()


def test_while_nothing_can_be_kept_no_mail_is_passed_over_or_marked(
    desk: Any,
    shared_imap_server: Any,
    user: str,
    account_of: Account,
    a_mail: Any,
    wait_until: Until,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    refused: list[int] = []

    def full(mails: Any, _also: Any) -> Future[Any]:
        refused.append(len(mails))
        future: Future[Any] = Future()
        future.set_exception(DiskFull("the disk is full"))
        return future

    desk.connect(account_of(shared_imap_server, user))
    with monkeypatch.context() as broken:
        broken.setattr(desk.keeper, "keep_all", full)
        shared_imap_server.put(user, a_mail(), a_mail())
        wait_until(lambda: len(refused) > 2)
        assert desk.doors[0].states[0].failing == "the disk is full"
        assert set(map(frozenset, shared_imap_server.flags(user).values())) == {frozenset()}
    wait_until(lambda: desk.outcomes() == {"kept": 2})
    wait_until(lambda: shared_imap_server.flags(user) == {1: {SEEN}, 2: {SEEN}})


def test_a_database_that_is_away_stops_nothing_for_good(
    postgresql_url: str,
    postgresql_server: Any,
    shared_imap_server: Any,
    user: str,
    account_of: Account,
    a_mail: Any,
    wait_until: Until,
    make_desk: Callable[..., Any],
) -> None:
    database = open_database(postgresql_url)
    desk = make_desk(database)
    desk.connect(account_of(shared_imap_server, user))
    postgresql_server.allow_connections(postgresql_url, allowed=False)
    postgresql_server.end_connections(postgresql_url)
    shared_imap_server.put(user, a_mail(), a_mail())
    wait_until(lambda: desk.doors[0].states[0].failing)
    postgresql_server.allow_connections(postgresql_url, allowed=True)
    wait_until(lambda: desk.outcomes() == {"kept": 2})
    desk.close()
    database.close()


def test_who_ends_between_the_commit_and_the_mark_marks_it_the_next_time(
    desk: Any,
    shared_imap_server: Any,
    user: str,
    account_of: Account,
    a_mail: Any,
    wait_until: Until,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cut = threading.Event()

    def cut_off(*_: Any) -> None:
        cut.set()
        raise ServerAway("cut off")

    desk.connect(account_of(shared_imap_server, user))
    with monkeypatch.context() as broken:
        broken.setattr(ImapSession, "mark", cut_off)
        shared_imap_server.put(user, a_mail())
        assert cut.wait(20)
        desk.stop()
    assert desk.outcomes() == {"kept": 1}
    assert shared_imap_server.flags(user) == {1: set()}
    desk.fetch(account_of(shared_imap_server, user))
    wait_until(lambda: shared_imap_server.flags(user) == {1: {SEEN}})
    assert desk.number(EnvelopeRow) == 1


def test_two_desks_on_one_account_keep_each_mail_once_and_the_other_takes_over(
    desk_of: Any, shared_imap_server: Any, user: str, account_of: Account, a_mail: Any, wait_until: Until
) -> None:
    first, second = desk_of(), desk_of()
    account = account_of(shared_imap_server, user, patience=Patience(lease=6.0))
    first.connect(account)
    second.fetch(account)
    wait_until(lambda: second.doors[0].states[0].elsewhere)
    shared_imap_server.put(user, *(a_mail() for _ in range(20)))
    wait_until(lambda: first.outcomes() == {"kept": 20})
    assert first.number(EnvelopeRow) == 20
    first.stop()
    shared_imap_server.put(user, a_mail())
    wait_until(lambda: first.outcomes() == {"kept": 21})
    assert second.connected()


def test_a_desk_that_slept_through_its_lease_keeps_nothing_more(
    desk_of: Any, shared_imap_server: Any, user: str, account_of: Account, a_mail: Any, wait_until: Until
) -> None:
    asleep, awake = desk_of(), desk_of()
    asleep.connect(account_of(shared_imap_server, user, idle=False))
    awake.ahead = timedelta(minutes=10)  # for whom the lease of the other is over
    awake.connect(account_of(shared_imap_server, user))
    shared_imap_server.put(user, a_mail())
    wait_until(lambda: awake.outcomes() == {"kept": 1})
    wait_until(lambda: asleep.doors[0].states[0].elsewhere)
    assert awake.number(EnvelopeRow) == 1


def test_a_mail_that_the_server_cannot_give_costs_only_itself(
    sqlite_desk: Any, shared_imap_server: Any, user: str, account_of: Account, a_mail: Any, wait_until: Until
) -> None:
    sqlite_desk.connect(account_of(shared_imap_server, user))
    sqlite_desk.stop()
    shared_imap_server.drop(user, *(a_mail() for _ in range(5)))
    with shared_imap_server.client(user) as client:
        assert client.search() == [1, 2, 3, 4, 5]
    third = sorted((shared_imap_server.folder / "mail" / user / "Maildir" / "cur").iterdir())[2]
    third.unlink()
    third.mkdir()  # a mail that is none, whose size the server cannot tell either
    sqlite_desk.fetch(account_of(shared_imap_server, user))
    wait_until(lambda: sqlite_desk.outcomes()["kept"] == 4)
    with sqlite_desk.database.reading() as session:
        rows = session.scalars(select(ImapMailRow).where(ImapMailRow.outcome == "unread")).all()
    assert all(row.because for row in rows)


@pytest.mark.parametrize("error", [ServerAway("the connection ended"), ValueError("cannot be parsed")])
def test_a_mail_over_which_the_connection_ends_is_set_aside(
    desk: Any,
    shared_imap_server: Any,
    user: str,
    account_of: Account,
    a_mail: Any,
    wait_until: Until,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
) -> None:
    real = ImapSession.mails

    def mails(session: ImapSession, uids: Any) -> Any:
        with session._spoken("fetch"):
            if 2 in uids:
                raise error
            return real(session, uids)

    monkeypatch.setattr(ImapSession, "mails", mails)
    desk.connect(account_of(shared_imap_server, user))
    desk.stop()
    shared_imap_server.put(user, *(a_mail() for _ in range(3)))
    desk.fetch(account_of(shared_imap_server, user))
    wait_until(lambda: desk.outcomes() == {"kept": 2, "unread": 1})
    with desk.database.reading() as session:
        row = session.scalars(select(ImapMailRow).where(ImapMailRow.outcome == "unread")).one()
    assert row.uid == 2
    assert str(error) in row.because or "the connection ended 3 times" in row.because


def test_a_mail_that_the_server_has_and_does_not_give_does_not_pass_for_gone(
    sqlite_desk: Any,
    shared_imap_server: Any,
    user: str,
    account_of: Account,
    a_mail: Any,
    wait_until: Until,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real = ImapSession.mails

    def mails(session: ImapSession, uids: Any) -> Any:
        return {uid: raw for uid, raw in real(session, uids).items() if uid != 2}

    monkeypatch.setattr(ImapSession, "mails", mails)
    sqlite_desk.connect(account_of(shared_imap_server, user))
    shared_imap_server.put(user, *(a_mail() for _ in range(3)))
    wait_until(lambda: sqlite_desk.outcomes() == {"kept": 2, "unread": 1})


def test_mails_that_cannot_be_written_together_are_written_one_by_one(
    desk: Any,
    shared_imap_server: Any,
    user: str,
    account_of: Account,
    a_mail: Any,
    wait_until: Until,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real = desk.keeper.keep_all

    def keep_all(mails: Any, also: Any) -> Any:
        if any(b"poison" in raw for _, raw in mails):
            future: Future[Any] = Future()
            future.set_exception(ValueError("no database takes this"))
            return future
        return real(mails, also)

    monkeypatch.setattr(desk.keeper, "keep_all", keep_all)
    desk.connect(account_of(shared_imap_server, user))
    desk.stop()
    shared_imap_server.put(user, a_mail(), a_mail(subject="poison"), a_mail())
    desk.fetch(account_of(shared_imap_server, user))
    wait_until(lambda: desk.outcomes() == {"kept": 2, "unread": 1})


def test_a_new_life_of_a_folder_is_read_again_without_doubling_or_acknowledging_anything(
    desk: Any, imap_server: Any, user: str, account_of: Account, a_mail: Any, wait_until: Until
) -> None:
    desk.connect(account_of(imap_server, user))

    def from_(author: str) -> bytes:
        raw: bytes = a_mail(author=author)
        return f"Return-Path: <{author}>\r\n".encode() + raw

    imap_server.put(user, from_("a@one.example"), from_("b@two.example"))
    wait_until(lambda: desk.outcomes() == {"kept": 2})
    desk.walk()
    desk.stop()
    imap_server.put(user, from_("c@three.example"))
    imap_server.number_anew(user, 4711)
    desk.fetch(account_of(imap_server, user))
    wait_until(lambda: desk.outcomes() == {"kept": 2, "same": 2, "imported": 1})
    imap_server.put(user, from_("d@four.example"))
    wait_until(lambda: desk.outcomes() == {"kept": 3, "same": 2, "imported": 1})
    desk.walk()
    assert (desk.number(ConversationRow), desk.number(OutboxRow)) == (4, 3)
