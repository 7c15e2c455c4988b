"""What of an emergency a mail speaks of that declares none, and why it is taken for none: for whoever tries the rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from threads.urgency.alarm import Alarm, alarm_in, by_words, declared, failures, is_after, last_over, meanings_in, named
from threads.urgency.calm import is_exercise, rules_out
from threads.urgency.clauses import Clause, clauses_of
from threads.urgency.learnt import judged
from threads.urgency.meant import why_not_meant
from threads.urgency.over import says_over
from threads.urgency.passed_on import said_now

EARLIER = "an earlier mail says it"
OVER = "it is over"
SURELY = "too little speaks for it"
UNLIKE = "mails like it were no emergency"


@dataclass(frozen=True, slots=True)
class NearMiss:
    """An emergency that a mail speaks of, and why it is taken for none."""

    alarm: Alarm
    because: str

    @property
    def words(self) -> str:
        """Both, as an agent is told."""
        return f"{self.alarm.words}: {self.because}"


def near_miss_in(subject: str, text: str) -> NearMiss | None:
    """The emergency that a mail nearly declares; None where it declares one, or speaks of none."""
    if alarm_in(subject, text) is not None:
        return None
    said, own = said_now(subject, text)
    clauses = clauses_of(subject, own)
    of_another = 0 if said == subject else len(clauses) - len(clauses_of(said, own))
    found = _told(clauses, of_another) or _earlier(subject, text, own)
    return found or _over(clauses) or _unsure(clauses[of_another:])


def _told(clauses: Sequence[Clause], of_another: int) -> NearMiss | None:
    """By the first failure that would be one, were it meant."""
    affected = meanings_in(clauses)
    for at, said in failures(clauses):
        alarm = declared(at, said, clauses, affected)
        if alarm is not None:
            return NearMiss(alarm, EARLIER if at < of_another else _because(at, clauses))
    return None


def _because(at: int, clauses: Sequence[Clause]) -> str:
    if is_exercise(clauses):
        return "it is an exercise"
    if calm := rules_out(clauses):
        return f'it says "{calm.strip()}"'
    if not is_after(at, last_over(clauses), clauses):
        return OVER
    if clauses[at].sentence < 0 and any(clauses[other].sentence >= 0 for other, _ in failures(clauses)):
        return "only the subject names it"
    return why_not_meant(at, clauses) or UNLIKE


def _earlier(subject: str, text: str, own: str) -> NearMiss | None:
    """By what the mail only carries along: lines that it quotes, and what stands below them."""
    found = _told(clauses_of(subject, text), 0) if text != own else None
    return NearMiss(found.alarm, EARLIER) if found is not None else None


def _over(clauses: Sequence[Clause]) -> NearMiss | None:
    """By what runs again, where nothing more is said of it."""
    for at, clause in enumerate(clauses):
        emergency, thing = named([clause])
        if thing and says_over(at, clauses):
            return NearMiss(Alarm(emergency, thing, ""), OVER)
    return None


def _unsure(clauses: Sequence[Clause]) -> NearMiss | None:
    """By what was learnt, where that speaks for one, and not surely enough."""
    learnt = judged(clauses)
    return NearMiss(by_words(clauses, learnt.words), SURELY) if learnt.score > 0 and learnt.words else None
