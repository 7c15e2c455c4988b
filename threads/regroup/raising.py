"""Which of some mails raise a conversation, one after the other as they came: as in life the first counts, an equal one no more."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from storage.tables import EventRow, MessageRow
from threads.charge.marked import CONFIRMED
from threads.conversation import from_plain, plain
from threads.model import Direction, Kind, Priority, Urgency

RANK = ("priority", "rule", "priority_because")
RANKING = ("priority", "sla")
"""The events by which other times hold."""
_BILLED = ("billable_at", "billable_by", "billable_because")


@dataclass(frozen=True, slots=True)
class Ranked:
    """How urgent a mail is found, and when it came."""

    message: UUID
    at: datetime
    urgency: Urgency
    told: EventRow | None = None
    """The event by which it raised a conversation already."""

    @property
    def confirms(self) -> bool:
        """Whether its writer said by it that a charge is agreed: that counts whatever the priority was."""
        return self.told is not None and self.urgency.rule == CONFIRMED


@dataclass(frozen=True, slots=True)
class Staying:
    """How urgent a conversation may be by the mails that stay, once others that had made it urgent have left it."""

    urgency: Mapping[UUID, Urgency] = field(default_factory=dict)
    """Of each mail that may raise it in place of what goes."""
    opener_left: bool = False
    """Whether that goes by which it was as urgent as it is from the beginning."""


UNREAD = Staying()
"""What stays was not read again: it stays as urgent as it is."""


def ranked(
    messages: Iterable[MessageRow], urgency: Mapping[UUID, Urgency], effects: Collection[EventRow]
) -> list[Ranked]:
    """Some messages that a person wrote to us as they count, in their order: by what was found when they came, else by `urgency`.

    `effects` is what the desk did because of them.
    """
    told: dict[UUID | None, list[EventRow]] = {}
    for event in sorted(effects, key=lambda each: (each.at, each.id)):
        if event.kind == "priority" and "rule" in event.data.get("after", {}):
            told.setdefault(event.message_id, []).append(event)
    unread = Urgency(Priority.NORMAL, "", "it was not read again")
    found: list[Ranked] = []
    for each in messages:
        if each.held or each.direction != Direction.IN or each.kind != Kind.PERSON:
            continue
        now = urgency.get(each.id, unread)
        found += [Ranked(each.id, each.received_at, _said(event, now), event) for event in told.get(each.id, ())]
        if each.id in urgency and each.id not in told:
            found.append(Ranked(each.id, each.received_at, urgency[each.id]))
    return found


def _said(event: EventRow, now: Urgency) -> Urgency:
    after = event.data["after"]
    return replace(now, priority=Priority(after["priority"]), rule=after["rule"], because=after["priority_because"])


def raises(
    priority: Priority, mails: Iterable[Ranked], *, at_most: Priority = Priority.CRITICAL, asked: bool = False
) -> list[Ranked]:
    """Those that raise a conversation of a priority, in order; none higher than `at_most`.

    That a charge is agreed counts only where it was `asked`.
    """
    found: list[Ranked] = []
    for each in mails:
        urgency = each.urgency
        higher = bool(urgency.rule) and urgency.priority.rank < priority.rank and not each.confirms
        if urgency.priority.rank >= at_most.rank and (higher or (each.confirms and asked)):
            found.append(each)
            priority = urgency.priority
    return found


def ranked_moments(effects: Iterable[EventRow]) -> list[datetime]:
    """When other times held from then on, because of what the desk did."""
    return [each.at for each in effects if each.kind in RANKING]


def write_raises(
    session: Session, conversation: UUID, start: Mapping[str, Any], raising: Sequence[Ranked], *, billed: bool
) -> dict[str, Any]:
    """Give each mail that raises a conversation its event; how that is ranked then, where any does.

    `start` is how it is ranked without them. What is charged counts as long as it is `billed`.
    """
    before = {name: start[name] for name in RANK}
    fields: dict[str, Any] = {}
    for each in raising:
        urgency = each.urgency
        after = {"priority": urgency.priority, "rule": urgency.rule, "priority_because": urgency.because}
        if each.told is None:
            session.add(_event(conversation, each, before, after))
        else:
            each.told.data = {**each.told.data, "before": {**each.told.data["before"], **plain(before)}}
            said = each.told.data["after"]
            fields |= {name: from_plain(name, said[name]) for name in _BILLED if billed and name in said}
        fields |= after
        before = after
    session.flush()
    return fields


def _event(conversation: UUID, raised: Ranked, before: Mapping[str, Any], after: Mapping[str, Any]) -> EventRow:
    """As if it had been written when the mail came: from then on other times count."""
    return EventRow(
        conversation_id=conversation,
        message_id=raised.message,
        at=raised.at,
        kind="priority",
        actor="",
        because=raised.urgency.because,
        data={"before": plain(before), "after": plain(after), "conversation": str(conversation)},
    )


def write_policy(
    session: Session, conversation: UUID, mails: Iterable[Ranked], effects: Collection[EventRow]
) -> dict[str, Any]:
    """Give the first mail whose rule names an SLA policy its event; that policy, where one does.

    `effects` is what the desk did because of them.
    """
    told = {event.message_id: str(event.data["after"]["sla"]) for event in effects if event.kind == "sla"}
    for each in mails:
        if each.message in told:
            return {"sla": told[each.message]}
        if name := each.urgency.sla:
            session.add(
                EventRow(
                    conversation_id=conversation,
                    message_id=each.message,
                    at=each.at,
                    kind="sla",
                    actor="",
                    because=policy_holds(each.urgency),
                    data={"before": {"sla": ""}, "after": {"sla": name}, "conversation": str(conversation)},
                )
            )
            session.flush()
            return {"sla": name}
    return {}


def policy_holds(urgency: Urgency) -> str:
    """Why an SLA policy holds that a rule names."""
    return f'the SLA policy "{urgency.sla}" holds: {urgency.because}'
