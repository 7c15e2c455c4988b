"""Guesses the language of a text by its frequent words or its script; quick, without a model."""

from __future__ import annotations

from collections import Counter

from mailgateway.language_words import LETTERS, PROFILES, SCRIPTS
from threads.words import beyond_ascii, runs

_LOOKED_AT = 4000
"""Characters that suffice."""
_UMLAUTS = frozenset("äöüß")
_OTHERWISE = "de"
_LATIN_ENDS = "\u036f"


def _by_word() -> dict[str, list[str]]:
    """For each word of the profiles the languages that have it."""
    found: dict[str, list[str]] = {}
    for language, profile in PROFILES.items():
        for word in profile:
            found.setdefault(word, []).append(language)
    return found


_LANGUAGES = _by_word()


def language_of(text: str) -> str:
    """The language in two letters; "de" where nothing tells."""
    looked_at = text[:_LOOKED_AT]
    script = _by_script(looked_at)
    if script:
        return script
    lower = looked_at.lower()
    seen = runs(lower, is_letter)
    scores = _scores(seen)
    if not lower.isascii():
        _weigh_letters(scores, lower)
    best, most = max(scores.items(), key=lambda score: (score[1], score[0] in ("de", "en"), score[0] == "de"))
    if not most:
        return _OTHERWISE
    return best if best in ("de", "en") or most >= _needed(len(seen), scores) else _better_known(scores)


def is_letter(char: str) -> bool:
    """Whether a character is part of a word, and no digit."""
    return char.isalnum() and not char.isdecimal()


def _scores(seen: list[str]) -> Counter[str]:
    """How many of the words each language has."""
    scores = Counter(dict.fromkeys(PROFILES, 0))
    for word, times in Counter(seen).items():
        for language in _LANGUAGES.get(word, ()):
            scores[language] += times
    return scores


def _weigh_letters(scores: Counter[str], lower: str) -> None:
    """Let letters speak for a language that a word speaks for as well."""
    present = beyond_ascii(lower)
    if scores["de"] and not _UMLAUTS.isdisjoint(present):
        scores["de"] += 1
    for language, letters in LETTERS.items():
        if scores[language] and not letters.isdisjoint(present):
            scores[language] += 2


def _needed(words: int, scores: Counter[str]) -> int:
    """How many words another language needs: a word or two in a short German text prove nothing."""
    return max(2 if words <= 6 else 3, max(scores["de"], scores["en"]) + 1)


def _better_known(scores: Counter[str]) -> str:
    return "en" if scores["en"] > scores["de"] else "de"


def _by_script(text: str) -> str:
    """The language whose script a third of the letters belong to, "" where it is Latin."""
    if max(beyond_ascii(text), default="") <= _LATIN_ENDS:
        return ""
    other = [ord(letter) for letter in text if letter > _LATIN_ENDS and letter.isalpha()]
    if not other or len(other) * 3 < sum(map(str.isalpha, text)):
        return ""
    counted = Counter({language: sum(first <= code <= last for code in other) for language, first, last in SCRIPTS})
    if counted["ja"]:  # it is written with Chinese letters, too
        counted["ja"] += counted["zh"]
    best, most = counted.most_common(1)[0]
    return best if most * 3 >= len(other) * 2 else ""  # rubbish is spread over all of Unicode
