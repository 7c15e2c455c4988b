"""What went out of late is found by the time alone, however much went out before."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import event

from storage.database import Database, open_database
from threads.model import Address, Envelope, Source
from threads.store import history_for

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_what_went_out_in_the_last_hour_is_not_searched_for_among_all_that_ever_did(sqlite_file_url: str) -> None:
    database = open_database(sqlite_file_url)
    plans = _plans_of_history(database)
    database.close()
    assert len(plans) == 4
    assert "recipient=?" in plans[0]
    assert "ix_outbox_created (created_at>?)" in plans[1]


def _plans_of_history(database: Database) -> list[str]:
    """How SQLite goes about each statement that the history is asked by."""
    asked: list[tuple[str, tuple[object, ...]]] = []

    def seen(_connection: object, _cursor: object, statement: str, parameters: tuple[object, ...], *_: object) -> None:
        asked.append((statement, parameters))

    envelope = Envelope(Source.SMTP, "anna@example.org", ("support@example.com",), NOW)
    with database.reading() as session:
        event.listen(database.engine, "before_cursor_execute", seen)
        history_for(session, Address("anna@example.org"), envelope, NOW)
        event.remove(database.engine, "before_cursor_execute", seen)
        connection = session.connection()
        plans = [
            connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {said}", given).all()
            for said, given in asked
            if said.startswith("SELECT")
        ]
    return [" ".join(row[3] for row in plan) for plan in plans]
