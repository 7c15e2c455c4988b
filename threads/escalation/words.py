"""What an escalation says in a letter, German and English."""

from __future__ import annotations

from datetime import timedelta

from threads.sla.terms import Aim

_HOURS = {"de": ("Stunde", "Stunden"), "en": ("hour", "hours")}
_MINUTES = {"de": ("Minute", "Minuten"), "en": ("minute", "minutes")}
_SECONDS = {"de": ("Sekunde", "Sekunden"), "en": ("second", "seconds")}
_OWED = {
    "de": {Aim.FIRST: "eine erste Antwort", Aim.NEXT: "eine Antwort", Aim.SOLUTION: "eine Lösung"},
    "en": {Aim.FIRST: "a first answer", Aim.NEXT: "an answer", Aim.SOLUTION: "a solution"},
}


def spoken(language: str) -> str:
    """The language in which it is said."""
    return language if language in _HOURS else "en"


def owed_in(language: str, aim: Aim) -> str:
    """What a customer waits for."""
    return _OWED[spoken(language)][aim]


def time_in(language: str, length: timedelta) -> str:
    """How long something took, to the minute, and below one to the second: "6 Stunden 30 Minuten", "1 hour", "36 seconds"."""
    whole = int(length.total_seconds())
    if 0 < whole < 60:
        return f"{whole} {_SECONDS[spoken(language)][whole != 1]}"
    hours, minutes = divmod(whole // 60, 60)
    said = [f"{hours} {_HOURS[spoken(language)][hours != 1]}"] if hours else []
    if minutes or not hours:
        said.append(f"{minutes} {_MINUTES[spoken(language)][minutes != 1]}")
    return " ".join(said)
