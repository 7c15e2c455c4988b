"""The words of a search or a mail that may be kept: no number, no address, nothing that is somebody's name.

What the dictionary does not know and no article says may still be a name. It is told from the rest, and only kept once
several people used it (`knowledge.learning`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from knowledge.impacts import Snapshot
from knowledge.languages.chains import Chain, chain
from knowledge.languages.words import Word, folded, words
from knowledge.query import rarity
from knowledge.question import TOLD, question_of

OF_SEARCH, OF_MAIL = 8, 12
"""Words of a search, and of a mail: of this the rarest, by the sentence that they stand in."""
SHORTEST, LONGEST = 3, 40
"""Letters of a word."""
UNFINISHED = "…"
"""Stands behind a search that was chosen from while it was typed: its last word may be the beginning of one."""
READ = 4_000
"""Characters of a mail that are read."""

_NO_WORD = re.compile(r"[\d@/\\_=<>|]|\w[.:]\w")
"""A piece of a text with any of these is a number, an address, a path or a code, as a whole."""
_TITLES = frozenset(
    [
        "herr",
        "herrn",
        "frau",
        "fräulein",
        "familie",
        "firma",
        "fa",
        "dr",
        "prof",
        "mr",
        "mrs",
        "ms",
        "miss",
        "sir",
        "madam",
    ]
)
_EDGES = ".,;:!?()[]{}\"'„“”‚‘’«»*"


@dataclass(frozen=True, slots=True)
class PlainWord:
    """A word as it was written, in lower case."""

    text: str
    is_known: bool
    """The dictionary or an article knows it."""


def of_search(query: str, language: str, snapshot: Snapshot) -> list[PlainWord]:
    """The words of a search that tell something, in order."""
    reader = chain(language)
    typed = [word.text for word in words(without_names(query)) if _tells(word, reader)]
    if query.endswith(UNFINISHED) and typed and not _is_known(typed[-1], reader, snapshot):
        del typed[-1]
    return [PlainWord(word, _is_known(word, reader, snapshot)) for word in list(dict.fromkeys(typed))[:OF_SEARCH]]


def of_mail(text: str, subject: str, names: Iterable[str], language: str, snapshot: Snapshot) -> list[PlainWord]:
    """The words of a mail that say most of what its writer wanted to know; `names` are theirs and those of whom they wrote to."""
    reader = chain(language)
    taboo = {folded(word.text) for name in names for word in words(_SPLIT_NAME.sub(" ", name))}
    asked = question_of(without_names(text[:READ]), without_names(subject))
    worth = {
        each.word.text: each.weight * rarity([each.word.text], snapshot)
        for each in asked.words
        if each.weight >= TOLD and folded(each.word.text) not in taboo and _tells(each.word, reader)
    }
    best = sorted(worth, key=lambda word: (-worth[word], word))[:OF_MAIL]
    return [PlainWord(word, _is_known(word, reader, snapshot)) for word in best]


_SPLIT_NAME = re.compile(r"[@._\-\d]+")


def without_names(text: str) -> str:
    """The text line by line without numbers, addresses and paths, and without the name behind a title."""
    return "\n".join(" ".join(_nameless(line.split())) for line in text.splitlines())


def _nameless(pieces: Iterable[str]) -> Iterator[str]:
    titled = False
    for piece in pieces:
        bare = piece.strip(_EDGES)
        if titled:
            titled = bare.lower() in _TITLES  # Frau Dr. Weber
            if piece[-1:] in ",.!?":
                yield piece[-1]  # the sentence still ends there
            continue
        titled = bare.lower() in _TITLES
        if not titled and not _NO_WORD.search(bare):
            yield piece


def _tells(word: Word, reader: Chain) -> bool:
    """Whether a word says something by itself."""
    if not SHORTEST <= len(word.text) <= LONGEST or not word.text.isalpha():
        return False
    terms = reader.read([word])
    return bool(terms) and not reader.is_common(terms[0].text)


def _is_known(word: str, reader: Chain, snapshot: Snapshot) -> bool:
    return reader.knows(word) or len(reader.read([Word(word)])) > 1 or snapshot.has_word(folded(word))
