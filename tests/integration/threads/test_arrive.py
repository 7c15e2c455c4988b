"""A mail arrives in a real database: everything that follows from it is written, once, or nothing."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from storage.tables import (
    ConversationRow,
    DeliveryRow,
    EnvelopeRow,
    EventRow,
    MessageRow,
    OutboxRow,
    PersonRow,
    TokenRow,
    WordRow,
)
from threads.arrival import Found, Recorded
from threads.arrive import arrive
from threads.model import (
    Address,
    Mailbox,
)

MONDAY = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
SUPPORT = Mailbox("support@desk.example", "Support")
SALES = Mailbox("sales@desk.example", "Vertrieb")


def test_a_persons_mail_becomes_a_conversation_with_one_acknowledgement(desk: Any) -> None:
    recorded = desk.arrives(desk.mail())
    row = desk.conversation(recorded.conversation)
    assert (recorded.new, recorded.held, recorded.acknowledged) == (True, False, True)
    assert (row.handle, row.status, row.messages, row.customer_address) == (
        "anna-rechnung", "open", 1, "anna@kunde.example",
    )  # fmt: skip
    assert row.due_at == datetime(2026, 1, 6, 8, 0, tzinfo=UTC)
    assert row.waiting_since == MONDAY
    [letter] = desk.letters()
    assert letter.recipients == ("anna@kunde.example",)
    assert letter.in_reply_to == "<1@kunde.example>"
    assert letter.reply_to.startswith("support+")
    assert recorded.handle not in letter.text
    [envelope] = desk.all(EnvelopeRow)
    assert (envelope.state, envelope.message_id) == ("done", recorded.message)
    assert [event.kind for event in desk.all(EventRow)] == ["opened"]
    assert {"anna", "rechnung"} <= {word.word for word in desk.all(WordRow)}
    assert desk.people(recorded.conversation) == {"anna@kunde.example": "customer"}


@pytest.mark.parametrize("way", ["token", "own id"])
def test_a_reply_to_our_acknowledgement_comes_back_into_the_conversation(desk: Any, way: str) -> None:
    first = desk.arrives(desk.mail())
    [letter] = desk.letters()
    reply = (
        desk.mail(subject="ganz anders", to=(Address(letter.reply_to),))
        if way == "token"
        else desk.mail(subject="ganz anders", in_reply_to=(letter.message_id,))
    )
    second = desk.arrives(reply)
    assert (second.conversation, second.new, second.acknowledged) == (first.conversation, False, False)
    assert desk.conversation(first.conversation).messages == 2
    assert {row.signal for row in desk.all(MessageRow)} >= {way}


def test_the_same_mail_again_is_one_message(desk: Any) -> None:
    mail = desk.mail()
    first, again = desk.arrives(mail), desk.arrives(mail)
    assert again.duplicate
    assert (again.conversation, again.message) == (first.conversation, first.message)
    assert len(desk.letters()) == 1
    assert sorted(row.state for row in desk.all(EnvelopeRow)) == ["done", "duplicate"]


def test_a_mail_to_two_mailboxes_is_one_message_with_two_deliveries_and_one_acknowledgement(desk: Any) -> None:
    mail = desk.mail()
    first, second = desk.arrives(mail, SUPPORT), desk.arrives(mail, SALES)
    assert first.conversation == second.conversation
    assert {row.mailbox for row in desk.all(DeliveryRow)} == {"support@desk.example", "sales@desk.example"}
    assert len(desk.letters()) == 1
    reply = desk.mail(to=(Address("sales@desk.example"),), in_reply_to=(mail.message_id,), subject="Re: Rechnung")
    assert desk.arrives(reply, SALES).conversation == first.conversation


def test_two_matters_of_one_person_never_melt_into_one(desk: Any) -> None:
    first, second = desk.arrives(desk.mail()), desk.arrives(desk.mail())
    assert first.conversation != second.conversation
    assert first.handle != second.handle
    ambiguous = desk.arrives(desk.mail(subject="AW: Rechnung"))
    assert ambiguous.new
    [message] = [row for row in desk.all(MessageRow) if row.id == ambiguous.message]
    assert len(message.rejected) == 2


def test_what_was_merged_leads_on(desk: Any) -> None:
    one, other = desk.arrives(desk.mail()), desk.arrives(desk.mail(subject="Umzug"))
    letter = desk.letters()[0]
    desk.change(one.conversation, merged_into_id=other.conversation)
    reply = desk.arrives(desk.mail(to=(Address(letter.reply_to),)))
    assert reply.conversation == other.conversation


def test_a_mail_that_could_hardly_be_read_is_still_a_conversation(desk: Any) -> None:
    mail = desk.mail("", message_id=None, subject="", text="\0\ud800", defects=("it cannot be read",), sent_at=None)
    row = desk.conversation(desk.arrives(mail).conversation)
    assert (row.handle, row.status, row.customer_id) == ("jemand-nachricht", "open", None)
    assert desk.letters() == []


def test_everything_is_written_or_nothing(desk: Any) -> None:
    class Broken(Exception):
        pass

    found = desk.found(desk.mail())

    def work() -> None:
        with desk.database.writing() as session:
            arrive(session, found, desk.policy, desk.now)
            raise Broken

    with pytest.raises(Broken):
        work()
    assert [len(desk.all(table)) for table in (ConversationRow, MessageRow, OutboxRow, EventRow, PersonRow)] == [0] * 5


def test_mails_of_one_conversation_at_the_same_moment_are_each_placed_once(desk: Any) -> None:
    first = desk.arrives(desk.mail(cc=tuple(Address(f"p{each}@partner.example") for each in range(6))))
    replies = [
        desk.found(
            desk.mail(f"p{each}@partner.example", in_reply_to=("<1@kunde.example>",), cc=(Address("new@x.example"),))
        )
        for each in range(6)
    ]

    def work(found: Found) -> Recorded:
        with desk.database.writing() as session:
            return arrive(session, found, desk.policy, desk.now)

    with ThreadPoolExecutor(6) as pool:
        recorded = list(pool.map(work, replies))
    assert {each.conversation for each in recorded} == {first.conversation}
    assert desk.conversation(first.conversation).messages == 7


def test_the_same_mail_at_the_same_moment_over_two_connections_is_one(desk: Any) -> None:
    mail = desk.mail()
    twice = [desk.found(mail, SUPPORT), desk.found(mail, SALES)]

    def work(found: Found) -> Recorded:
        with desk.database.writing() as session:
            return arrive(session, found, desk.policy, desk.now)

    with ThreadPoolExecutor(2) as pool:
        recorded = list(pool.map(work, twice))
    assert sorted(each.duplicate for each in recorded) == [False, True]
    assert len(desk.letters()) == 1


@pytest.fixture
def counted() -> Callable[[Session], list[str]]:
    """Records every statement of a session's connection from now on."""
    from sqlalchemy import event

    def listen(session: Session) -> list[str]:
        statements: list[str] = []
        event.listen(
            session.connection(), "before_cursor_execute", lambda *each: statements.append(each[2]), named=False
        )
        return statements

    return listen


def test_a_mail_reaches_its_conversation_in_a_bounded_number_of_statements(
    desk: Any, counted: Callable[[Session], list[str]]
) -> None:
    desk.arrives(desk.mail())
    found = desk.found(desk.mail(in_reply_to=("<1@kunde.example>",)))
    with desk.database.writing() as session:
        statements = counted(session)
        arrive(session, found, desk.policy, desk.now)
    assert len(statements) <= 40


def test_tokens_are_made_once_a_conversation(desk: Any) -> None:
    desk.arrives(desk.mail())
    with desk.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(TokenRow)) == 1
