"""Programs that settings name, as they are run: without a shell, in bounded time, and none of them outlives the desk."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import tempfile
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from time import monotonic, sleep

from storage.reasons import in_words

LARGEST_OUTPUT = 4096
"""Bytes of what a program says that are kept."""
_LOOKS_EVERY = 0.1
"""Seconds after which a reader sees that nobody waits for it any more."""
_DIES_WITHIN = 0.01
"""Seconds that what was ended takes to be gone."""
_REST_WITHIN = 1.0
"""Seconds for what was said before a program ended; who goes on saying something is no part of it."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a program ended."""

    code: int | None
    """Below 0 the signal that ended it; None where it was not even started, or took too long."""
    said: str
    """The beginning of what it said; where it was not started, why."""
    began: bool = True


@dataclass(slots=True)
class Programs:
    """Those that run now."""

    _running: set[int] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self, command: tuple[str, ...], given: bytes, within: float) -> Ended:
        """Run a program with something as its input, for `within` seconds at most; all that it started ends with it.

        It gets no settings of ours in its environment.
        """
        with tempfile.TemporaryFile() as file:
            file.write(given)
            file.seek(0)
            try:
                program = subprocess.Popen(  # noqa: S603 - the settings name it, and no shell reads it
                    command, stdin=file, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                    env=without_settings(os.environ), start_new_session=True,
                )  # fmt: skip
            except (OSError, ValueError) as error:
                return Ended(None, in_words(error) if isinstance(error, OSError) else str(error), began=False)
        with self._lock:
            self._running.add(program.pid)
        try:
            return _watched(program, within)
        finally:
            with self._lock:
                self._running.discard(program.pid)

    def end_all(self) -> None:
        """End those that run."""
        with self._lock:
            for group in self._running:
                _end(group)


def without_settings(environment: Mapping[str, str]) -> dict[str, str]:
    """An environment without the settings of the desk, however they are written: passwords may be among them."""
    return {name: value for name, value in environment.items() if not name.upper().startswith("BRIEF_")}


def _watched(program: subprocess.Popen[bytes], within: float) -> Ended:
    reader = _Reader(program)
    reader.start()
    try:
        code: int | None = program.wait(within)
    except subprocess.TimeoutExpired:
        code = None
    _end(program.pid)  # and all that it started
    program.wait()
    reader.finish()
    _bury(program.pid)
    return Ended(code, reader.kept.decode("utf-8", "replace").strip())


def _end(group: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)


def _bury(group: int) -> None:
    """Take note of the end of those of a group that became ours, as orphans do where the desk is the first process of a container."""
    until = monotonic() + _REST_WITHIN  # one that another user runs is not ended by us: it is not waited for
    with suppress(ChildProcessError):  # as there is none, for all others
        while monotonic() < until:
            if not os.waitpid(-group, os.WNOHANG)[0]:
                sleep(_DIES_WITHIN)


class _Reader(threading.Thread):
    """Reads all that a program says, and keeps the beginning."""

    def __init__(self, program: subprocess.Popen[bytes]) -> None:
        super().__init__(name="reader", daemon=True)
        self._stream = program.stdout
        self._until = float("inf")
        self.kept = b""

    def finish(self) -> None:
        """Take what is still there. What has left the program's session may hold on to its output: it is not waited for."""
        self._until = monotonic() + _REST_WITHIN
        self.join()

    def run(self) -> None:
        """Until the program says no more, or nobody waits for it."""
        if self._stream is None:
            return
        with self._stream as stream:
            ready = select.poll()
            ready.register(stream, select.POLLIN)
            while monotonic() < self._until:
                if ready.poll(_LOOKS_EVERY * 1000):
                    chunk = os.read(stream.fileno(), 65536)
                    if not chunk:
                        return
                    self.kept = (self.kept + chunk)[:LARGEST_OUTPUT]
