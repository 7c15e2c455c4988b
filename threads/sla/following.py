"""The clocks of conversations follow how these stand: read, decided and written in the transaction that changed them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from storage.ids import uuid7
from storage.rows import rows_of
from storage.tables import ConversationRow, EventRow, MessageRow, TargetRow
from threads.model import Direction, Priority, Status
from threads.sla.clock import Clock, clock_of
from threads.sla.held import Held, begun, held_of, save
from threads.sla.marks import ENDS, Mark, What, marks_from, plain, unranked, waits_since, without
from threads.sla.standing import Answered, Standing, answer_marks, began, solution_marks
from threads.sla.terms import NOTHING_MORE, Aim, Given, Promised, Terms
from threads.sla.touched import Touched, take_touched
from threads.store.promises import promised_to

if TYPE_CHECKING:
    from threads.policy import Policy  # its calendars load every country's holidays

EVER = datetime(1970, 1, 1, tzinfo=UTC)
_TICK = timedelta(microseconds=1)
_THERE = MessageRow.conversation_id == bindparam("conversation")
_ANSWERS = (
    select(MessageRow.received_at, MessageRow.agent_id)
    .where(_THERE, MessageRow.direction == Direction.OUT.value, MessageRow.kind.in_(("reply", "person")))
    .where(MessageRow.received_at >= bindparam("since"))
    .order_by(MessageRow.received_at)
    .limit(1)
)
"""The first answer by a person in a conversation since a moment."""


def follow(session: Session, policy: Callable[[], Policy], now: datetime) -> None:
    """Put the clocks right of all conversations that this transaction has changed, and when each is due.

    `policy` is asked for only where something has changed; `now` is for what no act dates.
    """
    touched = take_touched(session)
    if not touched:
        return
    following = _Following(session, policy(), held_of(session, [each.row.id for each in touched]))
    merged_first = sorted(touched, key=lambda each: each.row.merged_into_id is None)
    for each in merged_first:
        following.conversation(each, each.at or now)
    save(session, following.targets)
    session.flush()


class Begins(NamedTuple):
    """A conversation that somebody opens."""

    conversation: UUID
    mailbox: str
    priority: Priority
    since: datetime
    due_at: datetime | None
    """By when the first answer is due."""
    promised: Promised
    given: Given


def first_targets(new: Begins, policy: Policy) -> list[dict[str, Any]]:
    """The rows of the clocks that begin with a conversation."""
    rows = []
    for aim in (Aim.FIRST, Aim.SOLUTION):
        terms = policy.terms(aim, new.mailbox, new.priority, new.promised, new.given)
        if terms is None:
            continue
        due = new.due_at if aim is Aim.FIRST else policy.hours(terms.calendar).add(new.since, terms.within)
        marks = plain([began(aim, new.since, terms)])
        rows.append(
            {"id": uuid7(), "conversation_id": new.conversation, "kind": aim.value, "started_at": new.since,
             "due_at": due, "allowed_for": int(terms.within.total_seconds()), "policy": terms.policy,
             "priority": new.priority.value, "calendar": terms.calendar, "marks": marks}
        )  # fmt: skip
    return rows


class _Following:
    """The clocks of the conversations of a transaction."""

    def __init__(self, session: Session, policy: Policy, targets: list[Held]) -> None:
        self._session, self._policy, self.targets = session, policy, targets
        self._promises: dict[UUID | None, Promised] = {}
        self._offered: dict[UUID, list[Held]] = {}
        """What was owed still in what became part of a conversation."""

    def conversation(self, touched: Touched, at: datetime) -> None:
        """Put the clocks of one conversation right."""
        row = touched.row
        targets = [each for each in self.targets if each.conversation_id == row.id]
        for each in targets if touched.undone else ():
            self._write(each, without(marks_from(each.marks), touched.undone))
        for each in filter(is_open, targets) if touched.unranked else ():
            self._write(each, unranked(marks_from(each.marks), touched.unranked))
        targets = [each for each in targets if each.marks[-1]["what"] != What.VOID]
        if row.side_of_id is not None:  # what a third party is asked is promised to nobody
            return
        standing = standing_of(row, self._policy)
        if touched.undone or touched.unranked:
            at_that, over = self._ranked_at(row)
            standing = replace(standing, ranked_at=at_that, ranked_over=over)
        offered = self._offered.pop(row.id, [])
        if row.merged_into_id is not None:
            self._offered.setdefault(row.merged_into_id, []).extend([*offered, *filter(is_open, targets)])
        targets = self._answers(touched, standing, targets, offered, at)
        self._solution(row, standing, targets, offered, at)
        self._sort(row, targets)

    def _answers(
        self, touched: Touched, standing: Standing, targets: list[Held], offered: list[Held], at: datetime
    ) -> list[Held]:
        """The clock of the answer that is owed, put right; with one that begins."""
        row, since = touched.row, standing.waiting_since
        owed = [each for each in targets if each.kind != Aim.SOLUTION]
        current = self._current(owed, since, at)
        made = self._take_over(row, current, _of(offered, Aim.FIRST, Aim.NEXT), at)
        current = current or made
        if current is not None:
            answer = self._answer_to(current, touched, standing)
            self._go_on(row, current, standing, answer, at)
            if answer is not None and since is not None and not standing.is_over:
                made = self._begin(row, Aim.NEXT, answer.at, since, standing)  # answered, and still to be answered
        elif since is not None and not standing.is_over and _has_clock(touched):
            aim = Aim.NEXT if self._was_answered(row, owed) else Aim.FIRST
            made = self._begin(row, aim, _start(touched, since, at, new=not owed), since, standing)
        return [*targets, made] if made is not None else targets

    def _current(self, owed: list[Held], since: datetime | None, at: datetime) -> Held | None:
        """The clock of the answer that is owed: the open one, else that of the same waiting, whose end was taken back."""
        same = [each for each in owed if since is not None and waits_since(marks_from(each.marks)) == since]
        open_ = [each for each in owed if is_open(each)]
        for each in open_[1:]:
            self._write(each, (*marks_from(each.marks), Mark(at, What.VOID, "another clock counts")))
        return next(iter(open_ or same[-1:]), None)

    def _go_on(
        self, row: ConversationRow, target: Held, standing: Standing, answer: Answered | None, at: datetime
    ) -> None:
        """The clock of an answer that is owed: begun anew where somebody waits since another moment."""
        marks, since = marks_from(target.marks), standing.waiting_since
        terms = self._terms(Aim(target.kind), row)
        if answer is None and since is not None and not standing.is_over and waits_since(marks) != since and terms:
            marks = self._began(row, Aim(target.kind), since, None, standing)
        target.agent_id = answer.agent_id if answer is not None else None
        self._write(target, answer_marks(marks, standing, terms, answer, at))

    def _take_over(self, row: ConversationRow, own: Held | None, offered: list[Held], at: datetime) -> Held | None:
        """Of clocks that are one now that goes on which is due first; of solutions that which began first.

        A row that was made for it, None where there is one.
        """
        first = min([*offered, *([own] if own is not None and is_open(own) else [])], key=_first_due, default=None)
        if first is None or not offered:
            return None
        before = marks_from(own.marks) if own is not None else ()
        over = Mark(at, What.TOOK_OVER, "", waits_since=row.waiting_since, before=before)
        marks = (*(each for each in marks_from(first.marks) if each.what not in ENDS), over)
        taken = own or self._new(row, Aim(first.kind))
        self._write(taken, marks)
        return taken if own is None else None

    def _solution(
        self,
        row: ConversationRow,
        standing: Standing,
        targets: list[Held],
        offered: list[Held],
        at: datetime,
    ) -> None:
        own = next((each for each in targets if each.kind == Aim.SOLUTION), None)
        terms = self._terms(Aim.SOLUTION, row)
        if own is None and terms is not None and not standing.is_over:
            owed = next((each for each in targets if is_open(each)), None)
            if owed is not None:
                start = row.opened_at if owed.kind == Aim.FIRST else _started(owed)
                own = self._begin(row, Aim.SOLUTION, min(start, _started(owed)), None, standing)
                targets.append(own)
        if own is not None:
            self._take_over(row, own, _of(offered, Aim.SOLUTION), at)
            self._write(own, solution_marks(marks_from(own.marks), standing, terms, at))

    def _sort(self, row: ConversationRow, targets: Iterable[Held]) -> None:
        """When the conversation is due: with the first of its clocks. Where it has none it stays as it is.

        What rests because it was put aside is due as if it went on when it comes back.
        """
        targets = list(targets)
        if not targets or is_at_once(row):
            return
        due = min(filter(None, (self._due(row, each) for each in targets)), default=None)
        if row.due_at != due:
            row.due_at = due

    def _due(self, row: ConversationRow, target: Held) -> datetime | None:
        if target.state == "running":
            return target.due_at
        if target.state != "paused" or row.status != Status.SNOOZED or row.snoozed_until is None:
            return None
        left = timedelta(seconds=target.allowed_for - target.spent_for)
        due = target.due_at or self._policy.hours(target.calendar).add(row.snoozed_until, left)
        return due.astimezone(UTC) if due is not None else None

    def _begin(
        self, row: ConversationRow, aim: Aim, start: datetime, since: datetime | None, standing: Standing
    ) -> Held:
        target = self._new(row, aim)
        self._write(target, self._began(row, aim, start, since, standing))
        return target

    def _began(
        self, row: ConversationRow, aim: Aim, start: datetime, since: datetime | None, standing: Standing
    ) -> tuple[Mark, ...]:
        """The marks of a clock that began, perhaps before a mail raised the conversation: from then on other times count."""
        terms = self._terms(aim, row)
        assert terms is not None  # noqa: S101 - an answer is always owed, and of a solution it was asked
        over, raised_at = standing.ranked_over, standing.ranked_at
        before = self._terms(aim, row, over) if over is not None else None
        if before is None or raised_at is None or raised_at <= start or standing.by_agent:
            return (began(aim, start, terms, since),)
        raised = Mark(raised_at, What.CHANGED, standing.priority_because, terms, anew=True)
        return began(aim, start, before, since), raised

    def _terms(self, aim: Aim, row: ConversationRow, priority: Priority | None = None) -> Terms | None:
        given, ranked = Given(row.department, row.sla), priority or Priority(row.priority)
        return self._policy.terms(aim, row.mailbox, ranked, self._promised(row.customer_id), given)

    def _promised(self, customer: UUID | None) -> Promised:
        """What a customer's organisation has been promised, looked up once, and only where that may be something."""
        if not self._policy.is_by_organisation:
            return NOTHING_MORE
        if customer not in self._promises:
            self._promises[customer] = promised_to(self._session, customer)
        return self._promises[customer]

    def _new(self, row: ConversationRow, aim: Aim) -> Held:
        target = begun(row.id, aim)
        self.targets.append(target)
        return target

    def _write(self, target: Held, marks: Sequence[Mark]) -> None:
        write(target, marks, clock_of(marks, self._policy.hours))

    def _answer_to(self, target: Held, touched: Touched, standing: Standing) -> Answered | None:
        """The first answer by a person since a clock began, where one may have ended it."""
        if not touched.answered and standing.waiting_since is not None:
            return None
        began_at = _started(target)
        since = began_at if waits_since(marks_from(target.marks)) == began_at else began_at + _TICK
        found = rows_of(self._session, _ANSWERS, conversation=touched.row.id, since=since)
        return Answered(*found[0]) if found else None

    def _ranked_at(self, row: ConversationRow) -> tuple[datetime | None, Priority | None]:
        """When the mail came that gave a conversation its priority, by what stands there now, and which it had before.

        None where none did.
        """
        ranked = (EventRow.conversation_id == row.id) & (EventRow.kind == "priority") & EventRow.undone_at.is_(None)
        wanted = (
            select(func.coalesce(MessageRow.received_at, EventRow.at), EventRow.data)
            .select_from(EventRow)
            .outerjoin(MessageRow, MessageRow.id == EventRow.message_id)
            .where(ranked, EventRow.actor == "")
            .order_by(EventRow.at.desc())
            .limit(1)
        )
        found = self._session.execute(wanted).first()
        if found is None:
            return None, None
        at, data = found
        before, after = (data.get(each, {}).get("priority") for each in ("before", "after"))
        return at, Priority(before) if before and after == row.priority else None

    def _was_answered(self, row: ConversationRow, owed: Iterable[Held]) -> bool:
        """Whether a person has answered in a conversation before."""
        if any(each.done_at is not None and _met(each) for each in owed):
            return True
        return bool(rows_of(self._session, _ANSWERS, conversation=row.id, since=EVER))


def write(target: TargetRow | Held, marks: Sequence[Mark], clock: Clock) -> None:
    """Set a row to what its marks come to."""
    said = plain(marks)
    values: dict[str, Any] = {
        "state": clock.state,
        "started_at": clock.started_at,
        "allowed_for": int(clock.allowed.total_seconds()),
        "spent_for": int(clock.spent.total_seconds()),
        "due_at": clock.due_at,
        "done_at": clock.done_at,
        "breached_at": clock.due_at if clock.done_at and clock.is_late(clock.done_at) else None,
        "policy": clock.terms.policy,
        "priority": clock.terms.priority.value,
        "calendar": clock.terms.calendar,
    }
    for name, value in values.items():
        if getattr(target, name) != value:
            setattr(target, name, value)
    if target.marks != said:
        target.marks = said


def standing_of(row: ConversationRow, policy: Policy) -> Standing:
    """How a conversation stands, as far as its clocks ask."""
    return Standing(
        status=Status(row.status),
        waiting_since=None if is_at_once(row) else row.waiting_since,
        opened_at=row.opened_at,
        priority_because=row.priority_because,
        by_agent=row.rule == "agent",
        merged=row.merged_into_id is not None,
        snoozed_pauses=policy.snoozed_pauses,
    )


def is_at_once(row: ConversationRow) -> bool:
    """Whether a conversation has to be seen to at once, as where our answer came back: no clock runs for that."""
    return row.waiting_since is not None and row.due_at == row.waiting_since


def is_open(target: Held) -> bool:
    """Whether something is owed still."""
    return target.done_at is None


def _has_clock(touched: Touched) -> bool:
    """Whether somebody who waits starts a clock: not in what came out of an archive."""
    return touched.row.due_at is not None


def _start(touched: Touched, since: datetime, at: datetime, *, new: bool) -> datetime:
    """When a clock begins: with the waiting, but of what came out of an archive when somebody first sees to it."""
    before = touched.before
    waited = before.get("waiting_since") == since and before.get("due_at") is None
    old = new and before.get("status") == Status.CLOSED and since < at
    return at if waited or old else since


def _of(targets: Iterable[Held], *aims: Aim) -> list[Held]:
    return [each for each in targets if each.kind in aims]


def _met(target: Held) -> bool:
    return any(each["what"] == What.MET for each in target.marks[-1:])


def _first_due(target: Held) -> tuple[datetime, UUID]:
    due = target.due_at if target.kind != Aim.SOLUTION else None
    return due or _started(target), target.id


def _started(target: Held) -> datetime:
    return marks_from(target.marks[:1])[0].at
