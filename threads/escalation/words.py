"""What an escalation says in a letter, German and English."""

from __future__ import annotations

from datetime import timedelta

from threads.model import Priority
from threads.sla.terms import Aim

_PRIORITIES = {
    "de": {Priority.CRITICAL: "kritisch", Priority.HIGH: "hoch", Priority.NORMAL: "normal", Priority.LOW: "niedrig"},
}
_HOURS = {"de": ("Stunde", "Stunden"), "en": ("hour", "hours")}
_MINUTES = {"de": ("Minute", "Minuten"), "en": ("minute", "minutes")}
_OWED = {
    "de": {Aim.FIRST: "eine erste Antwort", Aim.NEXT: "eine Antwort", Aim.SOLUTION: "eine Lösung"},
    "en": {Aim.FIRST: "a first answer", Aim.NEXT: "an answer", Aim.SOLUTION: "a solution"},
}


def spoken(language: str) -> str:
    """The language in which it is said."""
    return language if language in _HOURS else "en"


def priority_in(language: str, priority: Priority) -> str:
    """A priority as people of that language say it."""
    return _PRIORITIES.get(language, {}).get(priority, priority.value)


def owed_in(language: str, aim: Aim) -> str:
    """What a customer waits for."""
    return _OWED[spoken(language)][aim]


def time_in(language: str, length: timedelta) -> str:
    """How long something took, to the minute: "6 Stunden 30 Minuten", "1 hour"."""
    hours, minutes = divmod(int(length.total_seconds()) // 60, 60)
    said = [f"{hours} {_HOURS[spoken(language)][hours != 1]}"] if hours else []
    if minutes or not hours:
        said.append(f"{minutes} {_MINUTES[spoken(language)][minutes != 1]}")
    return " ".join(said)
