"""Message-IDs: opaque strings in angle brackets, read from the raw header as they stand."""

from __future__ import annotations

import re

from mailgateway.mime import charset

MOST_IDS = 1_000
LONGEST_ID = 1_000
BRACKETED = re.compile(rb"<([^<>]*)>")
PLACEHOLDERS = frozenset({"", "@", "none", "null", "nil", "undefined", "unknown", "(null)", "empty"})


def ids_in(value: bytes) -> tuple[str, ...]:
    """Every Message-ID of a header in order, without doubles: those in brackets, else words with an @.

    Of too many the first, which began the thread, and the last, which are the nearest.
    """
    found = BRACKETED.findall(value)
    if not found:
        found = [word.strip(b"<>,;\"'") for word in value.split() if b"@" in word]
    ids: dict[str, None] = {}
    for raw in found if len(found) <= MOST_IDS else (found[0], *found[1 - MOST_IDS :]):
        name = identifier(raw)
        if name:
            ids[name] = None
    return tuple(ids)


def identifier(raw: bytes) -> str | None:
    """One Message-ID in brackets; None for an empty one or a placeholder."""
    text = charset.decoded(raw[:LONGEST_ID]).text.replace("\n", "").strip()
    if text.lower() in PLACEHOLDERS or not text.strip("@<> \t\"'"):
        return None
    return f"<{text}>"


def own_id(value: bytes) -> str | None:
    """The Message-ID of a mail: the first in brackets, or else the whole value."""
    bracketed = ids_in(value) if b"<" in value else ()
    return bracketed[0] if bracketed else identifier(value.strip(b"<> \t"))
