"""From what somebody typed to weighted terms: the words, their parts, what they may have meant, what means the same."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import log

from knowledge.documents import grams_of
from knowledge.impacts import Snapshot
from knowledge.languages.chains import Chain, chain
from knowledge.languages.synonyms import Synonyms
from knowledge.languages.verbs import joined
from knowledge.languages.words import Word, folded, words

LONGEST = 10_000
"""Characters of a query that are read."""
WORDS = 80
"""Words of a query that are read."""
PREFIXES = 8
"""Words that the beginning of one may stand for."""
TYPO, JOINED, SYNONYM, PHRASE, BEGINNING = 0.7, 0.7, 0.6, 0.8, 0.6
"""What a term counts that was not typed itself."""
UNFINISHED = 4.0
"""How much more its letters count while a word is being typed: they are all that is known of it."""
FEWEST = 100
"""The rarity of a word is reckoned as if there were at least so many articles."""
COMMON = 0.5
"""What a word of any mail counts in a score."""
RARE = 0.75
"""How much more a rare word counts than a frequent one, beyond what Whoosh makes of it: 0 is nothing."""


@dataclass(slots=True)
class Query:
    """The terms to look for, each with its weight and the word that it comes from."""

    terms: dict[str, float] = field(default_factory=dict)
    grams: dict[str, float] = field(default_factory=dict)
    meant: dict[str, str] = field(default_factory=dict)
    """For a term the word of the query, as it was typed."""
    ideas: list[Idea] = field(default_factory=list)
    """One a word of the query."""

    def alternatives(self, weights: Mapping[str, float]) -> Iterator[tuple[dict[str, float], dict[str, float]]]:
        """For each word its own terms and those that may stand for it; a term belongs to the word that it counts most for."""
        own = {(idea.typed, term) for idea in self.ideas for term in idea.own}
        by_word: dict[str, tuple[dict[str, float], dict[str, float]]] = {}
        for term, weight in weights.items():
            word = self.meant[term]
            of_word = by_word.setdefault(word, ({}, {}))
            of_word[0 if (word, term) in own else 1][term] = weight
        yield from by_word.values()

    def add(self, term: str, weight: float, typed: str) -> None:
        """Look for a term; of several weights the greatest counts."""
        if weight > self.terms.get(term, 0.0):
            self.terms[term] = weight
            self.meant[term] = typed


@dataclass(frozen=True, slots=True)
class Idea:
    """A word of a query with all the terms that stand for it: any of them met means that it was met."""

    typed: str
    terms: Mapping[str, float]
    common: bool
    """A word of any mail."""
    weight: float = 1.0
    sentence: int = 0
    """The sentence of a mail that it stands in."""
    own: frozenset[str] = frozenset()
    """Those of its terms that are itself, or parts of it."""
    phrase: bool = False
    """Several words that mean it only together."""


@dataclass(frozen=True, slots=True)
class Typed:
    """Words with what they count, from a query or from a mail."""

    word: Word
    weight: float = 1.0
    unfinished: bool = False
    """The visitor may still be typing it."""
    sentence: int = 0
    """The sentence of a mail that it stands in."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence with what its words count."""

    text: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants to know: the words, and the sentences that they stand in."""

    words: Sequence[Typed]
    sentences: Sequence[Sentence] = ()
    said: Sequence[Sequence[str]] = ()
    """The words of each sentence, in order, each verb whose prefix stands apart joined behind them."""


def typed(text: str, *, typing: bool = False) -> Asked:
    """The words of a query."""
    text = text[:LONGEST]
    found = words(text)[:WORDS]
    unfinished = typing and bool(text) and text[-1].isalnum()
    typed = [Typed(word, word.weight, unfinished and number == len(found)) for number, word in enumerate(found, 1)]
    verbs = list(joined(text))
    said = [*(word.text for word in found), *verbs]
    return Asked([*typed, *(Typed(Word(verb)) for verb in verbs)], [Sentence(text)], [said])


def query_of(asked: Asked, snapshot: Snapshot, language: str, synonyms: Mapping[str, Synonyms]) -> Query:
    """The terms for what somebody wants to know, in each language that it may be in."""
    query, found = Query(), asked.words
    for name in languages_of([each.word.text for each in found], snapshot.languages, language):
        reader = chain(name)
        for each in found:
            _add_word(query, each, snapshot, reader, synonyms.get(reader.language))
        _add_joined(query, found, snapshot, reader)
        if reader.language in synonyms:
            _add_phrases(query, asked, synonyms[reader.language])
    for gram in grams_of(dict.fromkeys(idea.typed for idea in query.ideas if not idea.phrase)):
        query.grams[gram] = 1.0
    for gram in grams_of(each.word.text for each in found if each.unfinished):
        query.grams[gram] = UNFINISHED
    return query


def languages_of(found: Sequence[str], languages: Sequence[str], language: str = "") -> tuple[str, ...]:
    """The languages that words are read in: the one asked for, the one that they speak, or all that articles have."""
    if language:
        return (language,)
    spoken = {name: sum(folded(word) in chain(name).stop for word in found) for name in languages}
    most = max(spoken.values(), default=0)
    return tuple(name for name in languages if spoken[name] == most)[:4] or ("de",)


def _add_word(query: Query, one: Typed, snapshot: Snapshot, reader: Chain, synonyms: Synonyms | None) -> None:
    typed_as = one.word.text
    forms = reader.forms(one.word)
    if not forms:
        return
    weights = {each.text: each.weight for each in reversed(forms)}
    if plain := _surface_stem(typed_as, reader, one.word):
        weights.setdefault(plain, 0.5)
    known = [term for term in weights if snapshot.frequency(term)]
    if one.unfinished:
        _mix(weights, _begun(folded(typed_as), snapshot, reader))
    elif forms[0].text not in known and not one.word.whole and not reader.knows(typed_as):
        _mix(weights, _corrected(typed_as, snapshot, reader))
    for term in list(weights):
        if synonyms is not None and (weights[term] >= 1.0 or term in known):
            _mix(weights, dict.fromkeys(synonyms.of(term), SYNONYM * weights[term]))
    for term, weight in weights.items():
        query.add(term, weight * one.weight, typed_as)
    common = reader.is_common(forms[0].text)
    own = frozenset(each.text for each in forms)
    query.ideas.append(Idea(typed_as, weights, common, one.weight, one.sentence, own))


def _surface_stem(typed_as: str, reader: Chain, word: Word) -> str:
    """The stem of a word as it was typed: fuhren may be meant for führen, whatever the dictionary says."""
    if word.whole or not reader.steps:
        return ""
    return dict(reader.steps)["stemming"]([Word(folded(typed_as))])[0].text


def _corrected(word: str, snapshot: Snapshot, reader: Chain) -> dict[str, float]:
    near: dict[str, float] = {}
    for other, distance in snapshot.vocabulary.nearest(folded(word)):
        for form in reader.forms(Word(other)):
            _mix(near, {form.text: form.weight * TYPO / max(distance, 1)})
    return near


def _begun(start: str, snapshot: Snapshot, reader: Chain) -> dict[str, float]:
    found: dict[str, float] = {}
    for other in snapshot.beginning_with(start)[:PREFIXES] if len(start) > 1 else ():
        _mix(found, {form.text: form.weight * BEGINNING for form in reader.forms(Word(other))})
    return found or _corrected(start, snapshot, reader)


def _add_joined(query: Query, found: Sequence[Typed], snapshot: Snapshot, reader: Chain) -> None:
    """Two words that stand joined in an article: Kunden Konto."""
    for one, other in pairwise(found):
        both = folded(one.word.text) + folded(other.word.text)
        if not one.word.whole and not other.word.whole and snapshot.has_word(both):
            for form in reader.forms(Word(both))[:1]:
                query.add(form.text, JOINED * min(one.weight, other.weight), f"{one.word.text} {other.word.text}")


def _add_phrases(query: Query, asked: Asked, synonyms: Synonyms) -> None:
    for number, (sentence, said) in enumerate(zip(asked.sentences, asked.said, strict=True)):
        for phrase, terms in synonyms.phrases(said):
            for term in terms:
                query.add(term, PHRASE * sentence.weight, phrase)
            query.ideas.append(Idea(phrase, dict.fromkeys(terms, PHRASE), False, sentence.weight, number, phrase=True))


def rarity(terms: Iterable[str], snapshot: Snapshot) -> float:
    """How rare the most frequent of some terms is, as if there were at least `FEWEST` articles."""
    return _rarity(max((snapshot.frequency(term) for term in terms), default=0), snapshot)


def _rarity(often: int, snapshot: Snapshot) -> float:
    return log(1 + (max(FEWEST, len(snapshot.articles)) + 0.5) / (often + 0.5))


def telling(query: Query, snapshot: Snapshot) -> dict[str, float]:
    """The weights of the terms to score with: less for words of any mail, and for those that many articles hold.

    Whoosh's own rarity never falls below 1, so that in a long mail the many frequent words outdo the few that tell.
    """
    common = {term for idea in query.ideas if idea.common for term in idea.terms}
    rarest = _rarity(0, snapshot)
    return {
        term: weight
        * (_rarity(snapshot.frequency(term), snapshot) / rarest) ** RARE
        * (COMMON if term in common else 1.0)
        for term, weight in query.terms.items()
    }


def _mix(into: dict[str, float], more: Mapping[str, float]) -> None:
    for term, weight in more.items():
        into[term] = max(weight, into.get(term, 0.0))


def met(idea: Idea, terms: Container[str]) -> float:
    """How far a word of the query is met by an article's terms: 1 by itself, less by what stands for it."""
    return max((weight for term, weight in idea.terms.items() if term in terms), default=0.0)
