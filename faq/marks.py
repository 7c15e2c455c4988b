"""Which words of an excerpt a visitor asked for."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

SHORTEST = 3
_FOLDED = str.maketrans({"ä": "a", "ö": "o", "ü": "u", "ß": "ss"})


def marked(text: str, query: str) -> list[tuple[str, bool]]:
    """The text in pieces, each with whether it is a word of the query, in whatever form."""
    wanted = {_fold(word) for word, is_word in _pieces(query) if is_word and len(word) >= SHORTEST}
    pieces: list[tuple[str, bool]] = []
    for piece, is_word in _pieces(text):
        hit = is_word and any(_same(_fold(piece), word) for word in wanted)
        if pieces and pieces[-1][1] == hit:
            pieces[-1] = (pieces[-1][0] + piece, hit)
        else:
            pieces.append((piece, hit))
    return pieces


def _pieces(text: str) -> Iterator[tuple[str, bool]]:
    for is_word, letters in groupby(text, str.isalnum):
        yield "".join(letters), is_word


def _fold(word: str) -> str:
    return word.lower().translate(_FOLDED)


def _same(word: str, wanted: str) -> bool:
    """Equal but for an ending of up to three letters."""
    begins = word.startswith(wanted) or wanted.startswith(word)
    return begins and len(word) >= SHORTEST and abs(len(word) - len(wanted)) <= 3
