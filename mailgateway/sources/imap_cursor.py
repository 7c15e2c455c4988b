"""How far an IMAP folder has got, and what to do with each mail in it: pure decisions.

A mail is known by its UID within one life of its folder (UIDVALIDITY). New mail has a higher UID than all before it
(RFC 9051, section 2.3.1.1), so one number says how far new mail is dealt with. What lay there when the folder was first
seen, or when its UIDs began anew, is old mail: it has a number of its own, since nobody waits for it, and it is taken
in as out of an archive, or left alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from templates.amounts import size as amount

MOST = 500
"""Mails in one batch: the command that names them stays below the 8192 octets that servers take (RFC 7162)."""
MOST_BYTES = 8 * 1024 * 1024
"""Bytes of mails in one batch, at most about: they lie in memory, and are written in one transaction."""
OLD_AFTER = timedelta(days=7)
"""How long ago a mail that is new here may have come for its writer to still get an acknowledgement."""
CLOCKS_DIFFER = timedelta(days=1)
"""By how much a server's clock and ours may differ before mail counts as older than the first sight of its folder."""
BEGINNING = 64 * 1024
"""Bytes that are kept of a mail which is too large."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a folder has got."""

    uidvalidity: int
    seen_uid: int
    """All above `old_until` up to here is dealt with."""
    old_until: int
    """What has a UID up to here lay there when the folder was first seen."""
    old_uid: int
    """Of that, all up to here is dealt with."""
    since_at: datetime
    """Of that, what came before is left alone."""

    @property
    def old_left(self) -> bool:
        """Whether there may be old mail that is not dealt with."""
        return self.old_uid < self.old_until


@dataclass(frozen=True, slots=True)
class Opened:
    """Where to go on in a folder, and why there."""

    cursor: Cursor
    because: str
    anew: bool = True
    """It does not go on where it was."""


def opened(
    cursor: Cursor | None, uidvalidity: int, uidnext: int, now: datetime, since_at: datetime | None = None
) -> Opened:
    """Where to go on in a folder that the server has just opened. `since_at` is from when on old mail is wanted."""
    last = uidnext - 1
    if cursor is None:
        first = Cursor(uidvalidity, last, last, last if since_at is None else 0, since_at or now - CLOCKS_DIFFER)
        wanted = "stays as it is" if since_at is None else f"is taken in from {since_at:%Y-%m-%d} on"
        return Opened(first, f"it is seen for the first time: what lies there {wanted}")
    afresh = Cursor(uidvalidity, last, last, 0, cursor.since_at)
    if cursor.uidvalidity != uidvalidity:
        return Opened(afresh, "the server numbered its mails anew (UIDVALIDITY): they are read again")
    if last < cursor.seen_uid:
        return Opened(afresh, "the server went back to lower UIDs: its mails are read again")
    return Opened(cursor, "it goes on where it was", anew=False)


class Doing(StrEnum):
    """What is done with a mail."""

    KEEP = "keep"
    IMPORT = "import"
    LEAVE = "leave"
    TOO_LARGE = "too large"


@dataclass(frozen=True, slots=True)
class Fate:
    """What is done with a mail, and why."""

    doing: Doing
    because: str


def fate(
    uid: int, size: int, came_at: datetime, cursor: Cursor, now: datetime, largest: int, *, sent: bool = False
) -> Fate:
    """What is done with a mail of which the server has told its size, and when it came; `sent` in a folder of sent mail."""
    old = uid <= cursor.old_until
    if old and came_at < cursor.since_at:
        return Fate(Doing.LEAVE, f"it came before {cursor.since_at:%Y-%m-%d %H:%M}, and lay there already")
    if size > largest:
        return Fate(
            Doing.TOO_LARGE, f"it has {amount(size)}, and this desk takes {amount(largest)}; it lies on the server"
        )
    if old:
        return Fate(Doing.IMPORT, "it lay there already: nothing is acknowledged")
    if sent:
        return Fate(Doing.IMPORT, "it lies among the sent mail: it is an answer, and waits for none")
    if came_at < now - OLD_AFTER:
        return Fate(Doing.IMPORT, f"it came more than {OLD_AFTER.days} days ago: nothing is acknowledged")
    return Fate(Doing.KEEP, "it is new")


def batches(sizes: Iterable[tuple[int, int]], most: int = MOST, most_bytes: int = MOST_BYTES) -> Iterator[list[int]]:
    """UIDs with their sizes, in portions that fit into memory and one transaction: the order stays, none is empty."""
    batch: list[int] = []
    total = 0
    for uid, size in sizes:
        if batch and (len(batch) >= most or total + size > most_bytes):
            yield batch
            batch, total = [], 0
        batch.append(uid)
        total += size
    if batch:
        yield batch


def dealt_with(cursor: Cursor, uid: int) -> Cursor:
    """The cursor once all up to a UID is dealt with: of old mail, or else of new."""
    if uid <= cursor.old_until:
        return replace(cursor, old_uid=max(cursor.old_uid, uid))
    return replace(cursor, seen_uid=max(cursor.seen_uid, uid))


def nothing_old_left(cursor: Cursor) -> Cursor:
    """The cursor once the server has no more old mail that is wanted."""
    return replace(cursor, old_uid=cursor.old_until)


def wanted_new(uids: Iterable[int], cursor: Cursor) -> list[int]:
    """Of the UIDs that a server names those that are new: "n:*" always names the last one too (RFC 9051, section 9)."""
    return sorted({uid for uid in uids if uid > cursor.seen_uid})


def wanted_old(uids: Iterable[int], cursor: Cursor) -> list[int]:
    """Of the UIDs that a server names the old ones that are not dealt with."""
    return sorted({uid for uid in uids if cursor.old_uid < uid <= cursor.old_until})


def wanted_by_archive(
    uids: Iterable[int], taken: Collection[int], cursor: Cursor, uidvalidity: int, *, served: bool
) -> list[int]:
    """Of the UIDs that a server names those to be brought in as an archive: all that the desk does not hold yet.

    Where a door serves the folder, what is new there is left to it: its writers wait for an answer.
    """
    new_from = cursor.seen_uid if served and cursor.uidvalidity == uidvalidity else None
    return sorted({uid for uid in uids if uid > 0 and uid not in taken and (new_from is None or uid <= new_from)})
