"""How far the wall time of a zone is from UTC, and from when until when."""

from __future__ import annotations

from bisect import bisect_right
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

Steady = tuple[datetime, datetime, timedelta]
"""From and until in UTC, and by how much wall time is ahead of it."""

_STEP = timedelta(hours=6)


@lru_cache(maxsize=256)
def steady(zone: ZoneInfo, year: int) -> tuple[Steady, ...]:
    """The stretches that make up a year of UTC, in each of which the offset of the zone stays the same."""
    begin, end = datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
    edges = [begin, *_changes(zone, begin, end), end]
    return tuple((since, until, _offset(zone, since)) for since, until in pairwise(edges))


def _offset(zone: ZoneInfo, at: datetime) -> timedelta:
    return at.astimezone(zone).utcoffset() or timedelta()


def _changes(zone: ZoneInfo, start: datetime, end: datetime) -> list[datetime]:
    """The moments between two others at which the offset of a zone changes, to the second: at most one in six hours."""
    moments = [start + step * _STEP for step in range((end - start) // _STEP + 1)]
    offsets = [_offset(zone, each) for each in moments]
    return [
        _change(zone, before, after)
        for (before, after), (was, became) in zip(pairwise(moments), pairwise(offsets), strict=True)
        if was != became
    ]


def _change(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    offset = _offset(zone, before)
    seconds = range(int((after - before).total_seconds()) + 1)
    changed = bisect_right(seconds, False, key=lambda each: _offset(zone, before + timedelta(seconds=each)) != offset)
    return before + timedelta(seconds=changed)
