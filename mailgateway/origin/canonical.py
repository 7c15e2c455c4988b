"""The bytes that a DKIM or ARC signature is over (RFC 6376, section 3.4), in linear time on any input."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

LONGEST_HEAD = 1024 * 1024
"""Bytes of a mail's head that are looked at."""
MOST_FIELDS = 2000
_AT_ONCE = 1024 * 1024
"""Bytes of a body that are worked on at a time, about: nobody else gets a turn meanwhile."""
_FURTHER = 64 * 1024
"""Bytes within which a stretch ends with a line; one that is longer is cut."""
_LONGEST_RUN = 1024 * 1024
"""Bytes of nothing visible that may stand in one line: over more of it no signature holds."""
_VISIBLE = re.compile(rb"[^ \t\r\n]")


@dataclass(frozen=True, slots=True)
class Field:
    """A header field as it came, still folded."""

    name: bytes
    """In lower case."""
    whole: bytes
    """With its name and its last CRLF."""

    @property
    def value(self) -> bytes:
        """What stands after the colon."""
        return self.whole.partition(b":")[2]


@dataclass(frozen=True)
class Signed:
    """A raw mail as signatures see it: its fields, and the hashes of its body."""

    raw: bytes

    @cached_property
    def _head(self) -> tuple[int, bytes]:
        """Where the body begins, and the head with a CRLF after each line."""
        ends = [(self.raw.find(mark), len(mark)) for mark in (b"\r\n\r\n", b"\n\n")]
        found = min((each for each in ends if each[0] >= 0), default=(len(self.raw), 0))
        head = self.raw[: min(found[0], LONGEST_HEAD)]
        return sum(found), _ended(head)

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """Every field in order; a line that is none is passed over."""
        found: list[list[bytes]] = []
        for line in self._head[1].split(b"\r\n"):
            if line[:1] in {b" ", b"\t"}:
                if found:
                    found[-1].append(line)
            elif b":" in line[:200] and len(found) < MOST_FIELDS:
                found.append([line])
        return tuple(
            Field(lines[0].partition(b":")[0].rstrip().lower(), b"\r\n".join([*lines, b""])) for lines in found
        )

    def named(self, name: bytes) -> tuple[Field, ...]:
        """The fields with a name, the topmost first."""
        return tuple(each for each in self.fields if each.name == name)

    @cached_property
    def relaxed_hash(self) -> bytes:
        """SHA-256 of the body in the relaxed form."""
        return self._hash(relaxed=True)

    @cached_property
    def simple_hash(self) -> bytes:
        """SHA-256 of the body in the simple form."""
        return self._hash(relaxed=False)

    def _hash(self, *, relaxed: bool) -> bytes:
        """Empty lines count only where something comes after them."""
        hasher = hashlib.sha256()
        blank, empty = 0, True
        for lines in self._lines():
            text = _relaxed(lines) if relaxed else lines
            end = _end(text)
            if not end:
                blank += len(text) // 2
                continue
            hasher.update(b"\r\n" * blank)
            hasher.update(text[:end])
            blank, empty = (len(text) - end) // 2, False
        if not empty or not relaxed:
            hasher.update(b"\r\n")
        return hasher.digest()

    def _lines(self) -> Iterator[bytes]:
        """The body in stretches that end with a line or, where one is very long, with something visible."""
        at, size = self._head[0], len(self.raw)
        while at < size:
            end = self.raw.find(b"\n", at + _AT_ONCE, at + _AT_ONCE + _FURTHER) + 1 or self._visible(at + _AT_ONCE)
            text = _ended(self.raw[at:end])
            yield text if end < size or text.endswith(b"\r\n") else text + b"\r\n"
            at = end

    def _visible(self, at: int) -> int:
        """Behind the next visible byte: what comes after it belongs to nothing before it."""
        limit = min(at + _LONGEST_RUN, len(self.raw))
        found = _VISIBLE.search(self.raw, at, limit)
        return found.end() if found else limit


def _end(text: bytes) -> int:
    """Where the CRLFs begin with which a text ends. Every LF in it follows a CR."""
    visible = len(text.rstrip(b"\r\n"))
    if not text.endswith(b"\r\n"):
        return len(text)
    return max(visible, text.rfind(b"\r\r", visible) + 1)


def _relaxed(text: bytes) -> bytes:
    return _one_space(text).replace(b" \r\n", b"\r\n")


def _one_space(text: bytes) -> bytes:
    """Each run of blanks as one; where there is none, as nearly always, nothing is made anew."""
    text = text.replace(b"\t", b" ")
    while b"  " in text:
        text = text.replace(b"  ", b" ")
    return text


def _ended(text: bytes) -> bytes:
    """Every line ended by CRLF."""
    if text.count(b"\n") == text.count(b"\r\n"):
        return text
    return text.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def header(field: Field, *, relaxed: bool) -> bytes:
    """A field as it goes into a signature."""
    if not relaxed:
        return field.whole
    value = _one_space(field.value.replace(b"\r\n", b"")).strip(b" ")
    return field.name + b":" + value + b"\r\n"


def without_signature(field: Field) -> Field:
    """A signature field without what stands in its b= tag, which is over all the rest."""
    parts = field.value.split(b";")
    kept = [each.partition(b"=")[0] + b"=" if each.partition(b"=")[0].strip() == b"b" else each for each in parts]
    name, colon, _ = field.whole.partition(b":")
    return Field(field.name, name + colon + b";".join(kept))


def chosen(fields: tuple[Field, ...], names: tuple[bytes, ...]) -> list[Field]:
    """The fields that a list of names means: of several with one name the lowest first, each once."""
    left: dict[bytes, list[Field]] = {}
    for each in fields:
        left.setdefault(each.name, []).append(each)
    return [left[name].pop() for name in names if left.get(name)]
