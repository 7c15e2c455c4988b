"""What is done on an IMAP server with mails that are kept: they are marked, moved, or left."""

from __future__ import annotations

from collections.abc import Sequence

import structlog

from mailgateway.sources import imap_store as store
from mailgateway.sources.imap_account import After, ImapAccount
from mailgateway.sources.imap_cursor import MOST
from mailgateway.sources.imap_into import Into
from mailgateway.sources.imap_session import ImapSession
from mailgateway.sources.imap_spoken import Declined
from mailgateway.sources.imap_store import Place

log = structlog.get_logger(__name__)

_DONE = {After.MARK: "marked", After.MOVE: "moved"}


class Afterwards:
    """Does on the server what is still to be done there with the mails of one folder."""

    def __init__(self, account: ImapAccount, place: Place, into: Into) -> None:
        self._account, self._place, self._into = account, place, into
        self.trouble = ""
        """What could not be done on the server with mails that are kept; "" where all could be."""
        self._whole: ImapSession | None = None
        """The connection over which no move is half done, as far as we know."""

    def finish(self, imap: ImapSession, uidvalidity: int) -> None:
        """Mark or move on the server what is kept. Where the server declines, mail still comes in, and it is told."""
        if self._account.after is After.LEAVE:
            return
        while uids := self._unsettled(uidvalidity):
            if not self._did(imap, uidvalidity, uids):
                return
            with self._into.database.writing() as session:
                store.settle(session, self._place, uidvalidity, uids, _DONE[self._account.after])
        self._whole = imap

    def _unsettled(self, uidvalidity: int) -> list[int]:
        with self._into.database.reading() as session:
            return store.unsettled(session, self._place, uidvalidity, MOST)

    def _did(self, imap: ImapSession, uidvalidity: int, uids: Sequence[int]) -> bool:
        try:
            if self._account.after is After.MARK:
                imap.mark(uids)
            elif imap.moves:
                imap.move(uids, self._account.move_to)
            else:
                self._copy_and_delete(imap, uidvalidity, uids)
        except Declined as error:
            if str(error) != self.trouble:
                log.error("kept mail stays as it is on the server", folder=str(self._place), because=str(error))
            self.trouble = str(error)
            return False
        self.trouble = ""
        return True

    def _copy_and_delete(self, imap: ImapSession, uidvalidity: int, uids: Sequence[int]) -> None:
        """Move mails in two steps. Whoever was killed, or cut off, between them finds the copies and makes no second ones."""
        folder = self._account.move_to
        there = set[int]() if imap is self._whole else self._copied(imap, uidvalidity, uids)
        if rest := [uid for uid in uids if uid not in there]:
            imap.copy(rest, folder)
        self._whole = None  # and not before: where a server declines to copy it has copied nothing
        imap.delete(uids)

    def _copied(self, imap: ImapSession, uidvalidity: int, uids: Sequence[int]) -> set[int]:
        with self._into.database.reading() as session:
            known = store.sizes_of(session, self._place, uidvalidity, uids)
        there = imap.copies(self._account.move_to, dict(known.values()))
        return {uid for uid, (sha256, _) in known.items() if sha256 in there}
