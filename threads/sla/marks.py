"""What happened to a clock, moment by moment: all that it is made of."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from threads.model import Priority
from threads.sla.terms import Terms

TAKEN_BACK = "what began it was taken back"


class What(StrEnum):
    """What happened at a moment."""

    BEGAN = "began"
    PAUSED = "paused"
    WENT_ON = "went on"
    """After a pause, or after its end: the time between does not count."""
    CHANGED = "changed"
    """Other terms hold from now on."""
    TOOK_OVER = "took over"
    """Another clock's marks stand before this one, as two conversations became one; its own are kept in it."""
    MET = "met"
    DROPPED = "dropped"
    """Nothing is owed any more."""
    VOID = "void"
    """What began it was taken back, or another clock counts in its place: as if it had never been."""


ENDS = frozenset({What.MET, What.DROPPED, What.VOID})


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment in the life of a clock."""

    at: datetime
    what: What
    because: str = ""
    terms: Terms | None = None
    """Of BEGAN and CHANGED: what holds from now on."""
    anew: bool = False
    """Of CHANGED: the time of the new terms counts from this moment, not from the beginning."""
    waits_since: datetime | None = None
    """Of BEGAN and TOOK_OVER: since when the conversation says that somebody waits, where that is another moment."""
    before: tuple[Mark, ...] = ()
    """Of TOOK_OVER: the marks in whose place the others came."""

    def as_json(self) -> dict[str, Any]:
        """In plain values; what is empty is left out."""
        said: dict[str, Any] = {"at": _iso(self.at), "what": self.what.value}
        if self.because:
            said["because"] = self.because
        if self.terms:
            said["terms"] = _plain(self.terms)
        if self.anew:
            said["anew"] = True
        if self.waits_since:
            said["waits_since"] = _iso(self.waits_since)
        if self.before:
            said["before"] = plain(self.before)
        return said


def mark_from(said: Mapping[str, Any]) -> Mark:
    """A mark again, as `Mark.as_json` gave it."""
    waits = said.get("waits_since")
    return Mark(
        at=datetime.fromisoformat(said["at"]),
        what=What(said["what"]),
        because=said.get("because", ""),
        terms=_terms(said["terms"]) if "terms" in said else None,
        anew=said.get("anew", False),
        waits_since=datetime.fromisoformat(waits) if waits else None,
        before=marks_from(said.get("before", ())),
    )


def plain(marks: Iterable[Mark]) -> list[dict[str, Any]]:
    """Marks as a row keeps them."""
    return [each.as_json() for each in marks]


def marks_from(said: Iterable[Mapping[str, Any]]) -> tuple[Mark, ...]:
    """Marks again."""
    return tuple(mark_from(each) for each in said)


def without(marks: Sequence[Mark], undone: Collection[datetime]) -> tuple[Mark, ...]:
    """Marks as if nothing had happened at some moments: what was taken back never counted."""
    left: list[Mark] = []
    for each in marks:
        if each.at not in undone:
            left.append(each)
        elif each.what is What.TOOK_OVER:
            left = list(each.before)
    if left and left[0].what is What.BEGAN:
        return tuple(left)
    first = marks[0].before[0] if marks[0].before else marks[0]
    return first, Mark(max(undone), What.VOID, TAKEN_BACK)


def unranked(marks: Sequence[Mark], moments: Collection[datetime]) -> tuple[Mark, ...]:
    """Marks as if other terms had not held from some moments on."""
    return tuple(each for each in marks if each.what is not What.CHANGED or each.at not in moments)


def waits_since(marks: Sequence[Mark]) -> datetime:
    """Since when the one for whom a clock runs waits."""
    return next((each.waits_since for each in reversed(marks) if each.waits_since), marks[0].at)


def _plain(terms: Terms) -> dict[str, Any]:
    return {
        "within": terms.within.total_seconds(),
        "calendar": terms.calendar,
        "priority": terms.priority.value,
        "policy": terms.policy,
    }


def _terms(said: Mapping[str, Any]) -> Terms:
    return Terms(timedelta(seconds=said["within"]), said["calendar"], Priority(said["priority"]), said["policy"])


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()
