"""OpenThesaurus, where the machine has it: a file in the form of MyThes with a sorted index beside it, searched where it lies.

It is no part of this program, whose licence is another: Debian's `mythes-de` brings it. Nothing of it stays in memory but the
words that were asked for last, and both files are opened anew for each word, so that they may be replaced at any time.
"""

from __future__ import annotations

import codecs
import os
import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

FOLDER = Path("/usr/share/mythes")
LARGEST = 200_000_000
"""Bytes of a file that is read."""
LINE = 4096
"""Bytes of a line; what is longer is passed over."""
ENTRY = 65_536
"""Bytes of all that is read for one word."""
SENSES = 4
"""Meanings of a word; one that has more says too little by itself, and leads nowhere."""
WORDS = 40
"""Words of one meaning."""
_REMARK = re.compile(r"\(([^()]*)\)")
_OTHERWISE = frozenset({"antonym", "oberbegriff", "unterbegriff", "assoziation", "veraltet", "derb", "vulg."})
"""Remarks on what means the contrary, more or less than the word, or what hardly anybody writes."""

Senses = tuple[tuple[str, ...], ...]


class Unreadable(Exception):
    """A file of the thesaurus that is of another form, or too large."""


class Thesaurus:
    """The words that mean the same as one, for each of its meanings."""

    def __init__(self, path: Path, language: str = "de") -> None:
        self.path = path
        self.language = language
        self._index = path.with_suffix(".idx")
        self.senses = lru_cache(maxsize=2_000)(self._senses)

    def check(self) -> None:
        """Raises `Unreadable` or `OSError` where nothing can be looked up."""
        for path in (self.path, self._index):
            with path.open("rb", buffering=0) as file:
                _opened(file)

    def _senses(self, word: str) -> Senses:
        """() where the word is not known, means too much, or nothing can be read."""
        try:
            return self._looked_up(word)
        except (OSError, Unreadable, UnicodeError):
            return ()

    def _looked_up(self, word: str) -> Senses:
        with self._index.open("rb", buffering=0) as index, self.path.open("rb", buffering=0) as file:
            encoding, _ = _opened(index)
            key = word.encode(encoding)
            at = _offset(index, key)
            if at is None:
                return ()
            encoding, size = _opened(file)
            lines = os.pread(file.fileno(), min(ENTRY, size), at).split(b"\n")[:-1]
        named, _, often = lines[0].rpartition(b"|") if lines else (b"", b"", b"")
        if named != key or not often.isdigit() or int(often[:6]) > SENSES:
            return ()
        found = (_words(line.decode(encoding, "replace"), word) for line in lines[1 : 1 + int(often)])
        return tuple(words for words in found if words)


def installed(folder: Path | None = None, language: str = "de") -> Thesaurus | None:
    """The newest that the machine has; None where there is none."""
    found = sorted((folder or FOLDER).glob(f"th_{language}_*.dat"))
    return Thesaurus(found[-1], language) if found else None


def _opened(file: BinaryIO) -> tuple[str, int]:
    """The encoding that the first line names, and the size. Raises `Unreadable`."""
    size = os.fstat(file.fileno()).st_size
    if size > LARGEST:
        raise Unreadable("it is too large")
    head = os.pread(file.fileno(), 64, 0).partition(b"\n")[0].strip()
    try:
        return codecs.lookup(head.decode("ascii")).name, size
    except (LookupError, UnicodeError, ValueError) as error:
        raise Unreadable("its first line names no encoding") from error


def _offset(index: BinaryIO, key: bytes) -> int | None:
    """Where the entry of a word begins, by the line of the index that says so."""
    head = os.pread(index.fileno(), 128, 0).split(b"\n")
    low = begin = len(b"\n".join(head[:2])) + 1  # behind the encoding and the number of words
    high = os.fstat(index.fileno()).st_size
    while low < high:
        middle = (low + high) // 2
        line = _line_from(index, middle)
        if line and line.rpartition(b"|")[0] < key:
            low = middle + 1
        else:
            high = middle
    word, _, at = _line_from(index, max(low, begin)).rpartition(b"|")
    return int(at) if word == key and at.isdigit() and len(at) < 12 else None


def _line_from(index: BinaryIO, position: int) -> bytes:
    """The first whole line that begins at a position or behind it; b"" at the end."""
    read = os.pread(index.fileno(), 2 * LINE, position - 1)
    return read.partition(b"\n")[2].partition(b"\n")[0]


def _words(line: str, own: str) -> tuple[str, ...]:
    """The single words of one meaning, without the word itself and without what a remark says to mean something else."""
    members: Iterable[str] = line.split("|")[1 : 1 + WORDS] if len(line) <= LINE else ()
    found = dict.fromkeys(_word(each) for each in members)
    return tuple(each for each in found if each and each != own)


def _word(member: str) -> str:
    """A word in small letters without its remarks; "" where it is none, or of another meaning."""
    remarks = {each.strip().lower() for said in _REMARK.findall(member) for each in said.split(",")}
    word = _REMARK.sub("", member).strip().lower()
    return word if word.replace("-", "").isalpha() and not remarks & _OTHERWISE else ""
