"""Where the mail of a step reaches nobody: all agents hear of it in their place, once."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.claim import serialise
from storage.outgoing import Mailable
from storage.tables import ConversationRow, OutboxRow, StepRow, TargetRow, TellingRow
from threads.agents import agents_of
from threads.escalation.people import Person
from threads.escalation.taken import taken_by
from threads.lookup import merged_into
from threads.sla.marks import What
from threads.store.stops import stopped

MAIL_REACHES_NOBODY_NEARER = "mail reaches nobody nearer"
_LOST = ("failed", "given up", "bounced")


def in_place_of(session: Session, people: Iterable[Person]) -> tuple[Person, ...]:
    """Who is told beside those of a step because mail reaches none of these; nobody where it reaches one."""
    addresses = {each.mailable.address for each in people}
    if not addresses or stopped(session, addresses).keys() != addresses:
        return ()
    return _others(session, addresses)


def tell_others(session: Session, outbox_id: UUID, now: datetime) -> int:
    """Have all agents told of the steps that a mail told of which was lost, where no other mail of these is under way or arrived.

    They hear of it in one letter each. How many more are told; 0 where nobody waits for an answer any more.
    """
    # or of two mails that are lost at once each would hope for the other
    serialise(session, "tell others in their place")
    steps = session.scalars(select(TellingRow.step_id).where(TellingRow.outbox_id == outbox_id)).all()
    return sum(_tell_others(session, step_id, now) for step_id in steps)


def _tell_others(session: Session, step_id: UUID, now: datetime) -> int:
    told = _told(session, step_id)
    if not is_waited_for(session, step_id) or not all(_is_lost(telling, mail) for telling, mail in told):
        return 0
    others = _others(session, {telling.address for telling, _ in told})
    for each in others:
        session.add(
            TellingRow(
                step_id=step_id, address=each.mailable.address, name=each.mailable.name, agent_id=each.agent_id,
                because=each.because, due_at=now,
            )
        )  # fmt: skip
    return len(others)


def is_waited_for(session: Session, step_id: UUID) -> bool:
    """Whether the time runs still that a step belongs to, also as part of another conversation, and nobody took that."""
    wanted = select(TargetRow, ConversationRow).join(StepRow).join(ConversationRow).where(StepRow.id == step_id)
    target, row = session.execute(wanted).one()
    whole = merged_into(session, row)
    runs = target.state == "running" if whole is row else _goes_on(session, target, whole)
    return runs and not taken_by(session, whole, target.started_at)


def _goes_on(session: Session, target: TargetRow, whole: ConversationRow) -> bool:
    """Whether a clock that ended as its conversation became part of another is that of the other now."""
    if target.marks[-1]["what"] != What.DROPPED:
        return False
    since = (TargetRow.started_at <= target.started_at) & (TargetRow.state == "running")
    marks = session.scalars(select(TargetRow.marks).where(TargetRow.conversation_id == whole.id, since))
    return any(mark["what"] == What.TOOK_OVER for each in marks for mark in each)


def unreached(session: Session, step_id: UUID) -> tuple[str, ...]:
    """Whom the mail of a step did not reach, by name or address."""
    return tuple(
        telling.name or telling.address for telling, mail in _told(session, step_id) if _is_lost(telling, mail)
    )


def _told(session: Session, step_id: UUID) -> list[tuple[TellingRow, str | None]]:
    """Who is told of a step, with how their mail fares."""
    wanted = select(TellingRow, OutboxRow.state).outerjoin(OutboxRow, OutboxRow.id == TellingRow.outbox_id)
    rows = session.execute(wanted.where(TellingRow.step_id == step_id).order_by(TellingRow.id))
    return [(telling, mail) for telling, mail in rows]


def _is_lost(telling: TellingRow, mail: str | None) -> bool:
    return telling.state == "stopped" or mail in _LOST


def _others(session: Session, addresses: Collection[str]) -> tuple[Person, ...]:
    """All agents whom mail reaches, but for some addresses."""
    agents: dict[str, tuple[str, Mailable]] = {
        mailable.address: (agent_id, mailable) for agent_id, mailable in agents_of(session).items()
    }
    left = agents.keys() - set(addresses)
    left -= stopped(session, left).keys()
    return tuple(
        Person(mailable, agent_id, MAIL_REACHES_NOBODY_NEARER)
        for address, (agent_id, mailable) in agents.items()
        if address in left
    )
