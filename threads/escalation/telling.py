"""Telling people of steps, by mail: one letter to each, however many conversations it is about."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import Row, Select, select, text, update
from sqlalchemy.orm import Session

from storage.claim import serialise
from storage.database import ours
from storage.errors import Unavailable
from storage.outbox import enqueue
from storage.outgoing import Mailable, OutgoingMail
from storage.tables import ConversationRow, StepRow, TargetRow, TellingRow
from threads.escalation.escalate import LATE_AFTER
from threads.escalation.letters import MOST_LISTED, MOST_QUOTED, About, escalation, escalations
from threads.escalation.people import Person
from threads.escalation.summary import last_said, summary_of
from threads.escalation.unreached import MAIL_REACHES_NOBODY_NEARER, in_place_of, is_waited_for, unreached
from threads.model import Priority
from threads.policy import Policy
from threads.store.envelope_senders import with_own_sender
from threads.store.stops import stopped

TRY_AGAIN_AFTER = timedelta(minutes=10)
"""When somebody is told of what they could not be told of."""
log = structlog.get_logger(__name__)
_Telling = Row[TellingRow, StepRow, TargetRow, ConversationRow]
_WAITING = text("telling.state = 'waiting'")


def tell(session: Session, step: StepRow, people: Sequence[Person], now: datetime) -> None:
    """Have people told of a step: they hear of it with all else that is due at that time, by `tell_all`.

    Where mail reaches none of them, all agents whom it reaches are told, too.
    """
    others = in_place_of(session, people)
    for each in (*people, *others):
        telling = TellingRow(
            step_id=step.id, address=each.mailable.address, name=each.mailable.name, agent_id=each.agent_id,
            because=each.because, due_at=now,
        )  # fmt: skip
        if others and each not in others:
            telling.state = "stopped"  # said at once, so that who hears in their place reads it
        session.add(telling)


def untold(now: datetime) -> Select[UUID]:
    """What finds those who have something to hear of."""
    return select(TellingRow.id).where(_WAITING, TellingRow.due_at <= now)


def tell_all(session: Session, policy: Policy, now: datetime) -> dict[str, int]:
    """Write to everybody who has something to hear of, each once; how much there was of what. Raises `Unavailable`."""
    serialise(session, "tell of what is due")
    wanted = (
        select(TellingRow, StepRow, TargetRow, ConversationRow)
        .join(StepRow, StepRow.id == TellingRow.step_id)
        .join(TargetRow, TargetRow.id == StepRow.target_id)
        .join(ConversationRow, ConversationRow.id == TargetRow.conversation_id)
        .where(_WAITING, TellingRow.due_at <= now)
        .order_by(TellingRow.id)
    )
    by_address: dict[str, list[_Telling]] = defaultdict(list)
    for each in session.execute(wanted):
        telling, step, *_ = each
        if now - step.done_at > LATE_AFTER and not is_waited_for(session, step.id):
            telling.state = "passed"  # a crash, or an error, lay between; meanwhile somebody saw to it
        else:
            by_address[telling.address].append(each)
    tally = Counter[str]()
    for theirs in by_address.values():
        _guarded(session, policy, theirs, now, tally)
    return dict(tally)


def _guarded(session: Session, policy: Policy, theirs: Sequence[_Telling], now: datetime, tally: Counter[str]) -> None:
    """Write to one; a conversation that cannot be told of is put off, so that it keeps no other from being told of."""
    try:
        with session.begin_nested():
            _tell(session, policy, theirs, now)
        tally["told"] += 1
    except Exception as error:  # the top of a loop over people: what is broken must not hide the rest
        if isinstance(ours(error), Unavailable):
            raise
        if len(theirs) > 1:  # by halves: the sound ones go out in few letters
            half = len(theirs) // 2
            for part in (theirs[:half], theirs[half:]):
                _guarded(session, policy, part, now, tally)
            return
        telling = theirs[0][0]
        log.exception(
            "somebody could not be told", address=telling.address, step=str(telling.step_id), error=str(error)
        )
        later = update(TellingRow).where(TellingRow.id == telling.id).values(due_at=now + TRY_AGAIN_AFTER)
        session.execute(later)
        tally["put_off"] += 1


def _tell(session: Session, policy: Policy, theirs: Sequence[_Telling], now: datetime) -> None:
    to = Mailable(theirs[0][0].address, theirs[0][0].name)
    first = _most_urgent_first(theirs)
    about = [_about(session, policy, *each, quoted=len(first) <= MOST_QUOTED) for each in first[:MOST_LISTED]]
    letter = escalation(about[0], to, now) if len(first) == 1 else escalations(about, to, now, count=len(first))
    posted = post(session, policy, letter, first[0][-1].id, now)
    for telling, *_ in theirs:
        telling.state, telling.outbox_id = posted.state, posted.outbox_id
    session.flush()


def _most_urgent_first(theirs: Sequence[_Telling]) -> list[_Telling]:
    """One of each conversation."""

    def urgency(each: _Telling) -> tuple[int, bool, datetime | None, str]:
        _, _, target, row = each
        return Priority(row.priority).rank, target.due_at is None, target.due_at, row.handle

    found: dict[UUID, _Telling] = {}
    for each in sorted(theirs, key=urgency):
        found.setdefault(each[-1].id, each)
    return list(found.values())


def _about(
    session: Session,
    policy: Policy,
    telling: TellingRow,
    step: StepRow,
    target: TargetRow,
    row: ConversationRow,
    *,
    quoted: bool,
) -> About:
    return replace(
        summary_of(session, policy, step, target, row),
        excerpt=last_said(session, row) if quoted else "",
        unreached=unreached(session, step.id) if telling.because == MAIL_REACHES_NOBODY_NEARER else (),
    )


@dataclass(frozen=True, slots=True)
class Posted:
    """What became of a letter: its place in the outbox, None where mail does not reach them."""

    outbox_id: UUID | None

    @property
    def state(self) -> str:
        """As `TellingRow.state` says it."""
        return "mailed" if self.outbox_id is not None else "stopped"


def post(session: Session, policy: Policy, letter: OutgoingMail, conversation_id: UUID | None, now: datetime) -> Posted:
    """Put a letter to somebody of ours into the outbox, unless mail does not reach them; what comes back of it is kept at the conversation."""
    if stopped(session, letter.recipients):
        return Posted(None)
    mail, token = with_own_sender(session, policy, letter) if conversation_id is not None else (letter, None)
    return Posted(
        enqueue(
            session, mail, purpose="escalation", conversation_id=conversation_id, message_id=None, due_at=now, now=now,
            bounce_token=token,
        )
    )  # fmt: skip
