"""Whether a failure is meant: what is only asked about, quoted, somebody else's, past, planned, tried or over is none.

Each look is at one clause, or at the whole mail where it says so. A real emergency must not be lost: what says that it
is so now ("seit", "jetzt", "still") goes before most of what speaks against it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from threads.urgency.clauses import Clause
from threads.urgency.failing import lacks
from threads.urgency.meanings import THINGS
from threads.urgency.phrases import (
    ABOUT,
    ALLOWED,
    ALTHOUGH,
    ANYWAY,
    BEGIN_ASKING,
    BY_WHAT,
    CALLED,
    CASES,
    CONDITIONS,
    GOES_OFF,
    GOES_ON,
    HOW,
    IN_A_YEAR,
    IN_GENERAL,
    INDEFINITE,
    INTENDED,
    LASTS,
    LATELY,
    LEADING,
    MAY,
    MAY_NOT,
    MEANS,
    MEANWHILE,
    NEW,
    NOT_YET,
    NOTHING_TO_DO,
    NOTICED,
    NOTIFY,
    OFF,
    OLD_DEVICE,
    ONE_PERSON,
    ONE_TELLS,
    PAST_NOW,
    PLURALS,
    READ,
    RETIRED,
    SHOULD,
    SHOWS,
    SPELLING,
    STAY,
    SUPPOSING,
    THEN,
    THEY,
    UNREAL,
    VERB_SECOND,
    WE_DO,
    WHETHER,
    WHETHER_ANY,
    WHICH,
    WHY,
    WISHES,
    WITHOUT,
    WITHOUT_NET,
    WRITTEN,
    YEAR,
)
from threads.urgency.planned import says_planned
from threads.urgency.vocabulary import ELSEWHERE


@dataclass(frozen=True)
class Told:
    """A clause that tells of a failure, with its sentence, and all clauses of the mail."""

    clause: Clause
    sentence: Sequence[Clause]
    clauses: Sequence[Clause]
    at: int

    @property
    def words(self) -> set[str]:
        """The words of the clause."""
        return set(self.clause.words)

    @property
    def first(self) -> str:
        """Its first word."""
        return self.clause.words[0]

    @property
    def now(self) -> bool:
        """Whether it says that it is so now."""
        return "now" in self.clause.all


def why_not_meant(at: int, clauses: Sequence[Clause]) -> str:
    """Why the failure in one of the clauses is not meant, by its sentence and the rest of the mail; "" where it is."""
    clause = clauses[at]
    told = Told(clause, [each for each in clauses if each.sentence == clause.sentence], clauses, at)
    return next((because for check, because in CHECKS if check(told)), "")


def _is_report(told: Told) -> bool:
    """Whether it stands in a quotation that tells what somebody wrote, not what a screen shows."""
    if not told.clause.quoted:
        return False
    before = told.clauses[max(0, told.at - 2) : told.at]
    near = [each for each in (*before, *told.sentence) if not each.quoted]
    shown = any(each.all & {"error", "fault"} or each.holds(*SHOWS) for each in near)
    after = told.clauses[told.at + 1 : told.at + 2]
    if any(MEANS.intersection(each.words) for each in (*near, *after)):
        return True
    return not shown and any("quotes" in each.all or any(map(YEAR.fullmatch, each.words)) for each in near)


def _is_a_slip_of_the_monitor(told: Told) -> bool:
    """Whether a program only takes it for failed: "das Monitoring meldet web02 als down, obwohl er läuft"."""
    seen = told.words & {"als", "as"} and "down" in told.clause.all
    well = (each for each in told.sentence if each.words[0] in ALTHOUGH)
    return bool(seen) and any("fine" in each.all and "not" not in each.all for each in well)


def _is_elsewhere(told: Told) -> bool:
    """Whether a test system or somebody else's fails, or one at another provider."""
    if told.clause.holds(*ELSEWHERE) and not told.clause.holds("nicht privat", "not private"):
        return True
    if _is_retired(told.clause):
        return True
    return bool(told.clause.all & {"test", "third"}) and not _is_ours(told.clause)


def _is_retired(clause: Clause) -> bool:
    """Whether what fails is of old, and nobody is said to need it: "der alte Server ist tot"."""
    if clause.all & {"now", "we", "scope", "mine"}:
        return False
    return any(
        RETIRED.intersection(clause.words[max(0, at - 2) : at])
        for at, each in enumerate(clause.meanings)
        if each & THINGS
    )


def _is_ours(clause: Clause) -> bool:
    """Whether beside somebody else something of ours is named: "PayPal in unserem Shop"."""
    if "test" in clause.all:
        return False
    things = [at for at, each in enumerate(clause.meanings) if each & {"server", "site", "service"}]
    third = clause.places("third")
    return any(at and clause.words[at - 1].startswith(("unser", "our", "us")) and at not in third for at in things)


def _is_of_any(told: Told) -> bool:
    """Whether it asks whether any such thing fails: "ob ein Server ausgefallen ist", "welcher Server gerade ausfällt"."""
    clause = told.clause
    if clause.asks and not told.now and told.first in BEGIN_ASKING and INDEFINITE.intersection(clause.words[1:2]):
        return True
    if told.first in WHICH and clause.asks and frozenset().union(*clause.meanings[1:2]) & THINGS:
        return True
    things = (at for at, each in enumerate(clause.meanings) if each & {"server", "site", "service"})
    return told.first in WHETHER_ANY and any(at and clause.words[at - 1] in INDEFINITE for at in things)


def _is_condition(told: Told) -> bool:
    """Whether it is a condition: "Was zahlen Sie, wenn der Server ausfällt?"."""
    if any(each.words[0] in SUPPOSING for each in told.sentence):
        return True
    if told.now and told.first not in {"falls", "sollte", "sollten"}:
        return False
    if told.first in CONDITIONS | LEADING and _word_before(told) not in WHETHER:
        return True
    if told.first in {"dass", "that"} and any(_in_a_case(each) for each in told.sentence):
        return True
    return bool(CONDITIONS & set(told.clause.words[1:2])) or _in_a_case(told.clause)


def _is_thought(told: Told) -> bool:
    """Whether it is a thought: what would be, what is at times, or how to do something."""
    clause = told.clause
    if told.words & UNREAL and not clause.asks and "nicht" not in told.words:
        return True
    if told.now:
        return False
    if "would" in clause.all and not clause.asks and "able" not in clause.all:
        return True
    if clause.asks and (
        IN_GENERAL & told.words or (told.first in {"dass", "that"} and told.sentence[0].words[0] in ("wie", "how"))
    ):
        return True
    if "hedged" in clause.all and not clause.holds(*GOES_ON):
        return True
    return clause.holds("sein sollte", "sein sollten", "werden sollte") or (
        told.first in {"wie", "how"} and bool(HOW & set(clause.words[1:2]))
    )


def _is_of_one(told: Told) -> bool:
    """Whether it befalls one person alone, or who tells of it: "Ein Kunde schreibt, er könne nicht bestellen"."""
    if ONE_PERSON.search(told.clause.line) or OLD_DEVICE.search(told.clause.line):
        return True
    return told.first in THEY and any(ONE_TELLS.search(each.line) for each in told.sentence)


def _is_of_the_desk(told: Told) -> bool:
    """Whether it is the desk that did not answer: "I tried to call you but nobody answered"."""
    if "nobody" not in told.clause.all or told.clause.all & {"server", "site", "service"}:
        return False
    return any(each.holds(*CALLED) for each in told.sentence)


def _is_written(told: Told) -> bool:
    """Whether it is what a manual says: "In der Anleitung steht, der Dienst sei nach einem Update nicht erreichbar"."""
    words = {word for each in told.sentence if not each.quoted for word in each.words}
    if told.first in {"dass", "that"} and words & {"gelesen", "gehoert", "read", "heard"}:
        return True
    return bool(words & WRITTEN and words & READ) and not told.now


def _is_wished(told: Told) -> bool:
    """Whether the sentence wishes for something, or it is offline by purpose: "schön wäre, wenn man sieht, ob er down ist"."""
    return any(each.holds(*WISHES) for each in told.sentence) or told.clause.holds(*WITHOUT_NET)


def _is_threat(told: Told) -> bool:
    """Whether it would follow from something: "zahlen Sie nicht, geht die Website offline"."""
    return told.clause.holds(*GOES_OFF) and any(each.words[0] in CONDITIONS for each in told.sentence)


def _is_purpose(told: Told) -> bool:
    """Whether it names what for, or asks when it will be: "damit der Server nicht erreichbar ist"."""
    if told.now:
        return False
    if told.clause.asks and (told.first in {"wann", "when"} or told.clause.words[:2] == ("ab", "wann")):
        return True
    if lacks(told.clause):
        return False
    if _word_before(told) in WITHOUT or told.clause.holds("without the", "without our", "without my", "without a"):
        return True
    if told.first in {"damit", "so"} and VERB_SECOND.intersection(told.clause.words[1:2]):
        return False  # what follows from it: "damit ist der Shop tot"
    if told.first == "so" and told.clause is told.sentence[0]:
        return False  # how a chat begins: "so our site just died"
    return told.first in {"damit", "so"} or told.clause.holds("so the", "so that", "so our")


def _in_a_case(clause: Clause) -> bool:
    return any(f" {each} " in clause.line for each in CASES) and not clause.holds(
        "bei einem grossteil", "bei einem teil", "bei einer reihe"
    )


def _word_before(told: Told) -> str:
    """The last word before a clause in its sentence."""
    last = ""
    for each in told.sentence:
        if each is told.clause:
            break
        last = each.words[-1]
    return last


def _is_past(told: Told) -> bool:
    """Whether it only was so: "Gestern war der Server down, warum?"."""
    clause = told.clause
    if any(each.holds(*GOES_ON) for each in told.clauses) or PAST_NOW & told.words or "hacked" in clause.all:
        return False
    if "was" in clause.all and "expired" not in clause.all and not _is_still(clause):
        return True
    if PLURALS & told.words or any(IN_A_YEAR.search(each.line) for each in told.sentence):
        return True
    if "remote" not in clause.all or clause.holds(*LATELY):
        return False
    return ("refund" in clause.all or "again" not in clause.all) and not _has_perfect(clause)


def _is_still(clause: Clause) -> bool:
    """Whether what was so may still be: "wurde ... und ist", "konnten nichts mehr bestellen seit"."""
    return bool(LASTS & set(clause.words)) or clause.holds("has been", "had been")


def _has_perfect(clause: Clause) -> bool:
    """Whether it happened yesterday, and goes on: "ist gestern ausgefallen"."""
    return clause.holds("gestern", "yesterday") and bool({"ist", "sind", "has", "have", "is"} & set(clause.words))


def _is_ahead(told: Told) -> bool:
    """Whether it lies ahead: what will be offline, on Saturday, or is to be taken offline."""
    clause = told.clause
    if clause.all >= {"future", "be"} or ("takes" in clause.all and OFF & told.words):
        return True
    if told.now:
        return False
    if bool(clause.all & {"coming", "day"}):
        return True
    dated = any(each.all & {"coming", "day"} for each in told.sentence)
    return dated and bool(OFF & told.words) and any("takes" in each.all for each in told.sentence)


def _is_own_doing(told: Told) -> bool:
    """Whether it follows from what the writer is about to do: "Wir starten ihn neu und sind dann offline"."""
    return bool(THEN & told.words) and any(each.holds(*WE_DO) for each in told.sentence)


def _is_wanted(told: Told) -> bool:
    """Whether it is to be so, must not be so, or does not matter: "soll nicht mehr erreichbar sein"."""
    clause = told.clause
    if any(each.holds(*INTENDED) and "not" not in each.all for each in told.sentence if each is not clause):
        return True
    if clause.holds(*MEANWHILE, *NOTHING_TO_DO) or told.words & ANYWAY or (told.words & NEW and clause.holds(*NOT_YET)):
        return True
    if (told.words & MAY and clause.words[-1] in STAY) or (clause.holds(*ALLOWED) and not told.now):
        return True
    if "not" not in clause.all:
        return False
    return bool(told.words & MAY_NOT) or ("be" in clause.all and bool(told.words & SHOULD))


def _is_planned(told: Told) -> bool:
    """Whether it is planned work: said in its own clause, or anywhere while nothing says that it lasts."""
    if says_planned(told.clause):
        return True
    if told.words & LASTS:
        return False
    return any(
        says_planned(each)
        for each in told.clauses
        if "planned" in each.all and not each.quoted and (not each.asks or each.sentence == told.clause.sentence)
    )


def _is_a_topic(told: Told) -> bool:
    """Whether it is only spoken of: a report on it, money back for it, how to prevent it."""
    clause = told.clause
    if clause.asks and "over" in clause.all:
        return True
    billed = any("billed" in each.all for each in told.sentence)
    return (billed or "refund" in clause.all or clause.holds(*ABOUT)) and not told.now


def _is_to_be_noticed(told: Told) -> bool:
    """Whether it is asked how to notice such a thing: "Woran erkenne ich, dass der Server ausgefallen ist?", but not why it is."""
    if not told.clause.asks or told.now or any(WHY.intersection(each.words) for each in told.sentence):
        return False
    return any(each.words[0] in BY_WHAT or each.holds(*NOTICED) for each in told.sentence)


def _is_misspelt(told: Told) -> bool:
    """Whether only the spelling of a text is meant that tells of it."""
    return any(SPELLING & set(each.words) for each in told.sentence)


def _asks_whether_over(told: Told) -> bool:
    """Whether it is asked if it is over: "Ist der Fehler (Shop nicht erreichbar) inzwischen behoben?"."""
    if not told.clause.asks or told.now:
        return False
    return told.sentence[0].words[0] in BEGIN_ASKING and any("over" in each.all for each in told.sentence)


def _is_notice(told: Told) -> bool:
    """Whether somebody only wants to be told of such a thing."""
    asked = any(CONDITIONS.intersection(each.words) for each in told.sentence)
    return asked and any(each.holds(*NOTIFY) for each in told.sentence)


CHECKS: tuple[tuple[Callable[[Told], bool], str], ...] = (
    (_is_report, "a quotation says it"),
    (_is_a_slip_of_the_monitor, "only a program takes it for failed"),
    (_is_elsewhere, "it is for tests, or somebody else's"),
    (_is_of_any, "it is asked whether anything fails"),
    (_is_condition, "it is asked what would be, or said of any such case"),
    (_is_thought, "it is a thought, or a question how to do something"),
    (_is_of_one, "it befalls one person"),
    (_is_of_the_desk, "it is the desk that did not answer"),
    (_is_written, "it is what somebody read"),
    (_is_wished, "it is a wish, or so by purpose"),
    (_is_threat, "it would follow from something"),
    (_is_purpose, "it is a purpose, or asked when it will be"),
    (_is_past, "it was so before"),
    (_is_ahead, "it lies ahead"),
    (_is_own_doing, "the writer is about to do it"),
    (_is_wanted, "it is to be so, or does not matter"),
    (_is_planned, "it is planned"),
    (_is_a_topic, "it is only spoken of, as with a report on it or money back for it"),
    (_is_to_be_noticed, "it is asked how to notice it"),
    (_is_misspelt, "only the spelling of a text is meant"),
    (_asks_whether_over, "it is asked whether it is over"),
    (_is_notice, "somebody wants to be told of such a thing"),
)
"""What takes a failure back, in order, and why."""
