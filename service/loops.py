"""Loops: threads that do what is due, again and again, until they are told to stop."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

import structlog

from service.metrics import Metrics
from storage.errors import BriefwechselError

LONGEST_PAUSE = 30.0
log = structlog.get_logger()


@dataclass
class Loop:
    """Calls `step` every `pause` seconds and whenever it is woken; a tally with work in it calls for another round at once."""

    name: str
    step: Callable[[], Mapping[str, int]]
    pause: float
    metrics: Metrics
    failing: str = ""
    """Why the last round failed, "" where it did not."""
    _woken: threading.Event = field(default_factory=threading.Event)
    _stopped: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin in a thread of its own."""
        self._thread = threading.Thread(target=self.run, name=self.name, daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """Have a round now."""
        self._woken.set()

    def tell_to_stop(self) -> None:
        """End after the round that is on; does not wait for that."""
        self._stopped.set()
        self._woken.set()

    def stop(self, within: float = 20.0) -> bool:
        """End after the round that is on; False where that took longer than `within` seconds."""
        self.tell_to_stop()
        if self._thread:
            self._thread.join(within)
        return not (self._thread and self._thread.is_alive())

    @property
    def alive(self) -> bool:
        """Whether its thread runs."""
        return self._thread is not None and self._thread.is_alive()

    def run(self) -> None:
        """Rounds until `stop`. An error is logged once, and the pause grows until a round succeeds."""
        failures = 0
        while True:
            self._woken.clear()
            if self._stopped.is_set():  # after the clearing: `stop` sets this one first
                return
            busy, failed = self._round()
            failures = failures + 1 if failed else 0
            if busy and not failed:
                continue
            self._woken.wait(min(self.pause * 2 ** min(failures, 10), LONGEST_PAUSE))

    def _round(self) -> tuple[bool, bool]:
        began = time.perf_counter()
        try:
            tally = self.step()
            self.metrics.count(self.name, tally, time.perf_counter() - began)
        except Exception as error:  # the top of a loop: whatever it was, the next round may succeed
            self._note(error)
            return False, True
        if self.failing:
            log.info("works again", loop=self.name)
            self.failing = ""
        return any(tally.values()), False

    def _note(self, error: Exception) -> None:
        self.metrics.count_error(self.name)
        said = f"{type(error).__name__}: {error}".splitlines()[0]
        if said != self.failing:
            known = isinstance(error, BriefwechselError)
            log.error("round failed", loop=self.name, error=said, exc_info=None if known else error)
        self.failing = said


def stop_all(loops: Collection[Loop], within: float = 20.0) -> list[str]:
    """End all of them at the same time; the names of those that took longer than `within` seconds."""
    for loop in loops:
        loop.tell_to_stop()
    until = time.monotonic() + within
    return [loop.name for loop in loops if not loop.stop(max(0.0, until - time.monotonic()))]
