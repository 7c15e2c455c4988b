"""Which processes serve a data directory, and where they listen: each says so, for itself and for each open door, in a
file that it holds a lock on.

A process that ended, however it did, holds no lock any more: its files tell nothing, and the next door that opens takes
them away.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from storage.private import cannot, private_folder

FOLDER = "serving"


class Listening(NamedTuple):
    """A process that serves, or an open door of one and where it is."""

    door: str
    """"" where a process says of itself that it runs."""
    where: str
    process: int
    read_at: float
    """When its process read the settings last, as the time of a file."""


@contextmanager
def presence(data: Path, door: str = "", where: str = "") -> Iterator[None]:
    """Say for a while that this process serves a data directory, or has a door open there. Raises `Unavailable` where it cannot."""
    folder = private_folder(data / FOLDER)
    try:
        _take_away_what_was_left(folder)
        path, descriptor = _own_file(folder, json.dumps((door, where)).encode())
    except OSError as error:
        raise cannot("say where the desk listens in", folder, error) from error
    try:
        yield
    finally:
        with suppress(OSError):  # a file that stays tells nothing once its lock is gone
            path.unlink()
        os.close(descriptor)


def _take_away_what_was_left(folder: Path) -> None:
    for left in folder.iterdir():
        with suppress(OSError), _of_nobody(left) as free:
            if free:
                left.unlink()


def _own_file(folder: Path, said: bytes) -> tuple[Path, int]:
    """A new file that is locked, and still lies there: before it was locked another process may have taken it away."""
    while True:
        path = folder / f"{os.getpid()}-{secrets.token_hex(8)}"
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            if os.fstat(descriptor).st_nlink:
                os.write(descriptor, said)
                return path, descriptor
        except OSError:
            path.unlink(missing_ok=True)
            os.close(descriptor)
            raise
        os.close(descriptor)


def listening(data: Path) -> frozenset[Listening]:
    """Where the desks of a data directory listen now."""
    return frozenset(each for each in present(data) if each.door)


def present(data: Path) -> frozenset[Listening]:
    """The processes that serve a data directory now, also those with no door open, and their doors."""
    folder = data / FOLDER
    found = set()
    for path in folder.iterdir() if folder.is_dir() else ():
        with suppress(OSError, ValueError, TypeError), _of_nobody(path) as free:
            if not free:
                door, where = json.loads(path.read_text("utf-8"))
                found.add(Listening(door, where, int(path.name.partition("-")[0]), path.stat().st_mtime))
    return frozenset(found)


def say_read_again(data: Path) -> None:
    """Say that this process has read the settings again."""
    for path in (data / FOLDER).glob(f"{os.getpid()}-*"):
        with suppress(OSError):  # a door that closes meanwhile
            os.utime(path)


@contextmanager
def _of_nobody(path: Path) -> Iterator[bool]:
    """Whether the process that made a file is gone; where it is, nobody else has the file meanwhile."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        yield _locked(descriptor)
    finally:
        os.close(descriptor)


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
