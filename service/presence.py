"""Which addresses the desks of a data directory listen on: each that runs says so in a file that it holds a lock on.

A process that ended, however it did, holds no lock any more: its file tells nothing, and the next desk takes it away.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from storage.private import private_folder

FOLDER = "serving"


@contextmanager
def presence(data: Path, addresses: Iterable[str]) -> Iterator[None]:
    """Say for a while that a desk of this data directory listens there."""
    folder = private_folder(data / FOLDER)
    for path in folder.iterdir():
        if _is_left(path):
            path.unlink(missing_ok=True)
    path = folder / f"{os.getpid()}"
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        os.write(descriptor, json.dumps(sorted(addresses)).encode())
        yield
    finally:
        path.unlink(missing_ok=True)
        os.close(descriptor)


def listening(data: Path) -> set[str]:
    """Where the desks of a data directory listen now."""
    folder = data / FOLDER
    found: set[str] = set()
    for path in folder.iterdir() if folder.is_dir() else ():
        with suppress(OSError, ValueError):
            if not _is_left(path):
                found.update(json.loads(path.read_text("utf-8")))
    return found


def _is_left(path: Path) -> bool:
    """Whether the process that made a file is gone."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return True
