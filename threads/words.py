"""Words as people mean them: folded, loosely stemmed, found inside German compounds."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import chain

_UMLAUTS = {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "œ": "oe", "ø": "oe", "å": "a", "ł": "l"}
_ENDINGS = ("ungen", "ern", "est", "ung", "en", "er", "es", "em", "st", "ed", "e", "n", "s", "t")
_SHORTEST_STEM = 5
_SHORTEST_PART = 5
_WIDEST_GAP = 3
_LAST_OF_ASCII = "\x7f"
_ASCII = bytes(range(128))
_FEW = 30
"""Characters that are looked for one after another, each in the whole text; a text of nothing else holds thousands."""


def fold(text: str) -> str:
    """Lower case, umlauts as ae, oe, ue and ss, other accents left off."""
    lower = unicodedata.normalize("NFC", text).lower()
    if lower.isascii():
        return lower
    for letter, spelt in _UMLAUTS.items():
        lower = lower.replace(letter, spelt)
    if lower.isascii():
        return lower
    return "".join(char for char in unicodedata.normalize("NFKD", lower) if not unicodedata.combining(char))


def words_of(text: str) -> list[str]:
    """The folded words of a text in order."""
    return list(_words_of(text))


@lru_cache(maxsize=16)
def _words_of(text: str) -> tuple[str, ...]:
    """Kept for a moment: a mail is looked at by the rules, for its handle, its passages, and the words that find it."""
    return tuple(runs(fold(text), str.isalnum))


def runs(text: str, kept: Callable[[str], bool]) -> list[str]:
    """The runs of characters that are kept, in order: as by a regular expression, in a fifth of its time."""
    if not text.isascii():
        others = [char for char in beyond_ascii(text) if not kept(char)]
        if len(others) > _FEW:
            return "".join(char if kept(char) else " " for char in text).split()
        for char in others:
            text = text.replace(char, " ")
    return text.encode().translate(_apart(kept)).decode().split()


def beyond_ascii(text: str) -> set[str]:
    """The characters of a text that are none of ASCII, each once: of most texts a handful."""
    kept = text.encode("utf-8", "surrogatepass").translate(None, delete=_ASCII)
    return set(kept.decode("utf-8", "surrogatepass"))


@cache
def _apart(kept: Callable[[str], bool]) -> bytes:
    """For each byte of UTF-8 what takes its place: a blank for one that is not kept, and itself for part of a letter."""
    return bytes(code if code > ord(_LAST_OF_ASCII) or kept(chr(code)) else ord(" ") for code in range(256))


@lru_cache(maxsize=8192)
def stem(word: str) -> str:
    """A folded word without its ending, loosely: what is left has at least five letters."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM:
            return word[: -len(ending)]
    return word


@lru_cache(maxsize=4096)
def phrase(text: str) -> tuple[str, ...]:
    """The folded words of a phrase that is looked for."""
    return tuple(words_of(text))


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence as folded words, and each of them once in a text in which a word is quickly ruled out."""

    words: tuple[str, ...]
    each_once: str

    def may_hold(self, wanted: tuple[str, ...]) -> bool:
        """False where the words of a phrase cannot stand here: quickly found out."""
        said = self.each_once
        for part in _stems(wanted):
            if part not in said:
                return False
        return bool(wanted)

    def likely(self, phrases: tuple[str, ...]) -> list[str]:
        """Of some phrases those that may stand here: all the others are ruled out at once, for most mails hold none."""
        said = self.each_once
        return [each for each, first, wanted in _by_first_stem(phrases) if first in said and self.may_hold(wanted)]

    def holds(self, wanted: tuple[str, ...]) -> bool:
        """Whether the words of a phrase stand here in order, at most three others between each."""
        if not self.may_hold(wanted):
            return False
        return any(self._follows(start, wanted) for start, word in enumerate(self.words) if same(wanted[0], word))

    def spans_of(self, wanted: tuple[str, ...]) -> list[tuple[int, int]]:
        """Where a phrase stands: from which word, up to which."""
        if not self.may_hold(wanted):
            return []
        starts = (at for at, word in enumerate(self.words) if same(wanted[0], word))
        return [(at, end) for at in starts if (end := self._end(at, wanted)) is not None]

    def _follows(self, start: int, wanted: tuple[str, ...]) -> bool:
        return self._end(start, wanted) is not None

    def _end(self, start: int, wanted: tuple[str, ...]) -> int | None:
        at = start + 1
        for each in wanted[1:]:
            near = range(at, min(at + _WIDEST_GAP + 1, len(self.words)))
            found = next((number for number in near if same(each, self.words[number])), None)
            if found is None:
                return None
            at = found + 1
        return at


@lru_cache(maxsize=4096)
def _stems(wanted: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(stem(word) for word in wanted)


@lru_cache(maxsize=256)
def _by_first_stem(phrases: tuple[str, ...]) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    """Phrases that have words, each with the stem of its first word, and its words."""
    return tuple((each, _stems(words)[0], words) for each in phrases if (words := phrase(each)))


def sentence(*texts: str) -> Sentence:
    """Some texts as one sentence."""
    return _sentence(tuple(chain.from_iterable(map(_words_of, texts))))


def _sentence(words: tuple[str, ...]) -> Sentence:
    return Sentence(words, " ".join(dict.fromkeys(words)))


@lru_cache(maxsize=65536)
def same(wanted: str, word: str) -> bool:
    """Whether a word is the wanted one, in another form of it, or as part of a compound ("Mailserver", "Serverausfall")."""
    if wanted == word:
        return True
    if stem(wanted) == stem(word):
        return not (_is_deed(wanted) and _is_doer(word)) and not (_is_doer(wanted) and _is_deed(word))
    if len(wanted) < _SHORTEST_PART or len(word) < len(wanted) + 3:
        return False
    return word.startswith(wanted) or word.endswith(_with_endings(wanted))


def _is_deed(word: str) -> bool:
    return word.endswith(("ung", "ungen"))


def _is_doer(word: str) -> bool:
    """Whether it may be who or what does something: "Rechner" is no "Rechnung", though both come from "rechnen"."""
    return word.endswith(("er", "ern", "ers"))


@lru_cache(maxsize=4096)
def _with_endings(wanted: str) -> tuple[str, ...]:
    """A word and its forms, as a compound may end: "Rechnung" and "Rechnungen" in "Monatsrechnungen"."""
    return (wanted, *(wanted + ending for ending in _ENDINGS))


def first_held(phrases: Iterable[str], within: Sentence) -> str:
    """The first of some phrases that stands in a sentence, "" where none does."""
    return next((each for each in phrases if within.holds(phrase(each))), "")
