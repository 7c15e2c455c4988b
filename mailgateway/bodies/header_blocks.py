"""Finds the block of header lines ("Von: ... Gesendet: ... An: ...") that mail programs set above what they quote."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from mailgateway.bodies.header_labels import LONGEST_LABEL, ROLES, Role

_LONGEST_BLOCK = 24
"""Lines of one block, folded lines among them."""
_LONGEST_FOLD = 3
"""Lines that one field may be folded over."""
_MARKS = " \t\u00a0*|\u200b\ufeff\u200e\u200f"
_TIME = re.compile(r"\d{1,2}\s?[:.h時点]\s?\d{2}|\b(?:19|20)\d\d\b")


@dataclass(frozen=True, slots=True)
class HeaderBlock:
    """Header lines in a body: what stands from `start` up to (not with) `end`."""

    start: int
    end: int
    fields: tuple[tuple[Role, str], ...]

    def value(self, role: Role) -> str:
        """The first value with this role, "" where there is none."""
        return next((value for found, value in self.fields if found is role), "")

    @property
    def roles(self) -> frozenset[Role]:
        """What the block names, without the unimportant fields."""
        return frozenset(role for role, _ in self.fields) - {Role.OTHER}


def unquoted(line: str) -> str:
    """The line without its marks of quotation ("> > ")."""
    return line.lstrip("> \t\u00a0") if line.lstrip(" \t\u00a0").startswith(">") else line


def field(line: str) -> tuple[Role, str] | None:
    """The role and value of a header line, None for any other line."""
    return _field(line) if ":" in line or "：" in line else None


@lru_cache(maxsize=256)
def _field(line: str) -> tuple[Role, str] | None:
    bare = unquoted(line).lstrip(_MARKS)
    head = bare[: LONGEST_LABEL + 6]
    ends = [place for place in (head.find(":"), head.find("：")) if place > 0]
    if not ends:
        return None
    role = ROLES.get(head[: min(ends)].strip(_MARKS).casefold())
    return (role, bare[min(ends) + 1 :].strip(_MARKS)) if role else None


def header_block(lines: Sequence[str], start: int) -> HeaderBlock | None:
    """The header block that begins with line `start`, None where none does."""
    first = field(lines[start])
    if first is None or first[0] is Role.OTHER:
        return None
    fields: list[tuple[Role, str]] = []
    end, folds = start, 0
    for number in range(start, min(start + _LONGEST_BLOCK, len(lines))):
        line, found = lines[number], field(lines[number])
        if found and not _repeats(found[0], fields):
            fields.append(found)
            fields.extend(_same_line(found))
            end, folds = number + 1, 0
        elif not unquoted(line).strip(_MARKS):
            if not _goes_on(lines, number + 1, fields):
                break
        elif found or folds >= _LONGEST_FOLD or not _folded(line, fields):
            break
        else:
            fields[-1] = (fields[-1][0], f"{fields[-1][1]} {unquoted(line).strip(_MARKS)}"[:1000])
            end, folds = number + 1, folds + 1
    block = HeaderBlock(start, end, tuple(fields))
    return block if _believable(block) else None


def _same_line(found: tuple[Role, str]) -> list[tuple[Role, str]]:
    """Further fields on the line of the first: "From: a@b Date: Thu, 24 Mar"."""
    role, value = found
    if role is not Role.FROM or "@" not in value[:200]:
        return []
    parts = value[:1000].split(":")[:12]
    roles = ((ROLES.get(part.rpartition(" ")[2].strip(_MARKS).casefold()), rest) for part, rest in pairwise(parts))
    return [(known, rest.strip(_MARKS)) for known, rest in roles if known in (Role.DATE, Role.TO)]


def _repeats(role: Role, fields: Sequence[tuple[Role, str]]) -> bool:
    return role is not Role.OTHER and any(known is role for known, _ in fields) and role is not Role.CC


def _goes_on(lines: Sequence[str], number: int, fields: Sequence[tuple[Role, str]]) -> bool:
    """Whether a blank line stands within the block: the next line is a new field, and the block is not complete."""
    found = field(lines[number]) if number < len(lines) else None
    return found is not None and not _repeats(found[0], fields)


def _folded(line: str, fields: Sequence[tuple[Role, str]]) -> bool:
    """Whether a line can be the rest of the field above it."""
    role, value = fields[-1]
    bare = unquoted(line).strip(_MARKS)
    if role in (Role.FROM, Role.TO, Role.CC):
        return not value or "@" in bare or value.endswith((",", ";", "<"))
    return role is Role.SUBJECT and len(bare) <= 78 and not _complete(fields)


def _complete(fields: Sequence[tuple[Role, str]]) -> bool:
    return {Role.FROM, Role.DATE, Role.TO, Role.SUBJECT} <= {role for role, _ in fields}


def _believable(block: HeaderBlock) -> bool:
    """Whether these lines are a mail's header, and not a list of a customer ("Von: Berlin", "An: Hamburg")."""
    roles = block.roles
    if not roles & {Role.DATE, Role.SUBJECT} or (Role.FROM not in roles and not {Role.DATE, Role.TO} <= roles):
        return False
    if len(roles) < 2:
        return False
    has_address = any("@" in value for role, value in block.fields if role in (Role.FROM, Role.TO))
    has_time = _TIME.search(block.value(Role.DATE)[:200]) is not None
    if len(roles) <= 2:
        return has_address or (has_time and Role.FROM in roles and ":" in block.value(Role.DATE))
    return has_address or Role.SUBJECT in roles or has_time
