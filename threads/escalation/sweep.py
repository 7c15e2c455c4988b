"""The sweep: steps whose moment has come, carried out once each. What it writes stands in one transaction with its mails.

Any number of processes may sweep. On PostgreSQL each holds other conversations; SQLite has one writer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import Select, select, text, update
from sqlalchemy.orm import Session

from storage.claim import any_step, claim_steps, serialise
from storage.database import Database, ours
from storage.errors import Unavailable
from storage.facts import get_fact, set_fact
from storage.outgoing import Mailable
from storage.tables import CallRow, ConversationRow, EventRow, StepRow, TargetRow
from storage.tables.targets import AT_ONCE
from threads.agents import agents_of
from threads.conversation import Change, apply, due_for, locked_itself
from threads.escalation.calling import payload_of
from threads.escalation.customer import tell_customer
from threads.escalation.escalate import Climb, Due, Escalation, escalate, reckoned_since
from threads.escalation.ladder import Matter, ladder_for
from threads.escalation.people import present, told
from threads.escalation.plan import Plan
from threads.escalation.taken import taken_by
from threads.escalation.telling import tell, tell_all, untold
from threads.model import Priority
from threads.policy import Policy
from threads.sla.clock import clock_of
from threads.sla.following import follow
from threads.sla.marks import Mark, What, marks_from
from threads.sla.terms import Aim

AT_MOST = 50
"""Targets in one transaction: nobody else writes to SQLite meanwhile."""
LOOK_AGAIN_AFTER = timedelta(minutes=10)
"""When a target is looked at again that could not be seen to."""
log = structlog.get_logger(__name__)


def sweep(database: Database, policy: Policy, plan: Plan, now: datetime, limit: int = AT_MOST) -> dict[str, int]:
    """Carry out the steps that are due, as many as there are up to `limit` targets; how many there were of what.

    Once none is due any more those are told who have something to hear of: each in one letter.
    """
    with database.reading() as session:
        due = any_step(session, now)
        waiting = due or session.execute(untold(now).limit(1)).first() is not None
    if not waiting:
        return {}
    with database.writing() as session:
        return _Sweep(session, policy, plan, now).go(limit) if due else tell_all(session, policy, now)


def look_at_all(database: Database, plan: Plan) -> bool:
    """Have the next step of every target reckoned anew, where the ladders are others than those it was reckoned by."""
    with database.writing() as session:
        serialise(session, _LADDERS)
        if get_fact(session, _LADDERS) == plan.fingerprint:
            return False
        set_fact(session, _LADDERS, plan.fingerprint)
        session.execute(update(TargetRow).where(text("state = 'running'")).values(next_step_at=AT_ONCE))
    return True


_LADDERS = "ladders"


@dataclass
class _Sweep:
    """One transaction of it."""

    session: Session
    policy: Policy
    plan: Plan
    now: datetime
    agents: Mapping[str, Mailable] = field(init=False)
    tally: dict[str, int] = field(default_factory=lambda: {"looked_at": 0, "steps": 0, "missed": 0, "put_off": 0})

    def go(self, limit: int) -> dict[str, int]:
        """See to the targets that are due."""
        claimed = claim_steps(self.session, self.now, limit)
        if claimed:
            self.agents = agents_of(self.session)
        for target_id, conversation_id in claimed:
            self._guarded(target_id, conversation_id)
        return self.tally

    def _guarded(self, target_id: UUID, conversation_id: UUID) -> None:
        """See to one; what cannot be seen to is put off, so that it keeps no other from being seen to. Raises `Unavailable`."""
        self.tally["looked_at"] += 1
        try:
            with self.session.begin_nested():
                self._target(target_id, conversation_id)
        except Exception as error:  # the top of a loop over targets: one that is broken must not hide the others
            if isinstance(ours(error), Unavailable):
                raise
            log.exception("a step could not be carried out", target=str(target_id), error=str(error))
            self.tally["put_off"] += 1
            self._look_again(target_id, self.now + LOOK_AGAIN_AFTER)

    def _target(self, target_id: UUID, conversation_id: UUID) -> None:
        row = locked_itself(self.session, conversation_id)
        target = self.session.get(TargetRow, target_id, populate_existing=True)
        if target is None or target.state != "running" or target.next_step_at is None or target.next_step_at > self.now:
            return  # somebody was quicker
        marks = marks_from(target.marks)
        clock = clock_of(marks, self.policy.hours)
        aim = Aim(target.kind)
        ladder = ladder_for(self.plan.ladders, self._matter(row, target))
        if ladder is None:
            self._look_again(target_id, None)
            return
        written = _written(self.session, target, marks)
        climb = Climb(aim, clock, reckoned_since(marks), written, taken_by(self.session, row, target.started_at))
        found = escalate(climb, ladder, self.now, self.policy.hours)
        self._look_again(target_id, found.next_at)
        if found.carried is not None:
            self._carry_out(row, target, found, found.carried)
        for each in found.passed:
            self._write(target, each, "passed", None)

    def _matter(self, row: ConversationRow, target: TargetRow) -> Matter:
        return Matter(Aim(target.kind), Priority(target.priority), row.mailbox, self._department(row), target.policy)

    def _department(self, row: ConversationRow) -> str:
        return row.department or self.policy.mailbox_for(row.mailbox).department

    def _carry_out(self, row: ConversationRow, target: TargetRow, found: Escalation, due: Due) -> None:
        """Do the one step, and write down those that were missed before it."""
        who = present(self.plan, self.agents, row.assignee_id or "", self._department(row), self.now)
        people = told(found.tell, who)
        event = self._event(row, found, due, nobody=bool(found.tell) and not people)
        for each in found.missed:
            self._write(target, each, "missed", event)
        step = self._write(target, due, "done", event)
        tell(self.session, step, people, self.now)
        self._call(row, target, due, step)
        if self.plan.tell_customer:
            tell_customer(self.session, self.policy, row, target, self.now)
        self.tally["steps"] += 1
        self.tally["missed"] += len(found.missed)
        follow(self.session, lambda: self.policy, self.now)  # its clocks, where it was raised

    def _event(self, row: ConversationRow, found: Escalation, due: Due, *, nobody: bool) -> EventRow:
        """What the conversation shows of it; its priority with it, where the step raises that."""
        because, fields = due.because, {}
        if due.is_late(self.now):
            because += f"; it was due at {due.due_at.astimezone(self.policy.calendar.zone):%d.%m.%Y %H:%M}, and nobody was there to see to it"
        if found.missed:
            because += f"; missed before it: {', '.join(each.step.moment for each in found.missed)}"
        if nobody:
            because += "; no agent has a mail address, so nobody was told"
        raised = due.step.raise_to
        if raised is not None and raised.rank < Priority(row.priority).rank:
            because += f"; raised to {raised}"
            fields = {"priority": raised.value, "rule": "escalation", "priority_because": f"escalated: {due.because}",
                      "due_at": due_for(row, raised, row.waiting_since, self.policy)}  # fmt: skip
        change = Change("escalation", because, fields, {"step": due.key})
        return apply(self.session, row, change, actor="", now=self.now)

    def _write(self, target: TargetRow, due: Due, state: str, event: EventRow | None) -> StepRow:
        step = StepRow(
            target_id=target.id, step=due.key, state=state, due_at=due.due_at, done_at=self.now,
            passed_for=round(due.working.total_seconds()), event_id=event.id if event else None,
        )  # fmt: skip
        self.session.add(step)
        self.session.flush()
        return step

    def _call(self, row: ConversationRow, target: TargetRow, due: Due, step: StepRow) -> None:
        """Put what the step calls into the queue of calls."""
        kinds = [kind for kind, wanted in (("webhook", due.step.webhook), ("command", due.step.command)) if wanted]
        for kind in kinds:
            said = payload_of(row, target, due, step, self.now)
            call = {"step_id": step.id, "kind": kind, "step": due.key, "payload": said}
            self.session.add(CallRow(**call, due_at=self.now, created_at=self.now))

    def _look_again(self, target_id: UUID, at: datetime | None) -> None:
        # said outright: any other change of the row has its next step reckoned anew
        self.session.execute(update(TargetRow).where(TargetRow.id == target_id).values(next_step_at=at))


def _written(session: Session, target: TargetRow, marks: Sequence[Mark]) -> frozenset[str]:
    """The steps that are written down for a target; where it goes on for those of merged conversations, theirs with it."""
    written = select(StepRow.step).where(StepRow.target_id == target.id)
    found = set(session.scalars(written))
    if any(each.what is What.TOOK_OVER for each in marks):
        theirs = select(TargetRow.id).where(
            TargetRow.conversation_id.in_(_became_part_of(target.conversation_id)),
            TargetRow.started_at >= target.started_at,
        )
        found |= set(session.scalars(select(StepRow.step).where(StepRow.target_id.in_(theirs))))
    return frozenset(found)


def _became_part_of(conversation: UUID) -> Select[UUID]:
    """The conversations that became part of one, and those that had become part of these before."""
    merged = select(ConversationRow.id).where(ConversationRow.merged_into_id == conversation).cte(recursive=True)
    further = select(ConversationRow.id).join(merged, ConversationRow.merged_into_id == merged.c.id)
    return select(merged.union(further).c.id)
