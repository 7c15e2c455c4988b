"""The addresses that mail does not reach for good: kept, asked for, and lifted."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import bindparam, delete, select
from sqlalchemy.orm import Session

from storage.claim import insert_ignoring
from storage.rows import change, rows_of
from storage.tables import StopRow


def stop(session: Session, address: str, because: str, now: datetime) -> bool:
    """Stop an address; whether it was not stopped yet."""
    row = {"address": address.lower(), "since_at": now, "because": because[:1000]}
    return insert_ignoring(session, StopRow, [row]) > 0


def stopped(session: Session, addresses: Collection[str]) -> dict[str, str]:
    """Why mail does not go to some addresses; those that it goes to are left out."""
    asked = {each.lower() for each in addresses}
    return {row.address: row.because for row in rows_of(session, _STOPPED, addresses=asked)} if asked else {}


_STOPPED = select(StopRow.address, StopRow.because).where(StopRow.address.in_(bindparam("addresses", expanding=True)))
_LIFT = delete(StopRow).where(StopRow.address == bindparam("lifted"))


def lift(session: Session, address: str) -> bool:
    """Let mail go to an address again; whether it was stopped."""
    return change(session, _LIFT, lifted=address.lower()) > 0


def listing(session: Session, limit: int = 1000) -> list[StopRow]:
    """The stopped addresses, the latest first."""
    return list(session.scalars(select(StopRow).order_by(StopRow.since_at.desc(), StopRow.address).limit(limit)))
