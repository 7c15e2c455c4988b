"""Encoded words (RFC 2047) as mail programs really write them: `=?utf-8?Q?Gr=C3=BC=C3=9Fe?=`.

Everything here is linear in the length of the header: the end of each word is looked for once.
"""

from __future__ import annotations

import binascii
import re
from typing import NamedTuple

from mailgateway.mime import charset

START = re.compile(rb"=\?([A-Za-z0-9_.:+-]{1,40})(?:\*[A-Za-z0-9-]{0,20})?\?([bBqQ])\?")
NOT_BASE64 = bytes(set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"))
LINE_BREAKS = re.compile(r"[\r\n\t\x85\u2028\u2029]+")


class Word(NamedTuple):
    """One encoded word: its charset and its bytes."""

    charset: str
    data: bytes


def header_text(value: bytes) -> str:
    """A header's value as text on one line: encoded words decoded, raw 8-bit read as UTF-8 or Windows-1252."""
    text = plain(value) if b"=?" not in value else "".join(texts(pieces(value)))
    text = charset.cleaned(text)
    return text if text.isprintable() else LINE_BREAKS.sub(" ", text)


def plain(value: bytes) -> str:
    """Bytes outside encoded words."""
    return value.decode("ascii") if value.isascii() and b"\x1b" not in value else raw_text(value)


def raw_text(value: bytes) -> str:
    """Raw 8-bit, or the escapes of ISO-2022-JP, standing in a header against the rules."""
    return charset.decoded(value, "iso-2022-jp" if value.isascii() else "").text


def pieces(value: bytes) -> list[Word | bytes]:
    """Encoded words and what stands between them; blanks between two encoded words are gone."""
    found: list[Word | bytes] = []
    at, last_end = 0, value.rfind(b"?=")
    for start in START.finditer(value):
        if start.start() < at:
            continue
        word, end = word_at(value, start, ends=last_end >= start.end())
        between = value[at : start.start()]
        if not (found and isinstance(found[-1], Word) and between.strip() == b""):
            found.append(between)
        found.append(word)
        at = end
    found.append(value[at:])
    return found


def word_at(value: bytes, start: re.Match[bytes], *, ends: bool) -> tuple[Word, int]:
    """The encoded word that begins at `start`, and where it ends; one that never `ends` does at the next blank."""
    end = value.find(b"?=" if ends else b" ", start.end())
    end = len(value) if end < 0 else end
    after = end + 2 if ends else end
    declared, encoded = start[1].decode("ascii"), value[start.end() : end]
    data = base64_block(encoded) if start[2] in b"bB" else quoted_of(encoded)
    return Word(declared, data), after


def texts(found: list[Word | bytes]) -> list[str]:
    """Each piece as text. Bytes of neighbours of one charset are joined first: a letter may be split between them."""
    out: list[str] = []
    run: list[Word] = []
    for piece in [*found, b""]:
        if isinstance(piece, Word) and (not run or run[-1].charset.lower() == piece.charset.lower()):
            run.append(piece)
            continue
        if run:
            out.append(charset.decoded(b"".join(word.data for word in run), run[0].charset).text)
            run = []
        if isinstance(piece, Word):
            run = [piece]
        elif piece:
            out.append(plain(piece))
    return out


def base64_block(data: bytes) -> bytes:
    """One block of base64, up to its padding; rubbish in it is passed over."""
    letters = data.translate(None, NOT_BASE64)
    if len(letters) % 4 == 1:
        letters = letters[:-1]
    return binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))


def quoted_of(encoded: bytes) -> bytes:
    """The Q encoding; blanks that should not be there are kept as blanks."""
    return binascii.a2b_qp(encoded, header=True)
