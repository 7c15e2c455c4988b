"""Texts from outside made harmless for a terminal. Light: every message for people goes through here."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

_KEPT_FORMATS = frozenset("\N{ZERO WIDTH JOINER}\N{ZERO WIDTH NON-JOINER}\N{SOFT HYPHEN}")
_CONTROL_PICTURES = 0x2400


def safe(text: object) -> str:
    """A text that only shows itself: what would steer the terminal or turn the writing round is made visible or left out."""
    return "".join(_shown(char) for char in str(text).replace("\r\n", "\n").expandtabs(4))


def line(text: object) -> str:
    """A harmless text on one line."""
    return " ".join(safe(text).split())


@lru_cache(maxsize=4096)
def _shown(char: str) -> str:
    if char == "\n":
        return char
    kind = unicodedata.category(char)
    if kind in ("Zl", "Zp"):
        return "\n"
    if kind == "Cc":
        return chr(_CONTROL_PICTURES + ord(char)) if ord(char) < 0x20 else "\N{REPLACEMENT CHARACTER}"
    if kind == "Cf" and char not in _KEPT_FORMATS:
        return ""
    return "\N{REPLACEMENT CHARACTER}" if kind in ("Cs", "Co", "Cn") else char
