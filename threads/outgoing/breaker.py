"""The breaker: what goes out by itself stops for a while where it goes round in a circle.

    closed --one address is sent the same too often--> open for that address --by time, or by an agent--> closed
           --too many are sent the same once more---->  open for all

Many people who are each sent one mail open nothing, however many they are: an outage that everybody writes about is no
loop. What an address is sent too often is dropped; what else would go out by itself waits until the breaker closes.
Agents' answers always go.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

WITHIN = timedelta(hours=1)
"""The time in which automatic mails are counted."""
ALL = ""
"""Stands for every address."""
OPEN = "the breaker is open (`brief outbox breaker`)"


@dataclass(frozen=True, slots=True)
class Limits:
    """What may go out, and how fast; 0 is no limit."""

    domain_a_minute: int = 0
    """Mails to one domain."""
    same_to_address_an_hour: int = 3
    """Acknowledgements to one address, or notices that say the same."""
    repeated_an_hour: int = 50
    """Such mails in all that are not the first of their kind to their address."""
    breaker_for: timedelta = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Breaker:
    """It is open: nothing goes by itself to an address, or to `ALL`."""

    address: str
    since: datetime
    until: datetime
    because: str


@dataclass(frozen=True, slots=True)
class Counted:
    """The automatic mails of the last hour, up to the one in question and with it."""

    to_address: int
    """Those that say the same to its address."""
    repeated: int
    """Those to any address that was sent the same before."""


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
    address: str, counted: Counted, breaker: Breaker | None, limits: Limits, now: datetime
) -> Goes | Waits | Drops:
    """What becomes of a mail that would go out by itself to an address; `breaker` is open for that address or for all."""
    if 0 < limits.same_to_address_an_hour < counted.to_address:
        because = (
            f"{counted.to_address} mails of one kind were to go to {address} by themselves within an hour "
            f"([limits] same_to_address_an_hour = {limits.same_to_address_an_hour})"
        )
        return Drops(because, None if breaker else Breaker(address, now, now + limits.breaker_for, because))
    if breaker is not None:
        return Waits(breaker.until, f"{OPEN}: {breaker.because}")
    if counted.to_address > 1 and 0 < limits.repeated_an_hour < counted.repeated:
        because = (
            f"{counted.repeated} mails were to go out by themselves within an hour to addresses that had been sent one of "
            f"the kind ([limits] repeated_an_hour = {limits.repeated_an_hour})"
        )
        opens = Breaker(ALL, now, now + limits.breaker_for, because)
        return Waits(opens.until, f"{OPEN}: {because}", opens)
    return Goes()
