"""What an organisation has been promised: its contract class, and the hours by which its clocks run."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.errors import WrongUse
from storage.tables import ConversationRow, OrganisationRow, PersonRow
from threads.conversation import hold_in_order
from threads.model import Status
from threads.sla.terms import ROUND_THE_CLOCK, Promised
from threads.sla.touched import touch_promised


@dataclass(frozen=True, slots=True)
class Offers:
    """What there is to be promised."""

    contracts: tuple[str, ...]
    """The contract classes that the settings have an SLA policy for."""
    calendars: tuple[str, ...]


def agreed(offers: Offers, *, contract: str | None, calendar: str | None, was: Promised) -> Promised:
    """What is promised from now on: what is None stays. Raises `WrongUse` for what there is not."""
    return Promised(
        was.contract if contract is None else _one_of(contract, offers.contracts, "contract class", "[[sla]]"),
        was.calendar
        if calendar is None
        else _one_of(calendar, (*offers.calendars, ROUND_THE_CLOCK), "calendar", "[[calendar]]"),
    )


def _one_of(name: str, there: Collection[str], what: str, section: str) -> str:
    """A name in the letters in which it is written down, "" where it is none."""
    wanted = name.strip()
    if not wanted:
        return ""
    for each in there:
        if each.casefold() == wanted.casefold():
            return each
    near = get_close_matches(wanted, sorted(there), 1, 0.6)
    hint = f"did you mean {near[0]}?" if near else f"there is {', '.join(sorted(there)) or 'none'}."
    raise WrongUse(f"no {what} is called {wanted[:80]!r}; {hint} A {section} in the settings makes one")


def promise(row: OrganisationRow, promised: Promised) -> None:
    """Write down what an organisation has been promised."""
    row.contract, row.calendar = promised.contract, promised.calendar


def promised_in(row: OrganisationRow) -> Promised:
    """What an organisation has been promised."""
    return Promised(row.contract, row.calendar)


def owe_anew(session: Session, persons: Iterable[UUID], now: datetime) -> None:
    """Have the clocks put right of all that is open with some customers: something else may be owed to them."""
    theirs = ConversationRow.customer_id.in_(list(persons))
    open_ = theirs & (ConversationRow.status != Status.CLOSED) & ConversationRow.merged_into_id.is_(None)
    hold_in_order(session, open_)
    for row in session.scalars(select(ConversationRow).where(open_)):
        touch_promised(session, row, now)


def members_of(session: Session, organisation: UUID) -> list[UUID]:
    """The persons of an organisation."""
    return list(session.scalars(select(PersonRow.id).where(PersonRow.organisation_id == organisation)))
