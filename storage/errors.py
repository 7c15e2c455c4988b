"""What can go wrong, as one hierarchy: each error says for itself what a person and a peer are told.

BriefwechselError                 unknown errors of ours are temporary: 451, exit 1
├── WrongUse                      the caller asked for something that cannot be: exit 2 on the command line
├── Refused                       what came from outside is not taken, for good: 5xx
└── Unavailable                   something we need is away for now: 4xx, tried again later
    ├── DatabaseUnavailable
    └── DiskFull
"""

from __future__ import annotations


class BriefwechselError(Exception):
    """An error whose text is one clear line: what is wrong, and how to mend it."""

    exit_code = 1
    smtp_code = 451
    temporary = True


class WrongUse(BriefwechselError):
    """The command was used wrongly."""

    exit_code = 2


class Refused(BriefwechselError):
    """What came from outside is refused for good."""

    smtp_code = 554
    temporary = False


class Unavailable(BriefwechselError):
    """Something that is needed is away for now."""


class DatabaseUnavailable(Unavailable):
    """The database does not answer."""


class DiskFull(Unavailable):
    """There is no room to keep what came."""

    smtp_code = 452
