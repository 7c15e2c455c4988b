"""An account is brought in as an archive from a real Dovecot: both directions, oldest first, once, and nothing changes there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

import pytest
from sqlalchemy import func, select

import mailgateway.sources.imap_archive as imap_archive
from mailgateway.importing import Imported
from mailgateway.sources.imap_account import ImapAccount
from mailgateway.sources.imap_archive import ImapArchive
from mailgateway.sources.imap_session import ImapSession, connected
from storage.errors import Unavailable, WrongUse
from storage.tables import ConversationRow, MessageRow, OutboxRow
from threads.model import Direction

pytestmark = pytest.mark.needs("dovecot")
Account = Callable[..., ImapAccount]
Until = Callable[..., Any]
SEEN = b"\\Seen"
NOW = datetime.now(UTC)
AT_ONCE = (0.0,) * 5


def an_archive(desk: Any, account: ImapAccount, **options: Any) -> ImapArchive:
    usual = {"largest": 1_000_000, "pauses": AT_ONCE}
    return ImapArchive(account, lambda: connected(account), desk.database, **{**usual, **options})


def bring_in(desk: Any, account: ImapAccount, *folders: str, **options: Any) -> list[Imported]:
    with closing(an_archive(desk, account, **options)) as archive:
        archive.look(list(archive.chosen(folders)), NOW)
        return list(archive.bring_in(desk.policy, NOW))


def to_fetch(desk: Any, account: ImapAccount, **options: Any) -> tuple[int, int]:
    """How many mails would be fetched now, and how many are held already."""
    archive = an_archive(desk, account, **options)
    archive.look(list(archive.chosen()), NOW)
    archive.close()
    return len(archive), archive.held


def number(desk: Any, table: Any) -> int:
    with desk.database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


@pytest.fixture
def exchange(a_mail: Any) -> Sequence[bytes]:
    """A question, our answer to it, and the thanks for that."""
    days = timedelta(days=1)
    return (
        a_mail(message_id="<q@example.com>", date=NOW - 3 * days),
        a_mail(
            author="support@localhost", to="anna@example.com", message_id="<a@localhost>",
            in_reply_to="<q@example.com>", date=NOW - 2 * days, subject="Re: Frage zur Rechnung",
        ),
        a_mail(in_reply_to="<a@localhost>", date=NOW - days, subject="Re: Frage zur Rechnung"),
    )  # fmt: skip


def test_folders_with_sent_mail_are_one_archive_the_oldest_first(
    desk: Any, shared_imap_server: Any, user: str, account_of: Account, exchange: Sequence[bytes]
) -> None:
    question, answer, thanks = exchange
    shared_imap_server.put(user, thanks, question)
    shared_imap_server.put(user, answer, folder="Gesendete Objekte")
    done = bring_in(desk, account_of(shared_imap_server, user))
    assert [each.source.rpartition(", ")[2] for each in done] == ["INBOX 2", "Gesendete Objekte 1", "INBOX 1"]
    assert [each.direction for each in done] == [Direction.IN, Direction.OUT, Direction.IN]
    assert len({each.conversation for each in done}) == 1
    assert number(desk, OutboxRow) == 0


def test_nothing_changes_on_the_server(
    sqlite_desk: Any, shared_imap_server: Any, user: str, account_of: Account, exchange: Sequence[bytes]
) -> None:
    shared_imap_server.drop(user, *exchange)
    with shared_imap_server.client(user, "Anderes") as client:  # to open the INBOX would change it already
        before = client.folder_status("INBOX")
    assert before[b"RECENT"] == 3
    assert len(bring_in(sqlite_desk, account_of(shared_imap_server, user))) == 3
    with shared_imap_server.client(user, "Anderes") as client:
        assert client.folder_status("INBOX") == before
        assert sorted(name for _, _, name in client.list_folders()) == ["Anderes", "INBOX"]
    assert shared_imap_server.flags(user) == {1: set(), 2: set(), 3: set()}


def test_trash_junk_and_drafts_stay_where_they_are(
    sqlite_desk: Any, shared_imap_server: Any, user: str, account_of: Account, a_mail: Any
) -> None:
    folders = ("INBOX", "Weggelegt", "Papierkorb", "Spam", "Entwürfe", "Hinausgegangen", "Kunden")
    for folder in folders:
        shared_imap_server.put(user, a_mail(), folder=folder)
    with shared_imap_server.client(user, "Kunden") as client:
        client.append("Kunden", a_mail(), flags=[b"\\Draft"])
    archive = an_archive(sqlite_desk, account_of(shared_imap_server, user))
    chosen = archive.chosen()
    # Dovecot flags one for sent mail and one as trash, so "Papierkorb" is a name like any other
    assert chosen == {"INBOX": "", "Papierkorb": "", "Hinausgegangen": "sent", "Kunden": ""}
    archive.look(list(chosen), NOW)
    archive.close()
    assert (len(archive), archive.drafts) == (4, 1)


def test_only_the_folders_that_are_named_are_read(
    sqlite_desk: Any, shared_imap_server: Any, user: str, account_of: Account, a_mail: Any
) -> None:
    account = account_of(shared_imap_server, user)
    for folder in ("INBOX", "Papierkorb", "Kunden"):
        shared_imap_server.put(user, a_mail(), folder=folder)
    done = bring_in(sqlite_desk, account, "Papierkorb")
    assert [each.source for each in done] == [f"{account.name}, Papierkorb 1"]
    with pytest.raises(WrongUse, match=r"has no folder Nirgends; there are: .*Kunden"):
        bring_in(sqlite_desk, account, "INBOX", "Nirgends")


def test_what_is_there_is_not_fetched_again(
    desk: Any, shared_imap_server: Any, user: str, account_of: Account, exchange: Sequence[bytes], a_mail: Any
) -> None:
    account = account_of(shared_imap_server, user)
    shared_imap_server.put(user, *exchange)
    assert len(bring_in(desk, account)) == 3
    assert to_fetch(desk, account) == (0, 3)
    shared_imap_server.put(user, a_mail(author="b@two.example"))
    assert [each.new for each in bring_in(desk, account)] == [True]
    assert number(desk, MessageRow) == 4


def test_who_is_interrupted_goes_on_where_it_was(
    sqlite_desk: Any,
    shared_imap_server: Any,
    user: str,
    account_of: Account,
    a_mail: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(imap_archive, "BATCH", 2)
    account = account_of(shared_imap_server, user)
    shared_imap_server.put(user, *(a_mail(author=f"p{each}@one.example") for each in range(5)))
    archive = an_archive(sqlite_desk, account)
    archive.look(["INBOX"], NOW)
    mails = archive.bring_in(sqlite_desk.policy, NOW)
    assert len(list(islice(mails, 3))) == 3
    archive.close()
    assert to_fetch(sqlite_desk, account) == (1, 4)
    assert [each.new for each in bring_in(sqlite_desk, account)] == [True]
    assert number(sqlite_desk, MessageRow) == 5


def test_one_mail_in_several_folders_is_one_message(
    sqlite_desk: Any, shared_imap_server: Any, user: str, account_of: Account, a_mail: Any
) -> None:
    mail = a_mail()
    for folder in ("INBOX", "Kunden", "Wichtig"):
        shared_imap_server.put(user, mail, folder=folder)
    done = bring_in(sqlite_desk, account_of(shared_imap_server, user))
    assert sorted(each.new for each in done) == [False, False, True]
    assert len({each.conversation for each in done}) == 1
    assert number(sqlite_desk, MessageRow) == 1


def test_a_door_that_is_opened_later_takes_in_what_came_since_and_nothing_twice(
    desk: Any, shared_imap_server: Any, user: str, account_of: Account, a_mail: Any, wait_until: Until
) -> None:
    account = account_of(shared_imap_server, user)
    for sender in ("a@one.example", "b@two.example"):
        shared_imap_server.put(user, b"Return-Path: <" + sender.encode() + b">\r\n" + a_mail(author=sender))
    bring_in(desk, account)
    shared_imap_server.put(user, b"Return-Path: <c@three.example>\r\n" + a_mail(author="c@three.example"))
    desk.connect(account)
    wait_until(lambda: shared_imap_server.flags(user) == {1: set(), 2: set(), 3: {SEEN}})
    assert desk.outcomes() == {"imported": 2, "kept": 1}
    desk.walk()
    assert (number(desk, ConversationRow), number(desk, MessageRow), number(desk, OutboxRow)) == (3, 4, 1)


def test_a_door_that_takes_in_old_mail_too_doubles_nothing(
    sqlite_desk: Any, shared_imap_server: Any, user: str, account_of: Account, a_mail: Any, wait_until: Until
) -> None:
    account = account_of(shared_imap_server, user, since_at=NOW - timedelta(days=3))
    shared_imap_server.put(user, a_mail(), a_mail())
    bring_in(sqlite_desk, account)
    sqlite_desk.connect(account)
    wait_until(lambda: shared_imap_server.flags(user) == {1: {SEEN}, 2: {SEEN}})
    assert sqlite_desk.outcomes() == {"same": 2}
    assert number(sqlite_desk, MessageRow) == 2


def test_what_is_new_to_the_door_is_left_to_it(
    sqlite_desk: Any, shared_imap_server: Any, user: str, account_of: Account, a_mail: Any, wait_until: Until
) -> None:
    account = account_of(shared_imap_server, user)
    shared_imap_server.put(user, a_mail(subject="alt"))
    sqlite_desk.connect(account)
    sqlite_desk.stop()
    shared_imap_server.put(user, a_mail(subject="neu"))
    assert [each.source for each in bring_in(sqlite_desk, account, served=("INBOX",))] == [f"{account.name}, INBOX 1"]
    sqlite_desk.connect(account)
    wait_until(lambda: shared_imap_server.flags(user) == {1: set(), 2: {SEEN}})
    assert sqlite_desk.outcomes() == {"imported": 1, "kept": 1}


def test_a_folder_that_was_numbered_anew_is_fetched_again_and_not_doubled(
    sqlite_desk: Any, imap_server: Any, user: str, account_of: Account, a_mail: Any
) -> None:
    account = account_of(imap_server, user)
    imap_server.put(user, a_mail(), a_mail())
    bring_in(sqlite_desk, account)
    imap_server.number_anew(user, 99)
    assert [each.new for each in bring_in(sqlite_desk, account)] == [False, False]
    assert to_fetch(sqlite_desk, account) == (0, 2)
    assert number(sqlite_desk, MessageRow) == 2


def test_a_folder_that_is_numbered_anew_meanwhile_ends_it(
    sqlite_desk: Any, imap_server: Any, user: str, account_of: Account, a_mail: Any
) -> None:
    imap_server.put(user, a_mail())
    archive = an_archive(sqlite_desk, account_of(imap_server, user))
    archive.look(["INBOX"], NOW)
    archive.close()
    imap_server.number_anew(user, 99)
    with pytest.raises(Unavailable, match="numbered its mails anew; run it again"):
        list(archive.bring_in(sqlite_desk.policy, NOW))
    archive.close()


def test_a_lost_connection_is_made_up_for(
    sqlite_desk: Any, imap_server: Any, user: str, account_of: Account, a_mail: Any
) -> None:
    imap_server.put(user, a_mail(), a_mail())
    archive = an_archive(sqlite_desk, account_of(imap_server, user))
    archive.look(["INBOX"], NOW)
    imap_server.kill()
    imap_server.start()
    assert len(list(archive.bring_in(sqlite_desk.policy, NOW))) == 2
    archive.close()


def test_a_server_that_stays_away_is_said_to_be(
    sqlite_desk: Any, imap_server: Any, user: str, account_of: Account, a_mail: Any
) -> None:
    imap_server.put(user, a_mail())
    archive = an_archive(sqlite_desk, account_of(imap_server, user))
    archive.look(["INBOX"], NOW)
    imap_server.kill()
    with pytest.raises(Unavailable, match="is away"):
        list(archive.bring_in(sqlite_desk.policy, NOW))


def test_a_mail_that_the_server_does_not_give_is_named_and_the_others_come_in(
    sqlite_desk: Any,
    shared_imap_server: Any,
    user: str,
    account_of: Account,
    a_mail: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shared_imap_server.put(user, a_mail(), a_mail(), a_mail())
    account = account_of(shared_imap_server, user)
    whole = ImapSession.mails

    def fragile(self: ImapSession, uids: Sequence[int]) -> dict[int, bytes]:
        if 2 in uids:
            self.abort()
        return whole(self, uids)

    monkeypatch.setattr(ImapSession, "mails", fragile)
    archive = an_archive(sqlite_desk, account)
    archive.look(["INBOX"], NOW)
    assert len(list(archive.bring_in(sqlite_desk.policy, NOW))) == 2
    archive.close()
    assert archive.left == [f"{account.name}, INBOX 2: the connection ended 3 times while it was fetched"]
    monkeypatch.undo()
    assert len(bring_in(sqlite_desk, account)) == 1


def test_a_mail_that_is_too_large_is_named_and_comes_in_once_it_may(
    sqlite_desk: Any, shared_imap_server: Any, user: str, account_of: Account, a_mail: Any
) -> None:
    account = account_of(shared_imap_server, user)
    shared_imap_server.put(user, a_mail(), a_mail(text="x\r\n" * 10_000))
    archive = an_archive(sqlite_desk, account, largest=20_000)
    archive.look(["INBOX"], NOW)
    archive.close()
    assert len(archive) == 1
    assert archive.left == [f"{account.name}, INBOX 2: it has 29.6 KB, and this desk takes 19.5 KB"]
    assert len(bring_in(sqlite_desk, account)) == 2


def test_a_folder_that_cannot_be_opened_is_named_and_the_others_come_in(
    sqlite_desk: Any, shared_imap_server: Any, user: str, account_of: Account, a_mail: Any
) -> None:
    account = account_of(shared_imap_server, user)
    for folder in ("Kunden", "Geheim", "INBOX"):
        shared_imap_server.put(user, a_mail(), folder=folder)
    (shared_imap_server.folder / "mail" / user / "Maildir" / ".Geheim").chmod(0)
    with closing(an_archive(sqlite_desk, account)) as archive:
        archive.look(["Geheim", "INBOX", "Kunden"], NOW)
        assert len(list(archive.bring_in(sqlite_desk.policy, NOW))) == 2
    (left,) = archive.left
    assert left.startswith(f"{account.name}, Geheim: Geheim cannot be opened on 127.0.0.1: ")


def test_a_mail_without_a_date_is_as_old_as_it_lies_there(
    sqlite_desk: Any, shared_imap_server: Any, user: str, account_of: Account, a_mail: Any
) -> None:
    shared_imap_server.put(user, a_mail(subject="jung", date=NOW - timedelta(days=2)))
    shared_imap_server.put(user, a_mail(subject="alt", date=None), at=NOW - timedelta(days=100))
    done = bring_in(sqlite_desk, account_of(shared_imap_server, user))
    assert [each.source[-1] for each in done] == ["2", "1"]
    with sqlite_desk.database.reading() as session:
        received_at = session.scalars(select(MessageRow.received_at).where(MessageRow.subject == "alt")).one()
    assert abs(received_at - (NOW - timedelta(days=100))) < timedelta(days=1)
