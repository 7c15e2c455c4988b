"""How a clause says that something fails: pure looks at its words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from threads.urgency.clauses import Clause
from threads.urgency.vocabulary import FAULTS, TOTAL

_WITHIN = 7
"""Words between a negation and what it denies."""
_DENIES = 4
"""Words between a negation and a failure that it denies: "kein einziges Mal offline"."""
_BESIDE_CODES = frozenset({"error", "now", "site", "server", "service", "all"})
_SHORT = 8
_HANGS_ON = frozenset(["daran", "dran", "davon", "da", "darauf", "drauf"])
_ALL_PAGES = frozenset(["403", "404"])
_NEAR = 3
_MAY = frozenset(["kann", "koennen", "darf", "duerfen", "muss", "soll", "sollte", "can", "may"])
"""What stands before "weg" where it is to go: "das Archiv kann weg"."""
_PARTS = {
    "ab": frozenset(["stuerzt", "stuerzen", "schmiert", "schmieren", "raucht", "kackt", "bricht", "brechen"]),
    "aus": frozenset(["faellt", "fallen", "steigt", "steigen"]),
    "zusammen": frozenset(["bricht", "brechen", "brach"]),
    "raus": frozenset(["wirft", "werfen", "schmeisst", "schmeissen", "fliegen"]),
}
"""By what stands at the end of a clause: the verbs that fail with it."""
_REFUSE = frozenset(["lehnt", "lehnen", "weist", "weisen"])
"""The same where all are refused: "lehnt jede Registrierung ab"."""
_NONE = frozenset(["kein", "keine", "no"])
_NEVER = frozenset(["never", "nie", "niemals", "nicht", "not", "didnt", "wasnt", "hasnt", "kein", "keine"])
_CODES = frozenset(
    [
        "5xx",
        *(
            f"{code}{end}"
            for code in (500, 502, 503, 504, 520, 521, 522, 523, 524, 525, 526)
            for end in ("", "s", "er", "ern")
        ),
    ]
)
_NO_MORE = frozenset(["mehr", "more", "anymore", "longer", "seit", "since"])
"""Beside "keine Mails" what says that there were some."""
_AT_LAST = frozenset(["mehr", "anymore", "longer"])
"""Beside a negation and a thing they say that it did until now, whatever it did: "druckt nicht mehr"."""
_CAN = frozenset(["kann", "koennen", "konnte", "can", "could", "is"])
_LIES = frozenset(["liegt", "liegen", "lag"])
_WITHOUT = frozenset(["ohne", "without"])
_USE = ("nutz", "benutz", "verwend", "use", "using")
_LONG = ("stunde", "hour", "minute", "tag", "day", "seit", "since")
"""How words begin that say how long it has been."""
_HELPS = ("mir ", "me ", "uns sagen", "uns helfen", "tell us", "help us")
_NOT_NEEDED = ("brauch", "benoetig", "need", "want", "will", "wollen", "moecht", "gefall", "gefaell", "mag", "like", "nutz", "verwend", "verlaenger", "renew",
               "use", "gehoer", "belong", "betreu", "support", "weiss", "know", "erinner", "remember", "aktuell", "zeitgemaess", "find", "pay", "zahl",
               "duerf", "darf", "soll", "should", "would", "waer", "wuerd", "biet", "offer")  # fmt: skip
"""How words begin that say that somebody gives a thing up, or has no wish for it."""
_IS = frozenset(
    [
        "ist",
        "sind",
        "is",
        "are",
        "is",
        "its",
        "komplett",
        "ganz",
        "alles",
        "alle",
        "einfach",
        "gone",
        "has",
        "wohl",
        "weg",
        "heute",
    ]
)


_ARTICLES = frozenset(
    ["der", "die", "das", "den", "dem", "einer", "einem", "eine", "einen", "ihrer", "ihre", "ihrem", "ihren", "unserer", "unsere",
     "unserem", "unseren", "eurer", "eure", "eurem", "euren", "meiner", "meine", "meinem", "meinen", "deiner", "deine", "deinem"]
)  # fmt: skip
_WHERE = frozenset(["auf", "in", "an", "unter", "ueber", "neben", "bei", "hinter", "wo", "worin", "worauf"])
"""Words that begin what only says where something is written: "auf der nur die beiden stehen"."""


def _by_first_word(runs: Iterable[str]) -> Mapping[str, Sequence[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for run in runs:
        found[run.partition(" ")[0]].append(run)
    return dict(found)


def _inflected(runs: Iterable[str]) -> Iterable[str]:
    """Runs of words, and those that begin with a colour in its other cases: "auf einem schwarzen Bildschirm"."""
    for run in runs:
        yield run
        first, _, rest = run.partition(" ")
        colour = next((each for each in _COLOURS if rest and first.startswith(each)), "")
        if colour:
            yield from (f"{colour}{ending} {rest}" for ending in _ENDINGS if colour + ending != first)


_COLOURS = ("weiss", "leer", "schwarz")
_ENDINGS = ("", "e", "en", "em", "er", "es")
_RIGHTS = frozenset(
    ["account", "accounts", "access", "user", "users", "role", "zugang", "zugriff", "benutzer", "konto", "key", "token"]
)
_BY_FIRST_WORD = _by_first_word(_inflected(FAULTS))


def failing(clause: Clause) -> str:
    """The words by which a clause says that something fails, "" where it does not."""
    return _at_all(clause) or _denied(clause) or _by_run(clause) or _down(clause) or _other(clause)


def stands_still(clause: Clause) -> str:
    """The words by which a clause says that the whole business does, "" where it does not."""
    found = next((each for each in TOTAL if f" {each} " in clause.line), "")
    if not found and clause.words[-1] == "still" and "firm" in clause.all and _LIES.intersection(clause.words):
        return "still"
    if found or "stands" not in clause.all:
        return found
    ends = clause.words[-1] == "still" or (clause.words[-1] == "stehen" and clause.words[0] not in _WHERE)
    if clause.all & {"firm", "all"} or ends:
        return clause.words[clause.places("stands")[0]]
    return ""


def _at_all(clause: Clause) -> str:
    return stands_still(clause) if clause.all & {"stands", "firm"} or "not" in clause.all or "all" in clause.all else ""


def _denied(clause: Clause) -> str:
    """A negation with what would be right: "antwortet nicht", "nobody can log in"."""
    if len(clause.words) == 2 and clause.words[0] in _NONE and clause.all & {"server", "site", "service", "weak"}:
        return " ".join(clause.words)  # of a list: "kein Shop, kein Backend"
    nots, ables = clause.places("not"), clause.places("able")
    if "server" in clause.all and "mine" not in clause.all:
        ables += clause.places("finds")
    if nots and _NO_MORE.intersection(clause.words):
        ables = sorted({*ables, *clause.places("weak"), *clause.places("service")})
    ables = [each for each in ables if not _is_preposition(clause, each)]
    pair = next(((at, able) for at in nots for able in ables if _belong(clause, at, able)), ())
    if pair:
        return f"{clause.words[min(pair)]} {clause.words[max(pair)]}"
    if not nots:
        return ""
    return _nobody_can(clause) or _no_more(clause) or _not_there(clause) or _impossible(clause) or lacks(clause)


def _not_there(clause: Clause) -> str:
    """That a thing is not there, which ends what is said: "die Seite ist nicht da"."""
    there = clause.words[-2:] in {("nicht", "da"), ("not", "there"), ("isnt", "there")}
    return " ".join(clause.words[-2:]) if there and clause.all & {"server", "site", "service"} else ""


def _impossible(clause: Clause) -> str:
    """That no such thing is possible: "weder eingehende noch ausgehende Anrufe möglich"."""
    denied = next((word for word in clause.words if word in _NONE or word in {"weder", "neither"}), "")
    able = next((word for word in clause.words if word in {"moeglich", "possible"}), "")
    return f"{denied} {able}" if denied and able else ""


def lacks(clause: Clause) -> str:
    """That one has been without a thing for some time: "three hours without our shop"."""
    at = next((at for at, word in enumerate(clause.words) if word in {"ohne", "without"}), -1)
    if at < 0 or not any(each & {"server", "site", "service", "weak"} for each in clause.meanings[at + 1 : at + 4]):
        return ""
    return clause.words[at] if any(word.startswith(_LONG) for word in clause.words[:at]) else ""


def _belong(clause: Clause, at: int, able: int) -> bool:
    """Whether a negation is of what would be right; "ohne Komma angezeigt" lacks the comma alone."""
    if clause.words[at] in _WITHOUT:
        return able == at + 1
    if (
        _AT_LAST.intersection(clause.words)
        and clause.words[able].startswith(_USE)
        and not _CAN.intersection(clause.words)
    ):
        return False  # "wir nutzen ihn nicht mehr" has no need of it
    return able != at and abs(able - at) <= _WITHIN and not _is_of_a_person(clause, at, able)


def _nobody_can(clause: Clause) -> str:
    """That nobody can do a thing, whatever it is: "none of our customers can get past the cart"."""
    if "mine" in clause.all or any(each in clause.line for each in _HELPS):
        return ""
    for at in clause.places("nobody"):
        able = next((word for word in clause.words[at + 1 : at + 2 + _WITHIN] if word in _CAN - {"is"}), "")
        before = clause.words[at - 1] if at and clause.words[at - 1] in _CAN else ""
        if able or before:
            return f"{clause.words[at]} {able or before}"
    return ""


def _no_more(clause: Clause) -> str:
    """That a thing does no more what it did: "der Server druckt nicht mehr", not "brauchen wir nicht mehr"."""
    last = next((word for word in clause.words if word in _AT_LAST), "")
    if not last or clause.all & {"mine", "person"}:
        return ""
    if not clause.all & {"server", "site", "service"} and clause.words[-3:] != ("nicht", "mehr", "da"):
        return ""
    if any(word.startswith(_NOT_NEEDED) for word in clause.words):
        return ""
    return f"{clause.words[clause.places('not')[0]]} {last}"


def _is_of_a_person(clause: Clause, at: int, able: int) -> bool:
    """Whether it is a person who is not reached: "ich erreiche niemanden", not "niemand erreicht uns"."""
    return clause.words[at] in {"niemanden", "niemandem"} and clause.words[able].startswith("erreich")


def _is_preposition(clause: Clause, at: int) -> bool:
    """Whether "auf" stands before what it belongs to, as in "auf Ihrer Website": a page that does not open ends with it."""
    return clause.words[at] == "auf" and clause.words[at + 1 : at + 2] != () and clause.words[at + 1] in _ARTICLES


def _by_run(clause: Clause) -> str:
    found = _run_in(clause, _BY_FIRST_WORD)
    if found == "read only" and _RIGHTS.intersection(clause.words):
        return ""  # what somebody is to be given
    if not found or "not" not in clause.all:
        return found
    before = clause.line[: clause.line.index(f" {found} ")].split()[-_NEAR:]
    return "" if _NEVER.intersection(before) else found


def _run_in(clause: Clause, runs: Mapping[str, Sequence[str]]) -> str:
    """The first run of words that stands in a clause, by the word that it begins with."""
    return next((run for word in clause.words for run in runs.get(word, ()) if f" {run} " in clause.line), "")


def _down(clause: Clause) -> str:
    nots = clause.places("not")
    for at in (*clause.places("down"), *clause.places("hacked"), *clause.places("fault")):
        denied = any(0 < at - each <= _DENIES for each in nots) or "0" in clause.words[max(0, at - 1) : at]
        if not denied and not (clause.asks and "fault" in clause.meanings[at]):
            return clause.words[at]
    return ""


def _other(clause: Clause) -> str:
    """A code of an error, a connection that is lost, what has gone, expired or is blocked."""
    code = _code(clause)
    if code:
        return code
    for meaning, beside, also in _TOGETHER:
        if meaning in clause.all and beside <= clause.all and (not also or clause.all & also):
            return clause.words[clause.places(meaning)[0]]
    return _hangs(clause) or _expired(clause) or _gone(clause) or _parted(clause) or _off(clause)


_TOGETHER: tuple[tuple[str, frozenset[str], frozenset[str]], ...] = (
    ("lost", frozenset({"link"}), frozenset()),
    ("blocked", frozenset({"site"}), frozenset({"scope", "now", "hacked", "shows"})),
    ("lost", frozenset({"server"}), frozenset({"we", "now", "scope"})),
    ("foreign", frozenset({"site", "shows"}), frozenset({"now", "scope"})),
    ("error", frozenset({"scope"}), frozenset()),
    ("error", frozenset({"only"}), frozenset({"server", "site", "service"})),
    ("shows", frozenset({"site", "only"}), frozenset({"we", "now"})),
    ("fails", frozenset({"service"}), frozenset({"scope", "now", "only", "we"})),
    ("fails", frozenset({"weak"}), frozenset({"scope", "now", "only", "we"})),
    ("fails", frozenset({"site"}), frozenset({"scope", "now", "only", "we"})),
)
"""A meaning that tells of a failure beside others: all of the second, and one of the third."""


def _code(clause: Clause) -> str:
    for codes, beside in ((_CODES, _BESIDE_CODES), (_ALL_PAGES, {"scope"})):
        found = codes.intersection(clause.words)
        if found and (clause.all & beside or (codes is _CODES and len(clause.words) <= _SHORT)):
            return min(found)
    return ""


def _hangs(clause: Clause) -> str:
    thing = clause.all & {"server"} or (clause.all & {"site", "service"} and clause.all & {"scope"})
    if "hung" in clause.all and thing and not _HANGS_ON.intersection(clause.words):
        return clause.words[clause.places("hung")[0]]
    return ""


def _expired(clause: Clause) -> str:
    """What has expired; not what "expires in three weeks"."""
    if "certificate" not in clause.all:
        return ""
    return next((clause.words[at] for at in clause.places("expired") if not clause.words[at].endswith("s")), "")


def _parted(clause: Clause) -> str:
    """A verb whose first part stands at the end: "schmiert bei jedem Aufruf ab", "fällt dauernd aus"."""
    end = clause.words[-1]
    if "not" in clause.all or end not in _PARTS or (clause.asks and clause.words[1:2] and clause.words[0] != "warum"):
        return ""
    verbs = _PARTS[end] | (_REFUSE if end == "ab" and "scope" in clause.all else frozenset())
    return next((f"{each} {end}" for each in clause.words[:-1] if each in verbs), "")


def _off(clause: Clause) -> str:
    """That something is off: "unser Server ist seit gestern aus", "Kassen aus"; not how a page looks."""
    end = clause.words[-1]
    if end not in {"aus", "off"} or "not" in clause.all or not clause.all & {"server", "site", "service"}:
        return ""
    says = _ARE.intersection(clause.words) or len(clause.words) <= _NEAR
    return end if says and not clause.all & {"planned", "coming", "day", "until", "takes"} else ""


_ARE = frozenset(["ist", "sind", "is", "are", "war", "seit", "allesamt", "alle"])


def _gone(clause: Clause) -> str:
    for at in clause.places("gone"):
        if clause.words[max(0, at - 1)] in _MAY:
            continue
        before = clause.words[max(0, at - 4) : at]
        if _IS.intersection(before) or at == len(clause.words) - 1:
            return clause.words[at]
    return ""
