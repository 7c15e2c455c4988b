"""`brief mail reconcile` against a real Dovecot: each difference by name, and what is missing brought in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import delete, func, select

from mailgateway.sources.imap_account import After, ImapAccount
from mailgateway.sources.imap_reconcile import Report, bring_in, reconcile
from mailgateway.sources.imap_session import connected
from storage.tables import ConversationRow, ImapMailRow, OutboxRow

pytestmark = pytest.mark.needs("dovecot")
Account = Callable[..., ImapAccount]
Until = Callable[..., Any]


def compare(desk: Any, account: ImapAccount) -> Report:
    imap = connected(account)
    try:
        return reconcile(imap, account, "INBOX", desk.database)
    finally:
        imap.close()


def bring(desk: Any, account: ImapAccount, report: Report, *, old: bool = False, largest: int = 10_000_000) -> int:
    imap = connected(account)
    try:
        imap.select("INBOX")
        now = datetime.now(UTC)
        return bring_in(imap, account, report, desk.database, desk.policy, now, largest=largest, old=old)
    finally:
        imap.close()


def test_every_difference_is_named_and_what_is_missing_can_be_brought_in(
    desk_of: Any, shared_imap_server: Any, user: str, account_of: Account, a_mail: Any, wait_until: Until
) -> None:
    desk, account = desk_of(largest=100_000), account_of(shared_imap_server, user)
    shared_imap_server.put(user, a_mail(), a_mail())
    desk.connect(account)
    shared_imap_server.put(
        user,
        a_mail(subject="bleibt"),
        a_mail(subject="fort"),
        a_mail(subject="verloren"),
        a_mail(subject="riesig", text="x\r\n" * 60_000),
    )
    wait_until(lambda: desk.outcomes() == {"kept": 3, "too large": 1})
    desk.stop()
    desk.walk()
    shared_imap_server.put(user, a_mail(subject="neu"))
    with shared_imap_server.client(user) as client:
        client.delete_messages([4])
        client.expunge()
    with desk.database.writing() as session:  # as if it had never been written down
        session.execute(delete(ImapMailRow).where(ImapMailRow.uid == 5))

    report = compare(desk, account)
    found = report.compared
    assert (found.kept, found.left, found.waiting) == ((3,), (1, 2), (7,))
    assert (found.missing, found.set_aside, found.gone) == ((5,), (6,), (4,))
    assert not report.well
    named = {each.what: each.subject for each in report.differences}
    assert named == {"missing": "verloren", "waiting": "neu", "too large": "riesig", "gone": "fort"}

    assert bring(desk, account, report) == 2
    after = compare(desk, account)
    assert (after.compared.kept, after.compared.left, after.well) == ((3, 5, 6), (1, 2), True)
    assert bring(desk, account, after, old=True) == 2
    assert compare(desk, account).compared.kept == (1, 2, 3, 5, 6)
    with desk.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(OutboxRow)) == 0
        assert session.scalar(select(func.count()).select_from(ConversationRow)) == 7


def test_what_was_moved_as_the_settings_say_is_no_difference(
    sqlite_desk: Any, shared_imap_server: Any, user: str, account_of: Account, a_mail: Any, wait_until: Until
) -> None:
    account = account_of(shared_imap_server, user, after=After.MOVE, move_to="Archiv")
    sqlite_desk.connect(account)
    shared_imap_server.put(user, a_mail(), a_mail())
    wait_until(lambda: compare(sqlite_desk, account).compared.moved == (1, 2))
    report = compare(sqlite_desk, account)
    assert report.differences == ()
    assert report.well


def test_a_folder_that_was_numbered_anew_is_said_to_be(
    sqlite_desk: Any, imap_server: Any, user: str, account_of: Account, a_mail: Any, wait_until: Until
) -> None:
    account = account_of(imap_server, user)
    sqlite_desk.connect(account)
    imap_server.put(user, a_mail())
    wait_until(lambda: sqlite_desk.outcomes() == {"kept": 1})
    sqlite_desk.stop()
    imap_server.number_anew(user, 99)
    report = compare(sqlite_desk, account)
    assert report.renumbered
    assert len(report.compared.waiting) == 1
