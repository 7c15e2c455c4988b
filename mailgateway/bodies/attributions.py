"""Finds the line that says who wrote what is quoted below it ("Am 5. Januar 2026 um 10:00 schrieb Anna <a@b>:")."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from mailgateway.bodies.quote_phrases import FIRST_PERSON, OPENERS, SMALL_WORDS, VERBS, VERBS_WITHIN, WEEKDAYS

_LONGEST = 5
"""Lines over which a mail program may wrap the one line."""
_BELOW = 4
"""Lines within which the quotation begins."""
_WIDEST = 400
"""Characters of one of these lines that are looked at."""
_DATED = re.compile(r"\d{1,2}\s?[:.h]\s?\d{2}|(?<!\d)(?:19|20)\d\d(?!\d)|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d年")
_ADDRESS = re.compile(r"[^\s<>@\"']@[\w.-]")
_WORDS = re.compile(r"[^\W\d_](?:[^\W\d_]|[-'’./](?=[^\W\d_]))*(?:\(a\))?", re.UNICODE)
_WITHIN_LINE = re.compile(
    r"(?<=[\w.!?)-]) ?-{0,4} ?(?=(?:On|Am|Le|El|Il|Op|Den|Em) (?:\w{2,10}\.?,? )?\d{1,2}|On [A-Z][a-z]{2,8},)"
)
_EXPECTED = SMALL_WORDS | VERBS | WEEKDAYS
_BY = frozenset({"von", "от", "by", "from", "de", "od", "van", "från", "fra"})
_MESSAGE_OF = ("message du", "nachricht vom", "mail vom")
_ENDS = (":", "：", ":>", "--")
_MARKS = " \t\u00a0\ufeff\u200b*_"

QUOTED = "\ue000"
"""Begins a line which the HTML proves to be quoted."""


@dataclass(frozen=True, slots=True)
class Attribution:
    """An attribution found: it ends before line `end`, and `before` is the writer's own text on its first line."""

    end: int
    before: str = ""


def is_quoted(line: str) -> bool:
    """Whether a line bears a mark of quotation."""
    return line.lstrip(" \t\u00a0").startswith((">", QUOTED))


def attribution(lines: Sequence[str], start: int) -> Attribution | None:
    """The attribution that begins with line `start`, None where none does."""
    if not _may_end(lines, start):
        return None
    first = lines[start].strip(_MARKS)[:_WIDEST]
    if not first or is_quoted(first) or not _may_begin(first):
        return None
    strong = _opens(first)
    joined = ""
    for number in range(start, min(start + _LONGEST, len(lines))):
        line = lines[number].strip(_MARKS)[:_WIDEST]
        if number > start and _ends_it(lines, number, strong):
            return None
        joined = f"{joined} {line}".strip()
        if _is_whole(lines, number, joined, strong):
            return Attribution(number + 1, _before(lines[start]))
        if joined.endswith((":", "：")) and number > start:
            return None
    return None


def _is_whole(lines: Sequence[str], number: int, joined: str, strong: bool) -> bool:
    """Whether an attribution ends with line `number`."""
    if number + 1 < len(lines) and _is_rest(lines[number + 1]):
        return False
    quoted_next = _quote_follows(lines, number + 1)
    return (quoted_next or joined.endswith(_ENDS)) and _is_attribution(joined, strong=strong, quoted_next=quoted_next)


def _may_end(lines: Sequence[str], start: int) -> bool:
    """False where no sign of an attribution's end, or of a quotation below it, is near: so it is at nearly every line."""
    near = "\n".join(lines[start : start + _LONGEST + _BELOW])
    return ":" in near or ">" in near or "--" in near or QUOTED in near or "：" in near


def _may_begin(text: str) -> bool:
    return _opens(text) or ("@" in text and _ADDRESS.search(text) is not None) or _has_verb(text)


def _ends_it(lines: Sequence[str], number: int, strong: bool) -> bool:
    """Whether line `number` cannot belong to a wrapped attribution: blank (but before a lone address), or a quotation."""
    line = lines[number].strip(_MARKS)
    if line:
        return is_quoted(line) and not line.lstrip("> ").endswith(":")
    return not (strong and number + 1 < len(lines) and lines[number + 1].lstrip().startswith("<"))


def _is_rest(line: str) -> bool:
    """Whether a line is no quotation but the end of a wrapped attribution: "> wrote:"."""
    return is_quoted(line) and len(line) < 60 and line.rstrip().endswith(":") and set(_words(line)) <= VERBS


def _quote_follows(lines: Sequence[str], number: int) -> bool:
    for line in lines[number : number + _BELOW]:
        if line.strip():
            return is_quoted(line)
    return False


def _opens(text: str) -> bool:
    """Whether a line begins as an attribution does: with a date, or a short word and a date."""
    if text.startswith("--"):
        text = text.lstrip("- ")
    head = text[:32]
    if not any(map(str.isdigit, head)):
        return False
    first = head.split(maxsplit=1)[0].casefold()
    return head[0].isdigit() or first in OPENERS or first.strip(".,") in WEEKDAYS or first.rstrip(".,") in WEEKDAYS


def _has_verb(text: str) -> bool:
    return not VERBS.isdisjoint(_words(text)) or (not text.isascii() and any(phrase in text for phrase in VERBS_WITHIN))


def _words(text: str) -> list[str]:
    return [word.casefold() for word in _WORDS.findall(text)]


def _is_attribution(text: str, *, strong: bool, quoted_next: bool) -> bool:
    if text.startswith("--") and text.endswith("--"):
        return _has_verb(text)
    colon = text.endswith((":", "：", ":>"))
    dated = _DATED.search(text) is not None
    address = _ADDRESS.search(text) is not None
    if not _has_verb(text):
        begins = strong or (address and colon and quoted_next and len(text) <= 200)
        return begins and dated and _names_writer(text, address, colon, quoted_next)
    if quoted_next:
        return (colon and (dated or address or len(text) <= 60)) or (strong and dated and len(text) <= 250)
    by_name = dated and len(text) <= 90 and _small_words(text) == 0
    return colon and (dated or address) and (strong or address or by_name) and _says_who(text, address)


def _names_writer(text: str, address: bool, colon: bool, quoted_next: bool) -> bool:
    """Whether a date without a verb names a writer: "5. Jan. 2026, 10:12 von a@b:", but not a line of a log."""
    if quoted_next and not address:
        return text.casefold().startswith(_MESSAGE_OF) and len(text) <= 60
    named = address and (quoted_next or "<" in text or any(word in _BY for word in _words(text)))
    return named and (colon or (quoted_next and text.endswith((">", ")", "]"))))


def _small_words(text: str) -> int:
    """How many words in lower case an attribution would not hold."""
    words = (word for word in _WORDS.findall(text) if word[0].islower())
    return sum(word.casefold() not in _EXPECTED for word in words)


def _says_who(text: str, address: bool) -> bool:
    """Whether the sentence is only a date, a name and a verb: not "am 3. Mai schrieb mir Ihr Kollege, dass ...:"."""
    words = [word.casefold() for word in _WORDS.findall(text)]
    if address:
        return True
    verb = max((place for place, word in enumerate(words) if word in VERBS), default=len(words))
    if any(word in FIRST_PERSON - WEEKDAYS for word in words[max(verb - 4, 0) : verb + 2]):
        return False
    return _small_words(text) <= (4 if verb >= len(words) - 1 else 1)


def _before(line: str) -> str:
    """The writer's own words on the line where the attribution begins, "" for nearly every one."""
    text = line.strip(_MARKS)
    if _opens(text) or len(text) > _WIDEST:
        return ""
    found = _WITHIN_LINE.search(text)
    return text[: found.start()].rstrip(" -") if found else ""
