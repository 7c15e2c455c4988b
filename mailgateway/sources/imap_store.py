"""What the desk remembers of an IMAP folder: who reads it, how far that has got, and what became of each mail."""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from mailgateway.sources.imap_cursor import Cursor
from storage.claim import insert_ignoring
from storage.errors import Unavailable
from storage.rows import put
from storage.tables import EnvelopeRow, ImapFolderRow, ImapMailRow


class LostLease(Unavailable):
    """Another process reads this folder now."""


@dataclass(frozen=True, slots=True)
class Place:
    """A folder of an account."""

    account: str
    folder: str

    def __str__(self) -> str:
        return f"{self.account}, {self.folder}"


def new_holder() -> str:
    """A name for a reader of a folder, by which others on this machine can tell whether it still lives."""
    return f"{socket.gethostname()} {os.getpid()} {secrets.token_hex(8)}"


def is_gone(holder: str) -> bool:
    """Whether a holder was a process of this machine that has ended. One of another machine may live."""
    host, _, rest = holder.partition(" ")
    pid = rest.partition(" ")[0]
    if host != socket.gethostname() or not pid.isdigit() or int(pid) == os.getpid():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False


def take(session: Session, place: Place, holder: str, now: datetime, until: datetime) -> bool:
    """Lease a folder for a while, or for a while longer; False where another process that may live has it."""
    insert_ignoring(session, ImapFolderRow, [_NEW | {"account": place.account, "folder": place.folder}])
    row = _locked(session, place)
    free = row.leased_until is None or row.leased_until <= now or is_gone(row.holder)
    if row.holder != holder and not free:
        return False
    row.holder, row.leased_until = holder, until
    return True


_NEW: dict[str, Any] = {
    "uidvalidity": None, "seen_uid": 0, "old_until": 0, "old_uid": 0, "since_at": None,
    "holder": "", "leased_until": None, "error": "", "failing_since": None,
}  # fmt: skip


def release(session: Session, place: Place, holder: str) -> None:
    """Give a folder back, for another process to read at once."""
    mine = ImapFolderRow.account == place.account, ImapFolderRow.folder == place.folder
    free = {"holder": "", "leased_until": None}
    session.execute(update(ImapFolderRow).where(*mine, ImapFolderRow.holder == holder).values(free))


def cursor_of(session: Session, place: Place) -> Cursor | None:
    """How far a folder has got; None where it was never seen."""
    row = session.get(ImapFolderRow, (place.account, place.folder))
    if row is None or row.uidvalidity is None or row.since_at is None:
        return None
    return Cursor(row.uidvalidity, row.seen_uid, row.old_until, row.old_uid, row.since_at)


def put_cursor(session: Session, place: Place, holder: str, cursor: Cursor, until: datetime) -> None:
    """Write down how far a folder has got, and hold it on. Raises `LostLease` where another process has it."""
    row = _locked(session, place)
    if row.holder != holder:
        raise LostLease(f"{place}: another process reads it now")
    row.leased_until = until
    _move(row, cursor)


def _move(row: ImapFolderRow, cursor: Cursor) -> None:
    row.uidvalidity, row.since_at = cursor.uidvalidity, cursor.since_at
    row.seen_uid, row.old_until, row.old_uid = cursor.seen_uid, cursor.old_until, cursor.old_uid


def first_seen(session: Session, place: Place, cursor: Cursor, now: datetime) -> Cursor:
    """Write down where a door will go on in a folder that was never seen, and that nobody reads; gives what stands there."""
    insert_ignoring(session, ImapFolderRow, [_NEW | {"account": place.account, "folder": place.folder}])
    row = _locked(session, place)
    if row.uidvalidity is None and (row.leased_until is None or row.leased_until <= now or is_gone(row.holder)):
        _move(row, cursor)
        session.flush()
    return cursor_of(session, place) or cursor


def note_error(session: Session, place: Place, error: str, now: datetime) -> None:
    """Write down why a folder cannot be read, and since when; "" where it can."""
    insert_ignoring(session, ImapFolderRow, [_NEW | {"account": place.account, "folder": place.folder}])
    row = _locked(session, place)
    row.failing_since = (row.failing_since or now) if error else None
    row.error = error


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one mail, as it is written down."""

    uid: int
    outcome: str
    size: int
    sha256: str = ""
    because: str = ""
    envelope_id: UUID | None = None
    afterwards: str = ""


def put_outcomes(session: Session, place: Place, uidvalidity: int, outcomes: Sequence[Outcome], now: datetime) -> None:
    """Write down what became of some mails, in place of what stood there of them."""
    uids = [each.uid for each in outcomes]
    session.execute(delete(ImapMailRow).where(*mails_of(place, uidvalidity), ImapMailRow.uid.in_(uids)))
    where = {"account": place.account, "folder": place.folder, "uidvalidity": uidvalidity, "at": now}
    put(session, ImapMailRow, *(where | _plain(each) for each in outcomes))


def _plain(each: Outcome) -> dict[str, Any]:
    return {name: getattr(each, name) for name in Outcome.__dataclass_fields__}


def kept_before(session: Session, account: str, hashes: Collection[str]) -> dict[str, UUID | None]:
    """Of some mails, by their hash, those that came out of this account before, byte for byte; with their envelope."""
    query = select(ImapMailRow.sha256, ImapMailRow.envelope_id).where(
        ImapMailRow.account == account, ImapMailRow.sha256.in_(hashes), ImapMailRow.outcome.in_(TAKEN)
    )
    return {row.sha256: row.envelope_id for row in session.execute(query)}


def taken(session: Session, place: Place, uidvalidity: int) -> set[int]:
    """The mails of a folder that the desk holds."""
    held = ImapMailRow.outcome.in_(TAKEN)
    return set(session.scalars(select(ImapMailRow.uid).where(*mails_of(place, uidvalidity), held)))


TAKEN = ("kept", "imported", "same")
"""The outcomes of mails that the desk holds."""
TOO_LARGE = "too large"
SET_ASIDE = (TOO_LARGE, "unread")
"""The outcomes of mails that a person has to look at."""


def unsettled(session: Session, place: Place, uidvalidity: int, most: int) -> list[int]:
    """The mails for which it is still to be done on the server what is done after the commit."""
    undone = ImapMailRow.afterwards == "", ImapMailRow.outcome.in_(TAKEN)
    query = select(ImapMailRow.uid).where(*mails_of(place, uidvalidity), *undone)
    return list(session.scalars(query.order_by(ImapMailRow.uid).limit(most)))


def unshown(session: Session, place: Place) -> list[ImapMailRow]:
    """The mails that are too large, and of which no conversation shows yet that they came."""
    here = ImapMailRow.account == place.account, ImapMailRow.folder == place.folder
    waiting = ImapMailRow.afterwards == "", ImapMailRow.outcome == TOO_LARGE, ImapMailRow.envelope_id.is_not(None)
    return list(session.scalars(select(ImapMailRow).where(*here, *waiting).order_by(ImapMailRow.uid)))


def sizes_of(session: Session, place: Place, uidvalidity: int, uids: Iterable[int]) -> dict[int, tuple[str, int]]:
    """Hash and size of some mails, by their UID."""
    these = (*mails_of(place, uidvalidity), ImapMailRow.uid.in_(list(uids)))
    rows = session.execute(select(ImapMailRow.uid, ImapMailRow.sha256, ImapMailRow.size).where(*these))
    return {row.uid: (row.sha256, row.size) for row in rows}


def settle(session: Session, place: Place, uidvalidity: int, uids: Iterable[int], afterwards: str) -> None:
    """Write down what was done on the server after the commit."""
    these = (*mails_of(place, uidvalidity), ImapMailRow.uid.in_(list(uids)))
    session.execute(update(ImapMailRow).where(*these).values(afterwards=afterwards))


def settle_first(session: Session, place: Place, uidvalidity: int, uid: int, afterwards: str) -> bool:
    """Write down what was done with one mail after the commit; False where that stands there already."""
    this = *mails_of(place, uidvalidity), ImapMailRow.uid == uid, ImapMailRow.afterwards == ""
    changed = update(ImapMailRow).where(*this).values(afterwards=afterwards).returning(ImapMailRow.uid)
    return session.scalars(changed).first() is not None


def set_aside(session: Session, envelope_id: UUID, error: str) -> None:
    """Show an envelope among those that were set aside."""
    session.execute(update(EnvelopeRow).where(EnvelopeRow.id == envelope_id).values(state="shunted", error=error))


def mails_of(place: Place, uidvalidity: int) -> tuple[Any, ...]:
    """What tells the mails of one life of a folder from all others."""
    return (
        ImapMailRow.account == place.account,
        ImapMailRow.folder == place.folder,
        ImapMailRow.uidvalidity == uidvalidity,
    )


def _locked(session: Session, place: Place) -> ImapFolderRow:
    query = select(ImapFolderRow).where(ImapFolderRow.account == place.account, ImapFolderRow.folder == place.folder)
    return session.scalars(query.with_for_update().execution_options(populate_existing=True)).one()
