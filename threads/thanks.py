"""A thank-you that says nothing else: it may close a conversation, so only what is listed counts."""

from __future__ import annotations

import unicodedata

PHRASES = frozenset(
    [
        "danke", "danke das hilft", "danke das hat geholfen", "danke hat geholfen", "danke hilft", "das hilft",
        "das hat geholfen", "das hilft danke", "das hat geholfen danke", "hat geholfen", "hat geholfen danke",
        "danke das war es", "danke das wars", "danke das hilft mir", "danke das hilft mir weiter",
        "danke das hat mir geholfen", "das hat mir geholfen", "das hilft mir weiter", "danke hat sich erledigt",
        "hat sich erledigt", "hat sich erledigt danke", "das hat sich erledigt", "das hat sich erledigt danke",
        "danke das hat sich erledigt", "ist erledigt", "ist erledigt danke", "erledigt", "erledigt danke",
        "danke erledigt", "danke gelöst", "gelöst", "gelöst danke", "problem gelöst", "problem gelöst danke",
        "danke problem gelöst", "das problem ist gelöst", "das problem ist gelöst danke",
        "danke das problem ist gelöst", "danke funktioniert", "funktioniert danke", "danke jetzt funktioniert es",
        "jetzt funktioniert es", "jetzt funktioniert es danke", "danke es funktioniert", "es funktioniert danke",
        "danke es funktioniert jetzt", "danke jetzt geht es", "jetzt geht es danke", "danke geht wieder",
        "danke klappt", "klappt danke", "danke jetzt klappt es", "hat geklappt danke", "danke hat geklappt",
        "danke das hat geklappt", "danke für die hilfe", "danke für die schnelle hilfe", "danke für ihre hilfe",
        "danke für deine hilfe", "danke für eure hilfe", "danke für die schnelle antwort",
        "thanks", "thank you", "thanks that helps", "thank you that helps", "thanks that helped",
        "thank you that helped", "that helps", "that helped", "that helps thanks", "that helped thanks",
        "that helps thank you", "that helped thank you", "thanks solved", "solved", "solved thanks",
        "solved thank you", "problem solved", "problem solved thanks", "thanks problem solved", "thanks it works",
        "it works thanks", "thanks it works now", "it works now thanks", "thank you it works now", "thanks that works",
        "thanks that worked", "that worked thanks", "that worked thank you", "thank you that worked",
        "thanks that did it", "that did it thanks", "thanks all good", "all good thanks", "thanks for your help",
        "thank you for your help", "thanks for the quick help", "thanks for the help", "thank you for the quick reply",
    ]
)  # fmt: skip
"""Whole new texts that mean: this is settled. In lower case, without punctuation; thanks in its shortest form."""

_SAME = (
    ("vielen herzlichen dank", "danke"), ("ganz herzlichen dank", "danke"), ("herzlichen dank", "danke"),
    ("vielen lieben dank", "danke"), ("vielen dank", "danke"), ("besten dank", "danke"), ("lieben dank", "danke"),
    ("tausend dank", "danke"), ("danke schön", "danke"), ("dankeschön", "danke"), ("danke sehr", "danke"),
    ("danke vielmals", "danke"), ("ok danke", "danke"), ("super danke", "danke"), ("prima danke", "danke"),
    ("perfekt danke", "danke"), ("many thanks", "thanks"), ("thanks a lot", "thanks"), ("thanks so much", "thanks"),
    ("thank you very much", "thank you"), ("thank you so much", "thank you"), ("great thanks", "thanks"),
    ("perfect thanks", "thanks"), ("ok thanks", "thanks"),
)  # fmt: skip
_GREETINGS = ("hallo", "hi", "hey", "hello", "dear", "guten tag", "guten morgen", "guten abend", "moin", "servus",
              "liebes", "liebe", "lieber", "sehr geehrte", "sehr geehrter", "good morning")  # fmt: skip
_CLOSINGS = ("viele grüße", "liebe grüße", "beste grüße", "schöne grüße", "herzliche grüße", "freundliche grüße",
             "mit freundlichen grüßen", "mit besten grüßen", "viele gruesse", "liebe gruesse", "mfg", "lg", "vg", "gruß",
             "grüße", "best regards", "kind regards", "regards", "best wishes", "best", "cheers", "sincerely")  # fmt: skip
_LONGEST = 200
_MOST_LINES = 8


def is_thanks(reply_text: str, name: str = "") -> str | None:
    """The listed phrase that is the whole new text, or None; `name` is the writer's.

    Around it may stand a greeting, a closing with a name, the writer's name, punctuation and emoji, and nothing else.
    """
    if len(reply_text) > _LONGEST or "?" in reply_text:
        return None
    lines = [line for line in map(_bare, reply_text.splitlines()) if line]
    if not 0 < len(lines) <= _MOST_LINES:
        return None
    lines = _without_closing(_without_greeting(lines), _bare(name))
    text = _shortest(" ".join(lines))
    return text if text in PHRASES else None


def _bare(line: str) -> str:
    """A line in lower case with words alone: no punctuation, no emoji."""
    text = unicodedata.normalize("NFKC", line).casefold()
    kept = "".join(char if char.isalnum() else ("" if char in "'’" else " ") for char in text)
    return " ".join(kept.split())


def _folded(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(_bare(word) for word in words)


def _begins(line: str, words: tuple[str, ...]) -> bool:
    return any(line == word or line.startswith(word + " ") for word in words)


def _without_greeting(lines: list[str]) -> list[str]:
    """A first line that only greets is left off: at most four words, as in "Hallo liebes Team"."""
    if len(lines) > 1 and len(lines[0].split()) <= 4 and _begins(lines[0], _folded(_GREETINGS)):
        return lines[1:]
    return lines


def _without_closing(lines: list[str], name: str) -> list[str]:
    """A closing and the line after it are left off; so is a last line of nothing but words of the writer's name."""
    for number, line in enumerate(lines):
        if number and len(line.split()) <= 5 and _begins(line, _folded(_CLOSINGS)):
            tail = lines[number + 1 :]
            return lines[:number] if len(tail) <= 1 and all(len(each.split()) <= 3 for each in tail) else lines
    if len(lines) > 1 and set(lines[-1].split()) <= set(name.split()):
        return lines[:-1]
    return lines


def _shortest(text: str) -> str:
    for long, short in _SAME:
        folded = _bare(long)
        if text == folded or text.startswith(folded + " "):
            text = short + text[len(folded) :]
        elif text.endswith(" " + folded):
            text = text[: -len(folded)] + short
    return text
