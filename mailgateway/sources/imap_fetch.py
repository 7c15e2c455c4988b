"""Mails fetched in batches, or one by one where a batch fails: one bad mail costs only itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import structlog

from mailgateway.sources.imap_session import Declined, ImapSession, Listed, ServerAway

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
                return imap.mails(uids), {}
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

    def _one(self, imap: ImapSession, uid: int, raws: dict[int, bytes], reasons: dict[int, str]) -> None:
        if self._deaths[uid] >= DEATHS:
            reasons[uid] = f"the connection ended {DEATHS} times while it was fetched"
            return
        try:
            raws.update(imap.mails([uid]))
        except Declined as error:
            reasons[uid] = str(error)
        except ServerAway:
            self._deaths[uid] += 1
            raise
