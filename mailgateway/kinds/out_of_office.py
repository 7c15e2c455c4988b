"""Knows an out-of-office notice that bears no header which says so, by its subject and first lines, with care for people."""

from __future__ import annotations

from mailgateway.kinds.out_of_office_phrases import ABSENT, AUTOMATIC, MAYBE_SUBJECTS, MEANWHILE, SURE_SUBJECTS, THANKS

_FIRST = 900
"""Characters at the beginning of the text within which a notice says that it is one."""
_LONGEST = 2500
"""A longer text is no notice that only its words betray."""
_LONGEST_TAG = 20
_GOES_ON = (
    " :",
    ":",
    " -",
    " –",
    " (",
    " [",
    " |",
    " re:",
    " aw:",
    " bis ",
    " vom ",
    " until ",
    " from ",
    " von ",
    "!",
    ".",
    " ab ",
    " till ",
    " am ",
)
_SURE = tuple(sorted(SURE_SUBJECTS))
_MAYBE = tuple(sorted(MAYBE_SUBJECTS))


def notice(subject: str, text: str) -> str | None:
    """Why the mail is an out-of-office notice, None where it seems to be of a person."""
    said = _untagged(" ".join(subject.lower().split())[:200])
    first = " ".join(text[:_LONGEST].split())[:_FIRST].lower()[:_FIRST]
    asks = "?" in first or "?" in said
    sure = _begins(said, _SURE)
    if sure and (not asks or _tells(first, _holds(first, ABSENT), answers=":" in said)):
        return f'the subject begins with "{sure}"'
    if asks:
        return None
    maybe = _begins(said, _MAYBE)
    away = _holds(first, ABSENT) if maybe else ""
    if away and _tells(first, away, answers=False):
        return f'the subject begins with "{maybe}" and the text says "{away}"'
    return None if len(text) > _LONGEST else _by_words(first)


def _untagged(subject: str) -> str:
    """The subject without what a gateway set before it: "[EXT] Automatische Antwort"."""
    tag, bracket, rest = subject.partition("]")
    tagged = bool(bracket) and tag.startswith("[") and len(tag) <= _LONGEST_TAG
    return rest.strip() if tagged and rest.strip() else subject


def _tells(first: str, away: str, *, answers: bool) -> bool:
    """Whether the text is a notice, and not about one: who `answers` by their subject need say less."""
    if answers:
        return bool(away or _holds(first, AUTOMATIC))
    return bool(away) and any(_holds(first, table) for table in (AUTOMATIC, THANKS, MEANWHILE))


def _by_words(first: str) -> str | None:
    """A notice whose subject says nothing: it is away, speaks of the mail it answers, and says whom to turn to."""
    automatic, thanks = _holds(first, AUTOMATIC), _holds(first[:300], THANKS)
    if not (automatic or thanks):
        return None  # as nearly every mail: that somebody is away, which has the most phrases, is looked for last
    away = _holds(first, ABSENT)
    if automatic:
        return f'the text says "{away or thanks}" and "{automatic}"' if away or thanks else None
    if away and _holds(first, MEANWHILE):
        return f'the text says "{away}" and whom to turn to meanwhile'
    return None


def _holds(text: str, table: frozenset[str]) -> str:
    return min((phrase for phrase in table if phrase in text), default="")


def _begins(subject: str, table: tuple[str, ...]) -> str:
    """The phrase with which the subject begins, if it ends there or goes on as a notice does."""
    if not subject.startswith(table):
        return ""
    for phrase in table:
        if subject.startswith(phrase):
            rest = subject[len(phrase) :]
            if not rest or phrase.endswith(":") or rest.startswith(_GOES_ON):
                return phrase
    return ""
