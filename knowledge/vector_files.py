"""Vectors on disk, a file for the wording of each article: plain numbers, which are never unpickled.

A file is named by a hash of what was read and of the model, so none is ever stale; one that is broken is made again.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

import numpy as np

from knowledge.embedder import MODEL, Floats, checked

UNUSED_FOR = 3600.0
"""Seconds after which a file that no article needs is removed: another process may have made it just now."""


def key_of(texts: Sequence[str]) -> str:
    """The name under which the vectors of these texts lie."""
    return sha256("\0".join((MODEL, *texts)).encode("utf-8", "replace")).hexdigest()


class VectorFiles:
    """A folder of vectors; with None nothing is kept. Any number of processes share it."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def read(self, key: str, count: int) -> Floats | None:
        """The vectors under a name, None where they are missing or broken."""
        if self._folder is None:
            return None
        try:
            return checked(np.load(self._folder / f"{key}.npy", allow_pickle=False), count)
        except (OSError, ValueError, EOFError):
            return None

    def write(self, key: str, vectors: Floats) -> None:
        """Keep vectors; where the disk is full or read-only they are made again another time."""
        if self._folder is None:
            return
        part = self._folder / f"{key}.{os.getpid()}.part"
        with contextlib.suppress(OSError):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with part.open("wb") as file:
                np.save(file, vectors, allow_pickle=False)
            part.replace(self._folder / f"{key}.npy")

    def keep_only(self, keys: frozenset[str]) -> None:
        """Remove what no article has needed for a while."""
        if self._folder is None:
            return
        before = time.time() - UNUSED_FOR
        with contextlib.suppress(OSError):
            for each in self._folder.iterdir():
                if each.stem not in keys and each.lstat().st_mtime < before:
                    each.unlink()
