"""Which marks a clock gets, by how its conversation stands: pure decisions.

A conversation says since when its customer waits, whether it waits for them, and whether it is closed; all that merges,
splits, moves and undoes keeps that right. So clocks follow it, and need not know what was done.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from threads.model import Priority, Status
from threads.sla.marks import ENDS, Mark, What
from threads.sla.terms import Aim, Terms, hours_in_words

WAITS = "we wait for the customer"
ASIDE = "it was put aside"
CLOSED = "it was closed"
AGAIN = "it is open again"
NOBODY = "nobody waits for an answer any more"


@dataclass(frozen=True, slots=True)
class Standing:
    """How a conversation stands, as far as its clocks ask."""

    status: Status
    waiting_since: datetime | None
    opened_at: datetime
    priority_because: str
    by_agent: bool
    """An agent gave it its priority."""
    merged: bool
    """It is part of another."""
    snoozed_pauses: bool
    ranked_at: datetime | None = None
    """When a mail gave it its priority, where that is not now."""
    ranked_over: Priority | None = None
    """The priority that it had before that."""

    @property
    def rests(self) -> str:
        """Why its clocks are paused; "" where they are not."""
        if self.status is Status.WAITING and self.waiting_since is None:
            return WAITS
        return ASIDE if self.status is Status.SNOOZED and self.snoozed_pauses else ""

    @property
    def is_over(self) -> str:
        """Why nothing is owed in it; "" where something may be."""
        if self.merged:
            return "it became part of another conversation"
        if self.status is Status.SUSPECTED:
            return "it is kept apart"
        return CLOSED if self.status is Status.CLOSED else ""


@dataclass(frozen=True, slots=True)
class Answered:
    """A person's answer to the customer."""

    at: datetime
    agent_id: str | None


def began(aim: Aim, since: datetime, terms: Terms, waits_since: datetime | None = None) -> Mark:
    """The mark with which a clock begins; `waits_since` where the conversation says another moment."""
    because = "it was opened" if aim is Aim.SOLUTION else "the customer waits"
    other = waits_since if waits_since != since else None
    return Mark(since, What.BEGAN, because, terms, waits_since=other)


def answer_marks(
    marks: Sequence[Mark], standing: Standing, terms: Terms | None, answer: Answered | None, at: datetime
) -> tuple[Mark, ...]:
    """The marks of the clock of an answer that is owed still; met by `answer`, where there is one."""
    if answer is not None:
        return (*marks, Mark(answer.at, What.MET, "a person answered"))
    if standing.is_over or standing.waiting_since is None:
        return (*marks, Mark(at, What.DROPPED, standing.is_over or NOBODY))
    return _as_it_stands(_revived(marks, at), standing, terms, at)


def solution_marks(marks: Sequence[Mark], standing: Standing, terms: Terms | None, at: datetime) -> tuple[Mark, ...]:
    """The marks of the clock of a solution."""
    marks = _to_its_end(marks)
    ended = marks[-1].what in ENDS
    if standing.is_over:
        what = What.MET if standing.is_over == CLOSED else What.DROPPED
        return tuple(marks) if ended else (*marks, Mark(at, what, standing.is_over))
    if ended and terms is None:
        return tuple(marks)
    if ended:
        marks = (*marks, Mark(_since_when(marks[-1].at, standing, at), What.WENT_ON, AGAIN))
    return _as_it_stands(marks, standing, terms, at)


def _to_its_end(marks: Sequence[Mark]) -> Sequence[Mark]:
    """The same without what changed after its end, as is left where what made it go on was taken back: what holds then is marked anew."""
    last = len(marks)
    while marks[last - 1].what is What.CHANGED:
        last -= 1
    return marks[:last] if marks[last - 1].what in ENDS else marks


def _since_when(ended_at: datetime, standing: Standing, at: datetime) -> datetime:
    """When a clock goes on that had ended: as somebody wrote since, where they did."""
    since = standing.waiting_since
    return since if since is not None and ended_at < since < at else at


def _revived(marks: Sequence[Mark], at: datetime) -> Sequence[Mark]:
    """The same where somebody waits since the same moment: an answer that is gone is none, and what was closed goes on."""
    left = _to_its_end([each for each in marks if each.what is not What.MET])
    return [*left, Mark(at, What.WENT_ON, AGAIN)] if left[-1].what in ENDS else left


def _as_it_stands(marks: Sequence[Mark], standing: Standing, terms: Terms | None, at: datetime) -> tuple[Mark, ...]:
    """The same with what holds now, paused or running as the conversation is."""
    if terms is None:
        return (*marks, Mark(at, What.DROPPED, "nothing is promised any more"))
    held = next(each.terms for each in reversed(marks) if each.terms)
    if held != terms:
        marks = (*marks, _changed(held, terms, standing, at))
    paused = _is_paused(marks)
    if standing.rests and not paused:
        marks = (*marks, Mark(at, What.PAUSED, standing.rests))
    if paused and not standing.rests:
        because = "the customer waits" if standing.waiting_since else AGAIN
        marks = (*marks, Mark(at, What.WENT_ON, because))
    return tuple(marks)


def _changed(held: Terms, terms: Terms, standing: Standing, at: datetime) -> Mark:
    if held.priority is terms.priority:
        return Mark(at, What.CHANGED, _what_changed(held, terms), terms)
    raised = terms.priority.rank < held.priority.rank
    because = standing.priority_because or f"it is {terms.priority.value} now"
    anew = raised and not standing.by_agent
    return Mark((standing.ranked_at if anew else None) or at, What.CHANGED, because, terms, anew=anew)


def _what_changed(held: Terms, terms: Terms) -> str:
    if held.policy != terms.policy:
        return f'the SLA policy "{terms.policy}" holds' if terms.policy else "no SLA policy holds any more"
    if held.calendar != terms.calendar:
        return f"other hours count: {hours_in_words(terms.calendar)}"
    return "other times were promised"


def _is_paused(marks: Sequence[Mark]) -> bool:
    told = [each.what for each in marks if each.what in (What.PAUSED, What.WENT_ON, What.BEGAN)]
    return told[-1] is What.PAUSED
