"""The hours of the desk as they changed: what a running clock has counted is counted by what held then."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from storage.errors import WrongUse
from storage.tables import CalendarRow
from threads.hours import Calendar
from threads.policy import Policy
from threads.working import Chronicle


def keep_hours(session: Session, policy: Policy, now: datetime) -> tuple[Policy, list[str]]:
    """The policy with the hours as they changed, after what differs from the newest that are stored was written.

    Beside it the names of those that changed: clocks that run by them are due at another time (`threads.sla.hours_changed`).
    """
    stored, held = _stored(session), _held(policy)
    names = {*held, *stored}
    changed = [name for name in sorted(names & set(stored)) if stored[name].newest != held.get(name, policy.calendar)]
    for name in sorted({*changed, *(names - set(stored))}):
        followed_at = None if name in stored else now
        session.add(_row(name, held.get(name, policy.calendar), now, followed_at))
    return _with(policy, stored, now), changed


def differs(session: Session, policy: Policy) -> bool:
    """Whether hours of the policy differ from the newest that are stored, or are not there yet."""
    stored, held = _stored(session), _held(policy)
    names = {*held, *stored}
    return any(name not in stored or stored[name].newest != held.get(name, policy.calendar) for name in names)


def with_history(session: Session, policy: Policy, now: datetime) -> Policy:
    """The policy with the hours as they changed; what differs from the newest that are stored holds from now on, and is not written."""
    return _with(policy, _stored(session), now)


def _with(policy: Policy, stored: Mapping[str, Chronicle], now: datetime) -> Policy:
    held = _held(policy)
    return replace(
        policy, history={name: each.then(now, held.get(name, policy.calendar)) for name, each in stored.items()}
    )


def _held(policy: Policy) -> dict[str, Calendar]:
    """The hours that the settings name, by the names that clocks know them under: of each mailbox, too, for it may change its calendar."""
    mailboxes = {name: policy.calendars.get(name, policy.calendar) for name in policy.addresses}
    return {"": policy.calendar, **policy.calendars, **mailboxes}


def _stored(session: Session) -> dict[str, Chronicle]:
    """The hours that are stored, by name. What this program cannot read any more is passed over: no clock may stop for it."""
    held: dict[str, list[tuple[datetime, Calendar]]] = {}
    for row in session.scalars(select(CalendarRow)):
        with suppress(WrongUse):
            held.setdefault(row.name, []).append((row.from_at, _calendar(row)))
    return {name: Chronicle.of(each) for name, each in held.items() if each}


def _calendar(row: CalendarRow) -> Calendar:
    return Calendar(row.opening, row.zone, row.holidays, row.off, today=row.from_at.date())


def not_followed(session: Session, policy: Policy) -> dict[str, datetime]:
    """The names of hours that changed without all clocks having been put right yet, and from when on they hold.

    Only those that the policy knows as the newest: another process may have read the settings before this one.
    """
    rows = session.scalars(select(CalendarRow).where(CalendarRow.followed_at.is_(None)))
    return {
        row.name: row.from_at
        for row in rows
        if row.name in policy.history and _is_newest(row, policy.history[row.name])
    }


def followed(session: Session, changed: Mapping[str, datetime], now: datetime) -> None:
    """All clocks have been put right after these hours, and what held before them."""
    for name, from_at in changed.items():
        earlier = (CalendarRow.name == name) & (CalendarRow.from_at <= from_at) & CalendarRow.followed_at.is_(None)
        session.execute(update(CalendarRow).where(earlier).values(followed_at=now))


def _is_newest(row: CalendarRow, chronicle: Chronicle) -> bool:
    newest = chronicle.newest
    written = row.opening, row.zone, row.holidays, tuple(row.off)
    return written == (newest.opening, newest.zone.key, newest.holidays, newest.off)


def _row(name: str, calendar: Calendar, now: datetime, followed_at: datetime | None) -> CalendarRow:
    return CalendarRow(
        name=name,
        from_at=now,
        opening=calendar.opening,
        zone=calendar.zone.key,
        holidays=calendar.holidays,
        off=list(calendar.off),
        followed_at=followed_at,
    )
