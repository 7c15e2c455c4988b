"""A merge is taken back: each half stands as if the two had never been one, with what came since in the half where it belongs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from storage.tables import AddressRow, ConversationRow, EventRow, MessageRow, ParticipantRow, TokenRow
from threads.arrival import Found
from threads.conversation import from_plain, restore, state_of
from threads.life.returned import REPORTS
from threads.model import BY_AGENT, TAKEN_BACK, Direction, Kind, Urgency
from threads.people.freemail import is_freemail
from threads.placing.bridging import Bridge, as_one
from threads.regroup.opening import put_by_agent
from threads.regroup.parted import Parted, parted_of
from threads.regroup.raising import ranked_moments
from threads.regroup.rejoining import STANDING, rejoin
from threads.regroup.splitting import By, go
from threads.regroup.standing import effects_of, put_aside_since, without
from threads.sla.touched import touch_unranked
from threads.store.asked import retag, tags_of
from threads.store.belongings import set_apart
from threads.store.both import note_both
from threads.store.letters import customer_addresses, let_go
from threads.subjects import canonical
from threads.undo.alone import Lone, lone_homes
from threads.undo.answers import keep_back
from threads.undo.belonging import Half, Home, Later, both_got, homes_of
from threads.undo.ledger import PLACING, put_back, went


@dataclass(frozen=True, slots=True)
class Since:
    """What came after a merge, as far as its mails have to be read for that."""

    parents: Mapping[UUID, Sequence[UUID]] = field(default_factory=dict)
    """Which messages each refers to, the nearest first."""
    urgency: Mapping[UUID, Urgency] = field(default_factory=dict)
    lone: Mapping[UUID, Found] = field(default_factory=dict)
    """As intake found them: the mails that refer to nothing there."""


Reads = Callable[[Session, EventRow, Sequence[MessageRow]], Since]
"""Reads what came since a merge. It is asked while both halves are held: what can be read before, whoever reads does before."""


@dataclass(frozen=True, slots=True)
class Apart:
    """What an agent is told of a merge that is taken back."""

    kept: list[str]
    """Which fields are others by now, and stay so."""
    told: list[str]
    """What cannot be taken back with it, and what is kept back, a clause each."""
    text: str = ""
    """What is kept back said."""


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

    @property
    def brought_in(self) -> frozenset[UUID]:
        """Who takes part in the target because of the merge alone."""
        groups = self.event.data["rows"].get(ParticipantRow.__tablename__, ())
        made = [key for group in groups if group["before"] is None for key in group["keys"]]
        return frozenset(UUID(person) for place, person in made if place == str(self.target.id))


def came_since(session: Session, event: EventRow) -> list[MessageRow]:
    """What came to a conversation and went out from it since a merge, in order; by what stood there, as clocks may differ."""
    here = (MessageRow.conversation_id == event.conversation_id) & (MessageRow.kind != TAKEN_BACK)
    before = went(event.data["rows"]) | {UUID(key) for key in event.data["there"]}
    found = session.scalars(select(MessageRow).where(here).order_by(MessageRow.received_at, MessageRow.id))
    return [each for each in found if each.id not in before]


def take_apart(session: Session, halves: Halves, read: Reads, by: By) -> Apart:
    """Make two of one again, as they were; what came since goes to the half where it belongs."""
    event, target, source = halves.event, halves.target, halves.source
    came = came_since(session, event)
    since = read(session, event, came)
    kept_back = _keep_back(session, halves, came, by)
    came = [each for each in came if each not in kept_back]
    parting = _parting(session, halves, came, since, by)
    going = parting.going(source.id)
    leaving = going | {each.id for each in came if _says_something(each) or each.kind in REPORTS}
    was, out = state_of(target), parted_of(session, target, leaving, by.policy)
    rest = put_aside_since(session, target, event.id)
    _without(session, halves, out, by)
    put_back(session, event.data["rows"])
    kept = [*restore(source, halves.trace), *restore(target, event)]
    if came:  # who replies to that may name mails of both halves
        set_apart(session, target.id, source.id)
        _stay(halves, [each for each in came if each.id not in going], parting, by)
    tags = tags_of(session, source.id)
    touch_unranked(session, target, ranked_moments(effects_of(session, going)), by.now)
    if leaving:
        _go(session, halves, parted_of(session, target, going, by.policy), parting, by)
        for half, other, keys in ((source, target, going), (target, source, leaving - going)):
            rejoin(session, half, keys, was, since.urgency, by, other_id=other.id, put_aside=rest)
        _say_alone(session, halves)
    _retag(session, halves, tags, since.urgency, {key: key in going for key in (each.id for each in came)})
    both = [each for each in came if each.id in parting.both]
    told = [*_told(kept_back, halves), *note_both(session, both, target, source, by.now)]
    return Apart(kept, told, "\n\n".join(each.reply for each in kept_back))


def _keep_back(session: Session, halves: Halves, came: Sequence[MessageRow], by: By) -> list[MessageRow]:
    """The answers to the people of both that are still held in the outbox: by now nobody means them to go to both.

    The last is taken back first, as an agent would.
    """
    one, other = _half(session, halves, halves.target), _half(session, halves, halves.source)
    answers = [each for each in came if _is_answer(each) and both_got(_got(each), one, other)]
    held = [each for each in reversed(answers) if keep_back(session, halves.target, each, by.actor, by.now)]
    return held[::-1]


def _told(kept_back: Sequence[MessageRow], halves: Halves) -> list[str]:
    both = f"the people of {halves.source.handle} and of {halves.target.handle}"
    return [f"the answer {each.code}, still held, goes to nobody: it was to {both}" for each in kept_back]


@dataclass(frozen=True, slots=True)
class Parting:
    """To which half each of what came since belongs."""

    homes: Mapping[UUID, Home]
    """Of all but what somebody put where it is."""
    both: frozenset[UUID]
    """The answers of ours that people of both halves got."""

    def going(self, half: UUID) -> set[UUID]:
        """What belongs to a half."""
        return {key for key, home in self.homes.items() if home.half == half}


def _parting(session: Session, halves: Halves, came: Sequence[MessageRow], since: Since, by: By) -> Parting:
    """What came since by where it belongs; what an agent put where it is stays, and what answers it stays with it."""
    target, source = halves.target.id, halves.source.id
    put = _put_since(session, halves.event)
    free = [each for each in came if each.id not in put]
    alone = _alone(session, halves, came, since, by)
    later = _later(free, since, alone)
    stands = dict.fromkeys(went(halves.event.data["rows"]), source)
    known = {parent for each in later for parent in each.parents} - {each.id for each in later}
    stands |= dict.fromkeys(known - stands.keys(), target)
    one, other = _half(session, halves, halves.target), _half(session, halves, halves.source)
    answers = {each.id for each in came if _is_answer(each)}
    both = frozenset(each.id for each in later if each.id in answers and both_got(each, one, other))
    return Parting(homes_of(later, stands, one, other), both)


def _put_since(session: Session, event: EventRow) -> set[UUID]:
    """What somebody put where it is since a merge: an agent, or the desk together with all of another conversation."""
    acts = EventRow.kind.in_(PLACING) & or_(EventRow.actor != "", EventRow.kind == "merged")
    here = (EventRow.conversation_id == event.conversation_id) & (EventRow.id > event.id)
    found = session.scalars(select(EventRow).where(here, acts, EventRow.undone_at.is_(None)))
    return {key for each in found for key in went(each.data.get("rows", {}))}


def _alone(session: Session, halves: Halves, came: Sequence[MessageRow], since: Since, by: By) -> Lone:
    """Where that belongs which refers to nothing there: the mail that joined the two, what a reply address led there, and others."""
    bridge, target, source = halves.bridge, halves.target.id, halves.source.id
    found = lone_homes(session, halves.event, halves.trace, came, since.lone, by.policy)
    for each in came:
        if bridge is not None and each.code == bridge.code:
            found.homes[each.id] = Home(source if bridge.home == source else target, bridge.because)
        elif not since.parents[each.id] and each.id not in found.about and _came_by_token(each, halves.tokens):
            found.homes[each.id] = Home(source, "it was sent to the reply address of this conversation")
    return found


def _later(free: Sequence[MessageRow], since: Since, alone: Lone) -> list[Later]:
    """What came since, for the decision where it belongs. What nothing else places goes with what came under its subject."""
    later: list[Later] = []
    called: dict[str, UUID] = {}
    for each in free:
        ours = each.direction == Direction.OUT
        said = canonical(each.subject)
        home, about = alone.homes.get(each.id), alone.about.get(each.id)
        parents = () if home else (about,) if about else since.parents[each.id]
        if not parents and not home and said in called:
            parents = (called[said],)
        wrote = _reported(since.lone[each.id]) if about else frozenset({each.from_address} - {""})
        people = _recipients(each) if ours else wrote
        later.append(Later(each.id, people, ours, parents, home, by_address=each.signal == "token"))
        if said:
            called[said] = each.id
    return later


def _half(session: Session, halves: Halves, row: ConversationRow) -> Half:
    """A conversation as it was before it was one with the other."""
    wanted = (
        select(AddressRow.address)
        .join(ParticipantRow, ParticipantRow.person_id == AddressRow.person_id)
        .where(ParticipantRow.conversation_id == row.id, ParticipantRow.since_at <= halves.event.at)
    )
    if row.id == halves.target.id:
        wanted = wanted.where(ParticipantRow.person_id.not_in(halves.brought_in))
    domains = {
        each.rpartition("@")[2] for each in (*customer_addresses(session, row.customer_id), row.customer_address)
    }
    house = frozenset(each for each in domains if each and not is_freemail(each))
    return Half(row.id, frozenset(session.scalars(wanted)), house)


def _came_by_token(message: MessageRow, tokens: Collection[str]) -> bool:
    """Whether one of these reply addresses alone led it there."""
    to = _recipients(message)
    return message.signal == "token" and any(f"+{token}@" in address for token in tokens for address in to)


def _recipients(message: MessageRow) -> frozenset[str]:
    """The addresses that a mail went to."""
    return frozenset(str(each.get("address", "")).lower() for each in (*message.to, *message.cc)) - {""}


def _reported(report: Found) -> frozenset[str]:
    """The addresses that a delivery report names."""
    status = report.mail.status
    return frozenset(each.lower() for each in (*status.failed, *status.delayed)) if status else frozenset()


def _got(message: MessageRow) -> Later:
    return Later(message.id, _recipients(message), ours=True)


def _is_answer(message: MessageRow) -> bool:
    return message.direction == Direction.OUT and _says_something(message)


def _says_something(message: MessageRow) -> bool:
    """Whether a person wrote it, who is not held: that changes how a conversation stands, as a report on our mail does."""
    return not message.held and message.kind in ("reply", Kind.PERSON)


def _without(session: Session, halves: Halves, out: Parted, by: By) -> None:
    """The conversation as the merge had left it; with the same customer, as no merge gives it another."""
    if not out.went:
        return
    target = halves.target
    for name, value in (without(session, target, out, by.policy) | _as_left(session, halves, out)).items():
        setattr(target, name, value)
    let_go(session, target.id, out.went_letters, out.stay_letters, target.customer_id)
    if target.updated_at <= max(each.received_at for each in out.went):
        target.updated_at = halves.event.at
    if target.undelivered_at is None and any(each.is_question for each in out.went_said):
        target.undelivered_at = from_plain("undelivered_at", halves.event.data["after"].get("undelivered_at"))
    session.flush()


def _as_left(session: Session, halves: Halves, out: Parted) -> dict[str, Any]:
    """How the merge had left the conversation to stand, where nothing else changed that since than what is out of it."""
    here = (EventRow.conversation_id == halves.target.id) & (EventRow.id > halves.event.id)
    since = session.scalars(select(EventRow).where(here, EventRow.undone_at.is_(None)))
    changed = {name for each in since if each.message_id not in out.ids for name in each.data.get("after", ())}
    if not changed.isdisjoint(STANDING):
        return {}
    after = halves.event.data["after"]
    return {name: from_plain(name, after[name]) for name in STANDING}


def _stay(halves: Halves, stay: Collection[MessageRow], parting: Parting, by: By) -> None:
    """An answer that stays may bear a reply address of the other half: what comes back to it is led here all the same."""
    for each in stay if halves.tokens else ():
        if each.direction == Direction.OUT and each.id in parting.homes and each.signal not in BY_AGENT:
            home = parting.homes[each.id]
            each.signal, each.because = "undo", "; ".join(filter(None, (_because(halves, home, by), each.because)))


def _because(halves: Halves, home: Home, by: By) -> str:
    merged = f"{halves.event.actor or 'the desk'} had merged {halves.source.handle} into {halves.target.handle}"
    return f"{home.because}, and {by.actor} took back that {merged}"


def _go(session: Session, halves: Halves, parted: Parted, parting: Parting, by: By) -> None:
    target, source, bridge = halves.target, halves.source, halves.bridge

    def put(message: MessageRow) -> None:
        if bridge is None or message.code != bridge.code:
            because = _because(halves, parting.homes[message.id], by)
            put_by_agent(message, because, target.handle, source.handle, signal="undo")

    if parted.went:
        go(session, parted, target, source, put)


def _retag(
    session: Session, halves: Halves, tags: Sequence[str], urgency: Mapping[UUID, Urgency], goes: Mapping[UUID, bool]
) -> None:
    """Each half has the tags that it had, and those that the rules ask for because of what came since to it.

    `tags` are those of the half that was merged. What came there with messages that an agent put there since stays.
    """
    came = {True: set(tags), False: set(halves.event.data["tags"])}
    for key, goes_away in goes.items():
        came[goes_away].update(urgency[key].tags if key in urgency else ())
    retag(session, halves.source.id, came[True])
    retag(session, halves.target.id, (set(tags_of(session, halves.target.id)) - came[True]) | came[False])


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
