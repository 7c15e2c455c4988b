"""A large dictionary in little memory: a sorted text file, searched where it lies.

It is made once from simplemma's data (`dictionary_file`) and kept in the user's cache folder (where that cannot be
written, in a temporary file), because the data as it comes takes 1.4 s and over 100 MB of each process.
"""

from __future__ import annotations

import fcntl
import mmap
import os
import stat
import tempfile
import time
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import cache, lru_cache
from pathlib import Path
from typing import IO
from weakref import finalize
from zlib import crc32

from knowledge.languages.dictionary_file import BITS, END, LONGEST, fill

FORM = 4
"""Grows when the file is made otherwise."""
UNUSED_FOR = 30 * 86_400.0
"""Seconds after which a file that no process has opened is removed: it is of another form, or its maker was killed."""
_BLOCK = 2048


class Dictionary:
    """Words with their lemmas, all in lower case; a word is also found without its umlauts."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = os.dup(file.fileno())
        finalize(self, os.close, self._file)
        whole = mmap.mmap(self._file, 0, access=mmap.ACCESS_READ)
        self._size = len(whole) - len(END) - BITS // 8
        begins = [0]
        for near in range(_BLOCK, self._size, _BLOCK):
            line = whole.find(b"\n", near, self._size) + 1
            if begins[-1] < line < self._size:
                begins.append(line)
        self._begins = begins
        self._firsts = [whole[each : each + 100].partition(b"\t")[0] for each in begins]
        whole.madvise(mmap.MADV_DONTNEED)  # that read every page
        self._map = memoryview(whole)[self._size :]
        self.lemma = lru_cache(maxsize=20_000)(self._lemma)

    def __contains__(self, word: object) -> bool:
        if not isinstance(word, str):
            return False
        bit = crc32(word.encode()) % BITS  # most words that are asked for are none: the map says so without a look
        return self._map[bit >> 3] >> (bit & 7) & 1 == 1 and self.lemma(word) is not None

    def first(self, words: Iterable[str]) -> str:
        """The first of some words that it holds; "" where it holds none of them."""
        bits = self._map
        for word in words:  # as above, without a call for each
            bit = crc32(word.encode()) % BITS
            if bits[bit >> 3] >> (bit & 7) & 1 and self.lemma(word) is not None:
                return word
        return ""

    def _lemma(self, word: str) -> str | None:
        key = word.encode()
        if len(word) > LONGEST or b"\t" in key or b"\n" in key:
            return None
        block = bisect_right(self._firsts, key) - 1
        if block < 0:
            return None
        begin = self._begins[block]
        end = self._begins[block + 1] if block + 1 < len(self._begins) else self._size
        # read, not mapped: each look into what is mapped takes sixteen pages of memory, so some hundred words take it all
        lines = b"\n" + os.pread(self._file, end - begin, begin)
        mark = b"\n" + key + b"\t"
        at = lines.find(mark)
        if at < 0:
            return None
        lemma = lines[at + len(mark) : lines.find(b"\n", at + len(mark))]
        return lemma.decode(errors="replace") or word


@cache
def dictionary(language: str) -> Dictionary:
    """The dictionary of a language ("de" or "en"), made where it is not there yet."""
    path = _place(language)
    file = None if path is None else _ours(path) or _kept(path, language)
    if file is None:
        file = tempfile.TemporaryFile()  # noqa: SIM115 - closed below, as the kept one is
        fill(file, language)
    with file:
        return Dictionary(file)


def _place(language: str) -> Path | None:
    from importlib.metadata import version

    home = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    if not os.path.isabs(home):
        return None
    return Path(home, "briefwechsel", f"words-{language}-{version('simplemma')}-{FORM}.txt")


def _ours(path: Path) -> IO[bytes] | None:
    """The open file, where it is whole and nobody else could have written it."""
    try:
        file = os.fdopen(os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK), "rb")
    except OSError:
        return None
    found = os.fstat(file.fileno())
    if stat.S_ISREG(found.st_mode) and found.st_uid == os.geteuid() and not found.st_mode & 0o022:
        file.seek(max(0, found.st_size - len(END)))
        if file.read() == END:
            with suppress(OSError):  # a folder that is read only is as good
                os.utime(file.fileno())  # it is used: see `_remove_unused`
            return file
    file.close()
    return None


def _kept(path: Path, language: str) -> IO[bytes] | None:
    """Make the file; of several processes one, while the others wait for it. None where the folder takes no file."""
    draft = None
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _only_maker(path.parent):
            if (made := _ours(path)) is not None:
                return made
            with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f"{path.name}.", delete=False) as file:
                draft = Path(file.name)
                fill(file, language)
            draft.replace(path)
            _remove_unused(path.parent)
    except OSError:
        return None
    finally:
        if draft is not None:
            draft.unlink(missing_ok=True)
    return _ours(path)


def _remove_unused(folder: Path) -> None:
    before = time.time() - UNUSED_FOR
    for each in folder.glob("words-*"):
        with suppress(OSError):
            if each.lstat().st_mtime < before:
                each.unlink()


@contextmanager
def _only_maker(folder: Path) -> Iterator[None]:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
