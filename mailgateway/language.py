"""Guesses the language of a text by its frequent words or its script; quick, without a model."""

from __future__ import annotations

import re
from collections import Counter

from mailgateway.language_words import PROFILES, SCRIPTS

_LOOKED_AT = 4000
"""Characters that suffice."""
_WORD = re.compile(r"[^\W\d_]+")
_UMLAUTS = frozenset("äöüß")
_OTHERWISE = "de"


def language_of(text: str) -> str:
    """The language in two letters; "de" where nothing tells."""
    looked_at = text[:_LOOKED_AT]
    script = _by_script(looked_at)
    if script:
        return script
    seen = _WORD.findall(looked_at.lower())
    scores = Counter({language: sum(word in profile for word in seen) for language, profile in PROFILES.items()})
    if any(letter in _UMLAUTS for letter in looked_at.lower()) and scores["de"]:
        scores["de"] += 1
    best, most = max(scores.items(), key=lambda score: (score[1], score[0] in ("de", "en"), score[0] == "de"))
    if not most:
        return _OTHERWISE
    return best if best in ("de", "en") or most >= _needed(len(seen), scores) else _better_known(scores)


def _needed(words: int, scores: Counter[str]) -> int:
    """How many words another language needs: a word or two in a short German text prove nothing."""
    return max(2 if words <= 6 else 3, max(scores["de"], scores["en"]) + 1)


def _better_known(scores: Counter[str]) -> str:
    return "en" if scores["en"] > scores["de"] else "de"


def _by_script(text: str) -> str:
    """The language whose script a third of the letters belong to, "" where it is Latin."""
    letters = [ord(letter) for letter in text if letter.isalpha()]
    other = [code for code in letters if code > 0x036F]
    if not letters or len(other) * 3 < len(letters):
        return ""
    counted = Counter({language: sum(first <= code <= last for code in other) for language, first, last in SCRIPTS})
    if counted["ja"]:
        return "ja"
    return max(counted, key=lambda language: counted[language]) if counted.total() else ""
