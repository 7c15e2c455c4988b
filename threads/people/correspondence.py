"""What a customer may read of what they and the desk wrote to each other: pure decisions, and the values of their page.

They read the conversations whose customer they are, and of those the letters that they wrote or got: no notes, nothing that
is held, that a machine or a stranger wrote, that somebody wrote in their name, that a colleague said when they forwarded a
mail, or that a third party was asked.
Whoever may see all of their organisation reads the conversations of its other people as these do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from threads.model import Address, Direction

PAGE = 40
"""How many letters stand on a page."""
_READ = {Direction.IN: {"person"}, Direction.OUT: {"person", "reply", "acknowledgement"}}
"""The kinds of mail that a customer reads."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: a person at one of their addresses."""

    person: UUID
    address: str
    name: str
    persons: frozenset[UUID]
    """Whose conversations they read: their own, and where they may see all, those of their organisation."""
    mailboxes: frozenset[str]
    """The addresses of all of them, without details."""


@dataclass(frozen=True, slots=True)
class Written:
    """What decides whether a letter is shown."""

    message: UUID
    conversation: UUID
    at: datetime
    direction: Direction
    kind: str
    author: str
    recipients: tuple[str, ...]
    held: bool = False
    acts: bool = True
    """Of a mail that came in: it may act for whom it names as its author."""
    typed: bool = False
    """A visitor typed its author's address into our form, and no mail from there has followed in the conversation."""
    left: bool = True
    """Of a mail of ours: it reached the relay, for one recipient at least."""


def withheld(letter: Written, reader: Reader) -> str:
    """Why a letter in one of their conversations is not shown to a reader; "" where it is."""
    if letter.held:
        return "it is held"
    if not letter.acts:
        return "it does not come from where it says"
    if letter.typed:
        return "whoever typed its address need not have it"
    if letter.kind not in _READ[letter.direction]:
        return "it is no letter between people"
    if not letter.left:
        return "it has not gone out"
    involved = (letter.author, *letter.recipients) if letter.direction is Direction.IN else letter.recipients
    if not any(Address(each).mailbox in reader.mailboxes for each in involved):
        return "they neither wrote it nor got it"
    return ""


def in_order(letters: Iterable[Written]) -> list[Written]:
    """The conversation with the newest letter first, the letters of each as they were written."""
    by_conversation: dict[UUID, list[Written]] = {}
    for each in sorted(letters, key=lambda letter: (letter.at, letter.message)):
        by_conversation.setdefault(each.conversation, []).append(each)
    newest_first = sorted(by_conversation.values(), key=lambda each: (each[-1].at, each[-1].message), reverse=True)
    return [letter for conversation in newest_first for letter in conversation]


Named = Callable[[UUID, int], str]
"""Makes the token by which an attached file is asked for: its message, and its number from 0."""


@dataclass(frozen=True, slots=True)
class File:
    """An attached file."""

    name: str
    size: int
    token: str


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter as it stands on the page."""

    ours: bool
    who: str
    at: datetime
    """In the zone in which it is read."""
    text: str
    files: tuple[File, ...] = ()
    infected: bool = False
    """A virus was found in it, so its files are not given out."""


@dataclass(frozen=True, slots=True)
class Matter:
    """A conversation, or as much of it as stands on one page."""

    subject: str
    letters: tuple[Letter, ...]


@dataclass(frozen=True, slots=True)
class View:
    """A page of somebody's correspondence."""

    matters: tuple[Matter, ...]
    page: int
    """From 1."""
    pages: int
    until: datetime
    """When the link ends, in the zone in which it is read."""


class Closed(StrEnum):
    """Why a link shows nothing."""

    UNKNOWN = "unknown"
    """Nobody here made it."""
    OVER = "over"
    """It has ended, or its address is no longer that of this person."""
