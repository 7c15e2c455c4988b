"""Mails fetched in batches, or one by one where a batch fails: one bad mail costs only itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import structlog

from mailgateway.sources.imap_session import ImapSession, Listed
from mailgateway.sources.imap_spoken import Declined, ServerAway

log = structlog.get_logger(__name__)

DEATHS = 3
"""How often in a row the connection may end while one mail is fetched, before that mail is set aside."""


class Fetching:
    """Fetches the mails of one folder, over one connection after another: it remembers over which mail one ended."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._one_by_one = False
        self._deaths: Counter[int] = Counter()

    def listed(self, imap: ImapSession, uids: Sequence[int]) -> dict[int, Listed]:
        """Size and time of mails; those that are gone are left out. Of one that cannot be listed nothing is known."""
        try:
            return imap.listed(uids)
        except Declined as error:
            log.warning("mails are listed one by one", folder=self._folder, because=str(error))
        found: dict[int, Listed] = {}
        for uid in uids:
            try:
                found.update(imap.listed([uid]))
            except Declined:
                found[uid] = Listed(0, None)
        return found

    def mails(self, imap: ImapSession, uids: Sequence[int]) -> tuple[dict[int, bytes], dict[int, str]]:
        """Mails by their UID, and why others could not be fetched; those that are gone are in neither."""
        if not uids:
            return {}, {}
        if not self._one_by_one:
            try:
                found = imap.mails(uids)
                return found, self._withheld(imap, [uid for uid in uids if uid not in found])
            except Declined as error:
                log.warning("mails are fetched one by one", folder=self._folder, because=str(error))
            except ServerAway:
                self._one_by_one = True
                raise
        raws: dict[int, bytes] = {}
        reasons: dict[int, str] = {}
        for uid in uids:
            self._one(imap, uid, raws, reasons)
        self._one_by_one = False
        return raws, reasons

    def _withheld(self, imap: ImapSession, uids: Sequence[int]) -> dict[int, str]:
        """Of mails that were asked for and did not come those that are there all the same: they must not pass for gone."""
        return dict.fromkeys(imap.listed(uids), "the server has it, and gives nothing of it") if uids else {}

    def _one(self, imap: ImapSession, uid: int, raws: dict[int, bytes], reasons: dict[int, str]) -> None:
        if self._deaths[uid] >= DEATHS:
            reasons[uid] = f"the connection ended {DEATHS} times while it was fetched"
            return
        try:
            found = imap.mails([uid])
            raws.update(found)
            reasons.update({} if found else self._withheld(imap, [uid]))
        except Declined as error:
            reasons[uid] = str(error)
        except ServerAway:
            self._deaths[uid] += 1
            raise
