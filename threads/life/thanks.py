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
        "thanks that solved it", "thank you that solved it", "that solved it", "that solved it thanks",
    ]
)  # fmt: skip
"""Whole new texts that mean: this is settled. In lower case, without punctuation; thanks in its shortest form."""

POLITE = frozenset(
    [
        "danke", "danke für die hilfe", "danke für die schnelle hilfe", "danke für ihre hilfe", "danke für deine hilfe",
        "danke für eure hilfe", "danke für die schnelle antwort", "thanks", "thank you", "thanks for your help",
        "thank you for your help", "thanks for the quick help", "thanks for the help", "thank you for the quick reply",
    ]
)  # fmt: skip
"""Those of them that people also say who still wait for an answer."""

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
_NOT_NAMES = frozenset(
    [
        "nicht", "nichts", "kein", "keine", "keinen", "keiner", "nie", "nein", "leider", "aber", "jedoch", "allerdings", "noch",
        "trotzdem", "weiterhin", "immer", "kaum", "not", "no", "never", "but", "however", "still", "unfortunately",
        "cannot", "cant", "dont", "doesnt", "didnt", "isnt", "wont",
    ]
)  # fmt: skip
"""Where one of these stands, in a greeting or under a closing too, more was said than thanks."""
_BESIDE_NAMES = frozenset(
    ["damen", "und", "herren", "herr", "herrn", "frau", "dr", "prof", "team", "support", "zusammen", "alle", "ihr", "euer",
     "aus", "von", "vom", "mr", "mrs", "ms", "sir", "or", "madam", "all", "everyone", "there", "from"]
)  # fmt: skip
"""What a greeting or a closing is made of besides names, which are written with a capital."""
_LONGEST_GREETING = 6
_LONGEST = 200
_MOST_LINES = 8


def is_thanks(reply_text: str, name: str = "") -> str | None:
    """The listed phrase that is the whole new text, or None; `name` is the writer's.

    Around it may stand a greeting, a closing with a name, the writer's name, punctuation and emoji, and nothing else.
    """
    if len(reply_text) > _LONGEST or "?" in reply_text:
        return None
    lines = [line for line in map(_words, reply_text.splitlines()) if line]
    if not 0 < len(lines) <= _MOST_LINES or _NOT_NAMES & {word.casefold() for line in lines for word in line}:
        return None
    known = frozenset(_bare(name).split())
    lines = _without_closing(_without_greeting(lines, known), known)
    text = _shortest(" ".join(_bare(" ".join(line)) for line in lines))
    return text if text in PHRASES else None


def _words(line: str) -> list[str]:
    """The words of a line as they are written: no punctuation, no emoji."""
    text = unicodedata.normalize("NFKC", line)
    return "".join(char if char.isalnum() else ("" if char in "'’" else " ") for char in text).split()


def _bare(text: str) -> str:
    """A text in lower case with words alone."""
    return " ".join(_words(text)).casefold()


def _folded(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(_bare(word) for word in words)


def _behind(line: list[str], beginnings: tuple[str, ...]) -> list[str] | None:
    """The words behind the longest of some beginnings, None where the line has none of them."""
    text = " ".join(line).casefold()
    met = [len(each.split()) for each in _folded(beginnings) if text == each or text.startswith(each + " ")]
    return line[max(met) :] if met else None


def _names(words: list[str], known: frozenset[str]) -> bool:
    """Whether nothing but names stands there: with a capital, of the writer, or beside a name as in "Frau Dr. Weber"."""
    return all(word[0].isupper() or word.casefold() in known | _BESIDE_NAMES for word in words)


def _without_greeting(lines: list[list[str]], known: frozenset[str]) -> list[list[str]]:
    """A first line that only greets is left off, as in "Hallo liebes Team"; "Hallo, das geht so" does more."""
    if len(lines) > 1 and len(lines[0]) <= _LONGEST_GREETING:
        rest = _behind(lines[0], _GREETINGS)
        rest = rest and (_behind(rest, _GREETINGS) or rest)
        if rest is not None and _names(rest, known):
            return lines[1:]
    return lines


def _without_closing(lines: list[list[str]], known: frozenset[str]) -> list[list[str]]:
    """A closing and the line of names after it are left off; so is a last line of words of the writer's name."""
    for number, line in enumerate(lines):
        behind = _behind(line, _CLOSINGS) if number and len(line) <= 5 else None
        if behind is not None:
            tail = lines[number + 1 :]
            short = len(tail) <= 1 and all(len(each) <= 3 for each in tail)
            return lines[:number] if short and all(_names(each, known) for each in [behind, *tail]) else lines
    if len(lines) > 1 and {word.casefold() for word in lines[-1]} <= known:
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
