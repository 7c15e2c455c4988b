"""Whether a mail calls itself an emergency, in so many words, whatever it then tells of."""

from __future__ import annotations

import re
from collections.abc import Iterator

LONGEST = 4_000
"""Characters of a mail that are looked at: who declares an emergency says so at the beginning."""
_CALLED = r"(?:kritisch|critical|notfall|emergency)"
_ANY_CALLED = r"(?:kritische[rnms]?|kritisch|critical|notfall|emergency)"
_HEADING = re.compile(
    rf"(?:^\W*(?:{_CALLED}|prio(?:rit[äa]t|rity)?\s*1|p1|sev(?:erity)?\W?1)\s*(?:[:!–—|\])*]|-\s|$)|[\[(*]\s*{_CALLED}\s*[\])*])",
    re.IGNORECASE,
)
"""At the head of a subject, or in brackets in it."""
_SHOUTED = re.compile(r"\b(?:KRITISCH|NOTFALL|EMERGENCY)\b")
_SAID = tuple(
    re.compile(said, re.IGNORECASE)
    for said in (
        rf"^\W*{_CALLED}\s*[:!]",
        rf"^\W*{_CALLED}\W*$",
        rf"\b(?:priorit[äa]t|prio|priority|dringlichkeit|urgency|severity|schweregrad)\b\W{{0,3}}(?:ist|is)?\W?{_CALLED}\b",
        r"\b(?:das|dies|dieses|es|hier|fall|this|it)\s+(?:ist|is)(?:\s+\w+){0,3}?\s+(?:ein(?:en)?\s+|an\s+)?(?:notfall|emergency)\b",
        r"\b(?:das|dies|es|fall|vorfall|lage)\s+ist(?:\s+(?:wirklich|absolut|sehr|extrem|f[üu]r\s+uns|bei\s+uns)){0,2}\s+kritisch\b",
        r"\bthis\s+is(?:\s+(?:really|absolutely|very|business))?\s*[- ]?\s*critical\b(?!\s+(?:that|to|of|for\s+(?!us|our)))",
        r"\bthis\s+is\s+a\s+critical\s+(?:issue|incident|problem|outage|matter|case|ticket)\b",
        rf"\b(?:als|as|to)(?:\s+(?:an?|einen?))?\s+{_ANY_CALLED}(?:\s+\w+){{0,3}}\s*(?:einstuf\w*|eingestuft|ein|behandel\w*|werten|betracht\w*|einzustufen)\b",
        rf"\b(?:treat|handle|classify|mark|raise|consider|behandeln?|stuf\w*|werten?|betrachten?)(?:\s+\w+){{1,4}}?\s+(?:als|as|to)(?:\s+(?:an?|einen?))?\s+{_ANY_CALLED}\b",
        r"\b(?:we|i|wir|ich)\s+(?:have|habe?n?|hab|meld\w*|report|declare)(?:\s+\w+){0,3}?\s+(?:an|einen|nen|akuten)(?:\s+\w+)?\s+(?:emergency|notfall)\b",
    )
)
"""In a sentence of the mail's own."""
_DENIED = re.compile(
    r"\b(?:kein\w*|nicht|nie|no|not|isn.t|never|un\w{0,2}kritisch|if|falls|wenn|sollte|w[äa]re|would|could|ob|whether|sobald|when|"
    r"im|how|wie|was|what|war|gestern|yesterday|letzte[nrs]?|last)\b",
    re.IGNORECASE,
)
"""What makes another thing of such a sentence where it stands before: denied, asked, supposed, or past."""
_ANSWERED = re.compile(r"^\s*(?:(?:re|aw|antw|wg|fwd?)\s*:\s*)+", re.IGNORECASE)
_SENTENCES = re.compile(r"(?<=[.!?;])\s+|\n")
_MOST_SENTENCES = 60
_LONGEST_SENTENCE = 400


def declared(subject: str, text: str) -> str:
    """The words by which a mail declares an emergency; "" where it does not.

    `subject` is "" for what only carries the subject of an earlier mail. That something is urgent declares nothing.
    """
    subject = _ANSWERED.sub("", subject[:300]).strip()
    if any(_declares(said, subject) for said in (_HEADING, _SHOUTED)):
        return subject[:80]
    return next(_sentences(text), "")


def _sentences(text: str) -> Iterator[str]:
    for number, sentence in enumerate(_SENTENCES.split(text[:LONGEST])):
        if number >= _MOST_SENTENCES:
            return
        sentence = " ".join(sentence.split())
        if len(sentence) <= _LONGEST_SENTENCE and any(_declares(said, sentence) for said in _SAID):
            yield sentence[:80]


def _declares(said: re.Pattern[str], sentence: str) -> bool:
    found = said.search(sentence)
    return found is not None and not sentence.endswith("?") and not _DENIED.search(sentence[: found.end()])
