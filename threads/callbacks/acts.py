"""What agents do about calls that are wished for: write one down, say that it was made, or that it will not be. All can be undone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.errors import NotThere, WrongUse
from storage.tables import CallbackRow, ConversationRow
from threads.callbacks.numbers import country_of, number_said, shown
from threads.callbacks.planned import Planned, planned
from threads.callbacks.times import FURTHEST, said_in, spans_of
from threads.callbacks.window import Window
from threads.callbacks.wishes import Wish
from threads.conversation import Change, apply
from threads.policy import Policy
from threads.store.callbacks import OPEN, in_words, open_one, owed_in, values_of, with_known_number
from threads.undo.ledger import difference, snapshot

LONGEST = 2_000
EXAMPLES = 'say it as in "morgen zwischen 14 und 16 Uhr", "Montag vormittag" or "tomorrow after 3pm"'


@dataclass(frozen=True, slots=True)
class Act:
    """Who acts, by which policy, when, and where they read times."""

    actor: str
    policy: Policy
    now: datetime
    zone: tzinfo


@dataclass(frozen=True, slots=True)
class Wanted:
    """A call as an agent writes it down: in words, or from one moment until another; without either as soon as an answer is owed."""

    number: str = ""
    when: str = ""
    from_at: datetime | None = None
    until_at: datetime | None = None


def add(session: Session, row: ConversationRow, wanted: Wanted, act: Act) -> str:
    """Write a call down, in place of one that is open. What was done; raises `WrongUse` for what cannot be."""
    plan = _planned(session, row, wanted, act)
    there = open_one(session, row.id)

    def change() -> None:
        if there is None:
            session.add(CallbackRow(**values_of(plan, row.id, None, act.now)))
            return
        window = plan.window
        there.number, there.said, there.because = plan.number or there.number, plan.said, plan.because
        there.from_at, there.until_at, there.tell_at = window.from_at, window.until_at, window.from_at

    did = "changed the callback" if there is not None else "wrote down a callback"
    return _apply(session, row, act, f"{act.actor} {did}: {in_words(plan, act.zone)}", change)


def end(session: Session, row: ConversationRow, state: str, because: str, act: Act) -> str:
    """Say of what is open that it is "done" or "cancelled". What was done; raises `NotThere` where nothing is open."""
    here = select(CallbackRow).where(CallbackRow.conversation_id == row.id, CallbackRow.state == OPEN)
    rows = list(session.scalars(here))
    if not rows:
        raise NotThere(
            f"no callback is open in {row.handle}; `brief callback list` shows all, `brief callback add` makes one"
        )
    if len(because) > LONGEST:
        raise WrongUse(f"that is longer than {LONGEST:,} characters; shorten it")

    def change() -> None:
        for each in rows:
            each.state, each.tell_at, each.ended_at = state, None, act.now
            each.ended_by, each.ended_because = act.actor, because

    did = "called the customer" if state == "done" else "cancelled the callback"
    return _apply(session, row, act, f"{act.actor} {did}{f': {because}' if because else ''}", change)


def _apply(session: Session, row: ConversationRow, act: Act, because: str, change: Callable[[], None]) -> str:
    """Make a change true, with the rows that it changed, by which it is undone."""
    only = (CallbackRow,)
    before = snapshot(session, [row.id], only)
    change()
    rows = difference(before, snapshot(session, [row.id], only))
    return apply(session, row, Change("callback", because, data={"rows": rows}), actor=act.actor, now=act.now).because


def _planned(session: Session, row: ConversationRow, wanted: Wanted, act: Act) -> Planned:
    calendar = act.policy.calendars.get(row.mailbox, act.policy.calendar)
    country = country_of(calendar)
    number = number_said(wanted.number, country) if wanted.number else ""
    wish = Wish(number, _spans(wanted, act), wanted.when, f"{act.actor} wrote it down")
    wish = with_known_number(session, wish, row.customer_address, row.id)
    if wanted.from_at is not None and wanted.until_at is not None:
        window = Window(*_checked(wanted.from_at, wanted.until_at, act.now), f"as {act.actor} said")
        return Planned(wish.number, shown(wish.number, country) if wish.number else "", "", window, window.because)
    plan = planned(wish, act.policy, owed_in(session, row), act.now)
    if plan is None:
        raise WrongUse("nobody is there in the next two years; say --from and --until")
    return plan


def _spans(wanted: Wanted, act: Act) -> tuple[tuple[datetime, datetime], ...]:
    if not wanted.when:
        return ()
    said = said_in(wanted.when, act.now, act.zone)
    if said.is_empty:
        raise WrongUse(f"{wanted.when[:100]!r} is no time that I understand; {EXAMPLES}")
    spans = spans_of(said, act.now, act.zone)
    if not spans:
        raise WrongUse(f"{wanted.when[:100]!r} is over already, or more than a year away; {EXAMPLES}")
    return spans


def _checked(from_at: datetime, until_at: datetime, now: datetime) -> tuple[datetime, datetime]:
    if until_at <= from_at:
        raise WrongUse("--until is not later than --from")
    if until_at <= now:
        raise WrongUse("--until is over already")
    if until_at - now > FURTHEST + timedelta(days=1):
        raise WrongUse("--until is more than a year away")
    return from_at, until_at
