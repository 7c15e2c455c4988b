"""Whether a failure is meant: what is only asked about, quoted, somebody else's, past, planned, tried or over is none.

Each look is at one clause, or at the whole mail where it says so. A real emergency must not be lost: what says that it
is so now ("seit", "jetzt", "still") goes before most of what speaks against it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from threads.urgency.clauses import Clause
from threads.urgency.vocabulary import CALM, ELSEWHERE, SELLING

_CONDITIONS = frozenset(["wenn", "falls", "sofern", "sobald", "if", "when", "whenever"])
_WHETHER = frozenset(
    ["know", "tell", "say", "check", "see", "ask", "asking", "wonder", "wondering", "sure", "verify", "confirm", "as",
     "like", "even", "since", "selbst", "auch", "als", "find", "know"]
)  # fmt: skip
_CASES = ("im fall", "im falle", "fuer den fall", "in case", "in the event", "bei ausfall", "bei ausfaellen", "bei einem", "bei einer",
          "im ernstfall", "bei serverausfaellen", "bei stoerungen")  # fmt: skip
_LEADING = frozenset(["sollte", "sollten", "should", "wenn", "falls", "if", "when", "als"])
_LASTS = frozenset(["seit", "since", "noch", "immer", "still", "trotz", "trotzdem", "jetzt", "now"])
_AFTER = frozenset(["nach", "nachdem", "seit", "trotz", "ausserhalb", "after", "since", "despite", "outside"])
_PLURALS = frozenset(["ausfaelle", "ausfaellen", "serverausfaelle", "serverausfaellen", "outages", "stoerungen"])
_OFF = frozenset(["offline", "down", "ab", "aus", "off"])
_PAST_NOW = frozenset(
    [
        "eben",
        "right",
        "ploetzlich",
        "suddenly",
        "still",
        "immer",
        "seit",
        "since",
        "jetzt",
        "now",
        "gerade",
        "currently",
    ]
)
_NOTIFY = ("gewarnt werden", "benachrichtigt werden", "be warned", "be notified", "get notified", "benachrichtigung bekommen",
           "eine sms", "a text message", "eine email bekommen", "be told", "alarmiert")  # fmt: skip
_OUR = frozenset(["unser", "unsere", "unserem", "unseren", "unserer", "unseres", "our", "my", "mein", "meine", "eines", "ein", "von", "a", "the", "meiner",
                  "deren", "their", "his", "seine", "sein", "ihr", "des", "der", "die"])  # fmt: skip
_MEANWHILE = ("in der zeit", "in dieser zeit", "in diesem zeitraum", "waehrenddessen", "during that time", "during this time",
              "in that time", "so lange", "solange")  # fmt: skip
_ABOUT = ("zum ausfall", "zum vorfall", "bezueglich", "about the outage", "regarding the outage", "question about", "frage zu",
          "frage zum", "frage zur", "sicherstellen", "stellen sie sicher", "make sure", "ensure", "prevent", "verhindern", "vermeiden", "avoid",
          "documentation says", "docs say", "laut doku", "laut dokumentation", "laut der dokumentation", "in der dokumentation")  # fmt: skip
_WISHES = ("waere schoen", "waere gut", "waere toll", "waere hilfreich", "waere super", "waere nett", "wuensche mir", "wuenschen uns",
           "would be nice", "would be great", "would be good", "would be helpful", "would love", "would like to see")  # fmt: skip
_WITHOUT_NET = ("offline arbeiten", "offline nutzen", "offline nutzbar", "offline modus", "offline mode", "offline version", "work offline",
                "works offline", "working offline", "use it offline", "available offline", "offline verfuegbar", "offline lesen")  # fmt: skip
"""Offline by purpose: what needs no connection."""
_GOES_OFF = (
    "geht offline",
    "gehen offline",
    "goes offline",
    "go offline",
    "vom netz gehen",
    "geht vom netz",
    "offline gehen",
)
_ONE_PERSON = re.compile(
    r" (?:one of (?:our|the|my)|eine?[rsm]? (?:von )?(?:unsere[rn]?|deren|meine[rn]?)|one|single|my|mein|meine|ein|eine|einzelne[rn]?) (?:\w+ )?"
    r"(?:users?|customers?|clients?|employees?|colleagues?|nutzer|nutzerin|benutzer|benutzerin|kunde|kundin|kunden|kundinnen|mitarbeiter|"
    r"mitarbeiterin|kollege|kollegin|kollegen|kolleginnen) (?:\w+ )?(?:kann|cannot|cant|can|is|kommt|hat|has|gets|bekommt|sieht|sees) "
)
"""Somebody who alone has it: "one of our users cannot log in"."""
_ONE_TELLS = re.compile(
    r" (?:one|ein|eine|a|der|die|the) (?:\w+ )?(?:customer|client|user|kunde|kundin|nutzer|nutzerin|kollege|kollegin|colleague|mitarbeiter|mitarbeiterin) "
    r"(?:schreibt|sagt|sagte|meldet|meldete|beschwert|berichtet|says|said|writes|wrote|reports|complains) "
)
_THEY = frozenset(["er", "sie", "he", "she", "dass", "that"])
_ASK_WHETHER = frozenset(["ist", "is", "war", "was", "hat", "has", "habt", "haben", "gibt", "macht", "machen", "do", "did", "are", "laeuft", "laufen",
                          "sind", "have", "seid"])  # fmt: skip
_NOT_YET = (
    "noch offline",
    "noch nicht online",
    "noch nicht live",
    "noch nicht erreichbar",
    "still offline",
    "not live yet",
    "not online yet",
)
_NEW = frozenset(["neue", "neuer", "neues", "neuen", "new"])
_IN_GENERAL = frozenset(["ueberhaupt", "eigentlich", "grundsaetzlich", "generell", "generally", "typically"])
_BY_WHAT = frozenset(["woran", "wodurch"])
_NOTICED = ("how do i know", "how do we know", "how can i tell", "how can we tell", "how would i know", "how do i tell", "wie erkenne ich",
            "wie merke ich", "wie erfahre ich", "wie erfahren wir", "wie merken wir", "wie sehe ich")  # fmt: skip
_SPELLING = frozenset(
    [
        "tippfehler",
        "rechtschreibfehler",
        "schreibfehler",
        "typo",
        "typos",
        "misspelt",
        "misspelled",
        "spelling",
        "textvorschlag",
        "formulierung",
        "wording",
        "entwurf",
    ]
)
_BEGIN_ASKING = frozenset(["ist", "sind", "is", "are", "war", "was", "wurde", "wurden", "has", "have"])
_MAY_NOT = frozenset(["darf", "duerfen", "must", "duerfte"])
_THEN = frozenset(["dann", "dabei", "then", "be", "minuten", "minutes"])
_WE_DO = ("wir starten", "wir fahren", "wir schalten", "wir ziehen", "wir spielen", "wir tauschen", "wir werden", "we restart",
          "well restart", "we will", "were restarting", "well reboot", "we are rebooting", "well shut", "we are moving",
          "we are releasing", "were releasing", "were moving", "well move", "were going to")  # fmt: skip
_ANYWAY = frozenset(["ohnehin", "sowieso", "anyway", "eh"])
_WHETHER_ANY = frozenset(["ob", "whether", "if"])
_INDEFINITE = frozenset(["ein", "eine", "einer", "a", "an", "any", "irgendein", "irgendeine"])
_SHOWS = (
    "steht da",
    "steht nur",
    "nur noch",
    "says",
    "shows",
    "angezeigt",
    "es kommt",
    "zeigt",
    "sagt",
    "sagen",
    "da steht",
    "hinweis",
)
_HOW = frozenset(["oft", "often", "schalte", "do", "kann", "man", "much", "many", "viel", "viele"])
_SHOULD = frozenset(["soll", "sollen", "should"])
_LATELY = ("for the last", "over the last", "in the last", "for the past", "in den letzten minuten", "in der letzten stunde",
           "letzte stunde", "last hour", "last half hour", "last few minutes", "den letzten stunden", "gestern nacht",
           "letzte nacht", "last night", "gestern abend", "seit")  # fmt: skip
_GOES_ON = ("schon wieder", "immer noch", "noch immer", "wieder nicht", "erneut", "jetzt wieder", "heute wieder", "still down",
            "down again", "same again", "happening again", "again today")  # fmt: skip


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


def rules_out(clauses: Sequence[Clause]) -> str:
    """What, anywhere in a mail, says that it is none: no hurry, an offer, an exercise; "" where nothing does."""
    whole = "".join(
        clause.line for clause in clauses
    )  # two blanks between them: no phrase reaches from one into the next
    said = next((phrase for phrase in (*CALM, *SELLING) if f" {phrase}" in whole), "")
    if said:
        return said
    for clause in clauses:
        if "drill" in clause.all and "future" not in clause.all:
            return clause.words[clause.places("drill")[0]]
    return ""


def is_meant(at: int, clauses: Sequence[Clause]) -> bool:
    """Whether the failure in one of the clauses is meant, as far as its sentence and the rest of the mail tell."""
    clause = clauses[at]
    told = Told(clause, [each for each in clauses if each.sentence == clause.sentence], clauses, at)
    return not any(check(told) for check in CHECKS)


def _is_report(told: Told) -> bool:
    """Whether it stands in a quotation that tells what somebody wrote, not what a screen shows."""
    if not told.clause.quoted:
        return False
    before = told.clauses[max(0, told.at - 2) : told.at]
    near = [each for each in (*before, *told.sentence) if not each.quoted]
    shown = any(each.all & {"error", "fault"} or each.holds(*_SHOWS) for each in near)
    return not shown and any("quotes" in each.all for each in near)


def _is_elsewhere(told: Told) -> bool:
    """Whether a test system or somebody else's fails, or one at another provider."""
    if told.clause.holds(*ELSEWHERE):
        return True
    return bool(told.clause.all & {"test", "third"}) and not _is_ours(told.clause)


def _is_ours(clause: Clause) -> bool:
    """Whether beside somebody else something of ours is named: "PayPal in unserem Shop"."""
    if "test" in clause.all:
        return False
    things = [at for at, each in enumerate(clause.meanings) if each & {"server", "site", "service"}]
    third = clause.places("third")
    return any(at and clause.words[at - 1].startswith(("unser", "our", "us")) and at not in third for at in things)


def _is_of_any(told: Told) -> bool:
    """Whether it asks whether any such thing fails: "ob ein Server ausgefallen ist"."""
    clause = told.clause
    things = (at for at, each in enumerate(clause.meanings) if each & {"server", "site", "service"})
    return told.first in _WHETHER_ANY and any(at and clause.words[at - 1] in _INDEFINITE for at in things)


def _is_condition(told: Told) -> bool:
    """Whether it is a condition: "Was zahlen Sie, wenn der Server ausfällt?"."""
    if told.now and told.first not in {"falls", "sollte", "sollten"}:
        return False
    if told.first in _CONDITIONS | _LEADING and _word_before(told) not in _WHETHER:
        return True
    if told.first in {"dass", "that"} and any(_in_a_case(each) for each in told.sentence):
        return True
    return bool(_CONDITIONS & set(told.clause.words[1:2])) or _in_a_case(told.clause)


def _is_thought(told: Told) -> bool:
    """Whether it is a thought: what would be, what is at times, or how to do something."""
    clause = told.clause
    if told.now:
        return False
    if "would" in clause.all and not clause.asks and "able" not in clause.all:
        return True
    if clause.asks and _IN_GENERAL & told.words:
        return True
    if "hedged" in clause.all and not clause.holds(*_GOES_ON):
        return True
    return clause.holds("sein sollte", "sein sollten", "werden sollte") or (
        told.first in {"wie", "how"} and bool(_HOW & set(clause.words[1:2]))
    )


def _is_of_one(told: Told) -> bool:
    """Whether it befalls one person alone, or who tells of it: "Ein Kunde schreibt, er könne nicht bestellen"."""
    if _ONE_PERSON.search(told.clause.line):
        return True
    return told.first in _THEY and any(_ONE_TELLS.search(each.line) for each in told.sentence)


def _is_wished(told: Told) -> bool:
    """Whether the sentence wishes for something, or it is offline by purpose: "schön wäre, wenn man sieht, ob er down ist"."""
    return any(each.holds(*_WISHES) for each in told.sentence) or told.clause.holds(*_WITHOUT_NET)


def _is_threat(told: Told) -> bool:
    """Whether it would follow from something: "zahlen Sie nicht, geht die Website offline"."""
    return told.clause.holds(*_GOES_OFF) and any(each.words[0] in _CONDITIONS for each in told.sentence)


def _is_purpose(told: Told) -> bool:
    """Whether it names what for, or asks when it will be: "damit der Server nicht erreichbar ist"."""
    if told.now:
        return False
    if told.clause.asks and (told.first in {"wann", "when"} or told.clause.words[:2] == ("ab", "wann")):
        return True
    return told.first in {"damit", "so"} or told.clause.holds("so the", "so that", "so our")


def _in_a_case(clause: Clause) -> bool:
    return any(f" {each} " in clause.line for each in _CASES) and not clause.holds(
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
    if any(each.holds(*_GOES_ON) for each in told.clauses) or _PAST_NOW & told.words or "hacked" in clause.all:
        return False
    if "was" in clause.all and "expired" not in clause.all and not _is_still(clause):
        return True
    if _PLURALS & told.words:
        return True
    if "remote" not in clause.all or clause.holds(*_LATELY):
        return False
    return ("refund" in clause.all or "again" not in clause.all) and not _has_perfect(clause)


def _is_still(clause: Clause) -> bool:
    """Whether what was so may still be: "wurde ... und ist", "konnten nichts mehr bestellen seit"."""
    return bool(_LASTS & set(clause.words)) or clause.holds("has been", "had been")


def _has_perfect(clause: Clause) -> bool:
    """Whether it happened yesterday, and goes on: "ist gestern ausgefallen"."""
    return clause.holds("gestern", "yesterday") and bool({"ist", "sind", "has", "have", "is"} & set(clause.words))


def _is_ahead(told: Told) -> bool:
    """Whether it lies ahead: what will be offline, on Saturday, or is to be taken offline."""
    clause = told.clause
    if clause.all >= {"future", "be"} or ("takes" in clause.all and _OFF & told.words):
        return True
    if told.now:
        return False
    if bool(clause.all & {"coming", "day"}):
        return True
    dated = any(each.all & {"coming", "day"} for each in told.sentence)
    return dated and bool(_OFF & told.words) and any("takes" in each.all for each in told.sentence)


def _is_own_doing(told: Told) -> bool:
    """Whether it follows from what the writer is about to do: "Wir starten ihn neu und sind dann offline"."""
    return bool(_THEN & told.words) and any(each.holds(*_WE_DO) for each in told.sentence)


_MAY, _STAY = (
    frozenset(["darf", "duerfen", "may"]),
    frozenset(["sein", "bleiben", "werden", "be", "stay", "offline", "down"]),
)
"""Together they allow it: "danach darf die Seite offline sein"."""


def _is_wanted(told: Told) -> bool:
    """Whether it is to be so, must not be so, or does not matter: "soll nicht mehr erreichbar sein"."""
    clause = told.clause
    if clause.holds(*_MEANWHILE) or told.words & _ANYWAY or (told.words & _NEW and clause.holds(*_NOT_YET)):
        return True
    if told.words & _MAY and clause.words[-1] in _STAY:
        return True
    if "not" not in clause.all:
        return False
    return bool(told.words & _MAY_NOT) or ("be" in clause.all and bool(told.words & _SHOULD))


def _is_planned(told: Told) -> bool:
    """Whether it is planned work: said in its own clause, or anywhere while nothing says that it lasts."""
    if _says_planned(told.clause):
        return True
    if told.words & _LASTS:
        return False
    return any(
        _says_planned(each) for each in told.clauses if not each.quoted and (not each.asks or each in told.sentence)
    )


def _says_planned(clause: Clause) -> bool:
    """Whether a clause names planned work; not where it speaks of the time after it, denies it, or asks whether it is."""
    if clause.asks and _asks_whether_planned(clause):
        return False
    for at in clause.places("planned"):
        denied = any("not" in each for each in clause.meanings[max(0, at - 3) : at])
        if not denied and not _AFTER.intersection(clause.words[max(0, at - 4) : at]):
            return True
    return False


def _asks_whether_planned(clause: Clause) -> bool:
    """Whether a question asks only whether work was planned: "Ist das eine geplante Wartung?"."""
    return clause.words[0] in _ASK_WHETHER and not clause.all & {"down", "able"}


def _is_a_topic(told: Told) -> bool:
    """Whether it is only spoken of: a report on it, money back for it, how to prevent it."""
    clause = told.clause
    if clause.asks and "over" in clause.all:
        return True
    billed = any("billed" in each.all for each in told.sentence)
    return (billed or "refund" in clause.all or clause.holds(*_ABOUT)) and not told.now


def _is_to_be_noticed(told: Told) -> bool:
    """Whether it is asked how to notice such a thing: "Woran erkenne ich, dass der Server ausgefallen ist?"."""
    return told.clause.asks and any(each.words[0] in _BY_WHAT or each.holds(*_NOTICED) for each in told.sentence)


def _is_misspelt(told: Told) -> bool:
    """Whether only the spelling of a text is meant that tells of it."""
    return any(_SPELLING & set(each.words) for each in told.sentence)


def _asks_whether_over(told: Told) -> bool:
    """Whether it is asked if it is over: "Ist der Fehler (Shop nicht erreichbar) inzwischen behoben?"."""
    if not told.clause.asks or told.now:
        return False
    return told.sentence[0].words[0] in _BEGIN_ASKING and any("over" in each.all for each in told.sentence)


def _is_notice(told: Told) -> bool:
    """Whether somebody only wants to be told of such a thing."""
    asked = any(_CONDITIONS.intersection(each.words) for each in told.sentence)
    return asked and any(each.holds(*_NOTIFY) for each in told.sentence)


CHECKS: tuple[Callable[[Told], bool], ...] = (
    _is_report,
    _is_elsewhere,
    _is_of_any,
    _is_condition,
    _is_thought,
    _is_of_one,
    _is_wished,
    _is_threat,
    _is_purpose,
    _is_past,
    _is_ahead,
    _is_own_doing,
    _is_wanted,
    _is_planned,
    _is_a_topic,
    _is_to_be_noticed,
    _is_misspelt,
    _asks_whether_over,
    _is_notice,
)
"""What takes a failure back, in order."""
