"""Whether somebody wishes to be called, German and English: in the subject and in what they wrote themselves.

A sentence is folded words; shapes of a wish are looked for in it in turn. What only sounds like one is passed over: whoever
calls themselves, offers to answer questions, looks back on a call, or writes about software or goods that are called back.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo

from threads.callbacks.numbers import Number, best, numbers_in
from threads.callbacks.shapes import (
    ALONE,
    ASKS,
    BOUNDS_TIME,
    CLAUSE,
    COMPLAINS,
    IS_THERE,
    NEGATED,
    NUMBER,
    OFFERS,
    OTHERS,
    PAST,
    SELF,
    SHAPES,
    SOFTWARE,
    THANKS,
    TIMELY,
)
from threads.callbacks.times import Said, Span, said_in, spans_of
from threads.words import fold

LONGEST = 20_000
"""Characters of a text that are looked at."""
_REPORTS = re.compile(r"\bmelde[nt]?\b")
LONGEST_SUBJECT = 500
_MOST_WORDS = 80
"""Words of a sentence; a longer one is looked at in pieces."""
_MOST_SENTENCES = 300
_HINTS = (
    "ruf",
    "call",
    "phone",
    "ring",
    "fon",
    "klingel",
    "buzz",
    "kontakt",
    "contact",
    "reach",
    "verbindung",
    "läut",
    "laeut",
)
"""One of these stands in every sentence that asks for a call: the others need not be looked at."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A wish to be called."""

    number: str = ""
    """As it is dialled; "" where none is named."""
    spans: tuple[Span, ...] = ()
    """Windows of which any will do, in UTC, the earliest first; none where no time is named."""
    words: str = ""
    """The sentence that says it, as it was written."""
    because: str = ""
    costly: bool = False
    """Whoever rings the number pays more than for a call."""


@dataclass(frozen=True, slots=True)
class Written:
    """What somebody wrote, when and where."""

    subject: str
    text: str
    """Their own new text."""
    at: datetime
    zone: tzinfo
    country: str = "DE"
    """Whose numbers are written without a country."""
    signature: str = ""
    """What stands beneath."""


def wish_in(written: Written) -> Wish | None:
    """The wish to be called that a mail holds, or None. Takes linear time."""
    text, subject = written.text[:LONGEST], written.subject[:LONGEST_SUBJECT]
    if not _hints(text) and not _hints(subject):
        return None
    numbers = numbers_in(text, written.country)
    sentences = list(_sentences(_marked(text, numbers)))
    place = next((number for number, each in enumerate(sentences) if wishes(each)), None)
    said, words = "", ""
    if place is not None:
        words, said = sentences[place], "the text asks for a call"
    elif not _ANSWERS.match(subject) and wishes_in_subject(_marked(subject, numbers_in(subject, written.country))):
        words, said = subject, "the subject asks for a call"
    if not said:
        return None
    before = sum(each.count(NUMBER) for each in sentences[:place]) if place else 0
    found, where = _number(written, numbers, numbers[before : before + words.count(NUMBER)])
    time = _time(sentences, place, words, written)
    return Wish(
        number=found.dialled if found else "",
        spans=spans_of(time, written.at, written.zone),
        words=_as_written(words, text, numbers[before:])[:300],
        because=f"{said}; {where}",
        costly=found.costly if found else False,
    )


def _hints(text: str) -> bool:
    lower = text.lower()
    return any(each in lower for each in _HINTS) or ("melde" in lower and _REPORTS.search(lower) is not None)


def number_given(written: Written) -> Number | None:
    """The number that a mail names without a wish, where it is called one or is all that it says."""
    text = written.text[:LONGEST]
    there = numbers_in(text, written.country)
    called = next((each for each in there if each.named), None)
    alone = there[0] if len(there) == 1 and len(text.split()) <= 12 else None
    return called or alone


def _number(written: Written, numbers: list[Number], wished: list[Number]) -> tuple[Number | None, str]:
    """Which number is rung, one that is called so beside the wish before others of the text, and where it stands."""
    if numbers:
        there = best(wished)
        return there if there is not None and there.named else best(numbers), "the number stands in it"
    above = best(numbers_in(written.subject[:LONGEST_SUBJECT], written.country))
    if above is not None:
        return above, "the number stands in the subject"
    below = best(numbers_in(written.signature[: LONGEST_SUBJECT * 4], written.country))
    return (below, "the number stands in the signature") if below else (None, "no number stands in it")


# ---- sentences

_ANSWERS = re.compile(r"\s*(?:re|aw|antw|antwort|wg|fwd?)\s*(?:\[\d+\])?:", re.IGNORECASE)
_ELSEWHERE = re.compile(r"https?://\S{1,2000}|\S{1,200}@\S{1,200}")
_QUOTED = re.compile(r"[\"„“”»«‚‘][^\"„“”»«\n]{1,200}[\"“”«»’]|`[^`\n]{1,200}`")
_SHORTENED = "".join(
    rf"(?<!\b(?i:{each})[.])"
    for each in (r"z\.b", "ca", "tel", "nr", "ggf", "evtl", "bzw", "dr", "mr", "ms", "mrs", "hr", "fr", "[a-z]")
)
_END = re.compile(
    rf"[.](?=\s|$)(?<![\d.][.]){_SHORTENED}|[.](?<=\d[.])(?=\s+[A-ZÄÖÜ])(?!\s+(?:Jan|Feb|Mär|Apr|Mai|Jun|Jul|Aug|Sep|Okt|Nov|Dez))|"
    r"[!?…](?=\s|$)|[!?]{2,}|\n\s*\n|\n(?=\s*[-*•] )"
)
_WORD = re.compile(rf"[^\W_]+(?:['’][^\W_]+)?|{NUMBER}|[,;:()?/–—-]")


def _marked(text: str, numbers: list[Number]) -> str:
    """A text with a sign in place of each number, and without links, addresses and what is quoted in a line."""
    pieces, at = [], 0
    for each in numbers:
        pieces += [text[at : each.begin].replace(NUMBER, " "), f" {NUMBER} "]
        at = each.end
    marked = "".join((*pieces, text[at:].replace(NUMBER, " ")))
    return _QUOTED.sub(" ", _ELSEWHERE.sub(" ", marked))


def _sentences(text: str) -> Iterator[str]:
    begin, count = 0, 0
    for end in _END.finditer(text):
        piece = " ".join(text[begin : end.end()].split())
        begin = end.end()
        if piece:
            count += 1
            yield piece
        if count >= _MOST_SENTENCES:
            return
    rest = " ".join(text[begin:].split())
    if rest:
        yield rest


def _as_written(sentence: str, text: str, numbers: list[Number]) -> str:
    """A sentence with its numbers again, as they stand in the text."""
    for each in numbers:
        before, sign, behind = sentence.partition(NUMBER)
        if not sign:
            break
        close = behind.lstrip()[:1] in (".", ",", ";", ":", "!", "?", ")")
        sentence = before + " ".join(text[each.begin : each.end].split()) + (behind.lstrip() if close else behind)
    return " ".join(sentence.split())


def _lines(sentence: str) -> Iterator[str]:
    """The folded words and signs of a sentence with a blank around each, at most some at a time."""
    words = _WORD.findall(fold(sentence).replace("’", "'"))
    for begin in range(0, len(words), _MOST_WORDS):
        yield f" {' '.join(words[begin : begin + _MOST_WORDS])} "


def wishes(sentence: str) -> bool:
    """Whether a sentence says that its writer wishes to be called."""
    return _hints(sentence) and any(_wishes(line) for line in _lines(sentence))


def wishes_in_subject(subject: str) -> bool:
    """Whether a subject does: there the mere word may do."""
    return any((ALONE.match(line) and not SOFTWARE.search(line)) or _wishes(line) for line in _lines(subject))


def _wishes(line: str) -> bool:
    if SOFTWARE.search(line) or OFFERS.search(line) or THANKS.search(line):
        return False
    if ALONE.match(line):
        return True
    for shape in SHAPES:
        found = shape.search(line)
        if found is not None and _is_meant(line, found):
            return True
    return False


def _is_meant(line: str, found: re.Match[str]) -> bool:
    """Whether what has the shape of a wish is one: by the clause in which it stands."""
    begin = max((each.end() - 1 for each in CLAUSE.finditer(line, 0, found.start() + 1)), default=0)
    after = CLAUSE.search(line, found.end() - 1)
    end = after.start() + 1 if after is not None else len(line)
    clause = line[begin:end]
    asks = ASKS.match(clause) is not None or ASKS.match(line) is not None
    if SELF.search(clause) or PAST.search(clause):
        return False
    if NEGATED.search(clause) and not asks and not BOUNDS_TIME.search(clause):
        return False
    return not OTHERS.search(clause)


# ---- its time

_NEAR = 3
"""Sentences behind the wish in which a time may stand."""


def _time(sentences: list[str], place: int | None, words: str, written: Written) -> Said:
    """The time that is wished: in the clauses of the wish, else in a sentence near it that says when somebody is there."""
    for clause in _clauses(words):
        said = said_in(clause, written.at, written.zone)
        if not said.is_empty:
            return said
    near = sentences[place + 1 : place + 1 + _NEAR] if place is not None else sentences[:_NEAR]
    if place:
        near = [*near, sentences[place - 1]]
    for each in near:
        line = next(_lines(each), "")
        if (IS_THERE.search(line) or wishes(each)) and not COMPLAINS.search(line) and not NEGATED.search(line):
            said = said_in(each, written.at, written.zone)
            if not said.is_empty:
                return said
    return Said()


_PARTS = re.compile(r"[,;()]|\s[-–—]+\s(?!\d)|\b(?:weil|denn|because)\b")


def _clauses(sentence: str) -> list[str]:
    """What of a sentence may say when: the clause of the wish with those behind it that go on with a time, then others."""
    pieces = [each for each in _PARTS.split(sentence) if each.strip()]
    kept: list[str] = []
    for piece in pieces:
        line = next(_lines(piece), "")
        if COMPLAINS.search(line):
            continue
        if any(shape.search(line) for shape in SHAPES) or ALONE.match(line) or TIMELY.match(line):
            kept.append(piece)
    return [" , ".join(kept)] if kept else []
