"""Files and folders that are only for the user who runs the desk."""

from __future__ import annotations

import os
from pathlib import Path

from storage.errors import DiskFull, OutOfStep, Unavailable

FULL = (28, 122)
"""ENOSPC and EDQUOT: no room on the disk, or in the user's share of it."""


def refuse_foreign(path: Path) -> None:
    """Raise `OutOfStep` where a path is there and belongs to another user of the system."""
    try:
        owner = path.stat().st_uid
    except FileNotFoundError:
        return
    except OSError as error:
        raise cannot("read", path, error) from error
    if owner != os.geteuid():
        raise OutOfStep(
            f"{path} belongs to the user {user_name(owner)}, and this is {user_name(os.geteuid())}: "
            f"run brief as {user_name(owner)}, or choose another place with --data"
        )


def private_folder(path: Path) -> Path:
    """Make a folder with mode 0700, and its parents, where it is not there yet; refuse another user's."""
    refuse_foreign(path)
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise cannot("make the folder", path, error) from error
    return path


def private_file(path: Path) -> Path:
    """Make an empty file with mode 0600 where it is not there yet; refuse another user's."""
    refuse_foreign(path)
    try:
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_CLOEXEC, 0o600))
    except OSError as error:
        raise cannot("write", path, error) from error
    return path


def write_private(path: Path, data: bytes) -> None:
    """Write a file with mode 0600 so that it is there wholly or not at all, also after a loss of power."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        descriptor = os.open(draft, os.O_CREAT | os.O_WRONLY | os.O_TRUNC | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(descriptor)
        os.replace(draft, path)
        sync_folder(path.parent)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise cannot("write", path, error) from error


def sync_folder(path: Path) -> None:
    """Bring the names in a folder to its disk."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def cannot(what: str, path: Path, error: OSError) -> Unavailable:
    """An error of the system as one of ours."""
    if error.errno in FULL:
        return DiskFull(f"cannot {what} {path}: its disk is full; make room on it")
    return Unavailable(f"cannot {what} {path}: {error.strerror}; it must be a place that this user can write to")


def user_name(number: int) -> str:
    """The name of a user of the system, or the number where it has none."""
    import pwd

    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)
