"""What lay in a mailbox when it was first seen: nobody gets an acknowledgement ten years late."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from mailgateway.importing import import_mails
from mailgateway.sources.imap_account import ImapAccount
from storage.tables import ConversationRow, MessageRow, OutboxRow
from threads.store.reply_addresses import is_shown, probe_address

pytestmark = pytest.mark.needs("dovecot")
Account = Callable[..., ImapAccount]
Until = Callable[..., Any]
SEEN = b"\\Seen"
NOW = datetime.now(UTC)
LONG_AGO = NOW - timedelta(days=3000)
LAST_WEEK = NOW - timedelta(days=6)
LATER = NOW + timedelta(days=1)


def test_what_lay_there_is_left_alone_until_it_is_asked_for(
    desk: Any, shared_imap_server: Any, user: str, account_of: Account, a_mail: Any, wait_until: Until, log: list[Any]
) -> None:
    shared_imap_server.put(user, a_mail(), at=LONG_AGO)
    shared_imap_server.put(user, a_mail())
    desk.connect(account_of(shared_imap_server, user))
    shared_imap_server.put(user, a_mail())
    wait_until(lambda: shared_imap_server.flags(user) == {1: set(), 2: set(), 3: {SEEN}})
    assert desk.outcomes() == {"kept": 1}
    assert any("what lies there stays as it is" in each.get("because", "") for each in log)


def test_what_lay_there_is_taken_in_from_the_date_that_was_set_and_nothing_is_acknowledged(
    desk: Any, shared_imap_server: Any, user: str, account_of: Account, a_mail: Any, wait_until: Until
) -> None:
    shared_imap_server.put(user, a_mail(author="a@one.example", to="nobody@else.example"), at=LONG_AGO)
    shared_imap_server.put(user, a_mail(author="b@two.example", to="nobody@else.example"), at=LAST_WEEK)
    since_at = NOW - timedelta(days=7)
    desk.fetch(account_of(shared_imap_server, user, since_at=since_at, mailbox="sales@localhost"))
    wait_until(lambda: desk.outcomes() == {"imported": 1})
    wait_until(lambda: shared_imap_server.flags(user) == {1: set(), 2: {SEEN}})
    desk.walk()
    with desk.database.reading() as session:
        conversation = session.scalars(select(ConversationRow)).one()
    assert (conversation.customer_address, conversation.mailbox) == ("b@two.example", "sales@localhost")
    assert desk.number(OutboxRow) == 0


def test_an_old_mail_that_somebody_puts_into_the_folder_is_taken_in_and_not_acknowledged(
    desk: Any, shared_imap_server: Any, user: str, account_of: Account, a_mail: Any, wait_until: Until
) -> None:
    desk.connect(account_of(shared_imap_server, user))
    shared_imap_server.put(user, b"Return-Path: <a@one.example>\r\n" + a_mail(author="a@one.example"), at=LONG_AGO)
    wait_until(lambda: desk.outcomes() == {"imported": 1})
    desk.walk()
    assert (desk.number(ConversationRow), desk.number(OutboxRow)) == (1, 0)


def test_what_an_agent_sends_by_a_mail_program_is_our_answer(
    desk: Any, shared_imap_server: Any, user: str, account_of: Account, a_mail: Any, wait_until: Until
) -> None:
    with shared_imap_server.client(user, "Gesendet"):
        pass  # the folder is there now
    desk.connect(account_of(shared_imap_server, user, folders=("INBOX", "Gesendet")))
    shared_imap_server.put(user, a_mail(message_id="<q@example.com>", date=NOW - timedelta(hours=1)))
    wait_until(lambda: desk.outcomes() == {"kept": 1})
    desk.walk()
    answer = a_mail(author="support@localhost", to="anna@example.com", in_reply_to="<q@example.com>", date=LATER)
    shared_imap_server.put(user, answer, folder="Gesendet")
    wait_until(lambda: desk.outcomes() == {"kept": 1, "imported": 1})
    with desk.database.reading() as session:
        conversation = session.scalars(select(ConversationRow)).one()
        directions = list(session.scalars(select(MessageRow.direction).order_by(MessageRow.received_at)))
    assert (conversation.status, conversation.waiting_since, conversation.due_at) == ("waiting", None, None)
    assert directions == ["in", "out"]


def test_an_old_mail_that_cannot_be_taken_in_stops_none_of_the_others(
    sqlite_desk: Any,
    shared_imap_server: Any,
    user: str,
    account_of: Account,
    a_mail: Any,
    wait_until: Until,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def failing(database: Any, policy: Any, mails: Any, now: datetime) -> Iterator[Any]:
        if any(b"bad@one.example" in raw for _, raw, _ in mails):
            raise RuntimeError("a fault of ours")
        yield from import_mails(database, policy, mails, now)

    monkeypatch.setattr("mailgateway.sources.imap_writing.import_mails", failing)
    for author in ("a@one.example", "bad@one.example", "b@two.example"):
        shared_imap_server.put(user, a_mail(author=author, to="nobody@else.example"), at=LAST_WEEK)
    sqlite_desk.fetch(account_of(shared_imap_server, user, since_at=NOW - timedelta(days=7)))
    wait_until(lambda: sqlite_desk.outcomes() == {"imported": 2, "unread": 1})
    wait_until(lambda: shared_imap_server.flags(user) == {1: {SEEN}, 2: set(), 3: {SEEN}})
    assert sqlite_desk.number(ConversationRow) == 2


def test_a_mail_came_when_the_server_took_it_however_long_we_were_away(
    desk: Any, shared_imap_server: Any, user: str, account_of: Account, a_mail: Any, wait_until: Until
) -> None:
    desk.connect(account_of(shared_imap_server, user))
    shared_imap_server.put(user, a_mail(), at=LAST_WEEK)
    wait_until(lambda: desk.outcomes() == {"kept": 1})
    desk.walk()
    with desk.database.reading() as session:
        assert abs(session.scalars(select(MessageRow.received_at)).first() - LAST_WEEK) < timedelta(seconds=2)


def test_reply_addresses_are_shown_to_work_by_a_mail_to_an_address_that_only_we_know(
    desk_of: Any, shared_imap_server: Any, user: str, account_of: Account, a_mail: Any, wait_until: Until
) -> None:
    from dataclasses import replace

    desk = desk_of()
    mailbox = "support@localhost"
    desk.policy = replace(desk.policy, reply_address_once_shown=frozenset({mailbox}))
    with desk.database.writing() as session:
        address = probe_address(session, mailbox)
    desk.connect(account_of(shared_imap_server, user))

    def letter_after(number: int, raw: bytes) -> OutboxRow | None:
        shared_imap_server.put(user, b"Return-Path: <x@example.com>\r\n" + raw)
        wait_until(lambda: desk.outcomes() == {"kept": number})
        desk.walk()
        with desk.database.reading() as session:
            rows: Any = session.scalars(select(OutboxRow).order_by(OutboxRow.id.desc())).first()
            return rows  # type: ignore[no-any-return]

    guessed = letter_after(1, a_mail(author="a@example.com", to="support+abcdefghijklmnop@localhost"))
    assert guessed is not None
    assert guessed.mail["reply_to"] == ""
    letter_after(2, a_mail(author="agent@example.org", to=address))
    with desk.database.reading() as session:
        assert is_shown(session, mailbox)
    shown = letter_after(3, a_mail(author="x@example.com"))
    assert shown is not None
    assert shown.mail["reply_to"].startswith("support+")
