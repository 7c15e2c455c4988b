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
_SPACE = re.compile(rb"[ \t]+")
_BARE_LF = re.compile(rb"(?<!\r)\n")


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
            end = len(text)
            while end >= 2 and text[end - 2 : end] == b"\r\n":
                end -= 2
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
        """The body in stretches of whole lines, each ended by CRLF."""
        at, size = self._head[0], len(self.raw)
        while at < size:
            end = self.raw.find(b"\n", at + _AT_ONCE) + 1 or size
            text = _ended(self.raw[at:end])
            yield text if text.endswith(b"\r\n") else text + b"\r\n"
            at = end


def _relaxed(text: bytes) -> bytes:
    return _one_space(text).replace(b" \r\n", b"\r\n")


def _one_space(text: bytes) -> bytes:
    """Each run of blanks as one; where there is none, as nearly always, nothing is made anew."""
    return _SPACE.sub(b" ", text) if b"  " in text or b"\t" in text else text


def _ended(text: bytes) -> bytes:
    """Every line ended by CRLF."""
    return text if text.count(b"\n") == text.count(b"\r\n") else _BARE_LF.sub(b"\r\n", text)


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
