"""The files of the Whoosh index: its segments are read where they lie, all are private, and each is on the disk when it is named.

Whoosh's own reader copies every byte of a segment into memory, and its files may be written by whomever the umask lets.
"""

from __future__ import annotations

import io
import mmap
import os
from pathlib import Path
from typing import Any

from whoosh.filedb.filestore import FileStorage
from whoosh.filedb.structfile import BufferFile, StructFile

SEGMENT, CONTENTS = ".seg", ".toc"
READ_AHEAD = 512
"""Bytes; what Whoosh reads at one place is short."""


class MappedStorage(FileStorage):
    """A folder whose segments are read where they lie: only what is looked at takes memory, which all processes share."""

    def __init__(self, folder: str) -> None:
        super().__init__(folder, supports_mmap=False)  # type: ignore[no-untyped-call]  # whoosh leaves it untyped

    def open_file(self, name: str, **options: Any) -> Any:
        """A file of the folder, open for reading."""
        if name.endswith(SEGMENT):
            with open(os.path.join(self.folder, name), "rb") as file:
                return MappedFile(memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)), name)
        return super().open_file(name, **options)  # type: ignore[no-untyped-call]  # as above

    def create_file(self, name: str, excl: bool = False, mode: str = "wb", **options: Any) -> Any:
        """A new file of the folder, open for writing, that is for its owner alone."""
        path, mode = os.path.join(self.folder, name), mode.replace("w", "x") if excl else mode
        file: Any = open(path, mode, opener=_private)  # noqa: SIM115 - the writer closes it
        return StructFile(file, name=name, **options)

    def temp_storage(self, name: str | None = None) -> Any:
        """A folder in it for what is not ready yet."""
        made: Any = super().temp_storage(name)  # type: ignore[no-untyped-call]  # as above
        os.chmod(made.folder, 0o700)
        return made

    def lock(self, name: str) -> Any:
        """The lock of that name."""
        os.close(_private(os.path.join(self.folder, name), os.O_CREAT | os.O_WRONLY))
        return super().lock(name)  # type: ignore[no-untyped-call]  # as above

    def rename_file(self, oldname: str, newname: str, safe: bool = False) -> None:
        """Give a file its name: a table of contents once what it names is on the disk, which a power cut leaves there."""
        if newname.endswith(CONTENTS):
            for each in (*Path(self.folder).glob(f"*{SEGMENT}"), Path(self.folder, oldname)):
                _sync(each)
        super().rename_file(oldname, newname, safe)  # type: ignore[no-untyped-call]  # as above


class MappedFile(BufferFile):
    """A file of Whoosh's over what is mapped, or over a piece of it."""

    def __init__(self, lines: memoryview, name: str | None = None) -> None:
        super().__init__(b"", name)
        self._buf = self._lines = lines
        self.file = io.BufferedReader(_Stream(lines), READ_AHEAD)

    def subset(self, position: int, length: int, name: str | None = None) -> MappedFile:
        """A piece of it as a file of its own."""
        return MappedFile(self._lines[position : position + length], name or self._name)

    def close(self) -> None:
        """Let go of what is mapped."""
        super().close()
        del self._lines


class _Stream(io.RawIOBase):
    """Bytes that lie elsewhere, to be read one after the other."""

    def __init__(self, lines: memoryview) -> None:
        self._lines = lines
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        self._at = offset + {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: len(self._lines)}[whence]
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, target: Any) -> int:
        piece = self._lines[self._at : self._at + len(target)]
        target[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_CLOEXEC, 0o600)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
