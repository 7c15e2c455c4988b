"""The breaker: what goes out by itself stops for a while where too much of it goes out, as in a loop of two machines.

    closed --too many that say the same, or too many in all--> open --by time--> closed

What says the same once too often is dropped; what else would go out by itself waits until the breaker closes. Agents'
answers always go.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

WITHIN = timedelta(hours=1)
"""The time in which automatic mails are counted."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What may go out, and how fast; 0 is no limit."""

    domain_a_minute: int = 0
    """Mails to one domain."""
    same_content_an_hour: int = 600
    """Automatic mails that say the same."""
    automatic_an_hour: int = 1000
    """Automatic mails in all."""
    breaker_for: timedelta = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Breaker:
    """It is open: nothing goes out by itself."""

    since: datetime
    until: datetime
    because: str


@dataclass(frozen=True, slots=True)
class Goes:
    """Nothing keeps the mail."""


@dataclass(frozen=True, slots=True)
class Waits:
    """It goes when the breaker has closed; `opens` is the breaker that this mail opened."""

    until: datetime
    because: str
    opens: Breaker | None = None


@dataclass(frozen=True, slots=True)
class Drops:
    """It never goes; `opens` is the breaker that this mail opened."""

    because: str
    opens: Breaker | None = None


def judge(
    same_content: int, in_all: int, breaker: Breaker | None, limits: Limits, now: datetime
) -> Goes | Waits | Drops:
    """What becomes of a mail that would go out by itself, where so many were made in an hour, this one included."""
    if 0 < limits.same_content_an_hour < same_content:
        because = f"{same_content} mails that say the same were to go out by themselves within an hour"
        return Drops(because, None if breaker else _opened(because, limits, now))
    if breaker is not None:
        return Waits(breaker.until, f"the breaker is open: {breaker.because}")
    if 0 < limits.automatic_an_hour < in_all:
        because = f"{in_all} mails were to go out by themselves within an hour"
        opened = _opened(because, limits, now)
        return Waits(opened.until, f"the breaker is open: {because}", opened)
    return Goes()


def _opened(because: str, limits: Limits, now: datetime) -> Breaker:
    return Breaker(now, now + limits.breaker_for, because)
