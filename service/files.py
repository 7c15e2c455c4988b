"""Files that agents take out of the desk: named harmlessly, never written over what is there."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path
from typing import BinaryIO

_LONGEST = 150
_FORBIDDEN = frozenset('/\\:*?"<>|')


def harmless_name(name: str) -> str:
    """A file name out of a mail, without folders, control characters or a leading dot."""
    last = name.replace("\\", "/").rpartition("/")[2]
    kept = "".join(
        "_" if char in _FORBIDDEN or unicodedata.category(char)[0] == "C" else char
        for char in unicodedata.normalize("NFC", last)
    )
    kept = kept.rstrip(" .").lstrip(" .-") or "attachment"
    stem, dot, ending = kept.rpartition(".")
    if len(kept.encode()) <= _LONGEST:
        return kept
    short = (stem if dot else kept).encode()[: _LONGEST - 20].decode(errors="ignore")
    return f"{short}{dot}{ending.encode()[:15].decode(errors='ignore')}"


def write_new(file: Path, data: bytes) -> None:
    """Write a file, only for its owner, that is not there yet. Raises `FileExistsError`, also for a dangling link."""
    with new_file(file) as opened:
        opened.write(data)


def new_file(file: Path) -> BinaryIO:
    """A file that is not there yet, open to be written, only for its owner. Raises `FileExistsError`."""
    return os.fdopen(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600), "wb")
