"""The draft of an article from an agent's answer: what was said to one customer, without what is only theirs."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from knowledge.question import sentences, written

HOLE = "…"
"""Stands where something was that only concerned the one customer."""
LONGEST_QUESTION = 200

_OWN = re.compile(
    r"[\w.+-]{1,64}@[\w.-]{1,250}"  # an address
    r"|\b(?:[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?)\b"  # an IBAN
    r"|(?<![\w.])(?=[\w-]{5,40}\b)(?:[A-Z]{1,4}-?)?\d[\d-]{4,}\b"  # a number of five digits and more
)
_TITLED = re.compile(
    r"\b((?:Herrn?|Frau|Familie|Firma|Mr|Mrs|Ms)\.?(?: (?:Dr|Prof)\.?)*) [A-ZÄÖÜ][\w-]{1,40}(?: [A-ZÄÖÜ][\w-]{1,40})?"
)


@dataclass(frozen=True, slots=True)
class Draft:
    """What an article may begin with."""

    question: str
    answer: str


def draft(asked: str, subject: str, answer: str, names: Iterable[str]) -> Draft:
    """A draft from a mail and its answer; `names` are those of the people in it, and their addresses."""
    own = _names(names)
    said = [each.text for each in sentences(asked, subject)]
    asks = [each for each in said if each.endswith("?") and len(each) <= LONGEST_QUESTION]
    question = next(iter([*asks, *said]), "")[:LONGEST_QUESTION]
    return Draft(_begun(_without(question, own)), _begun(_without(written(answer), own)))


def _begun(text: str) -> str:
    """A text as it begins where no greeting stands before it: with a capital, unless its first word has one within, as iPhone."""
    first = text.partition(" ")[0]
    return text[:1].upper() + text[1:] if first.islower() else text


def _without(text: str, own: re.Pattern[str] | None) -> str:
    text = _OWN.sub(HOLE, text)
    text = _TITLED.sub(HOLE, text)
    return (own.sub(HOLE, text) if own else text).strip()


def _names(names: Iterable[str]) -> re.Pattern[str] | None:
    parts = {
        part for name in names for part in re.split(r"[\s@.,;_\"<>()\-]+", name) if len(part) > 2 and part.isalpha()
    }
    if not parts:
        return None
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, sorted(parts, key=len, reverse=True)))})s?\b", re.IGNORECASE)
