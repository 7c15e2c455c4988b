"""German's separable verbs, joined again: "Wo melde ich mich an?" asks about anmelden."""

from __future__ import annotations

import re
from collections.abc import Iterator

from knowledge.languages.dictionary import dictionary
from knowledge.languages.words import LONGEST

_PREFIXES = (
    "ab an auf aus bei durch ein fest fort frei heim her heraus herein herunter hin hinaus hinein hinzu hoch los mit nach",
    "raus rein rauf rüber rum runter statt teil um unter vor voran vorbei weg weiter wieder zu zurück zusammen",
)
PREFIXES = frozenset(word for line in _PREFIXES for word in line.split())
"""What stands at the end of a clause while its verb stands at its beginning (Duden, Die Grammatik, "Verbpartikel")."""
REACH = 14
"""Words of a clause that are looked at for its verb."""

_CLAUSE = re.compile(r"[^,;:.!?()\n–]+")
_WORD = re.compile(r"[^\W\d_]+")
_AND = frozenset({"und", "oder", "aber", "sondern", "sowie", "dass", "wenn", "weil"})


def joined(text: str) -> Iterator[str]:
    """The infinitive of each verb whose prefix stands apart, in order."""
    for clause in _CLAUSE.findall(text.lower()):
        words = _WORD.findall(clause)
        begin = 0
        for place, word in enumerate(words):
            if word not in PREFIXES:
                continue
            # a prefix ends its clause; elsewhere the same word is a preposition
            ends = place + 1 == len(words) or words[place + 1] in _AND
            if ends and (verb := _verb(words[max(begin, place - REACH) : place], word)):
                begin = place + 1
                yield verb


def _verb(before: list[str], prefix: str) -> str:
    """The verb that a prefix belongs to: the first one of the clause that there is with it; "" where none is."""
    known = dictionary("de")
    for word in before:
        for form in (word, word + "e"):  # schick, as schicke
            whole = prefix + (known.lemma(form) or "")
            if whole.endswith("n") and len(prefix) + 2 < len(whole) <= LONGEST and known.lemma(whole) == whole:
                return whole
    return ""
