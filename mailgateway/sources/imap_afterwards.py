"""What is done on an IMAP server with mails that are kept: they are marked, moved, or left."""

from __future__ import annotations

from collections.abc import Sequence

import structlog

from mailgateway.sources import imap_store as store
from mailgateway.sources.imap_account import After, ImapAccount
from mailgateway.sources.imap_cursor import MOST
from mailgateway.sources.imap_into import Into
from mailgateway.sources.imap_session import Declined, ImapSession
from mailgateway.sources.imap_store import Place

log = structlog.get_logger(__name__)

_DONE = {After.MARK: "marked", After.MOVE: "moved"}


class Afterwards:
    """Does on the server what is still to be done there with the mails of one folder."""

    def __init__(self, account: ImapAccount, place: Place, into: Into) -> None:
        self._account, self._place, self._into = account, place, into
        self.trouble = ""
        """What could not be done on the server with mails that are kept; "" where all could be."""

    def finish(self, imap: ImapSession, uidvalidity: int) -> None:
        """Mark or move on the server what is kept. Where the server declines, mail still comes in, and it is told."""
        if self._account.after is After.LEAVE:
            return
        while True:
            with self._into.database.reading() as session:
                uids = store.unsettled(session, self._place, uidvalidity, MOST)
            if not uids or not self._did(imap, uids):
                return
            with self._into.database.writing() as session:
                store.settle(session, self._place, uidvalidity, uids, _DONE[self._account.after])

    def _did(self, imap: ImapSession, uids: Sequence[int]) -> bool:
        try:
            if self._account.after is After.MOVE:
                imap.move(uids, self._account.move_to)
            else:
                imap.mark(uids)
        except Declined as error:
            if str(error) != self.trouble:
                log.error("kept mail stays as it is on the server", folder=str(self._place), because=str(error))
            self.trouble = str(error)
            return False
        self.trouble = ""
        return True
