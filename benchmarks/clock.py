"""How many times a second working time is added and measured, against the library of opening hours asked for the same stretches.

    python -m benchmarks.clock [--smoke]

Starts lie anywhere in a year, durations go to two weeks. One JSON line for each: {"what", "n", "a_second", "median_us", "p95_us",
"library_a_second", "ratio_to_library"}. `library` is opening-hours-py, which is asked in the same run for the stretches of wall time from
one moment to the other, without the holidays of a Land, and adds up none of them. The time is that of the process, so that others
on the machine hardly count.

Then the lines of `benchmarks.clock_sweep`: a sweep for what is due among 100,000 open conversations.
"""

from __future__ import annotations

import json
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta

import opening_hours

from benchmarks.clock_sweep import sweeps
from threads.hours import Calendar
from threads.working import Chronicle

YEAR = datetime(2026, 1, 1, tzinfo=UTC)
CHANGED = datetime(2026, 7, 1, tzinfo=UTC)
OFFICE = "Mo-Fr 08:00-12:00,13:00-17:00; PH off"
HOURS: dict[str, Callable[[], Calendar | Chronicle]] = {
    "office hours": lambda: Calendar(OFFICE, holidays="DE-NW"),
    "nights": lambda: Calendar("Mo-Su 22:00-06:00; PH off", holidays="DE-BY"),
    "24/7": lambda: Calendar("24/7"),
    "hours that change": lambda: Chronicle(
        Calendar(OFFICE, holidays="DE-NW"), ((CHANGED, Calendar("Mo-Fr 09:00-18:00", holidays="DE-NW")),)
    ),
}
Span = tuple[datetime, timedelta]


def spans(n: int) -> list[Span]:
    """Moments of a year, each with a duration to two weeks."""
    chance = random.Random(6)
    return [
        (YEAR + timedelta(seconds=chance.randrange(365 * 86_400)), timedelta(seconds=chance.randrange(1, 14 * 86_400)))
        for _ in range(n)
    ]


def times(work: Callable[[datetime, timedelta], object], asked: Iterable[Span]) -> list[float]:
    """Microseconds of the process for each, in order of their size."""
    found = []
    for start, lasting in asked:
        begun = time.process_time_ns()
        work(start, lasting)
        found.append((time.process_time_ns() - begun) / 1e3)
    return sorted(found)


def by_library(asked: Sequence[Span]) -> float:
    """How often a second the library alone lists the stretches between two moments."""
    hours = opening_hours.OpeningHours(OFFICE.partition(";")[0])
    found = times(lambda start, lasting: list(hours.intervals(_wall(start), _wall(start + lasting))), asked)
    return len(found) / sum(found) * 1e6


def _wall(at: datetime) -> datetime:
    return at.replace(tzinfo=None)


def measured(what: str, found: Sequence[float], library: float) -> dict[str, object]:
    """One line."""
    a_second = len(found) / sum(found) * 1e6
    return {
        "what": what,
        "n": len(found),
        "a_second": round(a_second),
        "median_us": round(statistics.median(found), 2),
        "p95_us": round(found[int(len(found) * 0.95)], 2),
        "library_a_second": round(library),
        "ratio_to_library": round(a_second / library, 1),
    }


def arithmetic(n: int) -> None:
    """What `add` and `between` take."""
    asked = spans(n)
    library = by_library(asked[: max(n // 10, 50)])
    for name, make in HOURS.items():
        for what in ("add", "between"):
            hours = make()

            def work(
                start: datetime, lasting: timedelta, what: str = what, hours: Calendar | Chronicle = hours
            ) -> object:
                return hours.add(start, lasting / 3) if what == "add" else hours.between(start, start + lasting)

            print(json.dumps(measured(f"{what}, {name}", times(work, asked), library)), flush=True)


def main() -> None:
    arithmetic(500 if "--smoke" in sys.argv else 50_000)
    sweeps(smoke="--smoke" in sys.argv)


if __name__ == "__main__":
    main()
