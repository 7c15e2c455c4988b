"""Which folders of an account are brought in as an archive: all that hold letters, so not Trash, Junk and Drafts.

What a folder is for, its flags say (RFC 6154); where a server flags none for a use, the name of a folder at the top does.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Use(StrEnum):
    """What a folder is for that is not simply for mail."""

    SENT = "sent"
    TRASH = "trash"
    JUNK = "junk"
    DRAFTS = "drafts"
    ALL = "all"


LEFT = {
    Use.TRASH: "it holds what was thrown away",
    Use.JUNK: "it holds junk",
    Use.DRAFTS: "it holds drafts, which nobody was sent",
}
"""The uses whose folders are left alone, with those below them, and why."""
NAMES = {
    Use.SENT: (
        "sent", "sent items", "sent messages", "sent mail",
        "gesendet", "gesendete objekte", "gesendete elemente", "gesendete nachrichten",
    ),
    Use.TRASH: (
        "trash", "bin", "deleted", "deleted items", "deleted messages",
        "papierkorb", "gelöscht", "gelöschte objekte", "gelöschte elemente", "gelöschte nachrichten",
    ),
    Use.JUNK: (
        "junk", "junk mail", "junk e-mail", "junk-e-mail", "junk email", "spam", "bulk mail", "spamverdacht",
        "unerwünscht", "unerwünschte werbung",
    ),
    Use.DRAFTS: ("draft", "drafts", "entwurf", "entwürfe"),
}  # fmt: skip
"""What they are called, in German and English, in lower case."""
_ABOVE_ALL = ("inbox", "[gmail]", "[google mail]")
"""Below which some servers put what elsewhere stands at the top."""
_NOT_SELECTABLE = frozenset(("\\noselect", "\\nonexistent"))


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder as the server lists it."""

    name: str
    flags: frozenset[str] = frozenset()
    """In lower case, with their backslash."""
    delimiter: str = "/"
    """Between the names of a folder and of one below it; "" where there are none below."""

    @property
    def selectable(self) -> bool:
        """Whether it can hold mail."""
        return not self.flags & _NOT_SELECTABLE

    @property
    def path(self) -> tuple[str, ...]:
        """The names from the top to this one, in lower case; what stands above all is left out."""
        name = unicodedata.normalize("NFC", self.name).casefold()
        parts = name.split(self.delimiter) if self.delimiter else [name]
        return tuple(parts[1:] if len(parts) > 1 and parts[0] in _ABOVE_ALL else parts)


@dataclass(frozen=True, slots=True)
class Choice:
    """Whether a folder is brought in, and why."""

    folder: Folder
    taken: bool
    because: str


def choices(folders: Sequence[Folder], *, all_is_all: bool = False) -> tuple[Choice, ...]:
    """What becomes of each folder that can hold mail.

    `all_is_all` where a folder that is flagged as \\All holds whatever the others hold: Gmail's labels show one mail in
    many folders, and it would be fetched as often.
    """
    uses = used(folders)
    whole = next((each for each in folders if uses.get(each.name) is Use.ALL and each.selectable), None)
    found = []
    for each in folders:
        if not each.selectable:
            continue
        left = next((LEFT[uses[name]] for name in _with_those_above(each) if uses.get(name) in LEFT), "")
        if not left and all_is_all and whole is not None and each is not whole:
            left = f"its mails lie in {whole.name}, too"
        found.append(Choice(each, not left, left or "it holds mail"))
    return tuple(found)


def used(folders: Sequence[Folder]) -> dict[str, Use]:
    """What folders are for, by their full names; those that are simply for mail are left out."""
    uses = {each.name: use for use in Use for each in folders if f"\\{use}" in each.flags}
    unflagged = [use for use in NAMES if use not in uses.values()]
    for each in folders:
        called = next((use for use in unflagged if len(each.path) == 1 and each.path[0] in NAMES[use]), None)
        if called is not None:
            uses.setdefault(each.name, called)
    return uses


def _with_those_above(folder: Folder) -> list[str]:
    """The full names of a folder and of all above it."""
    if not folder.delimiter:
        return [folder.name]
    parts = folder.name.split(folder.delimiter)
    return [folder.delimiter.join(parts[:length]) for length in range(len(parts), 0, -1)]
