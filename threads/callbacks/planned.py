"""A call that somebody is promised: at which number, in which window, and why so."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING

from threads.callbacks.numbers import country_of, shown
from threads.callbacks.window import Window, window_for
from threads.callbacks.wishes import Wish
from threads.sla.terms import NOTHING_GIVEN, NOTHING_MORE, Aim, Given, Promised

if TYPE_CHECKING:
    from threads.model import Priority
    from threads.policy import Policy  # its calendars load every country's holidays

COSTLY = "careful: ringing this number costs extra"


@dataclass(frozen=True, slots=True)
class Owed:
    """What says by whose hours somebody is called who wrote to a mailbox."""

    mailbox: str
    """Its address in lower case."""
    priority: Priority
    promised: Promised = NOTHING_MORE
    given: Given = NOTHING_GIVEN


@dataclass(frozen=True, slots=True)
class Planned:
    """A call as it is promised."""

    number: str
    """As it is dialled; "" where none is known."""
    shown: str
    """As it is read where the desk is."""
    said: str
    """The words that asked for it."""
    window: Window
    because: str

    def here(self, zone: tzinfo) -> Planned:
        """The same with its times as they are read in a zone."""
        window = self.window
        local = replace(window, from_at=window.from_at.astimezone(zone), until_at=window.until_at.astimezone(zone))
        return replace(self, window=local)


@dataclass(frozen=True, slots=True)
class Heard:
    """What a mail says about a call."""

    wish: Wish | None = None
    number: str = ""
    """The number that a further mail gives without a wish, as it is dialled."""
    plan: Planned | None = None
    """The call that is promised in a new conversation."""


NOTHING_HEARD = Heard()


def planned(wish: Wish, policy: Policy, owed: Owed, at: datetime) -> Planned | None:
    """The call that is promised to who wished for it at a moment; None where nobody is there any more."""
    terms = policy.terms(Aim.FIRST, owed.mailbox, owed.priority, owed.promised, owed.given)
    hours = policy.hours(terms.calendar if terms else owed.mailbox)
    window = window_for(wish.spans, hours, at, hours.add(at, terms.within) if terms else None)
    if window is None:
        return None
    reasons = (window.because, wish.because, COSTLY if wish.costly else "")
    number = shown(wish.number, country_of(policy.calendars.get(owed.mailbox, policy.calendar))) if wish.number else ""
    return Planned(wish.number, number, wish.words, window, "; ".join(filter(None, reasons)))
