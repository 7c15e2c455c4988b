"""One folder of an IMAP account: what is new in it is kept first, and only then marked or moved on the server.

The mails of a batch, what became of each, and how far the folder has got are one commit. Whoever is killed before it
fetches the batch again; whoever is killed after it finds there what is still to be done on the server.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice

import structlog
from sqlalchemy.orm import Session

from mailgateway.importing import import_mails
from mailgateway.intake import Claimed, Walk, show
from mailgateway.receive import Keeper, Kept
from mailgateway.retry import in_one_line
from mailgateway.sources import imap_store as store
from mailgateway.sources.imap_account import After, ImapAccount
from mailgateway.sources.imap_cursor import (
    BEGINNING,
    MOST,
    Cursor,
    Doing,
    Fate,
    batches,
    dealt_with,
    fate,
    nothing_old_left,
    opened,
    wanted_new,
    wanted_old,
)
from mailgateway.sources.imap_envelope import envelope_of, reached_by_detail
from mailgateway.sources.imap_fetch import Fetching
from mailgateway.sources.imap_session import Declined, ImapSession, Listed
from mailgateway.sources.imap_store import Outcome, Place
from mailgateway.suggesting import Suggesting
from storage.database import Database
from storage.errors import Unavailable
from threads.model import Envelope
from threads.policy import Policy
from threads.store.reply_addresses import note_arrival

log = structlog.get_logger(__name__)

_DONE = {After.MARK: "marked", After.MOVE: "moved", After.LEAVE: "left"}


@dataclass(frozen=True, slots=True)
class Into:
    """Where mail goes that is fetched."""

    keeper: Keeper
    database: Database
    policy: Callable[[], Policy]
    clock: Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Fetched:
    """A mail as it came from the server, with what is to be written down of it."""

    outcome: Outcome
    raw: bytes = b""
    came_at: datetime | None = None
    envelope: Envelope | None = None
    """Set where the mail is kept as one that has just come."""


class ImapFolder:
    """Takes in what a folder holds. It belongs to one thread."""

    def __init__(
        self, account: ImapAccount, folder: str, into: Into, *, stopped: Callable[[], bool] = lambda: False
    ) -> None:
        self.place = Place(account.name, folder)
        self.holder = store.new_holder()
        self.trouble = ""
        """What could not be done on the server with mails that are kept; "" where all could be."""
        self._account, self._into, self._stopped = account, into, stopped
        self._cursor: Cursor | None = None
        self._fetching = Fetching(str(self.place))

    def take_lease(self) -> bool:
        """Have the folder for ourselves for a while; False where another process has it."""
        with self._into.database.writing() as session:
            return store.take(session, self.place, self.holder, self._into.clock(), self._leased_until())

    def _leased_until(self) -> datetime:
        return self._into.clock() + timedelta(seconds=self._account.patience.lease)

    def release(self) -> None:
        """Let another process have the folder at once."""
        with self._into.database.writing() as session:
            store.release(session, self.place, self.holder)

    def open(self, imap: ImapSession) -> None:
        """Open the folder on the server, and find where to go on."""
        selected = imap.select(self.place.folder)
        with self._into.database.reading() as session:
            before = store.cursor_of(session, self.place)
        found = opened(
            before, selected.uidvalidity, selected.uidnext, self._into.clock(), since_at=self._account.since_at
        )
        if found.anew:
            log.info("an IMAP folder is begun", folder=str(self.place), because=found.because)
            self._write_cursor(found.cursor)
        self._cursor = found.cursor

    def round(self, imap: ImapSession) -> Counter[str]:
        """Take in what is new, then a portion of what is old; how many mails had which outcome."""
        cursor = self._here()
        self._finish(imap)
        tally = self._take_in(imap, wanted_new(imap.uids_after(cursor.seen_uid), cursor))
        if self._here().old_left and not self._stopped():
            tally += self._round_of_old(imap)
        return tally

    def _round_of_old(self, imap: ImapSession) -> Counter[str]:
        cursor = self._here()
        named = imap.uids_since(cursor.old_uid + 1, cursor.old_until, cursor.since_at)
        uids = wanted_old(named, cursor)[:MOST]
        if not uids:
            self._write_cursor(nothing_old_left(cursor))
        return self._take_in(imap, uids) + Counter({"looked at": len(uids)})

    def _take_in(self, imap: ImapSession, uids: Sequence[int]) -> Counter[str]:
        tally: Counter[str] = Counter()
        for portion in _portions(uids):
            listed = self._fetching.listed(imap, portion)
            fates = {uid: self._fate(uid, each) for uid, each in listed.items()}
            for batch in batches((uid, _weight(uid, listed, fates)) for uid in portion):
                if self._stopped():
                    return tally
                mails = list(self._mails(imap, [uid for uid in batch if uid in fates], listed, fates))
                self._write(mails, dealt_with(self._here(), batch[-1]))
                tally.update(each.outcome.outcome for each in mails)
                self._finish(imap)
        return tally

    def _fate(self, uid: int, listed: Listed) -> Fate:
        now = self._into.clock()
        return fate(uid, listed.size, listed.came_at or now, self._here(), now, self._into.keeper.largest)

    def _mails(
        self, imap: ImapSession, uids: Sequence[int], listed: dict[int, Listed], fates: dict[int, Fate]
    ) -> Iterator[Fetched]:
        """Every mail of a batch that is to be written down."""
        whole = [uid for uid in uids if fates[uid].doing in (Doing.KEEP, Doing.IMPORT)]
        raws, reasons = self._fetching.mails(imap, whole)
        before = self._kept_before(raws)
        for uid in uids:
            said, decided = listed[uid], fates[uid]
            if uid in raws:  # the server need not have told its size right
                decided = self._fate(uid, Listed(len(raws[uid]), said.came_at))
            if uid in reasons:
                yield Fetched(Outcome(uid, "unread", said.size, because=reasons[uid], afterwards="left"))
            elif decided.doing is Doing.TOO_LARGE:
                yield self._too_large(imap, uid, said, decided)
            elif uid in raws:
                yield self._fetched(uid, raws[uid], said, decided, before)

    def _fetched(self, uid: int, raw: bytes, said: Listed, decided: Fate, before: dict[str, object]) -> Fetched:
        sha256 = hashlib.sha256(raw).hexdigest()
        word = "same" if sha256 in before else "kept" if decided.doing is Doing.KEEP else "imported"
        afterwards = "left" if self._account.after is After.LEAVE else ""
        outcome = Outcome(uid, word, len(raw), sha256, afterwards=afterwards)
        envelope = self._envelope(raw, said) if word == "kept" else None
        return Fetched(outcome, raw if word != "same" else b"", said.came_at, envelope)

    def _too_large(self, imap: ImapSession, uid: int, said: Listed, decided: Fate) -> Fetched:
        """The beginning of a mail that is too large, so that an agent sees from whom it is, and where it lies."""
        try:
            raw = imap.beginning(uid, BEGINNING)
        except Declined:
            raw = b""
        because = f"{decided.because}, in {self.place.folder} of {self.place.account} (UID {uid})"
        outcome = Outcome(uid, "too large", said.size, because=because, afterwards="left")
        return Fetched(outcome, raw, said.came_at, self._envelope(raw, said))

    def _envelope(self, raw: bytes, said: Listed) -> Envelope:
        now = self._into.clock()
        received_at = min(said.came_at or now, now)
        return envelope_of(raw, self._account.mailbox, self._into.policy().mailboxes, received_at)

    def _kept_before(self, raws: dict[int, bytes]) -> dict[str, object]:
        hashes = {hashlib.sha256(raw).hexdigest() for raw in raws.values()}
        with self._into.database.reading() as session:
            return dict(store.kept_before(session, self.place.account, hashes)) if hashes else {}

    # ------------------------------------------------------------ writing

    def _write(self, mails: Sequence[Fetched], cursor: Cursor) -> None:
        """Have it all on disk. A mail that cannot be written goes alone, so that it stops none of the others."""
        try:
            self._commit(mails, cursor)
        except Unavailable:
            raise
        except Exception as error:
            log.exception("mails out of an IMAP folder are kept one by one", folder=str(self.place))
            if len(mails) > 1:
                for each in mails:
                    self._write_alone(each)
                self._write_cursor(cursor)
            elif mails:
                self._commit([_unread(mails[0], error)], cursor)
            else:
                raise

    def _write_alone(self, mail: Fetched) -> None:
        upto = dealt_with(self._here(), mail.outcome.uid)
        try:
            self._commit([mail], upto)
        except Unavailable:
            raise
        except Exception as error:
            self._commit([_unread(mail, error)], upto)

    def _import(self, mails: Sequence[Fetched]) -> None:
        """Take old mail in as out of an archive. Where we are killed right after, it is there already the next time."""
        old = [each for each in mails if each.outcome.outcome == "imported"]
        if old:
            now, policy = self._into.clock(), for_mailbox(self._into.policy(), self._account.mailbox)
            named = [(f"{self.place} {each.outcome.uid}", each.raw, each.came_at) for each in old]
            for _ in import_mails(self._into.database, policy, named, now):
                pass

    def _commit(self, mails: Sequence[Fetched], cursor: Cursor) -> None:
        self._import(mails)
        keep = [(each.envelope, each.raw) for each in mails if each.envelope is not None]

        def also(session: Session, kept: Sequence[Kept]) -> None:
            store.put_cursor(session, self.place, self.holder, cursor, self._leased_until())
            ids = iter(kept)
            outcomes = [
                replace(each.outcome, envelope_id=next(ids).envelope_id) if each.envelope else each.outcome
                for each in mails
            ]
            if outcomes:
                store.put_outcomes(session, self.place, cursor.uidvalidity, outcomes, self._into.clock())
            for each in outcomes:
                if each.outcome == "too large" and each.envelope_id:
                    store.set_aside(session, each.envelope_id, each.because)
            self._note_reply_addresses(session, keep)

        kept = self._into.keeper.keep_all(keep, also).result()
        self._cursor = cursor
        self._show([each for each in mails if each.envelope], kept)

    def _show(self, mails: Sequence[Fetched], kept: Sequence[Kept]) -> None:
        """Open a conversation for each mail that was too large: an agent has to see that it came."""
        for each, (envelope_id, raw_id) in zip(mails, kept, strict=True):
            if each.outcome.outcome == "too large" and each.envelope:
                walk = Walk(self._into.database, self._into.policy(), Suggesting(None), self._into.clock)
                show(walk, Claimed(envelope_id, raw_id, 0, 0, each.envelope), each.outcome.because)

    def _note_reply_addresses(self, session: Session, keep: Sequence[tuple[Envelope, bytes]]) -> None:
        """Where the mailbox is to show first that reply addresses come in, look whether one has."""
        mailbox = self._account.mailbox
        if mailbox in self._into.policy().reply_address_once_shown:
            reached = [address for _, raw in keep for address in reached_by_detail(raw, mailbox)]
            if note_arrival(session, mailbox, reached, self._into.clock()):
                log.info("mail to a reply address came in: they are used from now on", mailbox=mailbox)

    def _write_cursor(self, cursor: Cursor) -> None:
        with self._into.database.writing() as session:
            store.put_cursor(session, self.place, self.holder, cursor, self._leased_until())
        self._cursor = cursor

    def _here(self) -> Cursor:
        assert self._cursor is not None  # noqa: S101 - `open` comes first
        return self._cursor

    # ------------------------------------------------------------ after the commit

    def _finish(self, imap: ImapSession) -> None:
        """Mark or move on the server what is kept. Where the server declines, mail still comes in, and it is told."""
        if self._account.after is After.LEAVE:
            return
        uidvalidity = self._here().uidvalidity
        while True:
            with self._into.database.reading() as session:
                uids = store.unsettled(session, self.place, uidvalidity, MOST)
            if not uids or not self._did(imap, uids):
                return
            with self._into.database.writing() as session:
                store.settle(session, self.place, uidvalidity, uids, _DONE[self._account.after])

    def _did(self, imap: ImapSession, uids: Sequence[int]) -> bool:
        try:
            if self._account.after is After.MOVE:
                imap.move(uids, self._account.move_to)
            else:
                imap.mark(uids)
        except Declined as error:
            if str(error) != self.trouble:
                log.error("kept mail stays as it is on the server", folder=str(self.place), because=str(error))
            self.trouble = str(error)
            return False
        self.trouble = ""
        return True


def _portions(uids: Sequence[int]) -> Iterator[list[int]]:
    rest = iter(uids)
    while portion := list(islice(rest, MOST)):
        yield portion


def _weight(uid: int, listed: dict[int, Listed], fates: dict[int, Fate]) -> int:
    """Bytes that a mail takes in a batch."""
    doing = fates[uid].doing if uid in fates else Doing.LEAVE
    return {Doing.LEAVE: 0, Doing.TOO_LARGE: BEGINNING}.get(doing, listed[uid].size if uid in listed else 0)


def _unread(mail: Fetched, error: Exception) -> Fetched:
    outcome = replace(mail.outcome, outcome="unread", because=in_one_line(error), sha256="", afterwards="left")
    return Fetched(outcome)


def for_mailbox(policy: Policy, address: str) -> Policy:
    """The policy with a mailbox first: what names none of ours is its own."""
    mine = policy.mailbox_of(address)
    others = tuple(each for each in policy.mailboxes if each is not mine)
    return replace(policy, mailboxes=(mine, *others)) if mine else policy
