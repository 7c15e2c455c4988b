"""What the writer wrote: the body without quotations, signature and footers, from the better of text and HTML."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from mailgateway.bodies.attributions import QUOTED, is_quoted
from mailgateway.bodies.header_blocks import header_block, unquoted
from mailgateway.bodies.html_quotes import marked_lines
from mailgateway.bodies.quote_phrases import REPLY_PREFIXES
from mailgateway.bodies.quotes import CUT, SIGNED, Parted, divider, is_rule, part
from mailgateway.bodies.signatures import without_signature

_LONGEST = 1_000_000
"""Characters of a body that are looked at."""
_DEEPEST = 3
"""How often a mail that holds nothing but another mail is unwrapped."""


def written(text: str, html: str = "", subject: str = "") -> str:
    """Only what the writer wrote, as text: without quotations, signature and footers. Takes linear time."""
    answers = is_answer(subject)
    plain = _own(_lines_of(text), answers)
    if not html.strip():
        return plain[0]
    lines = marked_lines(html)
    rich = _own(lines, answers)
    if not text.strip():
        return rich[0]
    return _unsigned(_better(plain, rich), lines)


def is_answer(subject: str) -> bool:
    """Whether the subject bears the prefix of an answer ("Re:", "AW:")."""
    head, colon, _ = subject.strip()[:12].partition(":")
    return bool(colon) and head.strip().rstrip("0123456789[]()").casefold() in REPLY_PREFIXES


def _lines_of(text: str) -> list[str]:
    return text[:_LONGEST].replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _own(lines: Sequence[str], answers: bool) -> tuple[str, bool]:
    """The writer's own text, and whether anything proved the rest to be quoted."""
    proven = False
    for _ in range(_DEEPEST):
        parted = part(lines, answers=answers)
        proven = proven or parted.attributed
        own = without_signature(parted.own)
        if own or not parted.attributed:
            return _joined(own), proven
        inner = _inner(lines, parted)
        if inner is None:
            break
        lines = inner
    return "", proven


def _inner(lines: Sequence[str], parted: Parted) -> list[str] | None:
    """What is left of a mail whose whole text is another mail: its body, None where it is quoted line by line."""
    first = next((number for number, line in enumerate(lines) if line.strip() and not is_rule(line)), None)
    if first is None:
        return None
    bare = [line.removeprefix(QUOTED) for line in lines[first:]]
    start = 1 if divider(bare[0]) else 0
    while start < len(bare) and not unquoted(bare[start]).strip():
        start += 1
    block = header_block(bare, start) if start < len(bare) else None
    if block is not None:
        return _less_quoted(bare[block.end :])
    if parted.open_end is not None and parted.open_end < len(lines):
        return [line.removeprefix(QUOTED) for line in lines[parted.open_end :]]
    return None


def _less_quoted(lines: Sequence[str]) -> list[str]:
    """The lines with one mark of quotation less, if they all bear one."""
    marked = [line.lstrip() for line in lines if line.strip()]
    if not marked or not all(line.startswith(">") for line in marked[:3]):
        return list(lines)
    return [line.lstrip()[1:].removeprefix(" ") if is_quoted(line) else line for line in lines]


def _joined(lines: Sequence[str]) -> str:
    text = "\n".join(line.rstrip() for line in lines)
    for mark in (QUOTED, CUT, SIGNED):
        text = text.replace(mark, "")
    return text.strip()


def _unsigned(own: str, lines: Sequence[str]) -> str:
    """The writer's text without the signature, where the HTML marks one that the words do not betray."""
    signed = (line.removeprefix(SIGNED).strip() for line in lines if line.startswith(SIGNED))
    first = next((line for line in signed if line), "")
    if not first:
        return own
    kept = own.split("\n")
    begin = next((number for number in range(len(kept) - 1, 0, -1) if kept[number].strip() == first), len(kept))
    return "\n".join(kept[:begin]).rstrip()


def _better(plain: tuple[str, bool], rich: tuple[str, bool]) -> str:
    """The text, which keeps the writer's own lines, unless the HTML alone proves what is quoted."""
    if not rich[0].strip() or not rich[1]:
        return plain[0] or rich[0]
    if not plain[0].strip() or not plain[1]:
        return rich[0]
    text_words, html_words = Counter(plain[0].lower().split()), Counter(rich[0].lower().split())
    lost = (html_words - text_words).total()
    return rich[0] if lost > max(3, html_words.total() // 5) else plain[0]
