"""The lease on an IMAP folder: of all processes that name the same account one reads the folder."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from mailgateway.sources import imap_store as store
from mailgateway.sources.imap_into import Into
from mailgateway.sources.imap_store import LostLease, Place
from storage.errors import Unavailable


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

    @contextlib.contextmanager
    def held(self, lost: Callable[[], None]) -> Iterator[None]:
        """Say again and again that it is ours, however long a step takes; raises `LostLease` where it is another's.

        In a thread of its own: who waits for a server says nothing. It calls `lost`, which ends that waiting.
        """
        ended, another = threading.Event(), threading.Event()
        thread = threading.Thread(
            target=self._hold, args=(ended, another, lost), name=f"lease {self.place}", daemon=True
        )
        thread.start()
        try:
            yield
        except Unavailable:
            if another.is_set():
                raise LostLease(f"{self.place}: another process reads it now") from None
            raise
        finally:
            ended.set()
            thread.join()

    def _hold(self, ended: threading.Event, another: threading.Event, lost: Callable[[], None]) -> None:
        while not ended.wait(self._seconds / 3):
            with contextlib.suppress(Unavailable):  # then nobody else can take it either
                if another.is_set() or not self.take():
                    another.set()
                    lost()  # each time: what it ends may have begun only since

    def until(self) -> datetime:
        """When it ends that is taken now."""
        return self._into.clock() + timedelta(seconds=self._seconds)

    def release(self) -> None:
        """Let another process have the folder at once."""
        with self._into.database.writing() as session:
            store.release(session, self.place, self.holder)
