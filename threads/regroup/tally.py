"""How a conversation stands by the messages that are in it, once some of them have come or gone: pure decisions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from threads.conversation import State
from threads.model import Direction, Kind, Status

DueFor = Callable[[datetime], datetime | None]
"""By when an answer is due to somebody who waits since a moment."""
_SETTLED = (Status.CLOSED, Status.SUSPECTED)
"""Whoever set these meant all that was there."""
_WAITS = {"status": Status.WAITING, "snoozed_until": None, "waiting_since": None, "due_at": None}
"""How a conversation stands that waits for its customer."""


@dataclass(frozen=True, slots=True)
class Said:
    """What of a message decides how its conversation stands."""

    direction: Direction
    kind: str
    at: datetime
    held: bool = False
    by_colleague: bool = False

    @property
    def is_question(self) -> bool:
        """Whether somebody waits for an answer to it."""
        return self.comes_from_a_person and not self.by_colleague

    @property
    def is_answer(self) -> bool:
        """Whether a person of ours answered with it."""
        return self.direction is Direction.OUT and self.kind in ("reply", "person")

    @property
    def counts(self) -> bool:
        """Whether it is a mail by a person, in or out."""
        return self.is_answer or self.comes_from_a_person

    @property
    def comes_from_a_person(self) -> bool:
        """Whether a person wrote it to us, a colleague too, who is not held."""
        return self.direction is Direction.IN and self.kind == Kind.PERSON and not self.held


def counted(messages: Iterable[Said]) -> int:
    """How many mails of people there are, as the inbox counts them."""
    return sum(each.counts for each in messages)


def unanswered_since(messages: Iterable[Said]) -> datetime | None:
    """When the first mail came behind which none of our answers stands; None where nobody waits."""
    since = None
    for each in sorted(messages, key=lambda each: each.at):
        if each.is_answer:
            since = None
        elif each.is_question and since is None:
            since = each.at
    return since


def made_of(was: State, went: Sequence[Said], due: DueFor) -> dict[str, Any]:
    """How a conversation stands that is made of some messages of another, which stood so."""
    fields: dict[str, Any] = {"status": was.status, "messages": counted(went), "waiting_since": None, "due_at": None}
    if was.status in _SETTLED:
        return {**fields, "closed_at": was.closed_at}
    since = unanswered_since(went)
    if since is None and not any(each.is_answer for each in went):
        since = min(each.at for each in went)  # only machines wrote, and an agent wants it looked at
    if since is None:
        return {**fields, "status": Status.WAITING}
    return {**fields, "status": Status.OPEN, "waiting_since": since, "due_at": due(since) if was.has_clock else None}


def left_with(was: State, went: Sequence[Said], stay: Sequence[Said], due: DueFor) -> dict[str, Any]:
    """How a conversation stands from which some messages went: as it did, unless they were waited for, or were the answer."""
    fields: dict[str, Any] = {"messages": counted(stay)}
    waited_for = was.waiting_since is not None and not any(each.at == was.waiting_since for each in stay)
    answered = was.waiting_since is None and any(each.is_answer for each in went)
    if was.status in _SETTLED or not (waited_for or answered):
        return fields
    since = unanswered_since(stay)
    if since is None:
        status = Status.WAITING if was.status is Status.OPEN and any(map(_is_answer, stay)) else was.status
        return {**fields, "status": status, "waiting_since": None, "due_at": None}
    status = Status.SNOOZED if was.status is Status.SNOOZED else Status.OPEN
    return {**fields, "status": status, "waiting_since": since, "due_at": due(since) if was.has_clock else None}


def joined_by(
    was: State, there: Sequence[Said], came: Sequence[Said], waiting: datetime | None, due: DueFor
) -> dict[str, Any]:
    """How a conversation stands that some messages came to; `waiting` is since when somebody waits because of them."""
    fields: dict[str, Any] = {"messages": counted((*there, *came))}
    if was.status is Status.SUSPECTED:
        return fields
    if waiting is not None and (was.waiting_since is None or waiting < was.waiting_since):
        opened = {"status": Status.OPEN, "snoozed_until": None, "closed_at": None}
        return {**fields, **opened, "waiting_since": waiting, "due_at": earlier(due(waiting), was.due_at)}
    answered = any(map(_is_answer, came)) and unanswered_since((*there, *came)) is None
    if waiting is None and answered and was.waiting_since is not None and was.status in (Status.OPEN, Status.SNOOZED):
        return {**fields, **_WAITS}
    return fields


def woken(was: State, later: Sequence[Said], due: DueFor) -> dict[str, Any]:
    """How a conversation stands that rests, by what was said since it was put so: open where a person wrote last, not we.

    One that was put aside waits for its customer once it is answered.
    """
    if was.status in (Status.OPEN, Status.SUSPECTED):
        return {}
    last = max((each for each in later if each.counts), key=lambda each: each.at, default=None)
    if last is None:
        return {}
    if last.is_answer:
        return dict(_WAITS) if was.status is Status.SNOOZED and was.waiting_since is None else {}
    opened: dict[str, Any] = {"status": Status.OPEN, "snoozed_until": None, "closed_at": None}
    since = unanswered_since(later)
    if was.waiting_since is not None or since is None:
        return opened
    return {**opened, "waiting_since": since, "due_at": due(since)}


def still_waiting(was: State, went: Sequence[Said], there: Sequence[Said]) -> datetime | None:
    """Since when somebody waits because of messages that go elsewhere: those that were waited for, or have no answer there."""
    if was.status in _SETTLED:
        return None
    answers = [each.at for each in (*went, *there) if each.is_answer]
    last = max(answers, default=None)
    waited = was.waiting_since
    open_questions = [
        each.at
        for each in went
        if each.is_question and (last is None or each.at > last or (waited is not None and each.at >= waited))
    ]
    return min(open_questions, default=None)


def _is_answer(each: Said) -> bool:
    return each.is_answer


def earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    """The earlier of two times, as far as there are any."""
    return min((each for each in (one, other) if each is not None), default=None)
