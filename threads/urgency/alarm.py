"""Whether a mail declares one of the three emergencies: what fails, whom it hits, and whether it is meant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from threads.urgency.calm import is_exercise, rules_out
from threads.urgency.clauses import Clause, clauses_of
from threads.urgency.failing import failing, stands_still
from threads.urgency.learnt import judged
from threads.urgency.meant import why_not_meant
from threads.urgency.over import says_over
from threads.urgency.passed_on import said_now

_BEFORE = 3
"""Sentences before a failure in which the thing may be named that it speaks of."""
DOUBTFUL, SURE, CERTAIN, EVEN_SO = -1.5, 0.8, 3.0, 5.0
"""Up to which score what was learnt takes back what the rules find; above which it declares an emergency alone, above which where
the rules take back what they find, and above which although something in the mail says that there is no hurry."""
_NAMED = 3
"""Words that only name a failure."""
_TITLE = 3
"""Words of a subject that is a title, no sentence."""
_DAILY = frozenset(["arbeiten", "bestellen", "kaufen", "work", "order", "buy", "bezahlen", "pay", "buchen", "book"])
_NOBODY = frozenset(["keinem", "keiner", "niemand", "niemandem"])
_BEFALLS = frozenset(["betrifft", "betroffen", "trifft", "affects", "affecting", "affected", "hits", "hitting"])
_IT = frozenset(["its", "it", "er", "sie", "es"])
_REACHES = frozenset(["erreichen", "erreicht", "reach"])
_GONE = frozenset(
    [
        "erreichbar",
        "offline",
        "down",
        "ausgefallen",
        "unreachable",
        "abgestuerzt",
        "reachable",
        "unavailable",
        "verfuegbar",
        "abrufbar",
        "aufrufbar",
        "nutzbar",
        "zugaenglich",
        "accessible",
        "ausfall",
        "outage",
    ]
)


class Emergency(StrEnum):
    """The three definitions of an emergency."""

    SERVER = "server"
    SERVICE = "service"
    WEBSITE = "website"


@dataclass(frozen=True, slots=True)
class Alarm:
    """An emergency that a mail declares, and in which words."""

    emergency: Emergency
    thing: str
    fails: str

    @property
    def words(self) -> str:
        """Both, as `because` names them."""
        return " + ".join(filter(None, (self.thing, self.fails)))


def alarm_in(subject: str, text: str) -> Alarm | None:
    """The emergency that a mail declares, None where it declares none.

    The rules say so and what was learnt does not speak against it, or that alone is sure.
    """
    said, text = said_now(subject, text)
    clauses = clauses_of(subject, text)
    if is_exercise(clauses):
        return None
    own = clauses if said == subject else clauses_of(said, text)
    learnt = judged(own)
    calm = rules_out(clauses)
    by_rules = _by_rules(clauses, len(clauses) - len(own))
    if isinstance(by_rules, Alarm) and not calm:
        return by_rules if learnt.score > DOUBTFUL else None
    enough = EVEN_SO if calm else CERTAIN if by_rules else SURE
    return by_words(clauses, learnt.words) if learnt.score > enough and learnt.words else None


def by_words(clauses: Sequence[Clause], words: tuple[str, ...]) -> Alarm:
    """What such words are said of, by the first thing that is named."""
    return Alarm(*named(clauses), f"as in mails known: {', '.join(words)}")


def named(clauses: Sequence[Clause]) -> tuple[Emergency, str]:
    """The first thing that is named, and which emergency it would be; ("service", "") where none is."""
    for kind in ("server", "site", "service", "weak"):
        for each in clauses:
            if kind in each.all:
                return _KINDS[kind], each.words[each.places(kind)[0]]
    return Emergency.SERVICE, ""


def _by_rules(clauses: Sequence[Clause], of_another: int) -> Alarm | bool:
    """What the rules find: something that fails, and is meant; else whether something fails that is not meant.

    The first clauses may be `of_another`'s: they name what the mail is about, and declare nothing.
    """
    failed = failures(clauses, of_another)
    if not failed:
        return False
    over = last_over(clauses)
    meant = [(at, said) for at, said in failed if is_after(at, over, clauses) and not why_not_meant(at, clauses)]
    told = any(clauses[at].sentence >= 0 for at, _ in failed)
    if told and all(clauses[at].sentence < 0 and len(clauses[at].words) <= _TITLE for at, _ in meant):
        return True  # the text speaks of it, and does not mean it: the subject only names what it is about
    affected = meanings_in(clauses)
    for at, said in meant:
        found = declared(at, said, clauses, affected)
        if found is not None:
            return found
    return not meant


def failures(clauses: Sequence[Clause], after: int = 0) -> list[tuple[int, str]]:
    """Which clauses tell of a failure, from the one with the number `after` on, and in which words."""
    for_all = {each.sentence for each in clauses if "scope" in each.all and _BEFALLS.intersection(each.words)}
    return [
        (at, said)
        for at, clause in enumerate(clauses)
        if at >= after and (said := failing(clause) or _errs(clause, for_all))
    ]


def last_over(clauses: Sequence[Clause]) -> int:
    """The last clause that says that it is over, -1 where none does."""
    return max((at for at in range(len(clauses)) if says_over(at, clauses)), default=-1)


def _errs(clause: Clause, for_all: set[int]) -> str:
    """The error that a clause names, where its sentence says that it befalls all: "ein Fehler, betrifft alle Kunden"."""
    return clause.words[clause.places("error")[0]] if clause.sentence in for_all and "error" in clause.all else ""


def is_after(at: int, over: int, clauses: Sequence[Clause]) -> bool:
    """Whether a failure stands behind all that says it is over, and is not only named there: "wieder da (Ausfall 4 min)"."""
    beside = over >= 0 and clauses[at].sentence == clauses[over].sentence and len(clauses[at].words) <= _NAMED
    return at > over and not (beside and "now" not in clauses[at].all)


def meanings_in(clauses: Sequence[Clause]) -> frozenset[str]:
    """All that the words of some clauses mean."""
    return frozenset().union(*(each.all for each in clauses))


def declared(at: int, said: str, clauses: Sequence[Clause], affected: frozenset[str]) -> Alarm | None:
    """The emergency that the failure in a clause would be, by what fails and whom it hits; None where it would be none.

    `affected` is all that the mail's words mean.
    """
    clause = clauses[at]
    whole = stands_still(clause)
    for near in _near(at, clauses):
        thing = _thing(near, clause, affected)
        if thing:
            return Alarm(_KINDS[thing[0]], thing[1], said)
    if _hits_all(clause, whole, said, affected):
        return Alarm(Emergency.SERVICE, "", said)
    return None


_KINDS = {"server": Emergency.SERVER, "site": Emergency.WEBSITE, "service": Emergency.SERVICE, "weak": Emergency.SERVICE,
          "certificate": Emergency.WEBSITE}  # fmt: skip


def _near(at: int, clauses: Sequence[Clause]) -> list[Clause]:
    """Where the thing may be named that a failure speaks of, the nearest first."""
    clause = clauses[at]
    near = [clause, *(each for each in clauses if each.sentence == clause.sentence and each is not clause)]
    if "other" in clause.all:
        return [clause]
    before = [
        each
        for each in clauses[:at]
        if clause.sentence - _BEFORE <= each.sentence < clause.sentence and each.sentence >= 0
    ]
    subject = [each for each in clauses if each.sentence < 0]
    early = 0 <= clause.sentence <= 4
    if clause.sentence < 0:
        return [*near, *subject, *(each for each in clauses if 0 <= each.sentence <= 2)]
    return [*near, *reversed(before), *(subject if early else ())]


def _thing(near: Clause, fails: Clause, affected: frozenset[str]) -> tuple[str, str] | None:
    """What fails, named in a clause, and of which kind; None where it is a part, or one person's own."""
    if near is not fails and (near.all & {"test", "third", "refund"} or _is_a_part(near)):
        return None
    if _is_a_part(fails):
        return None
    for kind in ("server", "site", "service", "weak"):
        for place in near.places(kind):
            if _counts(kind, fails, affected):
                return kind, near.words[place]
    if "certificate" in near.all and fails.all & {"expired", "not", "fault", "error"}:
        return "certificate", near.words[near.places("certificate")[0]]
    return None


def _is_a_part(fails: Clause) -> bool:
    apart = (
        {"broken_by_part"}
        if fails.all & {"server", "site"} and "mine" not in fails.all
        else {"broken_by_part", "other"}
    )
    if "sieht" in fails.words and fails.words[-1] == "aus":  # how it looks, not whether it is there
        return True
    return bool(fails.all & apart) and not fails.all & {"hacked"} and "scope" not in fails.all


def _counts(kind: str, fails: Clause, affected: frozenset[str]) -> bool:
    personal = "mine" in fails.all and not fails.all & {"we", "scope"}
    if "login" in fails.all and personal:
        return False
    if kind in {"server", "site"}:
        return True
    if kind == "service":
        return not personal or "scope" in affected
    no_more = (
        {"we", "not", "weak"} <= fails.all and "mehr" in fails.words and "person" not in fails.all
    )  # "uns erreichen keine Mails mehr"
    return ("scope" in affected or no_more) and not personal


def _hits_all(clause: Clause, whole: str, said: str, affected: frozenset[str]) -> bool:
    """Whether a clause tells of a failure of everything, without naming a thing."""
    if _is_a_part(clause) or ("mine" in clause.all and not clause.all & {"we"}):
        return False
    if whole or clause.holds("totalausfall", "ransomware", "complete outage", "total outage", "vollausfall"):
        return True
    if clause.all >= {"firm", "lost", "link"} or ("all" in clause.all and clause.all & {"down"}):
        return True
    if "mehr" in clause.words and _NOBODY.intersection(clause.words) and "able" in clause.all:
        return True
    if clause.all >= {"scope", "we", "not"} and _REACHES.intersection(clause.words):
        return True
    if (
        "nobody" in clause.all
        and clause.all & {"able"}
        and (clause.all & {"we", "now", "login"} or _DAILY.intersection(clause.words))
    ):
        return True
    if "scope" in affected and _GONE.intersection(said.split()) and not clause.all & {"person", "mine", "third"}:
        return True
    return (
        (clause.words[0] in {"wir", "we"} or ("again" in clause.all and not _IT.isdisjoint(clause.words[:2])))
        and clause.all & {"down"} != frozenset()
        and len(clause.words) <= 5
    )
