"""What each step of a chain makes of some words, as the page docs/analysis.md.

    python -m knowledge.languages.analysis > docs/analysis.md

A test compares the page with what the chains do, so it cannot go stale.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence

from knowledge.languages.chains import Chain, chain
from knowledge.languages.synonyms import Synonyms, own_groups
from knowledge.languages.words import Word, tokens, words, words_of

WORDS = {
    "de": (
        "Rechnungsadresse", "aendern", "Postfächer", "gekündigt", "E-Mail-Konto", "Server-Umzüge", "SSL-Zertifikat",
        "Größe", "die", "5.1.1",
    ),
    "en": (
        "invoices", "cancelled", "mailboxes", "e-mail", "customer's", "café", "sent", "C++", "the", "0x80070005",
    ),
}  # fmt: skip
"""Ten words of each language, chosen so that each step has something to do."""
SENTENCES = {
    "de": ("Wo melde ich mich an?", "Ich schalte die Anzeige morgen wieder ab.", "Wie ziehe ich mit meiner Domain um?"),
    "en": ("I cannot log in any more.", "My site is down.", "I want my money back."),
}
"""Sentences of which more is read than their words one by one."""
NAMES = {"de": "German", "en": "English"}
SAID = {
    "stop words": "words that every text holds are left out",
    "umlauts typed as ae": "a word with *ae*, *oe*, *ue* that the dictionary holds with an umlaut gets it back",
    "compounds": "a compound that the dictionary can take apart stands whole, with its parts behind it, which count less in a query",
    "lemmas": "the form that stands in a dictionary: the dictionary knows irregular ones, too",
    "folding": "no accents, no umlauts, ß as ss: so *andern*, *aendern* and *ändern* are one",
    "stemming": "Whoosh's stemmer takes the endings off that are left, for words that no dictionary holds",
}
"""What each step is there for."""
SAME = "·"


def page() -> str:
    """The whole page."""
    return "\n".join([*_head(), *(line for language in WORDS for line in _chapter(language))]) + "\n"


def rows(reader: Chain, word: str) -> Iterator[tuple[str, Sequence[Word]]]:
    """What is left of a word after it was cut, and after each step, with the step's name."""
    found: Sequence[Word] = [each for token in tokens(word) for each in words_of(token)]
    yield "words", found
    for name, step in reader.steps:
        found = step(found)
        yield name, found


def _head() -> list[str]:
    return [
        "# What becomes of a word",
        "",
        "<!-- python -m knowledge.languages.analysis > docs/analysis.md -->",
        "",
        "Articles and queries are read by the same chain of steps (`knowledge/languages/chains.py`), each in its own language: two words meet where the same term is left",
        f"of both. Below is what each step leaves of ten words; `{SAME}` is what stood there before, `–` is nothing. This page is written by the code that it tells of, and a test compares the two.",
    ]  # fmt: skip


def _chapter(language: str) -> Iterator[str]:
    reader = chain(language)
    yield from ("", f"## {NAMES[language]}", "")
    yield "1. **words**: cut at blanks and signs, lower case, one spelling for *e-mail* and *log in*; a code stays whole, a hyphenated word stands joined and in its parts"
    for number, (name, _) in enumerate(reader.steps, 2):
        yield f"{number}. **{name}**: {SAID[name]}"
    yield from (
        "",
        _row(["typed", "words", *(name for name, _ in reader.steps)]),
        _row(["---"] * (len(reader.steps) + 2)),
    )
    yield from (_row([f"**{word}**", *_cells(reader, word)]) for word in WORDS[language])
    yield from _read_together(reader, Synonyms(reader, own_groups(language)))


def _cells(reader: Chain, word: str) -> Iterator[str]:
    before = ""
    for _, found in rows(reader, word):
        now = _listed(each.text for each in found)
        yield SAME if now == before else now
        before = now


def _read_together(reader: Chain, synonyms: Synonyms) -> Iterator[str]:
    """What is read of words that stand in one sentence."""
    yield from (
        "",
        "Words that are read together, in a sentence; a phrase and a word also lead to what means the same:",
        "",
    )
    yield from (
        _row(["sentence", "verbs, joined", "phrases, with the terms that they lead to", "words that mean the same"]),
        _row(["---"] * 4),
    )
    for sentence in SENTENCES[reader.language]:
        said = [word.text for word in words(sentence)]
        phrases = (f"*{phrase}*: {_listed(terms)}" for phrase, terms in synonyms.phrases(said))
        own = ((each.text, synonyms.of(each.text)) for each in reader.read(words(sentence)))
        alike = (f"*{term}*: {_listed(others)}" for term, others in own if others)
        yield _row([sentence, _listed(reader.verbs(sentence)), "; ".join(phrases) or "–", "; ".join(alike) or "–"])


def _listed(found: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(each for each in found if each)) or "–"


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    sys.stdout.write(page())
