"""What a customer says to the question whether an emergency may be charged: a clear yes, a clear no, or neither."""

from __future__ import annotations

import re

LONGEST = 2_000
"""Characters that are looked at."""
_GREETING = re.compile(
    r"^\W*(?:hallo|hi|hey|guten\s+(?:tag|morgen|abend)|moin|servus|gr[üu](?:ß|ss)\s+gott|dear|hello|good\s+(?:morning|afternoon|evening)|"
    r"sehr\s+geehrte\w*|liebe[rs]?)\b[^,!.\n]{0,60}(?:[,!.]\s*|\n|$)",
    re.IGNORECASE,
)
_ASKED = r"(?:kostenpflichtig|chargeable|billable|charge)\W*"
_CHARGE = re.compile(rf"^\W*(?:(?:ja|yes|nein|no)\W+)?{_ASKED}", re.IGNORECASE)
_YES = re.compile(
    rf"^\W*(?:{_ASKED})?(?:ja|jawohl|jep|yes|yep|yeah|einverstanden|best[äa]tigt|confirmed|agreed|go\s+ahead|"
    r"(?:hiermit\s+)?best[äa]tige[n]?\s+(?:ich|wir)|(?:ich|wir)\s+best[äa]tige[n]?|(?:i|we)\s+(?:confirm|agree)|"
    r"(?:ich|wir)\s+stimmen?(?:\s+dem)?\s+zu|genehmigt|freigegeben|(?:das\s+)?geht\s+in\s+ordnung)\b",
    re.IGNORECASE,
)
_NO = re.compile(
    rf"^\W*(?:{_ASKED})?(?:danke\W+)?(?:nein|nee|n[öo]|no|nope|auf\s+(?:gar\s+)?keinen\s+fall|(?:dann\s+)?(?:lieber|doch)\s+nicht|bitte\s+nicht|nicht\s+\w+|kein\w*|"
    r"(?:please\s+)?(?:do\s+not|don.t)|(?:das\s+)?(?:lehne[n]?|m[öo]chte[n]?)\s+(?:ich|wir)\s+(?:ab|nicht)|no\s+thanks)\b",
    re.IGNORECASE,
)
_DENIED = re.compile(r"\b(?:nicht|nein|kein\w*|not|no|don.t)\b", re.IGNORECASE)
_CONDITION = re.compile(
    r"\b(?:aber|jedoch|allerdings|nur|wenn|falls|sofern|vorausgesetzt|erst|vorher|zuerst|sobald|"
    r"but|however|only|unless|if|provided|first|before|once|"
    r"erledigt|gel[öo]st|l[äa]uft\s+(?:wieder|alles)|geht\s+wieder|funktioniert\s+wieder|solved|resolved|fixed|sorted|works\s+again|"
    r"was\s+kostet|wie\s*viel|wieviel|wie\s+teuer|how\s+much|what\s+(?:does|would|will)\s+(?:it|that|this)\s+cost)\b|"
    r"\b(?:kosten|preis|stundensatz|cost|price|rate)\b[^.!\n]*\?",
    re.IGNORECASE,
)
"""What takes a yes back, as a word that denies does: a condition, a question about the price, that it is over."""
_ANSWER = re.compile(
    r"^[^\w„“”\"\'»«\n]*(?:\w+[ ,.!]+)?(?:kostenpflichtig|chargeable|billable|charge)[ \t]*[:=][ \t]*(?:(?P<yes>ja|yes)|nein|no)\b(?P<more>[^\n]*)$",
    re.IGNORECASE | re.MULTILINE,
)
"""A line that is what they were asked to answer, "kostenpflichtig: ja", and little else: nobody's quotation of the question."""
_MOST_MORE = 4


def agreed(text: str) -> bool | None:
    """Whether the writer's own words begin with a yes that nothing takes back (True), or with a no; None says neither."""
    said = _without_greeting(text[:LONGEST].strip())
    if answers := _answers(said):
        return _together(said, answers)
    if _YES.match(said):
        return None if _DENIED.search(said) or _CONDITION.search(said) else True
    return False if _NO.match(said) else None


def _answers(said: str) -> list[re.Match[str]]:
    return [each for each in _ANSWER.finditer(said) if len(each["more"].split()) <= _MOST_MORE]


def _together(said: str, answers: list[re.Match[str]]) -> bool | None:
    """A yes on a line of its own holds though the rest says what does not work; only its own line may deny it."""
    if len({bool(each["yes"]) for each in answers}) > 1 or any("?" in each[0] for each in answers):
        return None
    if not answers[0]["yes"]:
        return False
    denied = _NO.match(said) or any(_DENIED.search(each[0]) for each in answers)
    return None if denied or _CONDITION.search(said) else True


def names_charge(text: str) -> bool:
    """Whether the writer's own words say what they were asked: "kostenpflichtig: ja" answers nothing else."""
    said = _without_greeting(text[:LONGEST].strip())
    return _CHARGE.match(said) is not None or bool(_answers(said))


def _without_greeting(text: str) -> str:
    found = _GREETING.match(text)
    return text[found.end() :].lstrip() if found else text
