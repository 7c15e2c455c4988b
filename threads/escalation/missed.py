"""What nobody was told of while the desk did not run, or whom mail did not reach: one letter to each, however many conversations it is about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Row, select, text
from sqlalchemy.orm import Session

from storage.claim import serialise
from storage.tables import ConversationRow, StepRow, TargetRow, TellingRow
from threads.escalation.escalate import LATE_AFTER
from threads.escalation.letters import About, escalation, escalations
from threads.escalation.telling import mailable_of, post, summary_of
from threads.escalation.unreached import MAIL_REACHES_NOBODY_NEARER, unreached
from threads.policy import Policy

_Missed = Row[TellingRow, StepRow, TargetRow, ConversationRow]


def is_any_untold(session: Session) -> bool:
    """Whether somebody has something to hear of."""
    return session.execute(_UNTOLD).first() is not None


def tell_missed(session: Session, policy: Policy, now: datetime) -> int:
    """Tell everybody who has something to hear of, each once; how many they are."""
    serialise(session, "tell of what was missed")
    by_address: dict[str, list[_Missed]] = defaultdict(list)
    for each in session.execute(_MISSED):
        by_address[each[0].address].append(each)
    for missed in by_address.values():
        _tell(session, policy, missed, now)
    return len(by_address)


_WAITING = text("telling.state = 'waiting'")
_UNTOLD = select(TellingRow.id).where(_WAITING).limit(1)
_MISSED = (
    select(TellingRow, StepRow, TargetRow, ConversationRow)
    .join(StepRow, StepRow.id == TellingRow.step_id)
    .join(TargetRow, TargetRow.id == StepRow.target_id)
    .join(ConversationRow, ConversationRow.id == TargetRow.conversation_id)
    .where(_WAITING)
    .order_by(TellingRow.created_at, TellingRow.id)
)


def _tell(session: Session, policy: Policy, missed: Sequence[_Missed], now: datetime) -> None:
    to = mailable_of(missed[0][0])
    conversations = {
        row.id: _about(session, policy, telling, step, target, row) for telling, step, target, row in missed
    }
    about = list(conversations.values())
    letter = escalation(about[0], to, now) if len(about) == 1 else escalations(about, to, now)
    only = next(iter(conversations)) if len(conversations) == 1 else None
    posted = post(session, policy, letter, only, now)
    for telling, *_ in missed:
        telling.state, telling.outbox_id = posted.state, posted.outbox_id
    session.flush()


def _about(
    session: Session, policy: Policy, telling: TellingRow, step: StepRow, target: TargetRow, row: ConversationRow
) -> About:
    about = summary_of(session, policy, row, target)
    late = step.done_at - step.due_at > LATE_AFTER
    return replace(
        about,
        meant_for=step.due_at.astimezone(policy.zone_of(about.mailbox)) if late else None,
        unreached=unreached(session, step.id) if telling.because == MAIL_REACHES_NOBODY_NEARER else (),
    )
