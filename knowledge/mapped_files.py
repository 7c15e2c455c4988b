"""The segments of the Whoosh index as they lie on the disk, mapped: Whoosh's own reader copies every byte of them into memory."""

from __future__ import annotations

import io
import mmap
import os
from typing import Any

from whoosh.filedb.filestore import FileStorage
from whoosh.filedb.structfile import BufferFile

SEGMENT = ".seg"
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
