"""Whether a clause names planned work: a maintenance that is announced, not one that is over or asked about."""

from __future__ import annotations

from threads.urgency.clauses import Clause
from threads.urgency.phrases import AFTER, ASK_WHETHER, FINISHED


def says_planned(clause: Clause) -> bool:
    """Whether a clause names planned work; not where it speaks of the time after it, denies it, or asks whether it is."""
    if (clause.asks and _asks_whether_planned(clause)) or FINISHED.intersection(clause.words):
        return False
    for at in clause.places("planned"):
        denied = any("not" in each for each in clause.meanings[max(0, at - 3) : at])
        if not denied and not AFTER.intersection(clause.words[max(0, at - 4) : at]):
            return True
    return False


def _asks_whether_planned(clause: Clause) -> bool:
    """Whether a question asks only whether work was planned: "Ist das eine geplante Wartung?"."""
    return clause.words[0] in ASK_WHETHER and not clause.all & {"down", "able"}
