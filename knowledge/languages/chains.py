"""The chains: for each language the steps from a text to its terms, in the order in which they are taken."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from typing import NamedTuple

from knowledge.languages.compounds import splitter, with_parts
from knowledge.languages.dictionary import Dictionary, dictionary
from knowledge.languages.verbs import joined
from knowledge.languages.words import Step, Word, each, fold, listed, tokens, without, words_of

Steps = tuple[tuple[str, Step], ...]
_BEFORE_LEMMAS = ("stop words", "umlauts typed as ae", "compounds")
_OF_LEMMAS = ("umlauts typed as ae", "lemmas")
_OF_SENTENCES = ("stop words", "compounds")
"""Steps that make more or less than one word of a word."""


def _no_verbs(_text: str) -> Iterable[str]:
    return ()


@dataclass(frozen=True, slots=True)
class Chain:
    """How one language is read."""

    language: str
    steps: Steps
    """Each with its name, after the text was cut into words."""
    stop: frozenset[str]
    common: frozenset[str]
    """Folded words that stand in mails on any matter: met, they prove little."""
    known: Container[str] | None = None
    verbs: Callable[[str], Iterable[str]] = _no_verbs
    """The verbs of a text whose prefix stands apart, joined."""

    def read(self, found: Sequence[Word]) -> list[Word]:
        """The terms of words, in order."""
        for _, step in self.steps:
            found = step(found)
        return [word for word in found if word.text]

    def forms(self, word: Word) -> tuple[Word, ...]:
        """The terms of a word of a query, in order."""
        return _forms_of(self.language, word)

    def surface(self, text: str) -> set[str]:
        """The words as they are typed, without accents, and the parts of compounds: typos and beginnings are matched with them."""
        read = _reading(self.language)
        return {word for token in dict.fromkeys(tokens(text)) for word in read(token).surface}

    def is_common(self, term: str) -> bool:
        """Whether a term is one of those that stand in mails on any matter."""
        return term in _common_of(self.language)

    def knows(self, word: str) -> bool:
        """Whether the dictionary holds a word."""
        return self.known is not None and word in self.known

    def lemma(self, word: str) -> str:
        """The form of a word that stands in a dictionary, with its umlauts; the word itself where it is not known."""
        return _lemma_of(self.language, word)

    def terms(self, text: str) -> list[str]:
        """The terms of a text, as they are indexed."""
        read = _reading(self.language)
        return [term for token in (*tokens(text), *self.verbs(text)) for term in read(token).terms]

    def stem(self, word: str) -> str:
        """The stem of a word, also of one that says nothing by itself: phrases are compared by it."""
        return _stem_of(self.language, word)


class _Read(NamedTuple):
    """What a chain makes of one piece of a text."""

    terms: tuple[str, ...]
    surface: tuple[str, ...]


@cache
def _reading(language: str) -> Callable[[str], _Read]:
    """Reads the pieces of a text: no step looks at the words beside one, so each piece is read once."""
    steps = chain(language).steps

    @lru_cache(maxsize=60_000)
    def read(token: str) -> _Read:
        found: Sequence[Word] = words_of(token)
        typed = found
        for name, step in steps:
            found = step(found)
            if name in _BEFORE_LEMMAS:
                typed = found
        return _Read(tuple(word.text for word in found if word.text), tuple(word.text for word in fold(typed)))

    return read


@lru_cache(maxsize=20_000)
def _forms_of(language: str, word: Word) -> tuple[Word, ...]:
    return tuple(chain(language).read((word,)))


@lru_cache(maxsize=20_000)
def _stem_of(language: str, word: str) -> str:
    found: Sequence[Word] = words_of(word)[:1]
    for name, step in chain(language).steps:
        if name not in _OF_SENTENCES:
            found = step(found)
    return found[0].text if found else ""


def _lemma_of(language: str, word: str) -> str:
    found: Sequence[Word] = (Word(word),)
    for name, step in chain(language).steps:
        if name in _OF_LEMMAS:
            found = step(found)
    return found[0].text


@cache
def _common_of(language: str) -> frozenset[str]:
    return frozenset(term for word in chain(language).common for term in _reading(language)(word).terms[:1])


@cache
def chain(language: str) -> Chain:
    """The chain of a language; one that we have no dictionary of is folded, and stemmed where that is known."""
    made = {"de": _german, "en": _english}.get(language[:2])
    return made() if made else _other(language[:2])


def _german() -> Chain:
    known = _Lazy("de")
    stop = listed("stop.de.txt")
    stem = _stemmer("de")
    steps: Steps = (
        ("stop words", without(stop)),
        ("umlauts typed as ae", each(known.spelt)),
        ("compounds", with_parts(lambda word: _german_splitter()(word))),
        ("lemmas", each(known.lemma)),
        ("folding", fold),
        ("stemming", each(stem)),
    )
    return Chain("de", steps, stop, listed("common.de.txt"), known, joined)


@cache
def _german_splitter() -> Callable[[str], tuple[str, ...]]:
    # asked for most: so it has the dictionaries themselves
    return splitter(dictionary("de"), dictionary("en"))


def _english() -> Chain:
    known = _Lazy("en")
    stop = listed("stop.en.txt")
    steps: Steps = (
        ("stop words", without(stop)),
        ("lemmas", each(known.lemma)),
        ("folding", fold),
        ("stemming", each(_stemmer("en"))),
    )
    return Chain("en", steps, stop, listed("common.en.txt"), known)


def _other(language: str) -> Chain:
    steps: Steps = (("stemming", each(_stemmer(language))), ("folding", fold))
    return Chain(language, steps, frozenset(), frozenset())


class _Lazy:
    """A language's dictionary, mapped when the first word is looked up."""

    def __init__(self, language: str) -> None:
        self._language = language

    @cached_property
    def _words(self) -> Dictionary:
        return dictionary(self._language)

    def __contains__(self, word: object) -> bool:
        return word in self._words

    def lemma(self, word: str) -> str:
        """The lemma, or the word itself where it is not known."""
        return self._words.lemma(word) or word

    def spelt(self, word: str) -> str:
        """The word with its umlauts, where it was typed as aendern, and is known as ändern."""
        if word.isascii() and ("ae" in word or "oe" in word or "ue" in word) and word not in self._words:
            umlauts = word.replace("ae", "ä").replace("oe", "ö").replace("ue", "ü")
            return umlauts if umlauts in self._words else word
        return word


@cache
def _stemmer(language: str) -> Callable[[str], str]:
    """Whoosh's stemmer of a language, or none."""
    from whoosh.lang import has_stemmer, stemmer_for_language

    if not has_stemmer(language):  # type: ignore[no-untyped-call]  # whoosh leaves it untyped
        return str
    stem: Callable[[str], str] = stemmer_for_language(language)  # type: ignore[no-untyped-call]  # as above
    return lru_cache(maxsize=50_000)(stem)
