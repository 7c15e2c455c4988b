"""Vectors on disk, a file for the wording of each article: plain numbers, which are never unpickled.

A file is named by a hash of what was read and of the model, so none is ever stale; one that is broken is made again.
"""

from __future__ import annotations

import contextlib
import os
import time
from hashlib import sha256
from pathlib import Path

import numpy as np

from knowledge.embedder import MODEL, Floats, checked

UNUSED_FOR = 3600.0
"""Seconds after which a file that no article needs is removed: another process may have made it just now."""


def key_of(text: str) -> str:
    """The name under which the vector of a text lies."""
    return sha256(f"{MODEL}\0{text}".encode("utf-8", "replace")).hexdigest()


class VectorFiles:
    """A folder of vectors; with None nothing is kept. Any number of processes share it."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def read(self, key: str) -> Floats | None:
        """The vector under a name, None where it is missing or broken."""
        if self._folder is None:
            return None
        try:
            return checked(np.load(self._folder / f"{key}.npy", allow_pickle=False))
        except (OSError, ValueError, EOFError):
            return None

    def write(self, key: str, vector: Floats) -> None:
        """Keep a vector; where the disk is full or read-only it is made again another time."""
        if self._folder is None:
            return
        part = self._folder / f"{key}.{os.getpid()}.part"
        with contextlib.suppress(OSError):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with part.open("wb") as file:
                np.save(file, vector, allow_pickle=False)
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
