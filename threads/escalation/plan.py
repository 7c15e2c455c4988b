"""What the settings say of escalation, as the sweep takes it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from threads.escalation.ladder import BUILT_IN, Ladder
from threads.escalation.roster import Roster

Members = Callable[[str], Sequence[str]]
"""The IDs of the agents of a department."""


def nobody(_department: str) -> Sequence[str]:
    """The members of a department, where departments have none."""
    return ()


@dataclass(frozen=True, slots=True)
class Plan:
    """Ladders, the people on call, and whether customers hear of it."""

    ladders: tuple[Ladder, ...] = ()
    """Those of the settings; those built in stand behind them."""
    rosters: tuple[Roster, ...] = ()
    members: Members = nobody
    tell_customer: bool = False

    @property
    def fingerprint(self) -> str:
        """Another where another step may be due."""
        return sha256(repr([_plain(each) for each in (*self.ladders, *BUILT_IN)]).encode()).hexdigest()[:32]


def _plain(ladder: Ladder) -> list[object]:
    """What of a ladder says when its steps are due, in a fixed order."""
    sets = (ladder.aims, ladder.priorities, ladder.mailboxes, ladder.departments, ladder.policies)
    return [ladder.name, [each.moment for each in ladder.steps], *(sorted(each) for each in sets)]
