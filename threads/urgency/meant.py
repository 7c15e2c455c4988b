"""Whether an alarm is meant: what is only asked about, wished for, past, planned or over is none.

A real emergency must never be lost, so each of these has to be said plainly, and in doubt the alarm counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from threads.urgency.emergencies import OVER, PLANNED
from threads.words import Sentence, first_held, phrase

Groups = Sequence[Sequence[str]]
"""The things, and the ways in which they fail."""

_CONDITIONS = (
    "wenn", "falls", "sobald", "sofern", "im Fall", "im Falle", "für den Fall", "bei einem", "bei einer", "bei Ausfall",
    "sollte", "sollten", "wie oft", "how often", "if", "when", "whenever", "in case", "in the event", "should",
)  # fmt: skip
_OF_ITSELF = {"falls", "sofern", "im Fall", "im Falle", "für den Fall", "sollte", "sollten", "in case", "in the event"}
"""Conditions that make it a mere thought outside questions, too."""
_LEADING = {"sollte", "sollten", "should"}
"""Conditions only where a clause begins with them."""
_WHETHER = {"know", "tell", "say", "check", "see", "ask", "asking", "wonder", "wondering", "sure", "verify", "confirm",
            "as", "like", "even", "since", "selbst", "auch", "als"}  # fmt: skip
"""Before "if" and "when": then it is no condition."""
_WISHES = {"moechte", "moechten", "will", "wollen", "wuerde", "wuerden", "haette", "haetten", "gern", "gerne", "would",
           "want", "wish"}  # fmt: skip
_QUESTION_WORDS = {"was", "wie", "wer", "wen", "wo", "welche", "what", "how", "who", "where", "which"}
_SOME_DAY = {"mal", "einmal", "jemals", "ever"}
_NOW = (
    "seit", "jetzt", "gerade", "aktuell", "momentan", "derzeit", "soeben", "nun", "heute", "immer noch", "noch immer",
    "schon wieder", "nach wie vor", "since", "now", "currently", "at the moment", "today", "still down", "still not",
    "is still", "are still", "still offline",
)  # fmt: skip
"""What says that it is so now."""
_LASTS = (
    "seit",
    "since",
    "immer noch",
    "noch immer",
    "trotzdem",
    "still down",
    "still not",
    "is still",
    "still offline",
)
"""What says that it goes on, whatever was planned."""
_PAST_TIMES = (
    "gestern", "vorgestern", "letzte", "letztes", "vorige Woche", "vergangene", "neulich", "kürzlich", "vor Tagen",
    "vor Wochen", "vor Monaten", "war kurz", "waren kurz", "kurzzeitig", "zeitweise", "yesterday", "last night",
    "last week", "last month", "last year", "last weekend", "days ago", "weeks ago", "months ago", "the other day",
    "recently", "briefly",
)  # fmt: skip
_PAST_VERBS = {"war", "waren", "hatte", "hatten", "was", "were", "had"}
_AND = {"und", "aber", "doch", "and", "but"}
_LASTING = ("gehackt", "hacked")
"""What does not pass by itself."""
_AGAIN = ("schon wieder", "immer noch", "noch immer", "wieder nicht", "erneut", "jetzt wieder", "heute wieder",
          "still down", "still not", "still offline", "down again", "same again", "happening again")  # fmt: skip
_NOT = {"nicht", "not", "kein", "keine", "keinen", "keiner", "never", "nie", "no"}
_NOT_YET = {
    "wann", "sobald", "bis", "damit", "muss", "muessen", "soll", "sollte", "sollten", "sorgen", "dafuer", "bringen",
    "schnell", "moeglichst", "schnellstmoeglich", "hoffe", "hoffen", "hoffentlich", "when", "until", "must", "need",
    "needs", "should", "make", "get", "bring", "hope", "asap",
}  # fmt: skip
"""Beside "wieder erreichbar": then it is not, but ought to be."""
_TROUBLE = {"fehler", "problem", "probleme", "stoerung", "error", "issue", "issues", "problems"}
_AFTER = {"nach", "seit", "trotz", "ausserhalb", "after", "since", "despite", "outside"}


def is_meant(parts: Sequence[Sentence], groups: Groups, others: Sequence[Sentence]) -> bool:
    """Whether the alarm in some sentences is meant; `others` are the subject and all that comes after."""
    failing = groups[-1]
    where = [part for part in parts if first_held(failing, part)] or list(parts)
    if all(_only_thought(part, groups, alone=len(parts) == 1) for part in where):
        return False
    if all(_is_past(part, failing) for part in where) and not any(first_held(_AGAIN, each) for each in others):
        return False
    return not any(_says_over(each) for each in others) and not _is_planned(parts, others, failing)


def _only_thought(part: Sentence, groups: Groups, *, alone: bool) -> bool:
    """Whether the alarm stands only in what would be if it were so: "Was zahlen Sie, wenn der Server ausfällt?"."""
    if first_held(_NOW, part):
        return False
    for start, end, condition in _conditions(part):
        clause = part.part(start, end)
        things_elsewhere = not alone and not any(first_held(group, part) for group in groups[:-1])
        if not first_held(groups[-1], clause) or not (things_elsewhere or _holds_all(clause, groups)):
            continue
        thought = part.asks or part.words[0] in _QUESTION_WORDS or condition in _OF_ITSELF
        thought = thought or bool(_WISHES & set(part.words[:start]) or _SOME_DAY & set(clause.words))
        if (
            thought
            and not _holds_all(part.part(0, start), groups)
            and not _holds_all(part.part(end, len(part.words)), groups)
        ):
            return True
    return False


def _conditions(part: Sentence) -> Iterable[tuple[int, int, str]]:
    """Each clause that begins with a condition: from which word, up to which, and with what."""
    for condition in _CONDITIONS:
        for start, behind in part.spans_of(phrase(condition)):
            before = part.words[start - 1] if start else ""
            asks_when = condition == "when" and start == 0
            if before in _WHETHER or asks_when or (condition in _LEADING and start and start not in part.breaks):
                continue
            yield start, next((each for each in part.breaks if each > behind), len(part.words)), condition


def _is_past(part: Sentence, failing: Sequence[str]) -> bool:
    """Whether it only was so: "Gestern war der Server down, warum?"."""
    if first_held(_NOW, part) or {"noch", "still"} & set(part.words):
        return False
    failed = [clause for clause in _clauses(part) if first_held(failing, clause)]
    return bool(failed) and all(
        first_held(_PAST_TIMES, clause) and _PAST_VERBS & set(clause.words) and not first_held(_LASTING, clause)
        for clause in failed
    )


def _says_over(each: Sentence) -> bool:
    """Whether a sentence says that it is over: "läuft wieder", but not "läuft wieder nicht" nor "wann läuft er wieder?"."""
    if each.asks:
        return False
    for said in OVER:
        wanted = phrase(said)
        for start, end in each.spans_of(wanted):
            clause = max((at for at in each.breaks if at <= start), default=0)
            around = set(each.words[max(clause, start - 2) : end + 1]) - (set(wanted) & {"nicht", "no"})
            comes_back = said == "wieder da" and _TROUBLE & set(each.words[:start])
            if not (around & _NOT or comes_back or _NOT_YET & set(each.words)):
                return True
    return False


def _is_planned(parts: Sequence[Sentence], others: Sequence[Sentence], failing: Sequence[str]) -> bool:
    """Whether it is meant to be so. Who asks whether it is says so only in the clause in which it fails."""
    if any(first_held(_LASTS, part) for part in parts):
        return False
    told = [each for each in (*parts, *others) if not each.asks]
    asked = [clause for part in parts if part.asks for clause in _clauses(part) if first_held(failing, clause)]
    return any(_says_planned(each) for each in (*told, *asked))


def _says_planned(each: Sentence) -> bool:
    """Whether a sentence names planned work; not where it speaks of the time after it, or denies it."""
    return any(
        not (_AFTER | _NOT) & set(each.words[max(0, start - 3) : end])
        for said in PLANNED
        for start, end in each.spans_of(phrase(said))
    )


def _clauses(part: Sentence) -> list[Sentence]:
    """The parts of a sentence between commas and the like, and the words that join them."""
    edges = sorted({0, *part.breaks, *(at for at, word in enumerate(part.words) if word in _AND), len(part.words)})
    return [part.part(start, end) for start, end in pairwise(edges)]


def _holds_all(part: Sentence, groups: Groups) -> bool:
    return all(first_held(group, part) for group in groups)
