"""Departments: a conversation that came to the wrong one is moved, and nobody but the desk hears of it."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from storage.database import Database
from storage.errors import WrongUse
from storage.tables import OutboxRow
from threads.departments import Department
from threads.hours import Calendar
from threads.model import Mailbox
from threads.policy import Policy

BILLING, TECH = Department("Buchhaltung", ("lena",)), Department("Technik", ("ben",), "support@localhost")


@pytest.fixture
def policy() -> Policy:
    """Two departments."""
    mailbox = Mailbox("support@localhost", "Support", department="Technik")
    return Policy((mailbox,), Calendar("Mo-Fr 08:00-17:00", "Europe/Berlin", ""), departments=(BILLING, TECH))


@pytest.fixture
def handle(arrives: Any, a_mail: Any, database: Database, desk: Any) -> str:
    """A conversation of the technicians."""
    found: str = arrives(a_mail()).handle
    with database.writing() as session:
        from storage.tables import ConversationRow

        session.scalars(select(ConversationRow)).one().department = "Technik"
    return found


def sent(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(OutboxRow)) or 0


def test_it_is_moved_and_the_customer_hears_nothing(desk: Any, database: Database, handle: str) -> None:
    before = sent(database)
    row = desk.move_to(handle, "buchhaltung")
    assert (row["department"], row["changed"], row["did"]) == ("Buchhaltung", True, "lena moved it to Buchhaltung")
    assert sent(database) == before
    assert [each["handle"] for each in desk.inbox(department="BUCHHALTUNG")] == [handle]
    assert desk.inbox(department="Technik") == []
    assert not desk.move_to(handle, "Buchhaltung")["changed"]


def test_who_is_not_of_the_other_department_has_it_no_more(desk: Any, handle: str) -> None:
    desk.assign(handle, "ben")
    row = desk.move_to(handle, "Buchhaltung")
    assert row["assignee"] is None
    assert row["did"] == "lena moved it to Buchhaltung, where ben is not"
    desk.assign(handle, "lena")
    desk.undo(handle)
    desk.undo(handle)
    [shown] = desk.show(handle)
    assert (shown["department"], shown["assignee"]) == ("Technik", "ben")


def test_who_is_of_both_keeps_it(desk: Any, handle: str) -> None:
    desk.move_to(handle, "Buchhaltung")
    desk.assign(handle, "ben")
    assert desk.move_to(handle, "Technik")["assignee"] == "ben"


def test_a_department_that_is_not_there_is_refused(desk: Any, handle: str) -> None:
    with pytest.raises(WrongUse, match="'Verkauf'; there is Buchhaltung, Technik"):
        desk.move_to(handle, "Verkauf")
    with pytest.raises(WrongUse, match="there is Buchhaltung, Technik"):
        desk.inbox(department="Verkauf")


def test_the_command_says_whose_it_is(typed: Any) -> None:
    typed("agent", "add", "lena", "--email", "lena@desk.example")
    assert "2 wrong" not in typed("assign", "x", "lena", "--nobody", ends=2)
    assert "--department NAME" in typed("assign", "x", ends=2)
    assert "No [[department]] stands" in typed("department", "list")
