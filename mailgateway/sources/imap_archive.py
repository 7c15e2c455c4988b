"""An account brought in as an archive: its mails are outlined first, then fetched and taken in by date, a portion at a time.

Nothing changes on the server: folders are opened to be read alone, and mails are looked at without marking them. What is
taken in is written down a portion at a time, so whoever is interrupted goes on there. A folder that no door has seen yet
is seen now: what comes later is new to the door that is opened some day, and what lies there is not.
"""

from __future__ import annotations

import hashlib
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import NamedTuple, TypeVar

from mailgateway.importing import BATCH, Imported, date_of, import_mails
from mailgateway.sources import imap_store as store
from mailgateway.sources.imap_account import ImapAccount, Misconfigured
from mailgateway.sources.imap_cursor import Cursor, batches, opened, wanted_by_archive
from mailgateway.sources.imap_fetch import Fetching
from mailgateway.sources.imap_folders import choices, used
from mailgateway.sources.imap_session import NAMED_BY, ImapSession, Outline
from mailgateway.sources.imap_spoken import Declined, ServerAway
from mailgateway.sources.imap_store import Outcome, Place
from mailgateway.sources.imap_writing import for_mailbox
from storage.database import Database
from storage.errors import Unavailable, WrongUse
from templates.amounts import size as amount
from threads.policy import Policy

T = TypeVar("T")

PAUSES = (1.0, 2.0, 5.0, 15.0, 30.0)
"""Seconds before a server that went away is called again: more often in a row than one mail may end the connection."""


class _Outlined(NamedTuple):
    """A mail that is to be fetched; the oldest sorts first."""

    at: float
    folder: int
    uid: int
    size: int


class _Fetched(NamedTuple):
    outlined: _Outlined
    raw: bytes


@dataclass(frozen=True, slots=True)
class _Folder:
    """A folder as it was when it was looked at."""

    place: Place
    uidvalidity: int
    fetching: Fetching


@dataclass(slots=True)
class ImapArchive:
    """The mails of an account: `chosen` names the folders, `look` finds what is to be fetched, `bring_in` takes it in."""

    account: ImapAccount
    connect: Callable[[], ImapSession]
    database: Database
    largest: int
    served: Sequence[str] = ()
    """The folders that a door reads: what is new there is left to it."""
    pauses: Sequence[float] = PAUSES
    held: int = 0
    """Mails that the desk holds already, and that are not fetched again."""
    drafts: int = 0
    left: list[str] = field(default_factory=list)
    """What could not be brought in, mails and whole folders, each with its reason."""
    _imap: ImapSession | None = None
    _folders: list[_Folder] = field(default_factory=list)
    _mails: list[_Outlined] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self._mails)

    def chosen(self, named: Sequence[str] = ()) -> dict[str, str]:
        """The folders to bring in, each with what it is for ("" for mail): those named, or else all that hold letters.

        Raises `WrongUse` where one of those named is not there.
        """
        imap = self._session()
        there = imap.folders()
        uses = used(there)
        found = choices(there, all_is_all=imap.all_is_all)
        missing = set(named) - {each.folder.name for each in found}
        if missing:
            listed = ", ".join(each.folder.name for each in found[:30])
            raise WrongUse(f"{self.account.server} has no folder {min(missing)}; there are: {listed}")
        names = named or [each.folder.name for each in found if each.taken]
        return {name: str(uses.get(name, "")) for name in names}

    def look(self, folders: Sequence[str], now: datetime, advance: Callable[[int], None] = lambda _: None) -> None:
        """Find what is to be fetched out of some folders. A door that is opened on one some day goes on from here."""
        for name in self.served:
            if name not in folders:
                self._patiently(partial(self._seen, name, now))
        for name in folders:
            try:
                folder, outlines = self._patiently(partial(self._outlined, name, now, advance))
            except (Declined, Misconfigured) as error:
                self.left.append(f"{Place(self.account.name, name)}: {str(error).removeprefix(NAMED_BY)}")
                continue
            number = len(self._folders)
            self._folders.append(folder)
            for uid, each in outlines.items():
                self._sort_in(number, uid, each)
        self._mails.sort()

    def bring_in(self, policy: Policy, now: datetime) -> Iterator[Imported]:
        """Fetch and take in what was found, the oldest first; what became of each comes once it is on disk."""
        policy = for_mailbox(policy, self.account.mailbox)
        for window in batches((number, each.size) for number, each in enumerate(self._mails)):
            fetched = self._fetched([self._mails[number] for number in window])
            for at in range(0, len(fetched), BATCH):
                part = fetched[at : at + BATCH]
                named = [(self._label(each), raw, _moment(each.at)) for each, raw in part]
                done = list(import_mails(self.database, policy, named, now))
                self._write_down(part, now)
                yield from done

    def close(self) -> None:
        """Log out."""
        imap, self._imap = self._imap, None
        if imap is not None:
            imap.close()

    def _session(self) -> ImapSession:
        if self._imap is None:
            self._imap = self.connect()
        return self._imap

    def _patiently(self, work: Callable[[ImapSession], T]) -> T:
        """Do something, over a new connection where one is lost. Raises `ServerAway` once the server is given up."""
        for pause in self.pauses:
            try:
                return work(self._session())
            except ServerAway:
                self.close()
                time.sleep(pause)
        return work(self._session())

    def _seen(self, name: str, now: datetime, imap: ImapSession) -> tuple[_Folder, Cursor]:
        """Open a folder to be read alone; where a door goes on in it, which is here where it was never seen."""
        selected = imap.select(name, readonly=True)
        place = Place(self.account.name, name)
        first = opened(None, selected.uidvalidity, selected.uidnext, now, since_at=self.account.since_at).cursor
        with self.database.writing() as session:
            cursor = store.first_seen(session, place, first, now)
        return _Folder(place, selected.uidvalidity, Fetching(str(place))), cursor

    def _outlined(
        self, name: str, now: datetime, advance: Callable[[int], None], imap: ImapSession
    ) -> tuple[_Folder, dict[int, Outline]]:
        """What the server tells of the mails of a folder that the desk does not hold."""
        folder, cursor = self._seen(name, now, imap)
        there = imap.uids_after(0)
        with self.database.reading() as session:
            taken = store.taken(session, folder.place, folder.uidvalidity)
        wanted = wanted_by_archive(there, taken, cursor, folder.uidvalidity, served=name in self.served)
        found: dict[int, Outline] = {}
        for portion in batches((uid, 0) for uid in wanted):
            found |= _outlines(imap, portion)
            advance(len(portion))
        self.held += len(taken.intersection(there))
        return folder, found

    def _sort_in(self, folder: int, uid: int, outline: Outline) -> None:
        if outline.draft:
            self.drafts += 1
            return
        at = date_of(outline.dated) or outline.came_at
        each = _Outlined(at.timestamp() if at else 0.0, folder, uid, outline.size)
        if outline.size > self.largest:
            because = f"it has {amount(outline.size)}, and this desk takes {amount(self.largest)}"
            self.left.append(f"{self._label(each)}: {because}")
        else:
            self._mails.append(each)

    def _label(self, each: _Outlined) -> str:
        return f"{self._folders[each.folder].place} {each.uid}"

    def _fetched(self, window: Sequence[_Outlined]) -> list[_Fetched]:
        """Some mails, in their order; without those that are gone, or that the server does not give."""
        uids: dict[int, list[int]] = defaultdict(list)
        for each in window:
            uids[each.folder].append(each.uid)
        raws: dict[tuple[int, int], bytes] = {}
        for number, of_folder in uids.items():
            found, reasons = self._patiently(partial(self._mails_of, self._folders[number], sorted(of_folder)))
            raws |= {(number, uid): raw for uid, raw in found.items()}
            self.left += [f"{self._folders[number].place} {uid}: {because}" for uid, because in reasons.items()]
        return [_Fetched(each, raws[each[1:3]]) for each in window if each[1:3] in raws]

    def _mails_of(
        self, folder: _Folder, uids: Sequence[int], imap: ImapSession
    ) -> tuple[dict[int, bytes], dict[int, str]]:
        if imap.folder != folder.place.folder:
            selected = imap.select(folder.place.folder, readonly=True)
            if selected.uidvalidity != folder.uidvalidity:
                raise Unavailable(f"{folder.place}: the server numbered its mails anew; run it again")
        return folder.fetching.mails(imap, uids)

    def _write_down(self, part: Sequence[_Fetched], now: datetime) -> None:
        """Remember what was taken in, so that it is not fetched again."""
        outcomes: dict[int, list[Outcome]] = defaultdict(list)
        for each, raw in part:
            sha256 = hashlib.sha256(raw).hexdigest()
            outcomes[each.folder].append(Outcome(each.uid, "imported", len(raw), sha256, afterwards="left"))
        with self.database.writing() as session:
            for number, of_folder in outcomes.items():
                folder = self._folders[number]
                store.put_outcomes(session, folder.place, folder.uidvalidity, of_folder, now)


def _outlines(imap: ImapSession, uids: Sequence[int]) -> dict[int, Outline]:
    """What the server tells of mails; those that are gone are left out. Of one that it cannot list nothing is known."""
    try:
        return imap.outlines(uids)
    except Declined:
        pass
    found: dict[int, Outline] = {}
    for uid in uids:
        try:
            found |= imap.outlines([uid])
        except Declined:
            found[uid] = Outline(0, None, b"", draft=False)
    return found


def _moment(at: float) -> datetime | None:
    return datetime.fromtimestamp(at, UTC) if at else None
