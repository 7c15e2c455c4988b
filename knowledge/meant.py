"""What somebody may have meant to type: where a word stands in no article, and one that is nearly the same does."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from knowledge.article import Article
from knowledge.documents import ANSWER
from knowledge.impacts import Snapshot
from knowledge.languages.chains import Chain, chain
from knowledge.languages.synonyms import Synonyms
from knowledge.languages.words import Word, folded, tokens
from knowledge.markdown import to_text

WORDS = 12
"""Words of a query that are looked at."""
LOOKED_IN = 20
"""Articles in which it is looked up how a word is written."""
_WORD = re.compile(r"[^\W\d_]+")


def meant(
    text: str,
    snapshot: Snapshot,
    synonyms: Mapping[str, Synonyms],
    *,
    language: str,
    audience: str = "",
    typing: bool = False,
) -> str:
    """The query with its mistyped words corrected; "" where each is known, or none is nearly like another.

    `typing`: the last word may be unfinished, so that it is no mistake where a word begins with it.
    """
    pieces, changed = list[str](), False
    at = 0
    for number, found in enumerate(_WORD.finditer(text)):
        if number == WORDS:
            break
        word, unfinished = found[0], typing and found.end() == len(text)
        other = ""
        if not _is_known(word.lower(), snapshot, synonyms, language, unfinished=unfinished):
            other = _near(word.lower(), snapshot, language, audience)
        pieces += [text[at : found.start()], _as_typed(other, word) if other else word]
        at, changed = found.end(), changed or bool(other)
    return "".join([*pieces, text[at:]]) if changed else ""


def _is_known(
    word: str, snapshot: Snapshot, synonyms: Mapping[str, Synonyms], language: str, *, unfinished: bool
) -> bool:
    """Whether a word says something as it is: to an article, by what means the same, or to the dictionary."""
    reader, plain = chain(language), folded(word)
    if snapshot.has_word(plain) or reader.knows(word) or (unfinished and snapshot.beginning_with(plain)):
        return True
    terms = [each.text for each in reader.forms(Word(word))]
    alike = [other for term in terms[:1] if language in synonyms for other in synonyms[language].of(term)]
    return not terms or any(snapshot.frequency(term) for term in (*terms, *alike))


def _near(word: str, snapshot: Snapshot, language: str, audience: str) -> str:
    """The nearest word that an article for these readers holds, as it is written there; the most frequent of several."""
    reader = chain(language)
    near = []
    for other, _ in snapshot.vocabulary.nearest(folded(word)):
        articles, often = _holding(other, snapshot, reader, language, audience)
        written = next((form for each in articles if (form := _written(other, each))), "")
        if written:
            near.append((often, written))
    return max(near, key=lambda each: each[0])[1] if near else ""


def _holding(word: str, snapshot: Snapshot, reader: Chain, language: str, audience: str) -> tuple[list[Article], int]:
    """The first articles that hold a word, and in how many it stands, in question or answer."""
    fitting = snapshot.mask(language=language, audience=audience, category="")
    places, often = dict[int, None](), 0
    for term in [each.text for each in reader.forms(Word(word))][:1]:
        for field in ("question", "answer"):
            where, _ = snapshot.impact(field, term)
            shown = where[fitting[where]]
            places |= dict.fromkeys(shown[:LOOKED_IN].tolist())
            often = max(often, len(shown))
    return [snapshot.articles[place] for place in list(places)[:LOOKED_IN]], often


@lru_cache(maxsize=5_000)
def _written(plain: str, article: Article) -> str:
    """A word as an article writes it, with its umlauts; a part of a longer one, too."""
    there = dict.fromkeys(tokens(f"{article.question} {to_text(article.answer)[:ANSWER]}"))
    part = ""
    for token in there:
        bare = folded(token)
        if bare == plain:
            return token
        if not part and len(bare) == len(token) and plain in bare:
            part = token[bare.index(plain) :][: len(plain)]
    return part


def _as_typed(other: str, word: str) -> str:
    """A word with the capitals of another."""
    if len(word) > 1 and word.isupper():
        return other.upper()
    return other[:1].upper() + other[1:] if word[0].isupper() else other
