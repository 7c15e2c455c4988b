"""Mail fetched from a real Dovecot: kept first, then marked or moved on the server."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from mailgateway.sources.imap_account import After, ImapAccount, Security
from mailgateway.sources.imap_session import ImapSession
from storage.tables import ConversationRow, DeliveryRow, EnvelopeRow, OutboxRow

pytestmark = pytest.mark.needs("dovecot")
Account = Callable[..., ImapAccount]
Until = Callable[..., Any]
SEEN = b"\\Seen"


def test_new_mail_becomes_a_conversation_and_is_marked_on_the_server(
    desk: Any, shared_imap_server: Any, user: str, account_of: Account, a_mail: Any, wait_until: Until
) -> None:
    desk.connect(account_of(shared_imap_server, user))
    raw = b"Return-Path: <anna@example.com>\r\n" + a_mail(text="Grüße mit €")
    shared_imap_server.put(user, raw)
    wait_until(lambda: shared_imap_server.flags(user) == {1: {SEEN}})
    assert desk.outcomes() == {"kept": 1}
    assert desk.walk() == {"done": 1}
    with desk.database.reading() as session:
        envelope = session.scalars(select(EnvelopeRow)).one()
        letter = session.scalars(select(OutboxRow)).one()
    assert (envelope.source, envelope.mail_from) == ("imap", "anna@example.com")
    assert envelope.recipients == ["support@localhost"]
    assert (letter.purpose, letter.recipient) == ("acknowledgement", "anna@example.com")


def test_the_server_itself_says_that_mail_came(
    desk: Any, shared_imap_server: Any, user: str, account_of: Account, a_mail: Any, wait_until: Until
) -> None:
    desk.connect(account_of(shared_imap_server, user, poll=timedelta(hours=1)))
    for number in range(1, 4):
        shared_imap_server.put(user, a_mail())
        wait_until(lambda number=number: desk.outcomes() == {"kept": number})


def test_where_idle_is_off_the_server_is_asked_again_and_again(
    sqlite_desk: Any, shared_imap_server: Any, user: str, account_of: Account, a_mail: Any, wait_until: Until
) -> None:
    sqlite_desk.connect(account_of(shared_imap_server, user, idle=False))
    shared_imap_server.put(user, a_mail())
    wait_until(lambda: sqlite_desk.outcomes() == {"kept": 1})


def test_kept_mail_is_moved_into_a_folder_that_is_made_for_it(
    desk: Any, shared_imap_server: Any, user: str, account_of: Account, a_mail: Any, wait_until: Until
) -> None:
    folder = "Erledigt für später"
    desk.connect(account_of(shared_imap_server, user, after=After.MOVE, move_to=folder))
    shared_imap_server.put(user, a_mail(), a_mail())
    wait_until(lambda: desk.outcomes() == {"kept": 2} and not shared_imap_server.flags(user))
    assert len(shared_imap_server.flags(user, folder)) == 2


def test_mail_can_be_left_as_it_is(
    sqlite_desk: Any, shared_imap_server: Any, user: str, account_of: Account, a_mail: Any, wait_until: Until
) -> None:
    sqlite_desk.connect(account_of(shared_imap_server, user, after=After.LEAVE))
    shared_imap_server.put(user, a_mail())
    wait_until(lambda: sqlite_desk.outcomes() == {"kept": 1})
    sqlite_desk.stop()
    assert shared_imap_server.flags(user) == {1: set()}


def test_the_headers_say_which_mailbox_a_mail_is_for_else_it_is_that_of_the_account(
    desk: Any, shared_imap_server: Any, user: str, account_of: Account, a_mail: Any, wait_until: Until
) -> None:
    desk.connect(account_of(shared_imap_server, user))
    shared_imap_server.put(
        user,
        a_mail(to="sales@localhost"),
        a_mail(to="list@lists.example", headers={"Delivered-To": "sales+abc@localhost"}),
        a_mail(to="undisclosed-recipients:;"),
    )
    wait_until(lambda: desk.outcomes() == {"kept": 3})
    with desk.database.reading() as session:
        found = [row.recipients for row in session.scalars(select(EnvelopeRow).order_by(EnvelopeRow.id))]
    assert found == [["sales@localhost"], ["sales+abc@localhost"], ["support@localhost"]]


def test_a_mail_in_two_accounts_is_one_message_with_two_deliveries(
    desk: Any, shared_imap_server: Any, account_of: Account, a_mail: Any, wait_until: Until
) -> None:
    first, second = "user198", "user199"
    desk.fetch(account_of(shared_imap_server, first))
    desk.connect(account_of(shared_imap_server, second, mailbox="sales@localhost"))
    raw = a_mail(to="everybody@example.com")
    shared_imap_server.put(first, b"Received: from a\r\n" + raw)
    shared_imap_server.put(second, b"Received: from b\r\n" + raw)
    wait_until(lambda: desk.outcomes() == {"kept": 2})
    assert desk.walk() == {"done": 1, "duplicate": 1}
    assert desk.number(ConversationRow) == 1
    with desk.database.reading() as session:
        reached = set(session.scalars(select(DeliveryRow.mailbox)))
    assert reached == {"support@localhost", "sales@localhost"}


def test_every_folder_of_an_account_is_read(
    sqlite_desk: Any, shared_imap_server: Any, user: str, account_of: Account, a_mail: Any, wait_until: Until
) -> None:
    shared_imap_server.put(user, a_mail(), folder="Kunden.Größe")
    sqlite_desk.connect(account_of(shared_imap_server, user, folders=("INBOX", "Kunden.Größe")))
    shared_imap_server.put(user, a_mail())
    shared_imap_server.put(user, a_mail(), folder="Kunden.Größe")
    wait_until(lambda: sqlite_desk.outcomes() == {"kept": 2})


def test_a_thousand_mails_come_in_batches(
    desk: Any,
    shared_imap_server: Any,
    user: str,
    account_of: Account,
    a_mail: Any,
    wait_until: Until,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    desk.connect(account_of(shared_imap_server, user))
    desk.stop()
    shared_imap_server.drop(user, *(a_mail() for _ in range(1000)))
    commits: list[int] = []
    keep_all = desk.keeper.keep_all

    def counted(mails: Any, also: Any) -> Any:
        commits.append(len(mails))
        return keep_all(mails, also)

    monkeypatch.setattr(desk.keeper, "keep_all", counted)
    desk.fetch(account_of(shared_imap_server, user))
    wait_until(lambda: desk.outcomes() == {"kept": 1000}, within=60)
    wait_until(lambda: len(commits) == 2 and desk.connected(), within=60)
    desk.stop()
    assert all(SEEN in flags for flags in shared_imap_server.flags(user).values())
    assert (sum(commits), len(commits)) == (1000, 2)
    assert desk.number(EnvelopeRow) == 1000


def test_a_mail_that_is_too_large_is_shown_and_the_next_one_taken(
    desk_of: Any, shared_imap_server: Any, user: str, account_of: Account, a_mail: Any, wait_until: Until
) -> None:
    desk = desk_of(largest=100_000)
    desk.connect(account_of(shared_imap_server, user))
    shared_imap_server.put(user, a_mail(subject="Riesig", text="x" * 70 + "\r\n" + "y\r\n" * 60_000), a_mail())
    wait_until(lambda: desk.outcomes() == {"too large": 1, "kept": 1})
    wait_until(lambda: desk.number(ConversationRow) == 1)
    with desk.database.reading() as session:
        shunted = session.scalars(select(EnvelopeRow).where(EnvelopeRow.state == "shunted")).one()
        conversation = session.scalars(select(ConversationRow)).one()
    assert "this desk takes 97.7 KB" in shunted.error
    assert "INBOX" in shunted.error
    assert conversation.subject == "Riesig"
    desk.stop()
    assert shared_imap_server.flags(user) == {1: set(), 2: {SEEN}}


@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
def test_connections_are_secure_where_they_are_to_be(
    sqlite_desk: Any,
    shared_imap_server: Any,
    user: str,
    account_of: Account,
    own_certificate: Any,
    a_mail: Any,
    wait_until: Until,
    security: Security,
) -> None:
    port = shared_imap_server.tls_port if security is Security.TLS else shared_imap_server.port
    secure: dict[str, Any] = {"security": security, "port": port, "poll": timedelta(hours=1)}
    sqlite_desk.connect(account_of(shared_imap_server, user, certificate=own_certificate.file, **secure))
    shared_imap_server.put(user, a_mail())
    wait_until(lambda: sqlite_desk.outcomes() == {"kept": 1})


def test_a_certificate_that_nobody_vouches_for_is_not_believed(
    sqlite_desk: Any, shared_imap_server: Any, user: str, account_of: Account, wait_until: Until
) -> None:
    account = account_of(shared_imap_server, user, security=Security.TLS, port=shared_imap_server.tls_port)
    door = sqlite_desk.fetch(account)
    assert "certificate verify failed" in wait_until(lambda: door.states[0].failing)


def test_an_account_whose_settings_cannot_be_used_says_which_and_the_others_go_on(
    sqlite_desk: Any,
    shared_imap_server: Any,
    user: str,
    account_of: Account,
    a_mail: Any,
    wait_until: Until,
    tmp_path: Path,
    log: list[Any],
) -> None:
    missing = tmp_path / "none"
    wrong = [
        (account_of(shared_imap_server, "a", password_file=missing), "[[imap]] password_file"),
        (account_of(shared_imap_server, "b", password="wrong"), "is [[imap]] user and password right?"),
        (account_of(shared_imap_server, user, folders=("INBOX", "Nirgends")), "[[imap]] folders: Nirgends cannot"),
        (account_of(shared_imap_server, "c", security=Security.TLS, certificate=missing), "[[imap]] certificate"),
    ]
    doors = [sqlite_desk.fetch(account) for account, _ in wrong]
    for door, (_, said) in zip(doors, wrong, strict=True):
        state = door.states[-1]
        assert said in wait_until(lambda state=state: state.failing)
        assert state.said.startswith("since ")

    def told() -> list[str]:
        return [each["because"] for each in log if each["event"] == "an IMAP folder cannot be read"]

    wait_until(lambda: all(any(said in because for because in told()) for _, said in wrong))
    shared_imap_server.put(user, a_mail())
    wait_until(lambda: sqlite_desk.outcomes() == {"kept": 1})


def test_mail_that_comes_between_a_search_and_idle_is_not_slept_over(
    sqlite_desk: Any,
    shared_imap_server: Any,
    user: str,
    account_of: Account,
    a_mail: Any,
    wait_until: Until,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    search = ImapSession.uids_after

    def late(imap: ImapSession, uid: int) -> list[int]:
        found = search(imap, uid)
        if not sent:
            sent.append(True)
            shared_imap_server.put(user, a_mail())
            imap._client.noop()  # the server tells of it in answer to some command, and not once more
        return found

    sent: list[bool] = []
    monkeypatch.setattr(ImapSession, "uids_after", late)
    sqlite_desk.fetch(account_of(shared_imap_server, user, poll=timedelta(hours=1)))
    wait_until(lambda: sqlite_desk.outcomes() == {"kept": 1})
