"""A merge is taken back: each half stands as if the two had never been one, with what came since in the half where it belongs."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.errors import WrongUse
from storage.tables import ConversationRow, EventRow, MessageRow, TokenRow
from threads.conversation import State, from_plain, restore, state_of
from threads.model import TAKEN_BACK, Direction, Kind, Priority, Urgency
from threads.placing.bridging import Bridge, as_one
from threads.regroup.opening import put_by_agent
from threads.regroup.parted import Parted, parted_of
from threads.regroup.parting import following
from threads.regroup.rejoining import rejoin
from threads.regroup.splitting import By, go
from threads.regroup.standing import without
from threads.store.belongings import set_apart
from threads.store.letters import let_go
from threads.undo.ledger import put_back, went

_UNRANKED = Urgency(Priority.NORMAL, "", "nobody wrote it to us")
_ANSWERS = "it answers what stands here, and "
"""How the reason of a message begins that a merge taken back put where it is: not an agent, who saw where it belongs."""


@dataclass(frozen=True, slots=True)
class Since:
    """What came after a merge, read before anything is held."""

    merge: UUID | None = None
    """The event of the merge that would be taken back."""
    parents: Mapping[UUID, Sequence[UUID]] = field(default_factory=dict)
    """Which messages each refers to, the nearest first."""
    urgency: Mapping[UUID, Urgency] = field(default_factory=dict)


NOTHING = Since()


@dataclass(frozen=True, slots=True)
class Halves:
    """A merge with the conversations that it made one, both held."""

    event: EventRow
    trace: EventRow
    target: ConversationRow
    source: ConversationRow

    @property
    def bridge(self) -> Bridge | None:
        """The mail that showed the desk that they are one; None where an agent merged them."""
        return Bridge.from_json(self.event.data["bridge"]) if "bridge" in self.event.data else None

    @property
    def tokens(self) -> frozenset[str]:
        """The reply addresses that lead to the half that was merged."""
        groups = self.event.data["rows"].get(TokenRow.__tablename__, ())
        return frozenset(token for group in groups for [token] in group["keys"])


class CameMeanwhile(WrongUse):
    """What was read before is no longer all that there is: read it anew."""


def came_since(session: Session, event: EventRow) -> list[MessageRow]:
    """What came to a conversation and went out from it since a merge, in order."""
    here = (MessageRow.conversation_id == event.conversation_id) & (MessageRow.kind != TAKEN_BACK)
    wanted = select(MessageRow).where(here, MessageRow.id > event.id)
    return list(session.scalars(wanted.order_by(MessageRow.received_at, MessageRow.id)))


def take_apart(session: Session, halves: Halves, since: Since, by: By) -> list[str]:
    """Make two of one again, as they were; what came since goes with what it answers. Which fields are others by now."""
    event, target, source = halves.event, halves.target, halves.source
    came = came_since(session, event)
    if since.merge != event.id or any(each.id not in since.parents for each in came):
        raise CameMeanwhile("somebody else has just changed it; look at it once more with `brief show`")
    going = _with_source(halves, came, since)
    leaving = going | {each.id for each in came if _says_something(each)}
    was, out = state_of(target), parted_of(session, target, leaving, by.policy)
    _without(session, halves, out, by)
    put_back(session, event.data["rows"])
    kept = [*restore(source, halves.trace), *restore(target, event)]
    if came:  # who replies to that may name mails of both halves
        set_apart(session, target.id, source.id)
        _stay(halves, [each for each in came if each.id not in going], by)
    if leaving:
        _go(session, halves, parted_of(session, target, going, by.policy), by)
        for half, keys in ((source, going), (target, leaving - going)):
            rejoin(session, half, keys, was, _urgency(keys, was, since), by)
        _say_alone(session, halves)
    return kept


def _with_source(halves: Halves, came: Sequence[MessageRow], since: Since) -> set[UUID]:
    """Of what came since that which belongs to the half that was merged: the mail that joined the two, where it would have come
    there, and what answers something there. What an agent put where it is stays."""
    bridge, free = halves.bridge, {each.id: each for each in came if not _put_by_agent(each)}
    joining = {key for key, each in free.items() if bridge is not None and each.code == bridge.code}
    named = went(halves.event.data["rows"]) | {
        key for key, each in free.items() if not since.parents.get(key) and _came_by_token(each, halves.tokens)
    }
    if bridge is not None and bridge.home == halves.source.id:
        named |= joining
    answers = {key: since.parents.get(key, ()) for key in free.keys() - joining}
    return following(named, answers) & free.keys()


def _came_by_token(message: MessageRow, tokens: Collection[str]) -> bool:
    """Whether one of these reply addresses alone led it there."""
    to = [str(each.get("address", "")).lower() for each in (*message.to, *message.cc)]
    return message.signal == "token" and any(f"+{token}@" in address for token in tokens for address in to)


def _put_by_agent(message: MessageRow) -> bool:
    return message.signal == "agent" and not message.because.startswith(_ANSWERS)


def _says_something(message: MessageRow) -> bool:
    """Whether it may have changed how a conversation stands: what a person wrote, who is not held."""
    return not message.held and message.kind in ("reply", Kind.PERSON)


def _without(session: Session, halves: Halves, out: Parted, by: By) -> None:
    """The conversation as the merge had left it; with the same customer, as no merge gives it another."""
    if not out.went:
        return
    target = halves.target
    for name, value in without(session, target, out, by.policy).items():
        setattr(target, name, value)
    let_go(session, target.id, out.went_letters, out.stay_letters, target.customer_id)
    if target.updated_at <= max(each.received_at for each in out.went):
        target.updated_at = halves.event.at
    if target.undelivered_at is None and any(each.is_question for each in out.went_said):
        target.undelivered_at = from_plain("undelivered_at", halves.event.data["after"].get("undelivered_at"))
    session.flush()


def _stay(halves: Halves, stay: Collection[MessageRow], by: By) -> None:
    """An answer that stays may bear a reply address of the other half: what comes back to it is led here all the same."""
    ours = [each for each in stay if each.direction == Direction.OUT and not _put_by_agent(each)]
    for each in ours if halves.tokens else ():
        each.signal, each.because = "agent", "; ".join(filter(None, (_because(halves, by), each.because)))


def _because(halves: Halves, by: By) -> str:
    merged = f"{halves.event.actor or 'the desk'} had merged {halves.source.handle} into {halves.target.handle}"
    return f"{_ANSWERS}{by.actor} took back that {merged}"


def _go(session: Session, halves: Halves, parted: Parted, by: By) -> None:
    target, source, bridge = halves.target, halves.source, halves.bridge
    because = _because(halves, by)

    def put(message: MessageRow) -> None:
        if bridge is None or message.code != bridge.code:
            put_by_agent(message, because, target.handle, source.handle)

    if parted.went:
        go(session, parted, target, source, put)


def _urgency(keys: Collection[UUID], was: State, since: Since) -> Urgency:
    """How urgent what came since is; nothing that an agent has found less urgent meanwhile."""
    ranked = [since.urgency.get(key, _UNRANKED) for key in keys]
    found = min(ranked, key=lambda each: each.priority.rank, default=_UNRANKED)
    return found if found.priority.rank >= was.priority.rank else _UNRANKED


def _say_alone(session: Session, halves: Halves) -> None:
    """The mail that joined the two says why it stands where it does now: with those that it still makes one, or alone."""
    bridge = halves.bridge
    if bridge is None:
        return
    message = session.scalar(select(MessageRow).where(MessageRow.code == bridge.code))
    if (
        message is None
        or message.signal == "agent"
        or message.conversation_id not in (halves.target.id, halves.source.id)
    ):
        return
    there = message.conversation_id
    one = [key for key in bridge.places if key == there or _is_part(session, key, there)]
    handles = [session.get_one(ConversationRow, key).handle for key in one]
    message.because = as_one(bridge.because, handles)


def _is_part(session: Session, key: UUID, of: UUID) -> bool:
    return session.get_one(ConversationRow, key).merged_into_id == of
