"""Why something is as urgent as it is, as a letter to an agent says it.

Reasons are kept in English, for timelines and scripts; a German letter says the kind of reason in its own words.
"""

from __future__ import annotations

from templates.emergencies import DEFINITIONS
from threads.charge.asking import RULE as DECLARED
from threads.charge.marked import CONFIRMED
from threads.model import Priority
from threads.priority import BUILT_IN

_PRIORITIES = {
    "de": {Priority.CRITICAL: "kritisch", Priority.HIGH: "hoch", Priority.NORMAL: "normal", Priority.LOW: "niedrig"},
}
_OF_ANOTHER = {"as urgent as ": "so dringend wie {}, worum es geht", "asked about ": "gefragt zu {}"}
"""How the reason of a side conversation begins (`threads.aside.forwarding`, `threads.store.aside`): it names the other one."""
_DEFINED = {rule.name: DEFINITIONS["de"][each.value] for rule in BUILT_IN for each in rule.emergencies}
_GERMAN = {
    "": "keine Regel trifft zu",
    "agent": "von Hand festgelegt",
    "escalation": "bei der Eskalation angehoben",
    CONFIRMED: "der Kunde ist einverstanden, dass es berechnet werden kann",
    DECLARED: "der Kunde nennt es einen Notfall",
}


def priority_in(language: str, priority: Priority) -> str:
    """A priority as people of that language say it."""
    return _PRIORITIES.get(language, {}).get(priority, priority.value)


def reason_in(language: str, rule: str, because: str) -> str:
    """Why it has its priority: in German by what decided it, in any other language as it was written down."""
    if language != "de":
        return because
    for begins, in_german in _OF_ANOTHER.items():
        if because.startswith(begins):
            return in_german.format(because.removeprefix(begins).partition(",")[0])
    said = _GERMAN.get(rule)
    if said is None:
        defined = _DEFINED.get(rule)
        said = f"Regel „{rule}“{f': {defined}' if defined else ''}"
    return said
