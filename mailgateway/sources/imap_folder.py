"""One folder of an IMAP account: what is new in it is kept first, and only then marked or moved on the server.

The mails of a batch, what became of each, and how far the folder has got are one commit. Whoever is killed before it
fetches the batch again; whoever is killed after it finds there what is still to be done on the server.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import islice

import structlog

from mailgateway.sources import imap_store as store
from mailgateway.sources.imap_account import ImapAccount
from mailgateway.sources.imap_afterwards import Afterwards
from mailgateway.sources.imap_cursor import (
    MOST,
    batches,
    dealt_with,
    nothing_old_left,
    opened,
    wanted_new,
    wanted_old,
)
from mailgateway.sources.imap_folders import Use, used
from mailgateway.sources.imap_into import Into
from mailgateway.sources.imap_lease import Lease
from mailgateway.sources.imap_session import ImapSession
from mailgateway.sources.imap_showing import show_too_large
from mailgateway.sources.imap_spoken import Declined
from mailgateway.sources.imap_store import Place
from mailgateway.sources.imap_taking import Taking
from mailgateway.sources.imap_writing import Writing

log = structlog.get_logger(__name__)


class ImapFolder:
    """Takes in what a folder holds. It belongs to one thread."""

    def __init__(
        self, account: ImapAccount, folder: str, into: Into, *, stopped: Callable[[], bool] = lambda: False
    ) -> None:
        self.place = Place(account.name, folder)
        self.lease = Lease(self.place, into, account.patience.lease)
        self._since_at = account.since_at
        self._into, self._stopped = into, stopped
        self._taking = Taking(account, self.place, into)
        self._writing = Writing(account, self.lease, into)
        self._afterwards = Afterwards(account, self.place, into)

    @property
    def trouble(self) -> str:
        """What could not be done on the server with mails that are kept; "" where all could be."""
        return self._afterwards.trouble

    def open(self, imap: ImapSession) -> None:
        """Open the folder on the server, and find where to go on."""
        selected = imap.select(self.place.folder)
        with self._into.database.reading() as session:
            before = store.cursor_of(session, self.place)
        now = self._into.clock()
        found = opened(before, selected.uidvalidity, selected.uidnext, now, since_at=self._since_at)
        if found.anew:
            log.info("an IMAP folder is begun", folder=str(self.place), because=found.because)
        self._writing.begin_at(found.cursor, anew=found.anew)
        self._taking.sent = _is_of_sent_mail(imap, self.place.folder)
        show_too_large(self._into, self.place)

    def round(self, imap: ImapSession) -> Counter[str]:
        """Take in what is new, then a portion of what is old; how many mails had which outcome."""
        cursor = self._writing.cursor
        self._afterwards.finish(imap, cursor.uidvalidity)
        tally = self._take_in(imap, wanted_new(imap.uids_after(cursor.seen_uid), cursor))
        if self._writing.cursor.old_left and not self._stopped():
            tally += self._round_of_old(imap)
        return tally

    def _round_of_old(self, imap: ImapSession) -> Counter[str]:
        cursor = self._writing.cursor
        named = imap.uids_since(cursor.old_uid + 1, cursor.old_until, cursor.since_at)
        uids = wanted_old(named, cursor)[:MOST]
        if not uids:
            self._writing.move_on_to(nothing_old_left(cursor))
        return self._take_in(imap, uids) + Counter({"looked at": len(uids)})

    def _take_in(self, imap: ImapSession, uids: Sequence[int]) -> Counter[str]:
        tally: Counter[str] = Counter()
        for portion in _portions(uids):
            told = self._taking.told(imap, portion, self._writing.cursor)
            for batch in batches((uid, told.weight(uid)) for uid in portion):
                if self._stopped():
                    return tally
                cursor = self._writing.cursor
                mails = list(self._taking.mails(imap, batch, told, cursor))
                self._writing.write(mails, dealt_with(cursor, batch[-1]))
                tally.update(each.outcome.outcome for each in mails)
                if tally[store.TOO_LARGE]:
                    show_too_large(self._into, self.place)
                self._afterwards.finish(imap, cursor.uidvalidity)
        return tally


def _is_of_sent_mail(imap: ImapSession, folder: str) -> bool:
    """Whether the server, or its name, says of a folder that it holds what went out."""
    try:
        return used(imap.folders()).get(folder) is Use.SENT
    except Declined:
        return False


def _portions(uids: Sequence[int]) -> Iterator[list[int]]:
    rest = iter(uids)
    while portion := list(islice(rest, MOST)):
        yield portion
