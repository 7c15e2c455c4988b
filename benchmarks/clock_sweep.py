"""How long a sweep takes that finds the steps which are due among many open conversations.

    python -m benchmarks.clock_sweep [--smoke]

A store of 1,000 and one of 100,000 open conversations (100 and 1,000 in a smoke run), on SQLite, in which the next step of another
conversation is due each second. One JSON line for each: {"what", "open", "due", "n", "median_ms", "p95_ms", "ratio"}; `ratio` is the median to
that of the small store with as many due, in the same run: it stays near 1, as the time depends on how many are due.
A sweep that finds none is what a desk does each second. The time is that of the process, so that others on the machine hardly count.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

from benchmarks.sample import MAILBOX as OURS
from storage.database import Database, open_database, sqlite_url
from storage.ids import uuid7
from storage.rows import put
from storage.tables import AgentRow, Base, ConversationRow, TargetRow
from threads.escalation.plan import Plan
from threads.escalation.sweep import sweep
from threads.hours import Calendar
from threads.model import Priority
from threads.policy import Policy
from threads.sla.marks import plain
from threads.sla.standing import began
from threads.sla.terms import Aim, Terms

BEGAN = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
WITHIN = timedelta(hours=8)
FIRST_STEP = BEGAN + WITHIN * 0.75
SECOND = timedelta(seconds=1)
_CHUNK = 2000
POLICY = Policy((OURS,), Calendar("24/7"))
PLAN = Plan()


def fill(database: Database, conversations: int) -> None:
    """Write open conversations, one a second, each with a clock that runs."""
    Base.metadata.create_all(database.engine)
    with database.writing() as session:
        session.add(AgentRow(id="anna", name="Anna", email="anna@desk.example", created_at=BEGAN))
    numbers = iter(range(conversations))
    while chunk := list(islice(numbers, _CHUNK)):
        rows = [(uuid7(), number) for number in chunk]
        with database.writing() as session:
            put(session, ConversationRow, *(_conversation(key, number) for key, number in rows))
            put(session, TargetRow, *(_target(key, number) for key, number in rows))


def _conversation(key: UUID, number: int) -> dict[str, Any]:
    subject, at = f"sache {number}", BEGAN + number * SECOND
    times = {"opened_at": at, "updated_at": at, "waiting_since": at, "due_at": at + WITHIN}
    return {
        "id": key,
        "handle": f"sache-{number}",
        "mailbox": OURS.address,
        "subject": subject,
        "canonical_subject": subject,
        **times,
    }


def _target(conversation: UUID, number: int) -> dict[str, Any]:
    at, seconds = BEGAN + number * SECOND, int(WITHIN.total_seconds())
    marks = plain([began(Aim.FIRST, at, Terms(WITHIN, "24/7", Priority.NORMAL))])
    times = {"started_at": at, "due_at": at + WITHIN, "next_step_at": FIRST_STEP + number * SECOND}
    return {
        "conversation_id": conversation,
        "kind": "first",
        "allowed_for": seconds,
        "priority": "normal",
        "marks": marks,
        **times,
    }


def times(database: Database, due: int, rounds: int, since: datetime) -> Iterator[float]:
    """Milliseconds of the process for sweeps of which each finds so many steps due that were not before."""
    for number in range(1, rounds + 1):
        now = since + number * max(due, 1) * SECOND / (1 if due else rounds + 1)
        begun = time.process_time()
        found = sweep(database, POLICY, PLAN, now, limit=due or 1)
        yield (time.process_time() - begun) * 1000
        if found.get("steps", 0) != due:
            raise SystemExit(f"{due} steps were due, and {found} were found")


def measured(database: Database, conversations: int, rounds: int) -> dict[int, list[float]]:
    """The times of sweeps by how many steps are due."""
    fill(database, conversations)
    since, found = FIRST_STEP - SECOND, {}
    for due in (0, 1, 10, 50):
        many = max(rounds // max(due, 1), 3)
        found[due] = sorted(times(database, due, many, since))
        since += many * due * SECOND
    return found


def sweeps(*, smoke: bool) -> None:
    """Print a line for each size and number of steps."""
    baseline: dict[int, float] = {}
    for conversations in (200, 1000) if smoke else (1000, 100_000):
        with tempfile.TemporaryDirectory() as folder:
            database = open_database(sqlite_url(Path(folder) / "desk.sqlite"))
            for due, found in measured(database, conversations, 5 if smoke else 200).items():
                median = statistics.median(found)
                line = {
                    "what": "sweep", "open": conversations, "due": due, "n": len(found), "median_ms": round(median, 3),
                    "p95_ms": round(found[int(len(found) * 0.95)], 3), "ratio": round(median / baseline.setdefault(due, median), 2),
                }  # fmt: skip
                print(json.dumps(line), flush=True)
            database.close()


if __name__ == "__main__":
    sweeps(smoke="--smoke" in sys.argv)
