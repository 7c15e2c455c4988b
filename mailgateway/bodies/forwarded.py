"""Finds the mail inside a forwarded mail, in the forms of the common mail programs: who wrote it, and what they wrote."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mailgateway.bodies.attributions import Attribution, attribution, is_quoted
from mailgateway.bodies.header_blocks import HeaderBlock, header_block, unquoted
from mailgateway.bodies.header_labels import ROLES, Role
from mailgateway.bodies.quote_phrases import FORWARD_PREFIXES
from mailgateway.bodies.quotes import divider
from mailgateway.bodies.written import written
from threads.model import Address, Forwarded

_LONGEST = 1_000_000
_MOST = 1500
"""Lines among which a forwarded mail's beginning is looked for."""
_SEPARATES = 6
"""Lines that may stand between the divider and the header lines."""
_ADDRESS = re.compile(r"[^\s<>\[\]()\"',;:@]{1,64}@[^\s<>\[\]()\"',;:@]{1,255}")
_MARKS = " \t\u00a0*\"'“”„«»‘’<>[]()"


def forwarded(subject: str, text: str) -> Forwarded | None:
    """The mail that this one forwards, None where it forwards none. Takes linear time."""
    lines = [line.lstrip("\ufeff") for line in text[:_LONGEST].replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    by_subject = is_forward(subject)
    for number in range(min(len(lines), _MOST)):
        if not lines[number].strip():
            continue
        found = _behind_divider(lines, number) or (_by_header(lines, number) if by_subject else None)
        if found is not None or _unnamed(lines, number):
            return found
    return None


def is_forward(subject: str) -> bool:
    """Whether the subject bears the prefix of a forwarded mail ("WG:", "Fwd:"), or the older form "[Fwd: ...]"."""
    text = subject.strip().lstrip("[")[:24]
    head, colon, _ = text.partition(":")
    return bool(colon) and head.strip().rstrip(".").casefold() in FORWARD_PREFIXES


def author_of(value: str) -> Address | None:
    """The writer that a From line names, in whichever form: "Anna <a@b>", "a@b [mailto:a@b]", "'Anna' (a@b)"."""
    value = value[:1000].replace("mailto:", " " * 7)
    found = _ADDRESS.search(value)
    if found is None:
        return None
    name = value[: found.start()].strip(_MARKS)
    return Address(found[0].strip(".").lower(), name[:200])


def _behind_divider(lines: Sequence[str], number: int) -> Forwarded | None:
    """A forwarded mail behind a line that says so."""
    if divider(lines[number]) != "forwarded":
        return None
    for at in range(number + 1, min(number + 1 + _SEPARATES, len(lines))):
        block = header_block(lines, at)
        if block is not None and block.value(Role.FROM):
            return _of_block(lines, block)
        found = (_from_attribution(lines, at) or _without_colons(lines, at)) if lines[at].strip() else None
        if found is not None:
            return found
    return _on_one_line(lines, number)


def _by_header(lines: Sequence[str], number: int) -> Forwarded | None:
    """Without a divider, where the subject says that it is forwarded: the first header block or attribution."""
    block = header_block(lines, number)
    if block is not None and block.value(Role.FROM):
        return _of_block(lines, block)
    return _from_attribution(lines, number)


def _unnamed(lines: Sequence[str], number: int) -> bool:
    """Whether a mail begins here whose writer has no address: who wrote one further down is not the one to answer."""
    block = header_block(lines, number)
    return block is not None and block.value(Role.FROM) != "" and author_of(block.value(Role.FROM)) is None


def _of_block(lines: Sequence[str], block: HeaderBlock) -> Forwarded | None:
    author = author_of(block.value(Role.FROM))
    return _made(author, block.value(Role.SUBJECT), lines[block.end :]) if author else None


def _from_attribution(lines: Sequence[str], number: int) -> Forwarded | None:
    """Forwarded with only "Am ... schrieb Anna <a@b>:" above it."""
    plain = [unquoted(line) for line in lines[number : number + 6]] if is_quoted(lines[number]) else lines
    start = 0 if plain is not lines else number
    found: Attribution | None = attribution(plain, start)
    if found is None:
        return None
    author = author_of(" ".join(plain[start : found.end]))
    rest = lines[number + found.end - start :]
    return _made(Address(author.address, ""), "", rest) if author else None


def _without_colons(lines: Sequence[str], start: int) -> Forwarded | None:
    """eM Client's way: "Von "Anna" <a@b>", "An ...", "Datum ...", "Betreff ...", with no colon behind the names."""
    said: dict[Role, str] = {}
    at = start
    while at < min(start + _SEPARATES, len(lines)) and lines[at].strip():
        label, _, value = unquoted(lines[at]).strip().partition(" ")
        role = ROLES.get(label.casefold())
        if role is None:
            break
        said.setdefault(role, value)
        at += 1
    author = author_of(said[Role.FROM]) if {Role.FROM, Role.TO, Role.SUBJECT} <= said.keys() else None
    return _made(author, said[Role.SUBJECT], lines[at:]) if author else None


def _on_one_line(lines: Sequence[str], number: int) -> Forwarded | None:
    """Yahoo's way: "----- Forwarded Message ----- From: Anna <a@b>To: ...Subject: ..."."""
    rest = lines[number].strip().lstrip("-").partition("-----")[2].lstrip("- ")[:4000]
    label, colon, value = rest.partition(":")
    if not colon or ROLES.get(label.strip().casefold()) is not Role.FROM:
        return None
    author = author_of(value.partition(">")[0] + ">")
    label_at = max(value.rfind(f"{name}:") for name in _subject_labels(value))
    subject = value[label_at:].partition(":")[2].strip() if label_at >= 0 else ""
    return _made(author, subject, lines[number + 1 :]) if author else None


def _subject_labels(value: str) -> list[str]:
    """The labels of a subject as they stand in the value, in any letter case."""
    lower = value.casefold()
    found = [name for name, role in ROLES.items() if role is Role.SUBJECT and f"{name}:" in lower]
    return [value[lower.rfind(f"{name}:") :][: len(name)] for name in found] or ["\n"]


def _made(author: Address, subject: str, lines: Sequence[str]) -> Forwarded:
    """The forwarded mail, with one mark of quotation less where each of its lines bears one."""
    marked = [line for line in lines[:50] if line.strip()]
    if marked and sum(is_quoted(line) for line in marked) * 2 > len(marked):
        lines = [line.lstrip()[1:].removeprefix(" ") if is_quoted(line) else line for line in lines]
    text = "\n".join(line.rstrip() for line in lines).strip("\n")
    return Forwarded(author, subject.strip(), text, written(text, "", subject))
