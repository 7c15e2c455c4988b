"""What is asked often, and what is asked of all mail, is answered along an index: SQLite's own plan says so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from mailgateway.arrived import arrived
from mailgateway.shunted import shunted
from mailgateway.sources import imap_store
from mailgateway.sources.imap_store import Place
from service.trying import to_replay
from storage.claim import Among, any_step, claim_due, claim_steps
from storage.database import Database, open_database
from storage.outbox import Leased, Mailable, OutgoingMail, lease_due, listing
from storage.tables import CallRow, ConversationRow, EnvelopeRow
from threads import lookup
from threads.aside import sides
from threads.callbacks.shown import Whose
from threads.callbacks.shown import listing as callbacks
from threads.callbacks.telling import callbacks_due
from threads.escalation.calling import is_any_call
from threads.escalation.telling import untold
from threads.listing import Wanted, inbox
from threads.people import customers
from threads.people.correspondence import Reader
from threads.sla.report import Month, report
from threads.store import breaker, correspondence, deflection, rights, sent, stops

PLACE = Place("info at mail.firma.example", "INBOX")
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
AMONG = Among(frozenset({"info@firma.example"}))
LETTER = OutgoingMail(
    "<a@b.example>", "", Mailable("info@firma.example"), (Mailable("anna@kunde.example"),), "", "", ""
)
LEASED = Leased(
    uuid4(), 1, 1, LETTER, (), "acknowledgement", None, None, NOW, maybe_twice=False, content="acknowledgement"
)
SMALL = ("agent",)
"""Tables that are read as a whole: nobody has many agents."""


@pytest.fixture
def sqlite(sqlite_file_url: str) -> Iterator[Database]:
    """An empty desk in SQLite, which has no statistics to go by."""
    database = open_database(sqlite_file_url)
    yield database
    database.close()


def plans(database: Database, ask: Callable[[Session], Any]) -> list[str]:
    """The steps by which SQLite answers what is asked."""
    asked: list[tuple[str, Any]] = []

    def remember(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        asked.append((statement, parameters))

    event.listen(database.engine, "before_cursor_execute", remember)
    with database.writing() as session:
        ask(session)
        event.remove(database.engine, "before_cursor_execute", remember)
        connection = session.connection()
        rows = [
            connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
            for statement, parameters in asked
            if statement.lstrip().startswith("SELECT")
        ]
    return [row[3] for each in rows for row in each]


@pytest.mark.parametrize(
    "ask",
    [
        pytest.param(lambda s: claim_due(s, EnvelopeRow, NOW, timedelta(minutes=5), 16), id="claim"),
        pytest.param(lambda s: lease_due(s, NOW, timedelta(minutes=5), 1), id="lease"),
        pytest.param(lambda s: lease_due(s, NOW, timedelta(minutes=5), 1, AMONG), id="lease of a relay"),
        pytest.param(lambda s: callbacks(s, Whose(), NOW), id="callbacks"),
        pytest.param(lambda s: s.execute(callbacks_due(NOW).limit(1)).first(), id="any callback"),
        pytest.param(lambda s: claim_due(s, CallRow, NOW, timedelta(minutes=5), 16), id="claim of calls"),
        pytest.param(lambda s: claim_steps(s, NOW, 50), id="claim of steps"),
        pytest.param(lambda s: any_step(s, NOW), id="any step"),
        pytest.param(lambda s: is_any_call(s, NOW), id="any call"),
        pytest.param(lambda s: s.execute(untold(NOW).limit(1)).first(), id="anybody untold"),
        pytest.param(lambda s: to_replay(s, NOW), id="mails to replay"),
        pytest.param(lambda s: breaker.to_address(s, LEASED, NOW), id="breaker to an address"),
        pytest.param(lambda s: breaker.repeated(s, LEASED, NOW), id="breaker in all"),
        pytest.param(lambda s: breaker.standing(s, "anna@kunde.example", NOW), id="breaker open"),
        pytest.param(lambda s: stops.stopped(s, ["anna@kunde.example"]), id="stopped"),
        pytest.param(lambda s: stops.stopped(s, ["anna@kunde.example", "ben@kunde.example"]), id="stopped of several"),
        pytest.param(lambda s: sent.by_tokens(s, ["abc"]), id="sent by its token"),
        pytest.param(lambda s: sent.by_messages(s, {uuid4(): "<a@b.example>"}), id="sent by its message"),
        pytest.param(lambda s: imap_store.unsettled(s, PLACE, 1, 500), id="imap unsettled"),
        pytest.param(lambda s: imap_store.kept_before(s, PLACE.account, ["0" * 64]), id="imap kept before"),
        pytest.param(lambda s: imap_store.cursor_of(s, PLACE), id="imap cursor"),
        pytest.param(lambda s: arrived(s), id="arrived"),
        pytest.param(lambda s: arrived(s, "person"), id="arrived of a kind"),
        pytest.param(lambda s: shunted(s), id="shunted"),
        pytest.param(lambda s: listing(s, states=("failed",), after=uuid4()), id="outbox"),
        pytest.param(lambda s: lookup.find(s, "anna"), id="handle"),
        pytest.param(lambda s: inbox(s, Wanted(held=False), limit=50), id="inbox"),
        pytest.param(lambda s: deflection.deflection(s, NOW), id="deflection"),
        pytest.param(lambda s: deflection.deflection(s, NOW, NOW - timedelta(days=90)), id="deflection since"),
        pytest.param(lambda s: rights.member_of(s, ["anna@kunde.example"]), id="rights of a writer"),
        pytest.param(lambda s: customers.listing(s, beginning="an", after="anna@kunde.example"), id="customers"),
        pytest.param(lambda s: list(report(s, [Month(2026, 11)], "", NOW, UTC)), id="report of a month"),
        pytest.param(
            lambda s: list(report(s, [Month(2026, 11)], "organisation", NOW, UTC)), id="report by organisation"
        ),
        pytest.param(lambda s: sides.beside(s, [ConversationRow(id=uuid4())]), id="side conversations of a list"),
    ],
)
def test_neither_a_table_is_scanned_nor_a_result_sorted(sqlite: Database, ask: Callable[[Session], Any]) -> None:
    steps = plans(sqlite, ask)
    assert steps
    scanned = [
        step for step in steps if step.startswith("SCAN") and " USING " not in step and step.split()[1] not in SMALL
    ]
    assert not scanned, scanned
    assert not [step for step in steps if "TEMP B-TREE" in step], steps


@pytest.mark.parametrize("ask", [correspondence.readable, correspondence.newest_readable])
def test_a_customers_letters_are_found_without_reading_those_of_others(
    sqlite: Database, ask: Callable[[Session, Reader], object]
) -> None:
    reader = Reader(uuid4(), "anna@kunde.example", "", frozenset({uuid4(), uuid4()}), frozenset())
    steps = plans(sqlite, lambda session: ask(session, reader))
    assert any("ix_conversation_customer_subject" in step for step in steps), steps
    assert not [step for step in steps if step.startswith("SCAN")], steps
