"""Processes that sweep when they are told what time it is."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from storage.database import Database, open_database
from tests.escalating.month import PLAN, POLICY
from threads.escalation.sweep import sweep

ROOT = Path(__file__).parents[2]


def sweep_all(database: Database, now: datetime, limit: int = 50) -> int:
    """Sweep until nothing is left to do; how many steps were carried out."""
    steps = 0
    while any((tally := sweep(database, POLICY, PLAN, now, limit)).values()):
        steps += tally.get("steps", 0)
    return steps


def serve(url: str) -> None:
    """Sweep at each time that stands on a line of the standard input, in small portions; say how many steps that were."""
    database = open_database(url)
    print("ready", flush=True)
    for line in sys.stdin:
        print(sweep_all(database, datetime.fromisoformat(line.strip()), limit=5), flush=True)


class Sweepers:
    """Several of these processes, on one database."""

    def __init__(self, url: str, number: int) -> None:
        self._url = url
        self.running = [self._start() for _ in range(number)]
        self.steps = [0] * number

    def _start(self) -> subprocess.Popen[str]:
        code = "import sys; from tests.escalating.sweepers import serve; serve(sys.argv[1])"
        started = subprocess.Popen(
            [sys.executable, "-c", code, self._url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
        )
        assert _line(started) == "ready"
        return started

    def tell(self, now: datetime, which: Sequence[int] | None = None) -> None:
        """Have them sweep, without waiting for them."""
        for number in range(len(self.running)) if which is None else which:
            told = self.running[number].stdin
            assert told is not None
            told.write(f"{now.isoformat()}\n")
            told.flush()

    def wait(self, which: Sequence[int] | None = None) -> None:
        """Until they have done."""
        for number in range(len(self.running)) if which is None else which:
            self.steps[number] += int(_line(self.running[number]))

    def kill(self, number: int) -> None:
        """End one without a word, in the middle of what it does, and start another in its place."""
        self.running[number].kill()
        self.running[number].communicate()
        self.running[number] = self._start()

    def close(self) -> None:
        """End all."""
        for each in self.running:
            each.communicate()


def _line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()
