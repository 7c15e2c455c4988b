"""What a mail does to the conversation it comes to: pure decisions, written down by the store."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from threads.arrival import Arrival
from threads.life.returned import REPORTS, Returned, returned
from threads.life.thanks import POLITE, is_thanks
from threads.model import Direction, InboundMail, Kind, Priority, Status
from threads.regroup.tally import earlier

LIVELY_FOR = timedelta(days=30)
"""A conversation out of an archive is closed where its last mail is older."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What becomes of a conversation; an event says so where there is a `kind`."""

    fields: dict[str, Any] = field(default_factory=dict)
    kind: str = ""
    because: str = ""
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a conversation stands before the mail."""

    status: Status
    priority: Priority
    messages: int
    waiting_since: datetime | None
    due_at: datetime | None
    """By when an answer would be due to somebody who waits from now on, at this priority."""
    was_due_at: datetime | None
    updated_at: datetime


def opening(arrival: Arrival, now: datetime) -> Effect:
    """How a new conversation begins."""
    kind = arrival.found.classification.kind
    if arrival.found.imported:
        return _out_of_an_archive(arrival, now, counted=kind is Kind.PERSON or arrival.direction is Direction.OUT)
    if arrival.found.suspicion is not None:
        fields: dict[str, Any] = {"status": Status.SUSPECTED, "messages": int(kind is Kind.PERSON)}
        return Effect(fields, "opened", f"kept apart: {arrival.found.suspicion.because}")
    if kind is Kind.PERSON or arrival.urgency.opens:
        fields = {"status": Status.OPEN, "waiting_since": arrival.at, "due_at": arrival.due_at}
        return Effect({**fields, "messages": int(kind is Kind.PERSON)}, "opened", arrival.placement.because)
    because = f"closed from the beginning: {arrival.found.classification.because}, and no rule opens it"
    return Effect({"status": Status.CLOSED, "closed_at": arrival.at, "messages": 0}, "opened", because)


def continuing(arrival: Arrival, before: Standing, now: datetime) -> list[Effect]:
    """What a mail does to a conversation that is there: one of a machine or a stranger leaves it as it stands."""
    if arrival.placement.held:
        return [Effect(kind="held", because=arrival.placement.because)]
    if arrival.found.imported:
        return [_continued_from_archive(arrival, before, now)]
    if arrival.found.classification.kind is not Kind.PERSON:
        return _of_machine(arrival, before)
    raised = _raised(arrival, before)
    return [*raised, *_of_person(arrival, _sooner(before, arrival.due_at) if raised else before)]


def thanks(arrival: Arrival) -> str | None:
    """The phrase by which a participant says that all is settled: only in answer to our own address or Message-ID."""
    mail, placement = arrival.mail, arrival.placement
    if placement.held or placement.signal not in {"token", "own id"} or arrival.by_colleague:
        return None
    if any(not attachment.inline for attachment in mail.attachments):
        return None
    return is_thanks(mail.reply, mail.author.name if mail.author else "")


def _sooner(before: Standing, due_at: datetime | None) -> Standing:
    """The same where an answer is due at a moment at the latest."""
    return replace(before, due_at=earlier(before.due_at, due_at), was_due_at=earlier(before.was_due_at, due_at))


def _of_person(arrival: Arrival, before: Standing) -> list[Effect]:
    counted = {"messages": before.messages + 1}
    phrase = thanks(arrival)
    if phrase and not (phrase in POLITE and before.waiting_since is not None):
        settled = {"status": Status.CLOSED, "closed_at": arrival.at, "snoozed_until": None, "waiting_since": None,
                   "due_at": None, "undelivered_at": None}  # fmt: skip
        # apart from the count, so that an agent can take it back and the mail still counts
        return [Effect(counted), Effect(settled, "thanks", f'the whole new text says "{phrase}", so it is settled')]
    fields: dict[str, Any] = {**counted, "status": Status.OPEN, "snoozed_until": None, "closed_at": None,
                              "undelivered_at": None}  # fmt: skip
    if not arrival.by_colleague:
        waits = before.waiting_since is not None
        fields["waiting_since"] = before.waiting_since or arrival.at
        fields["due_at"] = before.was_due_at if waits and before.was_due_at else before.due_at
    if before.status is Status.OPEN:
        return [Effect(fields)]
    return [Effect(fields, "status", f"a person wrote, so it is open again (it was {before.status.value})")]


def _raised(arrival: Arrival, before: Standing) -> list[Effect]:
    """A rule may find a later mail more urgent than the conversation was; never less."""
    urgency = arrival.urgency
    if not urgency.rule or urgency.priority.rank >= before.priority.rank:
        return []
    fields = {"priority": urgency.priority, "rule": urgency.rule, "priority_because": urgency.because,
              "due_at": arrival.due_at}  # fmt: skip
    return [Effect(fields, "priority", urgency.because)]


def _of_machine(arrival: Arrival, before: Standing) -> list[Effect]:
    """A report about our mail is an event; any other machine's mail only stands there. No closed one is opened again."""
    found, placement = arrival.found, arrival.placement
    if found.classification.kind not in REPORTS:
        return []
    came_back = report(arrival, before.status)
    if came_back is not None:
        return [Effect(came_back.fields, "delivery", came_back.because, came_back.data)]
    failed = list(found.classification.failed_recipients or _failed(found.mail))
    because = f"{found.classification.because}; {placement.because}"
    return [Effect(kind="delivery", because=because, data={"failed": failed})]


def report(arrival: Arrival, standing: Status) -> Returned | None:
    """What a delivery report does about the mail of ours that it was tied to; None where it is no such report."""
    placement, status = arrival.placement, arrival.mail.status
    kind = arrival.found.classification.kind
    if (
        arrival.found.imported
        or kind not in REPORTS
        or placement.about is None
        or status is None
        or not (status.failed or status.delayed)
    ):
        return None
    return returned(status, placement.about, standing, arrival.at, because=placement.because, proven=placement.proven)


def _failed(mail: InboundMail) -> tuple[str, ...]:
    return mail.status.failed if mail.status else ()


def _out_of_an_archive(arrival: Arrival, now: datetime, *, counted: bool) -> Effect:
    fields: dict[str, Any] = {"messages": int(counted), "due_at": None}
    return Effect({**fields, **_archived(arrival, now)}, "opened", arrival.placement.because)


def _continued_from_archive(arrival: Arrival, before: Standing, now: datetime) -> Effect:
    """A mail out of an archive counts; it only decides how the conversation stands where it is the newest."""
    person = arrival.direction is Direction.OUT or arrival.found.classification.kind is Kind.PERSON
    fields: dict[str, Any] = {"messages": before.messages + int(person)}
    if person and arrival.at >= before.updated_at:
        fields |= _archived(arrival, now)
    return Effect(fields)


def _archived(arrival: Arrival, now: datetime) -> dict[str, Any]:
    """How a conversation stands whose last mail is this one, out of an archive."""
    person = arrival.direction is Direction.OUT or arrival.found.classification.kind is Kind.PERSON
    if not person or now - arrival.at > LIVELY_FOR:
        return {"status": Status.CLOSED, "closed_at": arrival.at, "waiting_since": None}
    if arrival.direction is Direction.OUT:
        return {"status": Status.WAITING, "closed_at": None, "waiting_since": None, "due_at": None}
    return {"status": Status.OPEN, "closed_at": None, "waiting_since": arrival.at}
