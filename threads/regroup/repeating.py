"""What agents did about where messages stand, done once more to the same messages in another database.

An act is found by the event that it left, and repeated with the functions that did it: whoever lets an archive arrive anew does
so at the moment at which the agent did. What was taken back is no act.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, MutableMapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.errors import NotThere, WrongUse
from storage.portions import portions
from storage.tables import EventRow, MessageRow
from threads.aside.consent import let_in, make_own
from threads.conversation import locked
from threads.model import Priority, Urgency
from threads.regroup.merging import merge
from threads.regroup.splitting import By, Urgencies, move, split
from threads.undo.ledger import PLACING

if TYPE_CHECKING:
    from threads.policy import Policy  # its calendars load every country's holidays

_UNRANKED = Urgency(Priority.NORMAL, "", "")
"""How urgent something is says nothing about where it stands."""


@dataclass(frozen=True, slots=True)
class Put:
    """Some messages, by their codes, that an act put out of one conversation into another."""

    codes: tuple[str, ...]
    source: UUID
    target: UUID


@dataclass(frozen=True, slots=True)
class Act:
    """What an agent did about where messages stand."""

    at: datetime
    id: UUID
    kind: str
    """Of its event, one of `PLACING`."""
    actor: str
    because: str
    puts: tuple[Put, ...]
    let_in: tuple[str, ...]
    """The messages, by their codes, that it let in where they were held."""


def acts_of_agents(session: Session) -> list[Act]:
    """All that agents did about where messages stand, and that holds, in the order in which it was written down."""
    done = select(EventRow).where(EventRow.kind.in_(PLACING), EventRow.actor != "", EventRow.undone_at.is_(None))
    events = session.scalars(done.order_by(EventRow.id)).all()
    codes = _codes(session, {key for event in events for key, *_ in _messages(event)})
    return [_act(event, codes) for event in events]


def _messages(event: EventRow) -> Iterator[tuple[UUID, dict[str, Any], dict[str, Any]]]:
    """Each message that an act changed, with what of it was another before and after."""
    for group in event.data.get("rows", {}).get(MessageRow.__tablename__, ()):
        for [key] in group["keys"]:
            yield UUID(key), group["before"] or {}, group["after"] or {}


def _codes(session: Session, keys: Iterable[UUID]) -> dict[UUID, str]:
    found: dict[UUID, str] = {}
    for few in portions(sorted(keys)):
        found |= dict(session.execute(select(MessageRow.id, MessageRow.code).where(MessageRow.id.in_(few))).all())
    return found


def _act(event: EventRow, codes: dict[UUID, str]) -> Act:
    puts: dict[tuple[UUID, UUID], list[str]] = defaultdict(list)
    free = []
    for key, before, after in _messages(event):
        if key not in codes:
            continue  # the message was erased
        if "conversation_id" in after:
            puts[UUID(before["conversation_id"]), UUID(after["conversation_id"])].append(codes[key])
        elif after.get("held") is False:
            free.append(codes[key])
    put = tuple(Put(tuple(each), *ends) for ends, each in puts.items())
    return Act(event.at, event.id, event.kind, event.actor, event.because, put, tuple(free))


def born(acts: Sequence[Act]) -> dict[str, UUID]:
    """Where the messages that agents put elsewhere stood before they did."""
    return {code: put.source for act in reversed(acts) for put in act.puts for code in put.codes}


class Places:
    """Which conversation here is one of there: that in which most of its messages stand."""

    def __init__(self, session: Session, acts: Sequence[Act], first: MutableMapping[UUID, UUID]) -> None:
        """`session` reads there; `first` says where the first message of a conversation stands here, and goes on to be filled."""
        self._first = first
        self._made: dict[UUID, UUID] = {}
        self._being_made: dict[UUID, UUID] = {}
        self._own = _own(session, acts)

    def find(self, session: Session, place: UUID) -> UUID | None:
        """The conversation here; None where nothing of it is here yet."""
        made = self._being_made.get(place) or self._made.get(place)
        known = made or _where_most_stand(session, self._own.get(place, ())) or self._first.get(place)
        return locked(session, known).id if known is not None else None

    def made(self, place: UUID, here: UUID) -> None:
        """An agent made it, by the act that is being repeated."""
        self._being_made[place] = here

    @contextmanager
    def once_it_holds(self, session: Session) -> Iterator[None]:
        """A savepoint for one act: what it makes is remembered only where nothing of it is undone."""
        try:
            with session.begin_nested():
                yield
            self._made |= self._being_made
            for place, here in self._being_made.items():
                self._first.setdefault(place, here)
        finally:
            self._being_made = {}


def _own(session: Session, acts: Sequence[Act]) -> dict[UUID, list[str]]:
    """What belongs to the conversations of some acts by nobody's choice: what no agent took out of them, but as a whole."""
    came = born(acts)
    single = {code for act in acts if act.kind != "merged" for put in act.puts for code in put.codes}
    own: dict[UUID, list[str]] = defaultdict(list)
    for code, place in came.items():
        if code not in single:
            own[place].append(code)
    places = sorted({place for act in acts for put in act.puts for place in (put.source, put.target)})
    for few in portions(places):
        there = MessageRow.conversation_id.in_(few)
        for code, place in session.execute(select(MessageRow.code, MessageRow.conversation_id).where(there)):
            if code not in came:
                own[place].append(code)
    return own


def _where_most_stand(session: Session, codes: Sequence[str]) -> UUID | None:
    """The conversation in which most of some messages stand, of several the oldest."""
    standing = Counter(each.conversation_id for each in _called(session, codes))
    return min(standing, key=lambda place: (-standing[place], place), default=None)


def repeat(session: Session, act: Act, places: Places, policy: Policy) -> None:
    """Do an act once more, as far as it changes anything here; nothing of it where it raises.

    `places` learns of the conversations that it makes.
    """
    with places.once_it_holds(session):
        for message in _called(session, act.let_in):
            if message.held:
                with _or_not_at_all(session):
                    let_in(session, message, actor=act.actor, policy=policy, now=act.at)
        for put in act.puts:
            if act.kind == "merged":
                _merge(session, act, put, places)
            _put(session, act, put, places, policy)


def _merge(session: Session, act: Act, put: Put, places: Places) -> None:
    source, target = (places.find(session, each) for each in (put.source, put.target))
    if source is not None and target is not None:
        with _or_not_at_all(session):  # they are one here already
            merge(session, source, target, actor=act.actor, because=act.because, now=act.at)


def _put(session: Session, act: Act, put: Put, places: Places, policy: Policy) -> None:
    """Put the messages where they were put, from wherever they stand here."""
    by = By(act.actor, policy, act.at)
    standing: dict[UUID, list[MessageRow]] = defaultdict(list)
    for message in _called(session, put.codes):
        standing[message.conversation_id].append(message)
    for here, messages in standing.items():
        target = places.find(session, put.target)
        if target is None:
            with _or_not_at_all(session):
                places.made(put.target, _made(session, here, messages, by))
        elif target != here:
            with _or_not_at_all(session):  # a side conversation stays one
                move(session, here, [each.id for each in messages], target, Urgencies(_UNRANKED), by)


def _made(session: Session, here: UUID, messages: Sequence[MessageRow], by: By) -> UUID:
    """The conversation that some messages of one are made into, or that they are already; whose writer is held is its customer."""
    if len(messages) == 1 and messages[0].held:
        return make_own(session, messages[0], _UNRANKED, actor=by.actor, policy=by.policy, now=by.now).id
    try:
        with session.begin_nested():
            return split(session, here, [each.id for each in messages], Urgencies(_UNRANKED), by).id
    except WrongUse:
        return here


@contextmanager
def _or_not_at_all(session: Session) -> Iterator[None]:
    """What an agent could not do here is left, with nothing of it half done."""
    with suppress(WrongUse, NotThere), session.begin_nested():
        yield


def _called(session: Session, codes: Sequence[str]) -> list[MessageRow]:
    """The messages with some codes that are here, in order."""
    found: list[MessageRow] = []
    for few in portions(codes):
        called = select(MessageRow).where(MessageRow.code.in_(few))
        found += session.scalars(called.execution_options(populate_existing=True))
    return sorted(found, key=lambda each: (each.received_at, each.id))
