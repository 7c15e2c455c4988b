"""Within which hours somebody is called: what they wished for, as far as somebody is there then."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from threads.callbacks.times import Span
from threads.working import Chronicle

SHORTEST = timedelta(minutes=10)
"""What is left of a wish has to be as long, so that somebody can act on it."""
_LONGEST = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Window:
    """From when until when somebody is to be called, in UTC. It is due at its end; whoever calls is told at its beginning."""

    from_at: datetime
    until_at: datetime
    because: str
    moved: bool = False
    """A time was wished at which nobody is there."""


def window_for(spans: Iterable[Span], hours: Chronicle, at: datetime, owed_at: datetime | None) -> Window | None:
    """The window of a call that was wished for at a moment; None where nobody is there any more.

    It is the first wished one in which somebody is there for long enough, without the time before and after; it goes over a
    break. Else it is the next open stretch: where no time was wished until an answer is owed, otherwise until it ends.
    """
    asked = list(spans)
    for since, until in asked:
        found = _open_within(hours, max(since, at), until)
        if found is not None:
            return Window(*found, "as wished, within the hours")
    opens = hours.next_opening(max(at, asked[0][1]) if asked else at)
    if opens is None:
        return None
    if not asked:
        until = owed_at if owed_at is not None and owed_at - opens >= SHORTEST else _end(hours, opens)
        return Window(opens, until, "no time was wished: until an answer is owed" if owed_at else "no time was wished")
    return Window(opens, _end(hours, opens), "nobody is there at the wished time: the next time after it", moved=True)


def _open_within(hours: Chronicle, since: datetime, until: datetime) -> Span | None:
    """From the first moment of a span at which somebody is there to the last; None where they are there too briefly."""
    if until <= since:
        return None
    enough = min(SHORTEST, until - since)
    there = [each for each in hours.stretches(since, until) if each.counts]
    if not there or sum((each.counted for each in there), timedelta()) < enough:
        return None
    return there[0].since, there[-1].until


def _end(hours: Chronicle, opens: datetime) -> datetime:
    """When the stretch ends that begins at a moment; day and night, a day later."""
    first = next((each for each in hours.stretches(opens, opens + _LONGEST) if each.counts), None)
    return first.until if first is not None and first.counted >= SHORTEST else opens + SHORTEST
