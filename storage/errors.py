"""What can go wrong, as one hierarchy: each error says for itself what a person and a peer are told.

BriefwechselError                 unknown errors of ours are temporary: 451, exit 1
├── WrongUse                      the caller asked for something that cannot be: exit 2 on the command line
├── NotThere                      what was named is not there (a conversation, a message, an article): exit 1
├── Refused                       what came from outside is not taken, for good: 5xx
├── Lost                          what was kept cannot be read any more: erased, or damaged on its disk
├── OutOfStep                     the data and this program (or its keys) do not belong together
└── Unavailable                   something we need is away for now: 4xx, tried again later
    ├── DatabaseUnavailable
    └── DiskFull
"""

from __future__ import annotations


class BriefwechselError(Exception):
    """An error whose text is one clear line: what is wrong, and how to mend it. Of several wrong settings it is a line each."""

    exit_code = 1
    smtp_code = 451
    temporary = True


class WrongUse(BriefwechselError):
    """The command was used wrongly."""

    exit_code = 2


class NotThere(BriefwechselError):
    """What was named is not there."""

    temporary = False


class Refused(BriefwechselError):
    """What came from outside is refused for good."""

    smtp_code = 554
    temporary = False


class Lost(BriefwechselError):
    """What was kept cannot be read any more: trying again does not help."""

    temporary = False


class OutOfStep(BriefwechselError):
    """The data is of another version, has other keys, or is another user's: a person has to mend it."""


class Unavailable(BriefwechselError):
    """Something that is needed is away for now."""


class DatabaseUnavailable(Unavailable):
    """The database does not answer."""


class DiskFull(Unavailable):
    """There is no room to keep what came."""

    smtp_code = 452
