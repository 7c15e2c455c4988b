"""The lease on an IMAP folder: of all processes that name the same account one reads the folder."""

from __future__ import annotations

from datetime import datetime, timedelta

from mailgateway.sources import imap_store as store
from mailgateway.sources.imap_into import Into
from mailgateway.sources.imap_store import Place


class Lease:
    """A folder for ourselves, for so many seconds unless it is said again."""

    def __init__(self, place: Place, into: Into, seconds: float) -> None:
        self.place = place
        self.holder = store.new_holder()
        self._into, self._seconds = into, seconds

    def take(self) -> bool:
        """Have the folder for ourselves for a while; False where another process has it."""
        with self._into.database.writing() as session:
            return store.take(session, self.place, self.holder, self._into.clock(), self.until())

    def until(self) -> datetime:
        """When it ends that is taken now."""
        return self._into.clock() + timedelta(seconds=self._seconds)

    def release(self) -> None:
        """Let another process have the folder at once."""
        with self._into.database.writing() as session:
            store.release(session, self.place, self.holder)
