"""The outbox: at least once, with a journal."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.database import Database
from storage.ids import uuid7
from storage.outbox import (
    Deferred,
    Failed,
    GivenUp,
    Mailable,
    OutgoingMail,
    Sent,
    cancel,
    counts,
    enqueue,
    lease_due,
    listing,
    send_again,
    settle,
)
from storage.tables import AttemptRow, OutboxRow

LEASE = timedelta(minutes=5)


class Clock(Protocol):
    def __call__(self) -> datetime: ...
    def forward(self, **by: float) -> datetime: ...


def a_letter(*recipients: str) -> OutgoingMail:
    return OutgoingMail(
        message_id="<random@desk.example>",
        envelope_from="",
        author=Mailable("support@localhost", "Support"),
        to=tuple(Mailable(each) for each in recipients or ("Anna@Example.com",)),
        subject="Frage zur Rechnung",
        text="Guten Tag\n",
        date="Tue, 24 Nov 2026 09:00:00 +0000",
        references=("<a@b>", "<c@d>"),
        headers=(("Auto-Submitted", "auto-replied"),),
    )


def put(session: Session, clock: Callable[[], datetime], *recipients: str, purpose: str = "reply") -> UUID:
    return enqueue(
        session,
        a_letter(*recipients),
        purpose=purpose,
        conversation_id=None,
        message_id=None,
        due_at=clock(),
        now=clock(),
    )


def row_of(database: Database, outbox_id: UUID) -> OutboxRow:
    with database.reading() as session:
        return session.get_one(OutboxRow, outbox_id)


def test_a_mail_comes_out_as_it_went_in(database: Database, clock: Clock) -> None:
    with database.writing() as session:
        outbox_id = put(session, clock)
    with database.writing() as session:
        (leased,) = lease_due(session, clock(), LEASE, 10)
    assert leased.mail == a_letter()
    assert (leased.outbox_id, leased.attempt, leased.pending) == (outbox_id, 1, ("Anna@Example.com",))
    row = row_of(database, outbox_id)
    assert (row.recipient, row.domain) == ("anna@example.com", "example.com")


def test_a_mail_is_not_handed_out_before_it_is_due(database: Database, clock: Clock) -> None:
    with database.writing() as session:
        enqueue(
            session,
            a_letter(),
            purpose="reply",
            conversation_id=None,
            message_id=None,
            due_at=clock() + timedelta(seconds=10),
            now=clock(),
        )
    with database.writing() as session:
        assert lease_due(session, clock() + timedelta(seconds=9), LEASE, 10) == []
        assert len(lease_due(session, clock() + timedelta(seconds=10), LEASE, 10)) == 1


def test_the_journal_is_written_before_a_mail_is_handed_out(database: Database, clock: Clock) -> None:
    with database.writing() as session:
        outbox_id = put(session, clock)
        lease_due(session, clock(), LEASE, 10)
    with database.reading() as session:
        (attempt,) = session.scalars(select(AttemptRow))
        assert (attempt.outbox_id, attempt.number, attempt.ended_at) == (outbox_id, 1, None)


def test_a_mail_that_was_sent_is_not_sent_again(database: Database, clock: Clock) -> None:
    with database.writing() as session:
        outbox_id = put(session, clock)
        (leased,) = lease_due(session, clock(), LEASE, 10)
    with database.writing() as session:
        assert settle(session, leased, Sent("250 Ok"), clock.forward(seconds=1))
    row = row_of(database, outbox_id)
    assert (row.state, row.pending, row.last_answer, row.sent_at) == ("sent", [], "250 Ok", clock())
    with database.writing() as session:
        assert lease_due(session, clock.forward(days=1), LEASE, 10) == []
        attempt = session.get_one(AttemptRow, (outbox_id, 1))
        assert (attempt.outcome, attempt.answer) == ("sent", "250 Ok")


def test_after_a_deferral_only_those_are_tried_who_have_not_got_it(database: Database, clock: Clock) -> None:
    with database.writing() as session:
        outbox_id = put(session, clock, "a@x.example", "b@x.example", "c@x.example")
        (leased,) = lease_due(session, clock(), LEASE, 10)
        until = clock() + timedelta(minutes=15)
        settle(
            session, leased, Deferred(until, "451 later", accepted=("a@x.example",), refused=("c@x.example",)), clock()
        )
        assert lease_due(session, clock(), LEASE, 10) == []
        (leased,) = lease_due(session, until, LEASE, 10)
        assert (leased.pending, leased.attempt, leased.maybe_twice) == (("b@x.example",), 2, False)
        settle(session, leased, Sent("250 Ok"), until)
    row = row_of(database, outbox_id)
    assert (row.state, row.refused) == ("failed", ["c@x.example"])  # an agent must see that somebody did not get it


def test_a_try_that_ended_without_a_word_marks_the_next_one(database: Database, clock: Clock) -> None:
    with database.writing() as session:
        outbox_id = put(session, clock)
        lease_due(session, clock(), LEASE, 10)
    with database.writing() as session:
        (leased,) = lease_due(session, clock.forward(minutes=6), LEASE, 10)
    assert leased.maybe_twice
    assert leased.attempt == 2
    assert row_of(database, outbox_id).maybe_twice


def test_who_lost_the_lease_changes_only_the_journal(database: Database, clock: Clock) -> None:
    with database.writing() as session:
        outbox_id = put(session, clock)
        (slow,) = lease_due(session, clock(), LEASE, 10)
    with database.writing() as session:
        (quick,) = lease_due(session, clock.forward(minutes=6), LEASE, 10)
    with database.writing() as session:
        assert not settle(session, slow, Failed("550 no"), clock())
        assert settle(session, quick, Sent("250 Ok"), clock())
        assert not settle(session, quick, Failed("550 no"), clock())
    assert row_of(database, outbox_id).state == "sent"
    with database.reading() as session:
        assert session.get_one(AttemptRow, (outbox_id, 1)).outcome == "failed"


@pytest.mark.parametrize(
    ("result", "state", "refused"),
    [(Failed("550 no"), "failed", ["Anna@Example.com"]), (GivenUp("451 later"), "given up", [])],
)
def test_what_could_not_be_sent_is_seen_and_can_be_sent_again(
    database: Database, clock: Clock, result: Failed | GivenUp, state: str, refused: list[str]
) -> None:
    with database.writing() as session:
        outbox_id = put(session, clock)
        (leased,) = lease_due(session, clock(), LEASE, 10)
        settle(session, leased, result, clock())
    row = row_of(database, outbox_id)
    assert (row.state, row.refused, row.last_answer) == (state, refused, result.answer)
    with database.writing() as session:
        assert lease_due(session, clock.forward(days=1), LEASE, 10) == []
        assert send_again(session, outbox_id, clock())
        (leased,) = lease_due(session, clock(), LEASE, 10)
        assert leased.pending == ("Anna@Example.com",)
        assert not send_again(session, outbox_id, clock())


def test_a_mail_can_be_taken_back_while_it_waits(database: Database, clock: Clock) -> None:
    with database.writing() as session:
        outbox_id = put(session, clock)
    with database.writing() as session:
        assert cancel(session, outbox_id)
        assert not cancel(session, outbox_id)
    with database.writing() as session:
        assert lease_due(session, clock(), LEASE, 10) == []


def test_a_mail_cannot_be_taken_back_once_it_may_be_out(database: Database, clock: Clock) -> None:
    with database.writing() as session:
        outbox_id = put(session, clock, "a@x.example", "b@x.example")
        (leased,) = lease_due(session, clock(), LEASE, 10)
        assert not cancel(session, outbox_id)
        settle(session, leased, Deferred(clock(), "451 later", accepted=("a@x.example",)), clock())
        assert not cancel(session, outbox_id)
        assert not cancel(session, uuid7())


def test_a_mail_that_was_deferred_for_all_can_still_be_taken_back(database: Database, clock: Clock) -> None:
    with database.writing() as session:
        outbox_id = put(session, clock)
        (leased,) = lease_due(session, clock(), LEASE, 10)
        settle(session, leased, Deferred(clock(), "451 later"), clock())
        assert cancel(session, outbox_id)


def test_the_listing_goes_through_all_pages_once_newest_first(database: Database, clock: Clock) -> None:
    with database.writing() as session:
        made = [put(session, clock) for _ in range(5)]
        clock.forward(seconds=1)
        made += [put(session, clock) for _ in range(2)]
        cancel(session, made[0])
    seen: list[UUID] = []
    with database.reading() as session:
        page = listing(session, limit=3)
        while page:
            seen += [row.id for row in page]
            page = listing(session, limit=3, after=page[-1].id)
        assert seen == made[::-1]
        assert [row.id for row in listing(session, states=["cancelled"])] == [made[0]]
        assert listing(session, conversation_id=uuid7()) == []
        assert counts(session) == {"waiting": 6, "cancelled": 1}
