"""What becomes of the mails of a batch: they are listed and fetched, and each is taken for what it is."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from mailgateway.sources import imap_store as store
from mailgateway.sources.imap_account import After, ImapAccount
from mailgateway.sources.imap_cursor import BEGINNING, Cursor, Doing, Fate, fate
from mailgateway.sources.imap_envelope import envelope_of
from mailgateway.sources.imap_fetch import Fetching
from mailgateway.sources.imap_into import Into
from mailgateway.sources.imap_session import ImapSession, Listed
from mailgateway.sources.imap_spoken import Declined
from mailgateway.sources.imap_store import Outcome, Place
from threads.model import Envelope


@dataclass(frozen=True, slots=True)
class Fetched:
    """A mail as it came from the server, with what is to be written down of it."""

    outcome: Outcome
    raw: bytes = b""
    came_at: datetime | None = None
    envelope: Envelope | None = None
    """Set where the mail is kept as one that has just come."""


@dataclass(frozen=True, slots=True)
class Told:
    """What the server told of some mails, and what is therefore done with each."""

    listed: Mapping[int, Listed]
    fates: Mapping[int, Fate]

    def weight(self, uid: int) -> int:
        """Bytes that a mail takes in a batch."""
        doing = self.fates[uid].doing if uid in self.fates else Doing.LEAVE
        return {Doing.LEAVE: 0, Doing.TOO_LARGE: BEGINNING}.get(
            doing, self.listed[uid].size if uid in self.listed else 0
        )


class Taking:
    """Takes the mails of one folder for what they are, over one connection after another."""

    def __init__(self, account: ImapAccount, place: Place, into: Into) -> None:
        self._account, self._place, self._into = account, place, into
        self._fetching = Fetching(str(place))
        self.sent = False
        """Whether the folder is one of sent mail."""

    def told(self, imap: ImapSession, uids: Sequence[int], cursor: Cursor) -> Told:
        """What is done with some mails, by what the server tells of them; those that are gone are left out."""
        listed = self._fetching.listed(imap, uids)
        return Told(listed, {uid: self._fate(uid, each, cursor) for uid, each in listed.items()})

    def _fate(self, uid: int, listed: Listed, cursor: Cursor) -> Fate:
        now = self._into.clock()
        return fate(uid, listed.size, listed.came_at or now, cursor, now, self._into.keeper.largest, sent=self.sent)

    def mails(self, imap: ImapSession, batch: Sequence[int], told: Told, cursor: Cursor) -> Iterator[Fetched]:
        """Every mail of a batch that is to be written down."""
        uids = [uid for uid in batch if uid in told.fates]
        whole = [uid for uid in uids if told.fates[uid].doing in (Doing.KEEP, Doing.IMPORT)]
        raws, reasons = self._fetching.mails(imap, whole)
        before = self._kept_before(raws)
        for uid in uids:
            said, decided = told.listed[uid], told.fates[uid]
            if uid in raws:  # the server need not have told its size right
                decided = self._fate(uid, Listed(len(raws[uid]), said.came_at), cursor)
            if uid in reasons:
                yield Fetched(Outcome(uid, "unread", said.size, because=reasons[uid], afterwards="left"))
            elif decided.doing is Doing.TOO_LARGE:
                yield self._too_large(imap, uid, said, decided)
            elif uid in raws:
                yield self._fetched(uid, raws[uid], said, decided, before)

    def _fetched(self, uid: int, raw: bytes, said: Listed, decided: Fate, before: Mapping[str, object]) -> Fetched:
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
        because = f"{decided.because}, in {self._place.folder} of {self._place.account} (UID {uid})"
        return Fetched(
            Outcome(uid, store.TOO_LARGE, said.size, because=because), raw, said.came_at, self._envelope(raw, said)
        )

    def _envelope(self, raw: bytes, said: Listed) -> Envelope:
        now = self._into.clock()
        received_at = min(said.came_at or now, now)
        return envelope_of(raw, self._account.mailbox, self._into.policy().mailboxes, received_at)

    def _kept_before(self, raws: Mapping[int, bytes]) -> Mapping[str, object]:
        hashes = {hashlib.sha256(raw).hexdigest() for raw in raws.values()}
        with self._into.database.reading() as session:
            return store.kept_before(session, self._place.account, hashes) if hashes else {}
