"""Several processes that sweep at once, one of which is killed over it: each step once, each person told once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from storage.database import Database
from storage.tables import AgentRow, EventRow, OutboxRow, StepRow, TellingRow
from tests.escalating.month import AGENTS
from tests.escalating.sweepers import Sweepers, sweep_all

MANY = 24


@pytest.fixture
def begun(database: Database, arrives: Any, a_mail: Any, clock: Any) -> datetime:
    """Many conversations of nobody in particular, and three agents; when the first of them began."""
    with database.writing() as session:
        session.add_all(
            AgentRow(id=each, name=each, email=f"{each}@desk.example", created_at=clock()) for each in AGENTS
        )
    first: datetime = clock() + timedelta(minutes=1)
    for number in range(MANY):
        arrives(a_mail(author=f"C{number} <c{number}@example{number}.net>", subject=f"Sache {number}"))
    sweep_all(database, clock())
    return first


@pytest.fixture
def sweepers(database_url: str, begun: datetime) -> Iterator[Sweepers]:
    """Two processes."""
    running = Sweepers(database_url, 2)
    yield running
    running.close()


def states(database: Database) -> Counter[tuple[str, str]]:
    with database.reading() as session:
        return Counter((step, state) for step, state in session.execute(select(StepRow.step, StepRow.state)).all())


def mails(database: Database) -> Counter[str]:
    with database.reading() as session:
        return Counter(session.scalars(select(OutboxRow.recipient).where(OutboxRow.purpose == "escalation")))


def test_each_step_is_carried_out_by_one_of_them(database: Database, sweepers: Sweepers, begun: datetime) -> None:
    for minute in range(MANY):  # each at its moment: what is due at one is told together
        sweepers.tell(begun + timedelta(hours=6, minutes=minute))
        sweepers.wait()
    assert states(database) == {("usual 75%", "done"): MANY}
    assert mails(database) == {f"{each}@desk.example": MANY for each in AGENTS}
    assert sum(sweepers.steps) == MANY


def test_what_one_was_killed_over_another_carries_out_and_nobody_is_told_twice(
    database: Database, sweepers: Sweepers, begun: datetime
) -> None:
    late = begun + timedelta(days=10)
    sweepers.tell(late)
    sweepers.kill(0)
    sweepers.tell(late, [0])
    sweepers.wait()
    sweepers.tell(late)  # and after another look at the same time nothing more
    sweepers.wait()
    assert states(database) == {
        ("usual 75%", "missed"): MANY, ("usual 100%", "missed"): MANY, ("usual 150%", "done"): MANY,
    }  # fmt: skip
    assert mails(database) == {"anna@desk.example": 1}
    with database.reading() as session:
        events = select(func.count()).select_from(EventRow).where(EventRow.kind == "escalation")
        assert session.scalar(events) == MANY
        assert set(session.scalars(select(TellingRow.state))) == {"mailed"}
