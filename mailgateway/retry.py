"""How long to wait before something is tried again, and when to set it aside: pure decisions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from storage.errors import Lost, Unavailable

INTAKE_PAUSES = (
    timedelta(seconds=1),
    timedelta(seconds=5),
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
)
"""After which pauses a mail that we failed to take in is tried again."""

TRIES = len(INTAKE_PAUSES) + 1
"""How often a mail is tried before it is shunted."""

AWAY_PAUSE = timedelta(minutes=2)
"""The longest pause while something that we need is away."""

DELIVERY_PAUSES = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(minutes=30),
    timedelta(hours=1),
    timedelta(hours=2),
    timedelta(hours=4),
)
"""After which pauses a deferred mail is offered again; the last one repeats."""

GIVE_UP_AFTER = timedelta(days=5)
"""How long a mail is offered to a relay that defers it (RFC 5321, section 4.5.4.1)."""

CONNECT_PAUSES = (
    timedelta(seconds=1),
    timedelta(seconds=5),
    timedelta(seconds=15),
    timedelta(seconds=30),
    timedelta(minutes=1),
    timedelta(minutes=2),
    timedelta(minutes=5),
)
"""After which pauses a server that mail is fetched from is called again; the last one repeats."""

LOGIN_PAUSES = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15), timedelta(minutes=30))
"""The same where it did not let us in: servers lock who knocks too often with a wrong password."""


@dataclass(frozen=True, slots=True)
class Again:
    """It is tried again at `at`."""

    at: datetime
    because: str


@dataclass(frozen=True, slots=True)
class Shunt:
    """It is set aside for a person."""

    because: str


def retry(tries: int, error: BaseException, now: datetime) -> Again | Shunt:
    """What becomes of a mail whose intake has failed `tries` times, the last time with `error`.

    Where something that we need is away the mail is not at fault: it waits, however long that lasts. What is lost does
    not come back by waiting.
    """
    because = in_one_line(error)
    pause = INTAKE_PAUSES[min(max(tries, 1), len(INTAKE_PAUSES)) - 1]
    if isinstance(error, Unavailable):
        return Again(now + min(pause, AWAY_PAUSE), because)
    if tries >= TRIES or isinstance(error, Lost):
        return Shunt(because)
    return Again(now + pause, because)


def next_offer(tries: int, waiting_since: datetime, now: datetime) -> datetime | None:
    """When to offer a deferred mail to the relay again after `tries` tries; None: it is given up."""
    at = now + DELIVERY_PAUSES[min(max(tries, 1), len(DELIVERY_PAUSES)) - 1]
    last = waiting_since + GIVE_UP_AFTER
    if now >= last:
        return None
    return min(at, last)


def next_call(failures: int, *, refused: bool) -> timedelta:
    """How long to wait before a server is called again that failed so often in a row; `refused` where it did not let us in."""
    pauses = LOGIN_PAUSES if refused else CONNECT_PAUSES
    return pauses[min(max(failures, 1), len(pauses)) - 1]


def in_one_line(error: BaseException, longest: int = 300) -> str:
    """What an error says, in one line that fits beside a mail in a list."""
    line = " ".join(str(error).split()) or "no further word"
    return f"{type(error).__name__}: {line}"[:longest]
