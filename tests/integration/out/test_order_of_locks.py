"""A conversation is always locked before its outgoing mail: on PostgreSQL two that differ in that wait for each other."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select, text

from mailgateway.deliver import deliver_due
from mailgateway.transports.relay import Relay, relay_address
from storage.database import Database, open_database
from storage.outbox import Mailable, OutgoingMail, enqueue
from storage.tables import ConversationRow, EventRow, OutboxRow
from threads.breaker import Drops
from threads.conversation import locked

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
ANNA = "anna@kundin.example"
_WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")


@pytest.fixture
def postgresql(postgresql_url: str) -> Iterator[Database]:
    opened = open_database(postgresql_url)
    yield opened
    opened.close()


def an_answer(database: Database) -> ConversationRow:
    """A conversation whose answer is due."""
    mail = OutgoingMail(
        message_id="<letter@wir.example>",
        envelope_from="support@wir.example",
        author=Mailable("support@wir.example"),
        to=(Mailable(ANNA),),
        subject="Re: Rechnung",
        text="Hier.",
        date="Tue, 24 Nov 2026 10:00:00 +0100",
    )
    with database.writing() as session:
        row = ConversationRow(
            handle="anna-rechnung", mailbox="support@wir.example", subject="Rechnung", canonical_subject="rechnung",
            opened_at=NOW, updated_at=NOW,
        )  # fmt: skip
        session.add(row)
        session.flush()
        enqueue(session, mail, purpose="reply", conversation_id=row.id, message_id=None, due_at=NOW, now=NOW)
        return row


def wait_until_somebody_waits_for_a_lock(database: Database) -> None:
    given_up_at = time.monotonic() + 30
    while time.monotonic() < given_up_at:
        with database.reading() as session:
            if session.scalar(_WAITING):
                return
    raise AssertionError("nobody waits for a lock")


@pytest.mark.parametrize(
    ("gate", "outcome", "said"),
    [
        (None, "failed", "did not reach anna@kundin.example"),
        (lambda *_: Drops("a loop"), "dropped", "was dropped: a loop"),
    ],
)
def test_who_writes_down_that_a_mail_did_not_go_holds_none_while_it_waits_for_the_conversation(
    postgresql: Database, outside_world: Any, gate: Any, outcome: str, said: str
) -> None:
    row = an_answer(postgresql)
    outside_world.answer(ANNA, "550 5.1.1 nobody of that name")
    tallies: list[Any] = []

    def deliver() -> None:
        tallies.append(deliver_due(postgresql, Relay(relay_address(outside_world.url)), NOW, gate=gate))

    delivering = threading.Thread(target=deliver)
    with postgresql.writing() as session:  # as who takes in a bounce does: the conversation, then its mail
        locked(session, row.id)
        delivering.start()
        wait_until_somebody_waits_for_a_lock(postgresql)
        session.scalars(select(OutboxRow).with_for_update(nowait=True)).one()
    delivering.join(30)
    assert tallies == [{outcome: 1}]
    with postgresql.reading() as session:
        assert said in session.scalars(select(EventRow.because)).one()
