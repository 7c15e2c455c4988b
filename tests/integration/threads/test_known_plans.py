"""What may decide where a mail belongs is found along indexes, on both databases: their own plans say so."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from benchmarks.sample import MAILBOX, POLICY
from benchmarks.thread_store import KINDS, NOW, fill, mails
from mailgateway.mime.parse import parse
from storage.database import Database
from storage.tables import Base
from threads.model import Envelope, Source
from threads.store import known_for

MESSAGES = 6000
"""Enough that PostgreSQL takes no table for one that is read as a whole quicker than along an index."""
SMALL = frozenset({"agent"})
"""Read as a whole: nobody has many."""
TABLES = frozenset(Base.metadata.tables) - SMALL


@pytest.fixture
def asked(database: Database) -> dict[str, Any]:
    """Every statement by which mails of all kinds are looked up in a store, with its parameters."""
    fill(database, MESSAGES)
    statements: dict[str, Any] = {}

    def remember(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if statement.startswith("SELECT"):
            statements[statement] = parameters

    event.listen(database.engine, "before_cursor_execute", remember)
    with database.reading() as session:
        for raw in mails([make for kinds in KINDS.values() for make in kinds], MESSAGES, 70, random.Random(4)):
            known_for(session, parse(raw), Envelope(Source.SMTP, "", (MAILBOX.address,), NOW), POLICY)
    event.remove(database.engine, "before_cursor_execute", remember)
    return statements


def test_no_table_is_read_from_its_beginning_to_place_a_mail(database: Database, asked: dict[str, Any]) -> None:
    with database.reading() as session:
        read = {statement: set(_read_whole(session, statement, given)) & TABLES for statement, given in asked.items()}

    assert len(asked) > 15
    assert [(tables, statement) for statement, tables in read.items() if tables] == []


def _read_whole(session: Session, statement: str, given: Any) -> Iterator[str]:
    """The tables that a database means to read as a whole, or along an index from its beginning."""
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        steps = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given)]
        return (found[1] for step in steps if (found := re.match(r"SCAN (\w+?)(_\d+)?( |$)", step)))
    connection.exec_driver_sql("SET LOCAL enable_seqscan = off")  # so few rows are read quicker without an index
    steps = [row[0] for row in connection.exec_driver_sql(f"EXPLAIN {statement}", given)]
    return (found[1] for step in steps if (found := re.search(r"Seq Scan on (\w+)", step)))
