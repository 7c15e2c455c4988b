"""Whether a mail says that it is over: "läuft wieder", also a sentence later, or in the subject."""

from __future__ import annotations

from collections.abc import Sequence

from threads.urgency.clauses import Clause

_SETTLED = frozenset(["inzwischen", "mittlerweile", "jetzt", "now", "nun", "since"])
_ENDS = frozenset(["damit", "dass", "bis", "until", "wann", "when"])
_IS = frozenset(["is", "are", "its", "s", "came", "come", "ist", "sind", "everything", "up", "online"])
_IS_NOW = frozenset(["ist", "sind", "is", "are", "jetzt", "nun", "now", "endlich", "auch", "seitdem"])
"""What stands between what went wrong and that it has gone."""
_NO_MORE = ("nicht mehr offline", "nicht mehr down", "no longer down", "no longer offline")
_SOMEBODY = ("colleague", "kollege", "back tomorrow", "please back", "back up what")
_LINKS = frozenset(["vpn", "tunnel", "leitung", "standleitung", "verbindung"])
"""What is well where it stands: "die Leitung steht wieder"."""
_OUT = frozenset(["raus", "rausgeworfen", "rausgeschmissen"])
"""What somebody is thrown out of: "fliegt sofort wieder raus"."""
_SHORT = 10
"""Words of a clause that says plainly that all is well."""
_SHORTER = 3


def says_over(at: int, clauses: Sequence[Clause]) -> bool:
    """Whether a clause says that it is over: "läuft wieder", but not "läuft wieder nicht" nor "wann läuft er wieder?"."""
    clause = clauses[at]
    if clause.asks or clause.quoted or clause.all & {"not", "down", "fault", "hacked", "hedged"}:
        return "not" in clause.all and clause.holds(*_NO_MORE)
    if _is_awaited(clause, clauses):
        return False
    if ("over" in clause.all and not clause.holds("to be resolved")) or _is_rid_of(clause):
        return True
    return ("again" in clause.all and _is_back(clause)) or _is_well_now(clause)


def _is_awaited(clause: Clause, clauses: Sequence[Clause]) -> bool:
    """Whether it is only hoped for: "damit er bald wieder läuft"."""
    sentence = (each for each in clauses if each.sentence == clause.sentence)
    return any(_awaits(each) for each in sentence if each is clause or each.words[0] in _ENDS)


def _awaits(clause: Clause) -> bool:
    """Whether a clause says that something is yet to be; not "customers can log in again"."""
    can = 1 if clause.words[1:2] == ("can",) and clause.words[0] not in _ENDS else -1
    return any("until" in each for at, each in enumerate(clause.meanings) if at != can)


def _is_rid_of(clause: Clause) -> bool:
    """Whether what went wrong is what has gone: "der Fehler 500 ist weg"."""
    wrong = [*clause.places("error"), *clause.places("trouble")]
    return any(
        at - each > 0 and all(word in _IS_NOW or word.isdecimal() for word in clause.words[each + 1 : at])
        for at in clause.places("gone")
        for each in wrong
    )


def _is_well_now(clause: Clause) -> bool:
    settled = bool(_SETTLED.intersection(clause.words)) or clause.holds("all good")
    well = "fine" in clause.all and not clause.all & {"error", "trouble", "gone", "stands"}
    return settled and well and len(clause.words) <= _SHORT


def _is_back(clause: Clause) -> bool:
    """Whether what is back is what failed, not the failure or a colleague."""
    if clause.all & {"trouble", "error"} or clause.holds(*_SOMEBODY) or clause.words[-1] in _OUT:
        return False
    if _LINKS.intersection(clause.words) and {"steht", "wieder"}.issubset(clause.words):
        return True
    if clause.words[clause.places("again")[0]] in {"wieder", "again"}:
        return bool(clause.all & {"able", "fine"})
    return bool(_IS.intersection(clause.words)) or len(clause.words) <= _SHORTER
