"""How often something may happen: counted in a sliding window, in memory of a bounded size."""

from __future__ import annotations

from collections import OrderedDict, deque
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Limit:
    """So many in such a time."""

    most: int
    within: timedelta


class Window:
    """Counts what happened under each key. Where keys are too many, the one seen longest ago is forgotten."""

    def __init__(self, limit: Limit, keys: int = 20_000) -> None:
        self._limit = limit
        self._keys = keys
        self._seen: OrderedDict[str, deque[datetime]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._seen)

    def wait(self, key: str, now: datetime) -> timedelta:
        """How long until there is room for one more; nothing where there is room now."""
        seen = self._seen.get(key)
        if seen is None:
            return timedelta() if self._limit.most > 0 else self._limit.within
        while seen and seen[0] <= now - self._limit.within:
            seen.popleft()
        return seen[0] + self._limit.within - now if len(seen) >= self._limit.most else timedelta()

    def add(self, key: str, now: datetime) -> None:
        """Count one."""
        seen = self._seen.setdefault(key, deque(maxlen=max(1, self._limit.most)))
        seen.append(now)
        self._seen.move_to_end(key)
        while len(self._seen) > self._keys:
            self._seen.popitem(last=False)

    def take_back(self, key: str) -> None:
        """Uncount the last one: it came to nothing."""
        seen = self._seen.get(key)
        if seen:
            seen.pop()


class Once:
    """When something was first done, for a while: who sends a form twice sends the same mail."""

    def __init__(self, within: timedelta, keys: int = 5_000) -> None:
        self._within = within
        self._keys = keys
        self._first: OrderedDict[str, tuple[datetime, str]] = OrderedDict()

    def first(self, key: str, now: datetime, name: str) -> tuple[datetime, str]:
        """When it was first done and by which name; now, and this name, where that was not lately."""
        found = self._first.get(key)
        if found is None or not now - self._within < found[0] <= now:
            found = self._first[key] = (now, name)
            self._first.move_to_end(key)
        while len(self._first) > self._keys:
            self._first.popitem(last=False)
        return found


class Budget:
    """Several windows that must all have room."""

    def __init__(self, **windows: Window) -> None:
        self._windows = windows

    def take(self, now: datetime, **keys: str) -> timedelta:
        """Count one under each key, or say how long to wait where one of the windows is full."""
        wait = max((self._windows[name].wait(key, now) for name, key in keys.items()), default=timedelta())
        if not wait:
            for name, key in keys.items():
                self._windows[name].add(key, now)
        return wait

    def give_back(self, **keys: str) -> None:
        """Uncount what was taken last: it came to nothing."""
        for name, key in keys.items():
            self._windows[name].take_back(key)
