"""Claiming what is due, and what the two databases do differently."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from storage.claim import claim_due, holds, insert_ignoring, serialise
from storage.database import Database, open_database
from storage.errors import DatabaseUnavailable
from storage.ids import uuid7
from storage.raw import put_raw
from storage.tables import EnvelopeRow, FactRow

LEASE = timedelta(minutes=5)
Clock = Callable[[], datetime]


def waiting(session: Session, due_at: datetime, **further: object) -> UUID:
    row = EnvelopeRow(
        raw_id=put_raw(session, b"mail", due_at),
        source="smtp",
        mail_from="a@example.com",
        recipients=["support@localhost"],
        received_at=due_at,
        due_at=due_at,
        **further,
    )
    session.add(row)
    session.flush()
    return row.id


def test_what_is_due_is_leased_the_longest_due_first_and_to_nobody_else(database: Database, clock: Clock) -> None:
    with database.writing() as session:
        later = waiting(session, clock() - timedelta(minutes=1))
        first = waiting(session, clock() - timedelta(minutes=2))
        waiting(session, clock() + timedelta(seconds=1))
        waiting(session, clock() - timedelta(days=1), state="shunted")
    with database.writing() as session:
        rows = claim_due(session, EnvelopeRow, clock(), LEASE, 10)
        assert [(row.id, row.state, row.lease) for row in rows] == [(first, "leased", 1), (later, "leased", 1)]
    with database.writing() as session:
        assert claim_due(session, EnvelopeRow, clock(), LEASE, 10) == []


def test_no_more_rows_are_leased_than_asked_for(database: Database, clock: Clock) -> None:
    with database.writing() as session:
        for _ in range(5):
            waiting(session, clock())
    with database.writing() as session:
        assert len(claim_due(session, EnvelopeRow, clock(), LEASE, 3)) == 3


def test_a_lease_that_ran_out_is_given_to_another_and_the_first_has_lost_it(database: Database, clock: Clock) -> None:
    with database.writing() as session:
        row_id = waiting(session, clock())
    with database.writing() as session:
        claim_due(session, EnvelopeRow, clock(), LEASE, 1)
        assert holds(session, EnvelopeRow, row_id, 1)
    with database.writing() as session:
        assert claim_due(session, EnvelopeRow, clock() + LEASE - timedelta(seconds=1), LEASE, 1) == []
        (row,) = claim_due(session, EnvelopeRow, clock() + LEASE, LEASE, 1)
        assert row.lease == 2
    with database.writing() as session:
        assert not holds(session, EnvelopeRow, row_id, 1)
        assert holds(session, EnvelopeRow, row_id, 2)
        assert not holds(session, EnvelopeRow, uuid7(), 1)


def test_a_row_that_is_done_is_held_by_nobody(database: Database, clock: Clock) -> None:
    with database.writing() as session:
        row_id = waiting(session, clock())
        claim_due(session, EnvelopeRow, clock(), LEASE, 1)[0].state = "done"
    with database.writing() as session:
        assert not holds(session, EnvelopeRow, row_id, 1)


def test_many_who_claim_at_once_never_get_the_same_row(database: Database, clock: Clock) -> None:
    with database.writing() as session:
        made = {waiting(session, clock()) for _ in range(60)}
    got: list[UUID] = []

    def claim() -> None:
        while True:
            with database.writing() as session:
                rows = claim_due(session, EnvelopeRow, clock(), LEASE, 7)
            if not rows:
                return
            got.extend(row.id for row in rows)

    threads = [threading.Thread(target=claim) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(got) == 60
    assert set(got) == made


def test_claiming_passes_over_what_another_is_claiming(postgresql_url: str, clock: Clock) -> None:
    from storage.database import open_database

    database = open_database(postgresql_url)
    with database.writing() as session:
        for _ in range(4):
            waiting(session, clock())
    with database.writing() as one:
        first = claim_due(one, EnvelopeRow, clock(), LEASE, 2)
        with database.writing() as other:
            second = claim_due(other, EnvelopeRow, clock(), LEASE, 10)
    assert len(first) == len(second) == 2
    assert {row.id for row in first}.isdisjoint(row.id for row in second)
    database.close()


def test_claiming_uses_the_index_of_what_is_due(database: Database, clock: Clock) -> None:
    with database.writing() as session:
        for number in range(300):
            waiting(session, clock() + timedelta(minutes=number), state="done" if number % 100 else "waiting")
        if not database.is_sqlite:
            session.execute(text("ANALYZE envelope"))
    explain = "EXPLAIN QUERY PLAN " if database.is_sqlite else "EXPLAIN "
    seen: list[str] = []
    with database.writing() as session:
        from sqlalchemy import event

        def note(_c: object, _k: object, statement: str, parameters: object, _x: object, _m: object) -> None:
            if "due_at" in statement and statement.startswith("SELECT"):
                seen.append(statement)
                values.append(parameters)

        values: list[object] = []
        event.listen(database.engine, "before_cursor_execute", note)
        claim_due(session, EnvelopeRow, clock(), LEASE, 5)
        event.remove(database.engine, "before_cursor_execute", note)
        driver = session.connection().exec_driver_sql(explain + seen[0], values[0])  # type: ignore[arg-type] # as the driver had them
        plan = "\n".join(str(row) for row in driver)
    assert "ix_envelope_due" in plan


def test_rows_that_are_there_already_are_passed_over(database: Database) -> None:
    with database.writing() as session:
        assert insert_ignoring(session, FactRow, [{"name": "a", "value": "1"}]) == 1
        assert insert_ignoring(session, FactRow, [{"name": "a", "value": "2"}, {"name": "b", "value": "3"}]) == 1
        assert insert_ignoring(session, FactRow, []) == 0
        many = [{"name": f"n{number}", "value": "x"} for number in range(1203)]
        assert insert_ignoring(session, FactRow, many) == 1203
    with database.reading() as session:
        assert session.get_one(FactRow, "a").value == "1"
        assert session.scalar(select(func.count()).select_from(FactRow)) == 1205


def test_only_one_transaction_at_a_time_does_what_has_the_same_name(database: Database) -> None:
    inside, most, door = 0, 0, threading.Lock()
    started = threading.Barrier(4)

    def work() -> None:
        nonlocal inside, most
        started.wait(10)
        for _ in range(5):
            with database.writing() as session:
                serialise(session, "customer anna@example.com")
                with door:
                    inside += 1
                    most = max(most, inside)
                session.execute(select(FactRow)).all()
                with door:
                    inside -= 1

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert most == 1


def test_what_is_done_among_others_waits_for_nobody_but_who_does_it_alone(postgresql_url: str) -> None:
    database = open_database(postgresql_url)

    def is_free(name: str, among: str | None = None) -> bool:
        try:
            with database.writing() as session:
                session.execute(text("SET LOCAL lock_timeout = '200ms'"))
                serialise(session, name, among)
        except DatabaseUnavailable:
            return False
        return True

    with database.writing() as session:
        serialise(session, "anna", among="all")
        assert is_free("bernd", among="all")
        assert not is_free("anna", among="all")
        assert not is_free("all")
    with database.writing() as session:
        serialise(session, "all")
        assert not is_free("bernd", among="all")
        assert is_free("bernd")
    database.close()
