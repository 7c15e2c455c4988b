"""Which articles somebody should look at again: they are old, did not help, or agents say part of them otherwise."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from knowledge.article import Article
from knowledge.store import Votes

OLD = timedelta(days=365)
"""An article that nobody changed for so long is old."""
VOTES, UNHELPFUL = 3, 0.4
"""So many visitors were not helped, and so large a share of those who said so."""
EDITS, EDITED = 2, 0.5
"""So many answers quoted it and said part of it otherwise, and so large a share of those that quoted it."""


@dataclass(frozen=True, slots=True)
class Signs:
    """What tells of an article whether it still holds."""

    article: Article
    changed: date
    """When it was updated, or last written."""
    votes: Votes
    quoted: int = 0
    """Answers that held its text."""
    edited: int = 0
    """Of these, those that said part of it otherwise."""


@dataclass(frozen=True, slots=True)
class Stale:
    """An article to look at again, and why."""

    signs: Signs
    because: tuple[str, ...]


def stale(signs: Iterable[Signs], today: date) -> list[Stale]:
    """The articles to look at again: those first that most speaks against, of these the oldest."""
    found = [Stale(each, because) for each in signs if (because := _because(each, today))]
    return sorted(found, key=lambda each: (-len(each.because), each.signs.changed, each.signs.article.id))


def _because(signs: Signs, today: date) -> tuple[str, ...]:
    votes = signs.votes
    said = votes.helpful + votes.unhelpful
    reasons = [
        (
            signs.edited >= EDITS and signs.edited >= EDITED * signs.quoted,
            f"{signs.edited} of {signs.quoted} answers that quoted it said part of it otherwise",
        ),
        (
            votes.unhelpful >= VOTES and votes.unhelpful >= UNHELPFUL * said,
            f"{votes.unhelpful} of {said} visitors were not helped",
        ),
        (today - signs.changed > OLD, f"nobody changed it since {signs.changed.isoformat()}"),
    ]
    return tuple(because for holds, because in reasons if holds)
