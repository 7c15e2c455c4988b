"""From text to words: what every chain begins with."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from functools import cache
from importlib.resources import files
from typing import NamedTuple

LONGEST = 64
"""Letters of a word; what is longer is cut."""

# every repetition is set apart by characters that the next one cannot match: linear on any text
_WORD = re.compile(r"[^\W_]+(?:[-.:_'’/+#&][^\W_]+)*(?:\+\+|#)?")
_SPLIT = re.compile(r"[-.:_'’/+#&]+")
_ONE_SPELLING = (
    ("mail", re.compile(r"\be[-\s]?mail"), "email"),
    ("web", re.compile(r"\bweb[-\s](?=(?:site|seite|shop|space|mail))"), "web"),
    ("log", re.compile(r"\blog[-\s](?=in\b|out\b)"), "log"),
    ("back", re.compile(r"\bback[-\s](?=ups?\b)"), "back"),
)
"""What every match holds (most texts hold none of it), what is matched, and how it is spelt."""


class Word(NamedTuple):
    """A word on its way through a chain."""

    text: str
    weight: float = 1.0
    """What it counts in a query; an index counts each occurrence as one."""
    whole: bool = False
    """A number, product name or error code: no later step may change it."""
    joined: bool = False
    """Made of a hyphenated word, whose parts stand behind it already."""

    def changed(self, text: str) -> Word:
        """The same with another text; a word that is kept whole, and one that is that already, is itself."""
        return self if self.whole or text == self.text else Word(text, self.weight, False, self.joined)


Step = Callable[[Sequence[Word]], list[Word]]


def normal(text: str) -> str:
    """The text in lower case, each letter in one form (NFKC), and one spelling for e-mail, web site, log in."""
    text = unicodedata.normalize("NFKC", text).lower()
    for within, pattern, spelling in _ONE_SPELLING:
        if within in text:
            text = pattern.sub(spelling, text)
    return text


def tokens(text: str) -> list[str]:
    """The pieces of a text that each hold a word, a code, or words joined by hyphens."""
    return [found[:LONGEST] for found in _WORD.findall(normal(text))]


def words(text: str) -> list[Word]:
    """The words of a text, in order."""
    return [word for token in tokens(text) for word in words_of(token)]


def words_of(token: str) -> list[Word]:
    """The words of a piece: a code such as `5.1.1` or `0x80070005` stays whole; a hyphenated word is itself joined, and its parts."""
    if token.isalpha():  # nearly all are
        return [Word(token)]
    parts = [part for part in _SPLIT.split(token) if part]
    if any(character.isdigit() for character in token):
        return [
            Word(token, whole=True),
            *(Word(part, 0.5, whole=True) for part in parts if part != token and len(part) > 1),
        ]
    if token.endswith(("++", "#")):
        return [Word(token, whole=True)]
    if len(parts) == 1:
        return [Word(parts[0])]
    if "'" in token or "’" in token:
        return [Word(parts[0])]  # customer's, don't: the short rest says nothing
    joined = [Word("".join(parts), joined=True)] if "-" in token and all(len(part) > 1 for part in parts) else []
    return [*joined, *(Word(part) for part in parts)]


_PLAIN = str.maketrans({"ä": "a", "ö": "o", "ü": "u", "ß": "ss", "æ": "a", "ø": "o", "œ": "o", "ł": "l", "đ": "d"})


@cache
def _typed_umlaut() -> re.Pattern[str]:
    # ae, oe, ue stand for an umlaut, but not after a vowel (neue, Dauer) or q (bequem)
    return re.compile(r"(?<![aeiouqäöü])([aou])e")


def folded(word: str) -> str:
    """The word without accents, so that aendern, ändern and andern are one."""
    if word.isascii() and not ("ae" in word or "oe" in word or "ue" in word):
        return word
    plain = _typed_umlaut().sub(r"\1", word).translate(_PLAIN)
    if plain.isascii():
        return plain
    return "".join(each for each in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(each))


def fold(found: Sequence[Word]) -> list[Word]:
    """Fold each word that is not kept whole."""
    return [word.changed(folded(word.text)) for word in found]


def without(stop: frozenset[str]) -> Step:
    """A step that drops the words of a list."""

    def drop(found: Sequence[Word]) -> list[Word]:
        return [word for word in found if word.whole or folded(word.text) not in stop]

    return drop


def each(change: Callable[[str], str]) -> Step:
    """A step that changes each word that is not kept whole."""

    def apply(found: Sequence[Word]) -> list[Word]:
        return [word if word.whole else word.changed(change(word.text)) for word in found]

    return apply


@cache
def listed(name: str) -> frozenset[str]:
    """The folded words of a list in `data/`; `#` begins a remark."""
    lines = (files(__package__) / "data" / name).read_text("utf-8").splitlines()
    return frozenset(folded(word) for line in lines for word in line.partition("#")[0].lower().split())
