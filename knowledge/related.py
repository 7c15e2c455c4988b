"""Which articles are near to one: those that its own question and the rarest words of its answer find."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence

from knowledge.article import Article
from knowledge.documents import ANSWER
from knowledge.impacts import Snapshot
from knowledge.index import Index
from knowledge.languages.chains import Chain, chain
from knowledge.languages.words import tokens, words_of
from knowledge.markdown import to_text
from knowledge.query import Asked, Typed, query_of
from knowledge.ranking import best, masked, rated

MOST = 6
"""Articles that are near to one."""
RAREST = 12
"""Words of an answer that are looked for."""
LOOKED_AT = 200
"""Words of an answer among which the rarest are chosen."""
COUNTS = 0.5
"""What a word of the answer counts beside one of the question."""
NEAR = 0.2
"""The share of what an article itself is found with, from which on another is near."""
REMEMBERED = 2_000


class Related:
    """Articles near to others: reckoned once for a state of the index. Threads may share it."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._lock = threading.Lock()
        self._snapshot: Snapshot | None = None
        self._known: dict[tuple[str, str], tuple[Article, ...]] = {}

    def to(self, article: Article, audience: str = "") -> tuple[Article, ...]:
        """The articles near to one in its language, the nearest first; it is none of them. Raises `Unavailable`."""
        snapshot, key = self._index.snapshot(), (article.id, audience)
        with self._lock:
            if self._snapshot is not snapshot or len(self._known) >= REMEMBERED:
                self._snapshot, self._known = snapshot, {}
            found = self._known.get(key)
        if found is None:
            found = self._reckoned(snapshot, article, audience)
            with self._lock:
                if self._snapshot is snapshot:
                    self._known[key] = found
        return found

    def _reckoned(self, snapshot: Snapshot, article: Article, audience: str) -> tuple[Article, ...]:
        asked = list(_asked(article, snapshot))
        query = query_of(Asked(asked), snapshot, article.language, self._index.synonyms())
        query.grams.clear()  # no word is mistyped here, and similar letters make no article near
        scores = masked(snapshot, rated(snapshot, query), article.language, audience, "")
        own = [place for place, other in snapshot.articles.items() if other.id == article.id]
        least = NEAR * max((float(scores[place]) for place in own), default=0.0)
        scores[own] = 0.0
        near = (place for place in best(scores, MOST) if scores[place] >= least)
        return tuple(snapshot.articles[place] for place in near)


def _asked(article: Article, snapshot: Snapshot) -> Iterator[Typed]:
    """What is looked for: the words of the question, and the rarest of the answer."""
    reader = chain(article.language)
    for token in shared([*tokens(article.question), *reader.verbs(article.question)], reader, snapshot):
        yield from (Typed(word, word.weight) for word in words_of(token))
    for token in rarest(article, snapshot):
        yield from (Typed(word, COUNTS * word.weight) for word in words_of(token))


def rarest(article: Article, snapshot: Snapshot) -> list[str]:
    """The words of an answer that the fewest other articles hold."""
    often = shared(tokens(to_text(article.answer)[:ANSWER]), chain(article.language), snapshot)
    return sorted(often, key=lambda token: (often[token], token))[:RAREST]


def shared(found: Sequence[str], reader: Chain, snapshot: Snapshot) -> dict[str, int]:
    """The words that tell something and stand in another article, too, each with how many hold it: others lead nowhere."""
    often = {}
    for token in list(dict.fromkeys(found))[:LOOKED_AT]:
        terms = reader.read(words_of(token))
        if terms and not reader.is_common(terms[0].text) and (many := snapshot.frequency(terms[0].text)) > 1:
            often[token] = many
    return often
