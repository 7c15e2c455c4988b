"""What an IMAP folder holds beside what the desk holds of it: every difference by name, and what is missing brought in."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from mailgateway.importing import import_mails
from mailgateway.mime.headers import read_header
from mailgateway.sources import imap_store as store
from mailgateway.sources.imap_account import After, ImapAccount
from mailgateway.sources.imap_cursor import Cursor, batches
from mailgateway.sources.imap_fetch import Fetching
from mailgateway.sources.imap_session import ImapSession
from mailgateway.sources.imap_store import TAKEN, Outcome, Place
from mailgateway.sources.imap_writing import for_mailbox
from storage.database import Database
from storage.tables import EnvelopeRow, ImapMailRow, MessageRow
from threads.policy import Policy

MOST_NAMED = 1000
"""Differences of one sort of which a person is told sender and subject."""


@dataclass(frozen=True, slots=True)
class Held:
    """What the desk remembers of a mail."""

    outcome: str
    afterwards: str = ""
    because: str = ""


@dataclass(frozen=True, slots=True)
class Compared:
    """The UIDs of a folder, each under what it is."""

    kept: tuple[int, ...] = ()
    """On the server, and held."""
    moved: tuple[int, ...] = ()
    """Held, and moved away there as the settings say."""
    left: tuple[int, ...] = ()
    """On the server since before the folder was first seen, and left there."""
    waiting: tuple[int, ...] = ()
    """On the server, and not looked at yet."""
    missing: tuple[int, ...] = ()
    """On the server, dealt with, and not held: this must not be."""
    set_aside: tuple[int, ...] = ()
    """Too large, or the server did not give them."""
    gone: tuple[int, ...] = ()
    """Held, and no longer on the server, though we did not move them."""


def compared(on_server: Collection[int], held: Mapping[int, Held], cursor: Cursor | None) -> Compared:
    """Every UID of either side under what it is."""
    there = set(on_server)
    taken = {uid for uid, each in held.items() if each.outcome in TAKEN}
    moved = {uid for uid in taken - there if held[uid].afterwards == "moved"}
    unknown = there - held.keys()
    waiting = {uid for uid in unknown if cursor is None or _is_ahead(uid, cursor)}
    left = {uid for uid in unknown - waiting if cursor is not None and uid <= cursor.old_until}
    return Compared(
        kept=_sorted(taken & there),
        moved=_sorted(moved),
        left=_sorted(left),
        waiting=_sorted(waiting),
        missing=_sorted(unknown - waiting - left),
        set_aside=_sorted(held.keys() - taken),
        gone=_sorted(taken - there - moved),
    )


def _is_ahead(uid: int, cursor: Cursor) -> bool:
    return uid > cursor.seen_uid if uid > cursor.old_until else uid > cursor.old_uid


def _sorted(uids: Iterable[int]) -> tuple[int, ...]:
    return tuple(sorted(uids))


def ranges(uids: Sequence[int]) -> str:
    """UIDs in short, as in "1:17,20"; they come in order."""
    starts = [uid for before, uid in pairwise((-1, *uids)) if uid != before + 1] if uids else []
    ends = [uid for uid, after in pairwise((*uids, -1)) if after != uid + 1] if uids else []
    return ",".join(
        str(first) if first == last else f"{first}:{last}" for first, last in zip(starts, ends, strict=True)
    )


@dataclass(frozen=True, slots=True)
class Difference:
    """One mail that is on one side alone, or was set aside, told so that a person knows which it is."""

    uid: int
    what: str
    """"missing", "waiting", "too large", "unread" or "gone"."""
    because: str = ""
    sender: str = ""
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """What became of comparing one folder."""

    account: str
    folder: str
    uidvalidity: int
    compared: Compared
    differences: tuple[Difference, ...] = ()
    fetched: int = 0
    renumbered: bool = field(default=False)
    """The server began the UIDs anew since the desk last read the folder: it will read them again."""

    @property
    def well(self) -> bool:
        """Whether nobody has to look."""
        return not (self.compared.missing or self.compared.set_aside)

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        these = self.compared
        numbers = {name: len(getattr(these, name)) for name in ("kept", "moved", "left", "waiting", "missing", "gone")}
        return {
            "account": self.account,
            "folder": self.folder,
            "uidvalidity": self.uidvalidity,
            "renumbered": self.renumbered,
            **numbers,
            "set_aside": len(these.set_aside),
            "left_uids": ranges(these.left),
            "fetched": self.fetched,
            "differences": [asdict(each) for each in self.differences],
        }


def reconcile(imap: ImapSession, account: ImapAccount, folder: str, database: Database) -> Report:
    """Compare a folder on the server with what the desk holds of it. Changes nothing on either side."""
    place = Place(account.name, folder)
    selected = imap.select(folder, readonly=True)
    on_server = [uid for uid in imap.uids_after(0) if uid > 0]
    with database.reading() as session:
        cursor = store.cursor_of(session, place)
        renumbered = cursor is not None and cursor.uidvalidity != selected.uidvalidity
        held = _held(session, place, selected.uidvalidity)
        found = compared(on_server, held, None if renumbered else cursor)
        gone = _names_of_ours(session, place, selected.uidvalidity, found.gone)
    named = [(uid, "missing") for uid in found.missing] + [(uid, "waiting") for uid in found.waiting]
    named += [(uid, held[uid].outcome) for uid in found.set_aside]
    heads = _names_there(imap, [uid for uid, _ in named][:MOST_NAMED])
    differences = [
        Difference(uid, what, held[uid].because if uid in held else "", *heads.get(uid, ("", "")))
        for uid, what in named
    ]
    differences += [Difference(uid, "gone", "", *gone.get(uid, ("", ""))) for uid in found.gone]
    return Report(account.name, folder, selected.uidvalidity, found, tuple(differences), renumbered=renumbered)


def bring_in(
    imap: ImapSession,
    account: ImapAccount,
    report: Report,
    database: Database,
    policy: Policy,
    now: datetime,
    *,
    largest: int,
    old: bool = False,
) -> int:
    """Take in what is missing or was set aside, and what was left where `old`, as `brief mail import` does; how many."""
    place, these = Place(report.account, report.folder), report.compared
    fetching = Fetching(str(place))
    wanted = sorted({*these.missing, *these.set_aside, *(these.left if old else ())})
    listed = {uid: each for uid, each in _listed(fetching, imap, wanted) if each <= largest}
    number = 0
    for batch in batches(listed.items()):
        raws, _ = fetching.mails(imap, batch)
        named = [(f"{place} {uid}", raw, None) for uid, raw in raws.items()]
        number += sum(1 for _ in import_mails(database, for_mailbox(policy, account.mailbox), named, now))
        afterwards = "left" if account.after is After.LEAVE else ""  # the desk that runs does the rest
        outcomes = [
            Outcome(uid, "imported", len(raw), hashlib.sha256(raw).hexdigest(), afterwards=afterwards)
            for uid, raw in raws.items()
        ]
        with database.writing() as session:
            store.put_outcomes(session, place, report.uidvalidity, outcomes, now)
    return number


def _listed(fetching: Fetching, imap: ImapSession, uids: Sequence[int]) -> Iterable[tuple[int, int]]:
    for portion in batches((uid, 0) for uid in uids):
        yield from ((uid, each.size) for uid, each in fetching.listed(imap, portion).items())


def _held(session: Session, place: Place, uidvalidity: int) -> dict[int, Held]:
    query = select(ImapMailRow.uid, ImapMailRow.outcome, ImapMailRow.afterwards, ImapMailRow.because)
    rows = session.execute(query.where(*store.mails_of(place, uidvalidity)))
    return {row.uid: Held(row.outcome, row.afterwards, row.because) for row in rows}


def _names_of_ours(session: Session, place: Place, uidvalidity: int, uids: Sequence[int]) -> dict[int, tuple[str, str]]:
    """Sender and subject of mails, as the desk knows them."""
    query = (
        select(ImapMailRow.uid, MessageRow.from_address, MessageRow.subject)
        .join(EnvelopeRow, EnvelopeRow.id == ImapMailRow.envelope_id)
        .join(MessageRow, MessageRow.id == EnvelopeRow.message_id)
        .where(*store.mails_of(place, uidvalidity), ImapMailRow.uid.in_(uids[:MOST_NAMED]))
    )
    return {row.uid: (row.from_address, row.subject) for row in session.execute(query)}


def _names_there(imap: ImapSession, uids: Sequence[int]) -> dict[int, tuple[str, str]]:
    """Sender and subject of mails, as the server tells them."""
    named: dict[int, tuple[str, str]] = {}
    for portion in batches((uid, 0) for uid in uids):
        for uid, raw in imap.heads(portion).items():
            fields = {each.name: each.text for each in reversed(read_header(raw, 0, len(raw)).fields)}
            named[uid] = fields.get("from", "")[:200], fields.get("subject", "")[:200]
    return named
