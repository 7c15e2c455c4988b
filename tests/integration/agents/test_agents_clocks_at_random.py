"""Whatever customers and agents do, in whatever order: each conversation has the clocks that it should have."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from storage.errors import BriefwechselError
from storage.tables import Base, ConversationRow, MessageRow, TargetRow
from threads.arrive import Recorded
from threads.life.changes import wake_due
from threads.model import Kind, Priority, Status
from threads.sla.clock import clock_of
from threads.sla.following import follow, is_at_once
from threads.sla.marks import What, marks_from
from threads.sla.terms import SlaPolicy

Arrives = Callable[..., Recorded]
ACTS = ("new", "new", "again", "again", "urgent", "machine", "answer", "answer", "answer open", "answer closed", "close", "reopen",
        "snooze", "priority", "merge", "split", "move", "undo", "undo", "take", "wake")  # fmt: skip
STORY = st.tuples(st.integers(0, 10**6), st.lists(st.sampled_from(ACTS), min_size=5, max_size=25))


@pytest.fixture
def policy(policy: Any) -> Any:
    solution: dict[Priority, timedelta] = dict.fromkeys(
        (Priority.CRITICAL, Priority.HIGH, Priority.NORMAL), timedelta(hours=18)
    )
    return replace(
        policy, sla=(SlaPolicy("usual", solution=solution),), snoozed_pauses=True, continue_after=timedelta(0)
    )


class Life:
    """A desk at which anything happens."""

    def __init__(self, desk: Any, arrives: Arrives, a_mail: Any, clock: Any, chance: random.Random) -> None:
        self.desk, self.arrives, self.a_mail, self.clock, self.chance = desk, arrives, a_mail, clock, chance
        self.database = desk.database

    def do(self, act: str) -> None:
        """One act, at some conversation, after some time; what is refused does not happen."""
        self.clock.forward(minutes=self.chance.choice([1, 7, 45, 200, 1000]))
        with suppress(BriefwechselError):
            getattr(self, f"_{act.split()[0]}")(*act.split()[1:])

    def _handle(self) -> Any:
        with self.database.reading() as session:
            live = select(ConversationRow.handle).where(ConversationRow.merged_into_id.is_(None))
            return self.chance.choice(sorted(session.scalars(live)) or ["nobody"])

    def _code(self) -> tuple[str, str]:
        with self.database.reading() as session:
            found = session.execute(
                select(MessageRow.code, ConversationRow.handle)
                .join(ConversationRow, ConversationRow.id == MessageRow.conversation_id)
                .where(MessageRow.direction == "in")
            ).all()
            return self.chance.choice(sorted(map(tuple, found)) or [("nothing", "nobody")])

    def _new(self) -> None:
        who = self.chance.choice("abc")
        self.arrives(self.a_mail(author=f"{who} <{who}@example.com>", subject=f"Sache {self.chance.random()}"))

    def _again(self, text: str = "Und noch etwas?", kind: Kind = Kind.PERSON) -> None:
        with self.database.reading() as session:
            wanted = select(MessageRow).where(MessageRow.message_id.is_not(None)).order_by(MessageRow.id)
            last = self.chance.choice(list(session.scalars(wanted)))
            customer = session.get_one(ConversationRow, last.conversation_id).customer_address
        parent = last.message_id
        raw = self.a_mail(
            author=customer, subject=f"Re: {last.subject}", text=text, in_reply_to=parent, references=parent
        )
        self.arrives(raw, kind=kind)

    def _urgent(self) -> None:
        self._again("Unser Server ist ausgefallen, nichts geht mehr!")

    def _machine(self) -> None:
        self._again("Ich bin nicht da.", Kind.AUTO_REPLY)

    def _answer(self, afterwards: str = "waiting") -> None:
        self.desk.reply(self._handle(), "Anbei.", afterwards=afterwards)

    def _close(self) -> None:
        self.desk.close_conversation(self._handle())

    def _reopen(self) -> None:
        self.desk.reopen(self._handle())

    def _snooze(self) -> None:
        self.desk.snooze(self._handle(), "in 3 hours")

    def _priority(self) -> None:
        self.desk.priority(self._handle(), self.chance.choice(list(Priority)).value, "so ist es")

    def _merge(self) -> None:
        self.desk.merge(self._handle(), self._handle())

    def _split(self) -> None:
        code, handle = self._code()
        self.desk.split(handle, [code])

    def _move(self) -> None:
        self.desk.move(self._code()[0], self._handle())

    def _undo(self) -> None:
        self.desk.undo()

    def _take(self) -> None:
        self.desk.take(self._handle())

    def _wake(self) -> None:
        with self.database.writing() as session:
            wake_due(session, self.clock())
            follow(session, lambda: self.desk.policy, self.clock())

    def check(self) -> None:
        """Every conversation has the clocks that it should have, and they add up."""
        with self.database.reading() as session:
            for row in session.scalars(select(ConversationRow)):
                targets = session.scalars(select(TargetRow).where(TargetRow.conversation_id == row.id)).all()
                self._check(row, [each for each in targets if each.marks[-1]["what"] != What.VOID])
            for row in session.scalars(select(ConversationRow).join(TargetRow).distinct()):
                with suppress(BriefwechselError):
                    self._adds_up(row.handle)

    def _check(self, row: ConversationRow, targets: list[TargetRow]) -> None:
        open_ = [each for each in targets if each.done_at is None]
        answers = [each for each in open_ if each.kind != "solution"]
        ended = row.status in (Status.CLOSED, Status.SUSPECTED) or row.merged_into_id is not None
        waits = row.waiting_since is not None and not is_at_once(row) and not ended
        assert len(answers) == int(waits), (row.handle, row.status, [each.marks for each in targets])
        assert all(each.state == ("paused" if row.status == Status.SNOOZED else "running") for each in answers)
        solutions = [each for each in targets if each.kind == "solution"]
        assert len(solutions) <= 1
        for each in solutions:
            rests = row.status == Status.SNOOZED or (row.status == Status.WAITING and row.waiting_since is None)
            wanted = {True} if ended else {each.done_at is not None} if row.priority == "low" else {False}
            assert {each.done_at is not None} == wanted
            assert each.done_at is not None or each.state == ("paused" if rests else "running")
        due = min((each.due_at for each in open_ if each.state == "running" and each.due_at), default=None)
        rests = row.status == Status.SNOOZED and bool(open_)
        assert is_at_once(row) or not targets or (row.due_at is not None if rests else row.due_at == due)
        for each in targets:
            clock = clock_of(marks_from(each.marks), self.desk.policy.hours)
            assert (clock.due_at, clock.state, clock.done_at) == (each.due_at, each.state, each.done_at), (
                clock.due_at,
                each.due_at,
                clock.state,
                each.state,
                each.kind,
                each.marks,
            )

    def _adds_up(self, handle: str) -> None:
        for each in self.desk.sla.explain(handle):
            if "target" not in each:
                return
            stretches = each["stretches"]
            assert abs(sum(stretch["seconds"] for stretch in stretches) - each["counted_seconds"]) < 1
            assert all(one["until"] == other["since"] for one, other in pairwise(stretches))


def lives(desk: Any, arrives: Arrives, a_mail: Any, clock: Any, story: tuple[int, list[str]]) -> None:
    seed, acts = story
    clock.set(datetime(2026, 11, 24, 9, 0, tzinfo=UTC))
    with desk.database.writing() as session:
        for table in reversed(Base.metadata.sorted_tables):
            if table.name != "agent":
                session.execute(table.delete())
    life = Life(desk, arrives, a_mail, clock, random.Random(seed))
    life.do("new")
    for act in acts:
        life.do(act)
        life.check()


REOPENED_AND_UNDONE = (0, ["answer closed", "reopen", "urgent", "undo", "new"])
"""An agent reopens it, a mail raises it, and the agent takes back what they did: it stays open, and its solution is owed."""


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STORY)
@example(REOPENED_AND_UNDONE)
def test_every_conversation_has_the_clocks_that_it_should_have(
    desk: Any, arrives: Arrives, a_mail: Any, clock: Any, story: tuple[int, list[str]]
) -> None:
    lives(desk, arrives, a_mail, clock, story)


@pytest.mark.prove
@pytest.mark.timeout(2400)
@settings(max_examples=250, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STORY)
def test_every_conversation_of_many_lives_has_the_clocks_that_it_should_have(
    desk: Any, arrives: Arrives, a_mail: Any, clock: Any, story: tuple[int, list[str]]
) -> None:
    lives(desk, arrives, a_mail, clock, story)
