"""What a kill, or a fetch that takes long, leaves half done: it is made up for, once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from imaplib import IMAP4
from typing import Any

import pytest
from imapclient import IMAPClient
from sqlalchemy import select

from mailgateway.sources import imap_showing
from mailgateway.sources.imap_account import After, ImapAccount, Patience
from mailgateway.sources.imap_session import ImapSession
from mailgateway.sources.imap_spoken import ServerAway
from storage.tables import ConversationRow, EnvelopeRow, ImapFolderRow

pytestmark = pytest.mark.needs("dovecot")
Account = Callable[..., ImapAccount]
Until = Callable[..., Any]


class Killed(BaseException):
    """Ends a thread where it is, and nothing is made up for."""


@pytest.fixture(autouse=True)
def _a_kill_is_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threading, "excepthook", lambda _: None)


@pytest.fixture(autouse=True)
def _calls_again_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mailgateway.sources.imap.next_call", lambda _, *, refused: timedelta(seconds=0.05))


# ---------------------------------------------------------------- the lease


def leased_until(desk: Any) -> datetime | None:
    with desk.database.reading() as session:
        found: datetime | None = session.scalars(select(ImapFolderRow)).one().leased_until
        return found


def test_a_folder_stays_with_the_process_that_fetches_however_long_that_takes(
    desk_of: Any,
    shared_imap_server: Any,
    user: str,
    account_of: Account,
    a_mail: Any,
    wait_until: Until,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    slow, other = desk_of(), desk_of()
    account = account_of(shared_imap_server, user, patience=Patience(lease=1.0))
    fetching, go_on, real = threading.Event(), threading.Event(), ImapSession.mails

    def mails(imap: ImapSession, uids: Any) -> dict[int, bytes]:
        fetching.set()
        assert go_on.wait(60)
        return real(imap, uids)

    slow.connect(account)
    monkeypatch.setattr(ImapSession, "mails", mails)
    shared_imap_server.put(user, a_mail())
    assert fetching.wait(20)
    other.fetch(account)
    first = leased_until(slow)
    assert first
    wait_until(lambda: (leased_until(slow) or first) > first + timedelta(seconds=3))  # three leases have ended since
    assert other.doors[0].states[0].elsewhere
    go_on.set()
    wait_until(lambda: slow.outcomes() == {"kept": 1})
    assert slow.doors[0].states[0].connected
    assert slow.number(EnvelopeRow) == 1


def test_a_process_whose_folder_another_has_taken_leaves_it_at_once(
    desk_of: Any, shared_imap_server: Any, user: str, account_of: Account, wait_until: Until, log: list[Any]
) -> None:
    asleep, awake = desk_of(), desk_of()
    asleep.connect(account_of(shared_imap_server, user, poll=timedelta(hours=1), patience=Patience(lease=1.0)))
    awake.ahead = timedelta(minutes=10)  # for whom the lease of the other is over
    awake.connect(account_of(shared_imap_server, user))
    wait_until(lambda: asleep.doors[0].states[0].elsewhere)
    assert asleep.doors[0].states[0].failing == ""
    assert [each["event"] for each in log if each["log_level"] in ("warning", "error")] == [
        "an IMAP folder is left to another process"
    ]


# ---------------------------------------------------------------- mails that are too large


@pytest.mark.parametrize("after", [After.MARK, After.LEAVE])
def test_a_mail_that_is_too_large_is_shown_once_though_the_desk_was_killed_before_it_was(
    desk_of: Any,
    shared_imap_server: Any,
    user: str,
    account_of: Account,
    a_mail: Any,
    wait_until: Until,
    monkeypatch: pytest.MonkeyPatch,
    after: After,
) -> None:
    desk = desk_of(largest=100_000)
    account = account_of(shared_imap_server, user, after=after, patience=Patience(lease=1.0))
    desk.connect(account)
    with monkeypatch.context() as broken:
        broken.setattr(imap_showing, "show", _killed)
        shared_imap_server.put(user, a_mail(subject="Riesig", text="y\r\n" * 60_000))
        wait_until(lambda: desk.outcomes() == {"too large": 1})
        desk.stop()
    assert desk.number(ConversationRow) == 0
    for _ in range(2):
        desk.connect(account)
        wait_until(lambda: desk.number(ConversationRow) == 1)
        desk.stop()
    with desk.database.reading() as session:
        envelope = session.scalars(select(EnvelopeRow)).one()
    assert (desk.number(ConversationRow), envelope.state) == (1, "shunted")
    assert "this desk takes" in envelope.error
    assert shared_imap_server.flags(user) == {1: set()}


def _killed(*_: Any) -> None:
    raise Killed


# ---------------------------------------------------------------- moves, where the server has no MOVE


@pytest.fixture
def without_move(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every server is one that cannot move mails itself."""
    has = IMAPClient.has_capability
    monkeypatch.setattr(IMAPClient, "has_capability", lambda client, name: name != "MOVE" and has(client, name))


@pytest.mark.usefixtures("without_move")
@pytest.mark.parametrize("step", ["add_flags", "uid_expunge"])
def test_a_move_that_was_killed_half_way_leaves_one_copy_in_the_other_folder(
    desk: Any,
    shared_imap_server: Any,
    user: str,
    account_of: Account,
    a_mail: Any,
    wait_until: Until,
    monkeypatch: pytest.MonkeyPatch,
    step: str,
) -> None:
    options: dict[str, Any] = {"after": After.MOVE, "move_to": "Erledigt", "patience": Patience(lease=1.0)}
    account = account_of(shared_imap_server, user, **options)
    cut = threading.Event()

    def cut_off(*_: Any, **__: Any) -> None:
        cut.set()
        raise Killed

    desk.connect(account)
    with monkeypatch.context() as broken:
        broken.setattr(IMAPClient, step, cut_off)
        shared_imap_server.put(user, a_mail(), a_mail(message_id=None))
        assert cut.wait(20)
        desk.stop()
    assert len(shared_imap_server.flags(user, "Erledigt")) >= 1
    shared_imap_server.put(user, a_mail())
    desk.connect(account)
    wait_until(lambda: desk.outcomes() == {"kept": 3} and shared_imap_server.flags(user) == {})
    assert len(shared_imap_server.flags(user, "Erledigt")) == 3


@pytest.mark.usefixtures("without_move")
def test_a_connection_that_ends_between_copy_and_delete_doubles_nothing(
    desk: Any,
    shared_imap_server: Any,
    user: str,
    account_of: Account,
    a_mail: Any,
    wait_until: Until,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real, ended = IMAPClient.add_flags, threading.Event()

    def add_flags(client: IMAPClient, *asked: Any, **options: Any) -> Any:
        if not ended.is_set():
            ended.set()
            raise ServerAway("the connection ended")
        return real(client, *asked, **options)

    monkeypatch.setattr(IMAPClient, "add_flags", add_flags)
    desk.connect(account_of(shared_imap_server, user, after=After.MOVE, move_to="Erledigt"))
    shared_imap_server.put(user, a_mail())
    wait_until(lambda: ended.is_set() and shared_imap_server.flags(user) == {})
    assert len(shared_imap_server.flags(user, "Erledigt")) == 1


@pytest.mark.usefixtures("without_move")
def test_what_only_resembles_a_mail_in_the_other_folder_keeps_none_from_being_moved(
    sqlite_desk: Any, shared_imap_server: Any, user: str, account_of: Account, a_mail: Any, wait_until: Until
) -> None:
    one, other = a_mail(text="eins", message_id="<a@b.example>"), a_mail(text="zwei", message_id="<a@b.example>")
    shared_imap_server.put(user, one, folder="Erledigt")
    sqlite_desk.connect(account_of(shared_imap_server, user, after=After.MOVE, move_to="Erledigt"))
    shared_imap_server.put(user, other)
    wait_until(lambda: shared_imap_server.flags(user) == {} and sqlite_desk.outcomes() == {"kept": 1})
    assert len(shared_imap_server.flags(user, "Erledigt")) == 2


@pytest.mark.usefixtures("without_move")
def test_a_server_that_does_not_search_the_other_folder_has_none_of_its_mails_taken_in(
    sqlite_desk: Any,
    shared_imap_server: Any,
    user: str,
    account_of: Account,
    a_mail: Any,
    wait_until: Until,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real = IMAPClient.search

    def search(client: IMAPClient, criteria: Any = "ALL", *options: Any) -> Any:
        if "LARGER" in criteria:
            raise IMAP4.error("SEARCH command error: NO [SERVERBUG]")
        return real(client, criteria, *options)

    monkeypatch.setattr(IMAPClient, "search", search)
    shared_imap_server.put(user, *(a_mail(message_id=None) for _ in range(5)), folder="Erledigt")
    account = account_of(shared_imap_server, user, after=After.MOVE, move_to="Erledigt")
    with monkeypatch.context() as broken:
        broken.setattr(IMAPClient, "copy", _declined)
        sqlite_desk.connect(account)
        shared_imap_server.put(user, a_mail())
        wait_until(lambda: sqlite_desk.doors[0].states[0].failing)
        sqlite_desk.stop()
    sqlite_desk.connect(account)
    wait_until(lambda: sqlite_desk.doors[0].states[0].failing)
    shared_imap_server.put(user, a_mail(message_id=None))
    wait_until(lambda: sqlite_desk.outcomes() == {"kept": 2})


def _declined(*_: Any, **__: Any) -> None:
    raise IMAP4.error("COPY command error: NO")
