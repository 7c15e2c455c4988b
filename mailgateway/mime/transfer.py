"""Content-Transfer-Encoding undone, with rubbish in it: base64, quoted-printable, uuencode."""

from __future__ import annotations

import binascii
import re
from typing import NamedTuple

from mailgateway.mime.words import NOT_BASE64, base64_block

UU_BEGIN = re.compile(rb"begin(?:-base64)? [0-7]{3,4} ([^\r\n]{1,255})\r?\n")
UU_LATER = re.compile(rb"\n" + UU_BEGIN.pattern)
"""With the line end before it, which is found many times as fast as any line's beginning."""
UU_LINE = re.compile(rb"[ -`]{1,100}\Z")
UU_NAMES = frozenset({"x-uuencode", "uuencode", "x-uue", "uue"})
MOST_UU = 50
MOST_UU_LINES = 100_000
MOST_BLOCKS = 1_000
LONGEST_FOOTER = 20_000
PROSE = re.compile(rb"\n[ \t]*\r?\n(?=[^\n]{0,200}[^A-Za-z0-9+/= \t\r\n])")
"""A blank line, and text that no encoder wrote: what a gateway set below a mail without looking at it."""
PADDED = re.compile(rb"={1,2}[^\n]{0,80}\n")
BASE64_LETTERS = bytes(set(range(256)) - set(NOT_BASE64)) + b"="


class Enclosed(NamedTuple):
    """A uuencoded file inside a text, and where it stands there."""

    name: bytes
    data: bytes
    start: int
    end: int


def undone(data: bytes, encoding: str) -> bytes:
    """The bytes that an encoding stands for. Never raises; an unknown encoding is none."""
    if encoding == "base64":
        return base64_of(data)
    if encoding in {"quoted-printable", "quoted_printable", "quotedprintable"}:
        return binascii.a2b_qp(data)
    if encoding in UU_NAMES:
        return b"".join(each.data for each in enclosed(data))
    return data


def base64_of(data: bytes) -> bytes:
    """Base64 with rubbish between its letters; blocks that begin on lines of their own are all read."""
    data = without_prose(data)
    if b"=" not in data.rstrip(b"= \t\r\n-"):
        return base64_block(data)
    blocks = PADDED.split(data, maxsplit=MOST_BLOCKS)
    return b"".join(base64_block(block.partition(b"=")[0]) for block in blocks)


def without_prose(data: bytes) -> bytes:
    """The data without a footer that stands behind them in plain words."""
    found = PROSE.search(data, max(len(data) - LONGEST_FOOTER, 1))
    before = data[: found.start()] if found else b""
    return before if before.strip() else data


def is_base64(data: bytes) -> bool:
    """Whether the first line of a text that is said to be base64 looks like it."""
    first = data.strip()[:200].split(b"\n")[0].strip()
    return not first.translate(None, BASE64_LETTERS)


def decoded_size(data: bytes, encoding: str) -> int:
    """How large the decoded bytes are, without holding them where that can be reckoned."""
    if encoding == "base64":
        return len(without_prose(data).translate(None, NOT_BASE64)) * 3 // 4
    return len(undone(data, encoding))


def enclosed(data: bytes) -> list[Enclosed]:
    """The uuencoded files of a text."""
    found: list[Enclosed] = []
    if b"begin" not in data:
        return found
    at = 0
    for _ in range(MOST_UU):
        begin = (UU_BEGIN.match(data) if at == 0 else None) or UU_LATER.search(data, max(at - 1, 0))
        if begin is None:
            return found
        body, end = uu_lines(data, begin.end())
        if body is not None:
            start = begin.start() + begin[0].startswith(b"\n")
            found.append(Enclosed(begin[1].strip(), body, start, end))
        at = max(end, begin.end())
    return found


def uu_lines(data: bytes, at: int) -> tuple[bytes | None, int]:
    """The file of uuencoded lines from `at`, and where they end; None where they are none."""
    out: list[bytes] = []
    for _ in range(MOST_UU_LINES):
        if at >= len(data):
            break
        stop = data.find(b"\n", at)
        stop = len(data) if stop < 0 else stop
        line = data[at:stop].rstrip(b"\r")
        at = stop + 1
        if line.strip() in {b"end", b"`"} or not line.strip():
            if line.strip() == b"end":
                break
            continue
        try:
            out.append(uu_line(line))
        except (binascii.Error, ValueError):
            return (b"".join(out), at - len(line) - 1) if out else (None, at)
    return (b"".join(out) if out else None), min(at, len(data))


def uu_line(line: bytes) -> bytes:
    """One uuencoded line; one that is too long for what it says is cut, as other programs do."""
    if not UU_LINE.match(line):
        raise ValueError("not a uuencoded line")
    length = (((line[0] - 32) & 63) * 4 + 5) // 3
    if len(line) < 1 + ((line[0] - 32) & 63) * 4 // 3 - 4:
        raise ValueError("too short")
    return binascii.a2b_uu(line[:length])
