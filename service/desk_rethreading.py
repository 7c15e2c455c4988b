"""What today's policy would thread otherwise, as agents see it; and how that comes true, each difference an act of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from service.desk_placing import urgencies
from storage.errors import NotThere, WrongUse
from storage.portions import portions
from storage.tables import ApartRow, ConversationRow, MessageRow
from threads.conversation import locked_itself
from threads.model import BY_AGENT, TAKEN_BACK
from threads.regroup import merging, splitting
from threads.regroup.regrouping import Becomes, Regrouping, regroupings

if TYPE_CHECKING:
    from mailgateway.rethread import Anew, Unread
    from service.desk import Desk
    from storage.database import Database

Progress = Callable[[str, int], AbstractContextManager[Callable[[int], None]]]
CHANGED = "something of it has changed meanwhile; run it again"


@dataclass(frozen=True, slots=True)
class Letter:
    """A message that would stand elsewhere."""

    id: UUID
    code: str
    author: str
    subject: str
    held: bool
    because: str
    """Why it belongs there by today's policy."""
    held_there: bool

    @property
    def is_for_agent(self) -> bool:
        """Whether only an agent may move it: who is held is let in by nobody else, nor held by anybody who was let in."""
        return self.held != self.held_there

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        given = {"message": self.code, "from": self.author, "subject": self.subject}
        return {**given, "held": self.held_there, "because": self.because}


@dataclass(frozen=True, slots=True)
class Difference:
    """Messages of one conversation that would stand elsewhere together."""

    what: Regrouping[str, UUID]
    source: str
    """Its handle."""
    target: str | None
    """The handle of the other; None where that is a new one."""
    letters: tuple[Letter, ...]

    @property
    def going(self) -> tuple[Letter, ...]:
        """Those that can be moved."""
        return tuple(each for each in self.letters if not each.is_for_agent)

    @property
    def left(self) -> str:
        """Why some of it stays, "" where all of it goes."""
        held = [each.code for each in self.letters if each.is_for_agent and each.held]
        strange = [each.code for each in self.letters if each.is_for_agent and not each.held]
        said = [f"held now, an agent lets it in or not: {', '.join(held)}"] if held else []
        said += [f"would be held there, so an agent has to move it: {', '.join(strange)}"] if strange else []
        return "; ".join(said)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a difference."""

    difference: Difference
    to: str | None
    applied: bool = False
    left: str = ""
    """Why not all of it was applied."""

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        what = self.difference.what
        return {
            "becomes": what.becomes.value,
            "from": self.difference.source,
            "to": self.to,
            "new": what.new or None,
            "messages": [each.as_json() for each in self.difference.letters],
            "applied": self.applied,
            "left": self.left,
        }


@dataclass(frozen=True, slots=True)
class Look:
    """What was found."""

    messages: int
    unread: tuple[Unread, ...]
    """Messages that could not be threaded anew."""
    differences: tuple[Difference, ...]


def look(desk: Desk, since: datetime | None, progress: Progress) -> Look:
    """Thread the archive anew beside itself, and say what would stand elsewhere of what came `since`; changes nothing."""
    from mailgateway.rethread import Replay, scratch_in

    with scratch_in(desk.data) as scratch:
        replay = Replay(desk.database, scratch, desk.policy)
        with progress("threading anew", len(replay)) as advance:
            for number in replay.run():
                advance(number)
        anew = replay.anew()
        return Look(len(replay), anew.unread, tuple(_differences(desk, scratch, anew, since)))


def apply(desk: Desk, differences: Sequence[Difference]) -> Iterator[Outcome]:
    """Make differences true, as far as nothing else has happened since: each in a transaction and an act of its own."""
    made: dict[int, UUID] = {}
    for each in differences:
        yield _apply(desk, each, made)


def _differences(desk: Desk, scratch: Database, anew: Anew, since: datetime | None) -> Iterator[Difference]:
    from mailgateway.rethread_reasons import reasons

    with desk.reading() as session:
        now, fixed = _now(session, since)
        found = regroupings(now, anew.places, fixed | anew.fixed)
        found = tuple(each for each in found if not _set_apart(session, each))
        because = reasons(scratch, _beside(found, now, anew.places))
        for each in found:
            yield _difference(session, each, because)


def _beside(
    found: Sequence[Regrouping[str, UUID]], now: Mapping[str, UUID], anew: Mapping[str, UUID]
) -> dict[str, str | None]:
    """Each message that would go elsewhere, with the first one of there to which it would come."""
    first: dict[tuple[UUID | None, UUID], str] = {}
    for code, place in now.items():
        if code in anew:
            first.setdefault((place, anew[code]), code)
    return {code: first.get((each.target, anew[code])) for each in found for code in each.messages}


def _now(session: Session, since: datetime | None) -> tuple[dict[str, UUID], set[str]]:
    """Where each message stands, in order; and those that are not asked about: they are older, or an agent put them there."""
    columns = (MessageRow.code, MessageRow.conversation_id, MessageRow.received_at, _BY_AGENT)
    query = select(*columns).where(MessageRow.kind != TAKEN_BACK).order_by(MessageRow.received_at, MessageRow.id)
    now: dict[str, UUID] = {}
    fixed: set[str] = set()
    one_each: dict[UUID, UUID] = {}
    for code, key, at, by_agent in session.execute(query.execution_options(yield_per=1000)):
        now[code] = one_each.setdefault(key, key)
        if by_agent or (since is not None and at < since):
            fixed.add(code)
    return now, fixed


_BY_AGENT = and_(MessageRow.signal.in_(BY_AGENT), MessageRow.raw_id.is_not(None))
"""That an agent put a mail where it is. What went out from here goes with what it answers."""


def _set_apart(session: Session, each: Regrouping[str, UUID]) -> bool:
    """Whether two would become one that are not to."""
    if each.becomes is not Becomes.MERGED:
        return False
    return session.get(ApartRow, (each.source, each.target)) is not None


def _difference(session: Session, each: Regrouping[str, UUID], because: dict[str, tuple[str, bool]]) -> Difference:
    rows: dict[str, MessageRow] = {}
    for few in portions(each.messages):
        rows |= {row.code: row for row in session.scalars(select(MessageRow).where(MessageRow.code.in_(few)))}
    return Difference(
        what=each,
        source=session.get_one(ConversationRow, each.source).handle,
        target=session.get_one(ConversationRow, each.target).handle if each.target else None,
        letters=tuple(_letter(rows[code], *because[code]) for code in each.messages),
    )


def _letter(row: MessageRow, because: str, held_there: bool) -> Letter:
    return Letter(row.id, row.code, row.from_address, row.subject, row.held, because, held_there)


def _apply(desk: Desk, difference: Difference, made: dict[int, UUID]) -> Outcome:
    """Make one difference true. Where it is no more what was looked at, that is said, and it is left."""
    if not difference.going:
        return Outcome(difference, difference.target, left=difference.left)
    keys = [each.id for each in difference.going]
    with desk.reading() as session:  # mails are read for it, and nobody is to wait for that
        found = urgencies(desk, session, difference.what.source, keys)
    try:
        with desk.placing() as (session, agent_id):
            act = Act(desk, session, agent_id, difference, found)
            row = act.done(difference.what.target or made.get(difference.what.new))
    except (WrongUse, NotThere) as error:
        return Outcome(difference, difference.target, left=str(error))
    if difference.what.new:
        made[difference.what.new] = row.id
    return Outcome(difference, row.handle, applied=True, left=difference.left)


@dataclass(frozen=True, slots=True)
class Act:
    """One difference that an agent makes true, in a transaction."""

    desk: Desk
    session: Session
    agent_id: str
    difference: Difference
    urgencies: splitting.Urgencies

    def done(self, target: UUID | None) -> ConversationRow:
        """Where the messages are then: in the conversation `target`, or in a new one. Raises `WrongUse`, `NotThere`."""
        source, keys = self.difference.what.source, [each.id for each in self.difference.going]
        by = splitting.By(self.agent_id, self.desk.policy, self.desk.clock())
        if target is None:
            locked_itself(self.session, source)
            _refuse_changed(self.session, self.difference)
            return splitting.split(self.session, source, keys, self.urgencies, by)
        held = merging.hold_both(self.session, source, target)
        _refuse_changed(self.session, self.difference)
        if self.difference.what.becomes is Becomes.MERGED and not self.difference.left:
            return self._merged(*held)
        return splitting.move(self.session, source, keys, target, self.urgencies, by)

    def _merged(self, source: ConversationRow, target: ConversationRow) -> ConversationRow:
        if self.session.get(ApartRow, (source.id, target.id)) is not None:
            raise WrongUse(CHANGED)
        why = self.difference.letters[0].because
        because = f"{self.agent_id} merged {source.handle} into it by today's policy: {why}"
        now = self.desk.clock()
        merging.merge(self.session, source.id, target.id, actor=self.agent_id, because=because, now=now)
        return target


def _refuse_changed(session: Session, difference: Difference) -> None:
    """Raise where a message is not as it was looked at, or somebody put one into a conversation that is to become another."""
    source, held = difference.what.source, {each.id: each.held for each in difference.going}
    columns = (MessageRow.id, MessageRow.held, _BY_AGENT.label("by_agent"))
    query = select(*columns).where(MessageRow.conversation_id == source, MessageRow.kind != TAKEN_BACK)
    there = {row.id: row for row in session.execute(query)}
    same = all(key in there and there[key].held == was for key, was in held.items())
    asked = there if difference.what.becomes is Becomes.MERGED else held.keys() & there.keys()
    if not same or any(there[key].by_agent for key in asked):
        raise WrongUse(CHANGED)
