"""What else a visitor's words may mean, by a thesaurus of the whole language: weak alternatives, behind our own synonyms.

They bring an article among the results of a search. No suggestion for a mail goes by them: its likelihood is learnt without.
"""

from __future__ import annotations

from collections.abc import Iterator

from knowledge.impacts import Snapshot
from knowledge.languages.chains import Chain, chain
from knowledge.languages.open_thesaurus import Senses, Thesaurus
from knowledge.languages.words import Word
from knowledge.query import Asked, Query, Typed, languages_of

WEAK = 0.2
"""What such a word counts beside one that was typed; ours count three times as much."""
WORDS = 12
"""Words of a query that are looked up."""


def widen(query: Query, asked: Asked, snapshot: Snapshot, language: str, thesaurus: Thesaurus) -> None:
    """Add to a query what means the same and stands in some article. What it holds already stays as it is."""
    reader = chain(thesaurus.language)
    if reader.language not in languages_of([each.word.text for each in asked.words], snapshot.languages, language):
        return
    own = frozenset(query.terms)
    for each in asked.words[:WORDS]:
        for term, weight in _others(each, snapshot, reader, thesaurus):
            if term not in own:
                query.add(term, weight * each.weight, each.word.text)


def _others(one: Typed, snapshot: Snapshot, reader: Chain, thesaurus: Thesaurus) -> Iterator[tuple[str, float]]:
    """Terms of articles that may mean the same as a word, each with what it counts: less, the fewer of its meanings it shares."""
    forms = reader.forms(one.word)
    if one.unfinished or one.word.whole or not forms or reader.is_common(forms[0].text):
        return
    senses = _senses(one.word.text, reader, thesaurus)
    shared: dict[str, int] = {}
    for sense in senses:
        for term in {form.text for word in sense for form in reader.forms(Word(word))[:1]}:
            shared[term] = shared.get(term, 0) + 1
    for term, often in shared.items():
        if snapshot.frequency(term) and not reader.is_common(term):
            yield term, WEAK * often / len(senses)


def _senses(word: str, reader: Chain, thesaurus: Thesaurus) -> Senses:
    """The meanings of a word as it was typed, or else as it stands in a dictionary."""
    return thesaurus.senses(word) or thesaurus.senses(reader.lemma(word))
