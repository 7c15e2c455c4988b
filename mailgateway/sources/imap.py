"""The IMAP door: a thread for each folder, which stays connected, calls again with growing pauses, and ends cleanly."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import structlog

from mailgateway.oauth import AccessTokens, NotLetIn
from mailgateway.retry import in_one_line, next_call
from mailgateway.sources.imap_account import ImapAccount
from mailgateway.sources.imap_folder import ImapFolder
from mailgateway.sources.imap_into import Into
from mailgateway.sources.imap_session import ImapSession, connected
from mailgateway.sources.imap_store import LostLease, note_error
from storage.errors import Unavailable

log = structlog.get_logger(__name__)

LOOK_UP_EVERY = 0.2
"""Seconds after which whoever waits for a turn looks whether the desk ends."""
LEAVE_WITHIN = 10.0
"""Seconds in which the threads end, once they were told and their connections cut."""


@dataclass(slots=True)
class FolderState:
    """How a folder fares just now: read by others, written by its own thread."""

    name: str
    connected: bool = False
    failing: str = ""
    """Why it cannot be read; "" where it can."""
    failing_since: datetime | None = None
    elsewhere: bool = False
    """Another process reads it."""

    @property
    def said(self) -> str:
        """The same in a line."""
        if self.failing:
            since = f"since {self.failing_since:%Y-%m-%d %H:%M} UTC: " if self.failing_since else ""
            return f"{since}{self.failing}"
        if self.elsewhere:
            return "ok, another process reads it"
        return "ok" if self.connected else "begins"


class Turns:
    """The logins of one account: its folders take turns, and a refusal holds for all of them until its pause is over.

    Servers lock who knocks too often with a wrong password. One that is away says nothing of the password.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._refusals = 0
        self._until = 0.0
        self._because = ""

    @property
    def left(self) -> float:
        """Seconds in which nobody may knock."""
        return max(0.0, self._until - self._clock())

    @contextlib.contextmanager
    def turn(self, stopped: Callable[[], bool]) -> Iterator[None]:
        """Log in here, alone. Raises `NotLetIn` where a refusal still holds, and `Unavailable` where the desk ends."""
        with self._alone(stopped):
            if self.left:
                raise NotLetIn(self._because)
            try:
                yield
            except NotLetIn as error:
                self._refusals += 1
                self._because = str(error)
                self._until = self._clock() + next_call(self._refusals, refused=True).total_seconds()
                raise
            self._refusals = 0

    @contextlib.contextmanager
    def _alone(self, stopped: Callable[[], bool]) -> Iterator[None]:
        while not self._lock.acquire(timeout=LOOK_UP_EVERY):
            if stopped():
                raise Unavailable("the desk ends")
        try:
            yield
        finally:
            self._lock.release()


class ImapDoor:
    """Fetches the mail of one account. `start` begins, `stop` ends."""

    def __init__(self, account: ImapAccount, into: Into, *, tokens: Path | None = None) -> None:
        shown = AccessTokens(account.oauth, tokens) if account.oauth else None
        turns = Turns()
        self.account = account
        self._threads = [FolderThread(account, folder, into, shown, turns) for folder in account.folders]

    @property
    def states(self) -> list[FolderState]:
        """How each folder fares."""
        return [each.state for each in self._threads]

    def start(self) -> None:
        """Begin in threads of their own."""
        for each in self._threads:
            each.start()

    def tell_to_stop(self) -> None:
        """End after what is begun; does not wait for that."""
        for each in self._threads:
            each.tell_to_stop()

    def stop(self) -> list[str]:
        """End; the names of those folders whose thread took too long."""
        self.tell_to_stop()
        return [each.state.name for each in self._threads if not each.stop()]


def stop_doors(doors: Iterable[ImapDoor]) -> list[str]:
    """End several at the same time; the names of those folders whose thread took too long."""
    doors = list(doors)
    for each in doors:
        each.tell_to_stop()
    return [name for each in doors for name in each.stop()]


class FolderThread:
    """One folder of an account, read for as long as the desk serves."""

    def __init__(
        self, account: ImapAccount, folder: str, into: Into, tokens: AccessTokens | None, turns: Turns
    ) -> None:
        self._account, self._into, self._tokens, self._turns = account, into, tokens, turns
        self._stopped = threading.Event()
        self._folder = ImapFolder(account, folder, into, stopped=self._stopped.is_set)
        self.state = FolderState(str(self._folder.place))
        self._failures = 0
        """How often in a row it failed, refused logins aside: those are the account's."""
        self._imap: ImapSession | None = None
        self._woken, self._wake = socket.socketpair()
        self._thread = threading.Thread(target=self._run, name=f"imap {folder}", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def tell_to_stop(self) -> None:
        """End after what is begun."""
        if not self._stopped.is_set():
            self._stopped.set()
            self._wake.send(b"x")

    def stop(self) -> bool:
        """End; a server that does not answer is not waited for. False where even that took too long."""
        self.tell_to_stop()
        if self._thread.ident is not None:
            self._thread.join(self._account.patience.leave)
            if self._thread.is_alive():
                self._cut()
            self._thread.join(LEAVE_WITHIN)
        if self._thread.is_alive():
            return False
        self._woken.close()
        self._wake.close()
        return True

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                if self._folder.lease.take():
                    self.state.elsewhere = False
                    self._serve()
                else:
                    self.state.elsewhere = True
                    self._stopped.wait(self._account.patience.lease / 3)
            except LostLease as error:
                log.warning("an IMAP folder is left to another process", because=str(error))
            except Exception as error:  # the top of a thread: whatever it was, the next call may succeed
                self._failed(error)
        with contextlib.suppress(Unavailable):
            self._folder.lease.release()

    def _serve(self) -> None:
        """Hold the folder, be connected and take mail in, until told to stop. Raises what ended it."""
        with self._folder.lease.held(self._cut):
            self._take_in()

    def _take_in(self) -> None:
        with self._turns.turn(self._stopped.is_set):
            imap = connected(self._account, self._tokens, begun=self._begun, largest=self._into.keeper.largest)
        try:
            self._folder.open(imap)
            self.state.connected = True
            while not self._stopped.is_set():
                tally = self._folder.round(imap)
                self._works()
                if not any(tally.values()):
                    imap.wait(self._account.poll.total_seconds(), self._woken)
        finally:
            self.state.connected = False
            self._imap = None
            imap.close()

    def _begun(self, imap: ImapSession) -> None:
        self._imap = imap  # from now on it can be cut

    def _cut(self) -> None:
        """End what is said with the server just now; whoever waits for an answer gets an error."""
        if (imap := self._imap) is not None:
            imap.abort()

    def _works(self) -> None:
        trouble = self._folder.trouble
        if self.state.failing and not trouble:
            log.info("an IMAP folder can be read again", folder=self.state.name)
        if self.state.failing != trouble or self._failures or not self._noted:
            self._note(trouble)
        self._failures = 0

    _noted = False
    """Whether the database says how the folder fares: the last process may have left an error there."""

    def _failed(self, error: Exception) -> None:
        if self._stopped.is_set() and isinstance(error, Unavailable):
            return  # its connection was cut
        known = isinstance(error, Unavailable)
        said = str(error) if known else in_one_line(error)
        pause = self._pause(error)
        if said != self.state.failing:
            log.error(
                "an IMAP folder cannot be read",
                folder=self.state.name,
                because=said,
                again_in=f"{pause:.0f} s",
                exc_info=None if known else error,
            )
        self._note(said)
        self._stopped.wait(pause)

    def _pause(self, error: Exception) -> float:
        """Seconds to wait before the next call."""
        if isinstance(error, NotLetIn):
            return self._turns.left
        self._failures += 1
        return next_call(self._failures, refused=False).total_seconds()

    def _note(self, failing: str) -> None:
        """Remember how it fares: for /healthz here, and in the database for `brief doctor`."""
        now = self._into.clock()
        self.state.failing_since = (self.state.failing_since or now) if failing else None
        self.state.failing = failing
        with contextlib.suppress(Unavailable), self._into.database.writing() as session:
            note_error(session, self._folder.place, failing, now)
            self._noted = True
