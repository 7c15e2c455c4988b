"""What, anywhere in a mail, says that it is no emergency: no hurry, an offer; or that it is an exercise."""

from __future__ import annotations

from collections.abc import Sequence

from threads.urgency.clauses import Clause
from threads.urgency.phrases import DENIED
from threads.urgency.vocabulary import CALM, SELLING


def rules_out(clauses: Sequence[Clause]) -> str:
    """What, anywhere in a mail, says that it is none: no hurry, an offer; "" where nothing does."""
    whole = "".join(
        clause.line for clause in clauses
    )  # two blanks between them: no phrase reaches from one into the next
    return next((phrase for phrase in (*CALM, *SELLING) if _says(whole, phrase)), "")


def is_exercise(clauses: Sequence[Clause]) -> bool:
    """Whether a mail says that all of it is an exercise: not "keine Übung"."""
    return any(
        _is_drill(at, clause) for clause in clauses if "future" not in clause.all for at in clause.places("drill")
    )


def _is_drill(at: int, clause: Clause) -> bool:
    return not DENIED.intersection(clause.words[max(0, at - 2) : at])


def _says(whole: str, phrase: str) -> bool:
    """Whether a phrase stands in a text and is not denied: not "das ist kein Fehlalarm", nor "nicht nur bei mir"."""
    at = whole.find(f" {phrase}")
    return at >= 0 and not DENIED.intersection(whole[max(0, at - 16) : at].split(" ")[-2:])
