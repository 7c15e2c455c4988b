"""What an escalation says in a letter, German and English."""

from __future__ import annotations

from datetime import timedelta

from threads.sla.terms import Aim

_HOURS = {"de": ("Stunde", "Stunden"), "en": ("hour", "hours")}
_MINUTES = {"de": ("Minute", "Minuten"), "en": ("minute", "minutes")}
_SECONDS = {"de": ("Sekunde", "Sekunden"), "en": ("second", "seconds")}
_TO_THE_SECOND = 600
"""Seconds below which a length is told to the second: two steps of one ladder may be that near each other."""
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
    """How long something took, to the minute, and below ten to the second: "6 Stunden 30 Minuten", "1 hour", "1 minute 40 seconds"."""
    whole = int(length.total_seconds())
    minutes, seconds = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    units = ((hours, _HOURS), (minutes, _MINUTES), (seconds if whole < _TO_THE_SECOND else 0, _SECONDS))
    said = [f"{number} {unit[spoken(language)][number != 1]}" for number, unit in units if number]
    return " ".join(said) or f"0 {_MINUTES[spoken(language)][1]}"
