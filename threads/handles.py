"""The words by which agents name a conversation: the person and the matter, such as `anna-rechnung`."""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Iterator
from datetime import datetime
from itertools import islice

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from storage.claim import serialise
from storage.rows import column_of
from storage.tables import ConversationRow
from threads.outgoing.wording import month
from threads.subjects import readable
from threads.words import fold, words_of

LONGEST = 40
_LONGEST_WORD = 20
_READ = 300
_AT_ONCE = 8
"""Handles that are asked for in one statement: in a large desk the first ones are nearly always taken."""
_GENERAL = frozenset(
    ["info", "kontakt", "contact", "office", "mail", "email", "post", "buero", "service", "support", "hello", "hallo",
     "team", "admin", "webmaster", "postmaster", "noreply", "no", "reply", "verwaltung", "sekretariat"]
)  # fmt: skip
"""Local parts of addresses that name nobody: the domain says more."""
_CONSONANTS = "bdfgklmnprstvw"
_VOWELS = "aeiou"
_TITLES = frozenset(["dr", "prof", "herr", "frau", "mr", "mrs", "ms", "dipl", "ing", "med"])
_EMPTY_WORDS = frozenset(
    ["der", "die", "das", "den", "dem", "des", "ein", "eine", "einen", "einer", "und", "oder", "mit", "ohne", "von",
     "vom", "zu", "zum", "zur", "im", "in", "am", "an", "auf", "aus", "bei", "bis", "fuer", "ueber", "unter", "wegen",
     "ich", "wir", "sie", "ihr", "ihre", "ihrer", "ihren", "mein", "meine", "meiner", "unser", "unsere", "dein", "deine",
     "ist", "sind", "hat", "habe", "haben", "kann", "wird", "nicht", "kein", "keine", "wie", "was", "wo", "wann", "warum",
     "frage", "anfrage", "bitte", "hilfe", "nr", "nummer", "betreff", "re", "aw", "wg", "fwd", "the", "an", "of", "to",
     "for", "and", "or", "with", "about", "my", "our", "your", "is", "are", "on", "at", "from", "question", "please",
     "help", "request", "hello", "hallo", "guten", "tag", "liebe", "lieber", "es", "a", "i", "we", "you", "it", "not",
     "no", "how", "what", "do", "does", "can", "neu", "neue", "neuer", "neues", "neuen", "alte", "alten", "alter", "problem",
     "probleme", "ihrem", "ihres", "dringend", "wichtig", "new", "old", "urgent", "important", "issue", "issues"]
)  # fmt: skip
_CYRILLIC = dict(
    zip(
        "абвгдежзийклмнопрстуфхцчшщъыьэюяіґ",
        [
            "a",
            "b",
            "v",
            "g",
            "d",
            "e",
            "zh",
            "z",
            "i",
            "i",
            "k",
            "l",
            "m",
            "n",
            "o",
            "p",
            "r",
            "s",
            "t",
            "u",
            "f",
            "kh",
            "ts",
            "ch",
            "sh",
            "shch",
            "",
            "y",
            "",
            "e",
            "yu",
            "ya",
            "i",
            "g",
        ],
        strict=True,
    )
)


def new_handle(session: Session, name: str, address: str, subject: str, now: datetime) -> str:
    """A handle that no conversation has; the short ones are tried first."""
    candidates = handles(name, address, subject, now)
    tried: list[str] = []
    while some := list(islice(candidates, _AT_ONCE)):
        if not tried:
            serialise(session, f"handle:{some[0]}")
        tried = some
        taken = set(column_of(session, _TAKEN, handles=some))
        free = [each for each in some if each not in taken]
        if free:
            return free[0]
    return f"{tried[-1][: LONGEST - 9]}-{_syllables(4)}"


_TAKEN = select(ConversationRow.handle).where(ConversationRow.handle.in_(bindparam("handles", expanding=True)))


def handles(name: str, address: str, subject: str, now: datetime) -> Iterator[str]:
    """Handles that fit, the shortest first: more words of the matter, the family name, the month, then a made-up word."""
    person, matter = _person(name, address), _matter(subject)
    first, last = person[0], person[-1]
    yield _joined(first, *matter[:1])
    yield _joined(first, *matter[:2])
    if last != first:
        yield _joined(first, last, *matter[:1])
        yield _joined(first, last, *matter[:2])
    yield _joined(first, *matter[:3])
    yield _joined(first, *matter[:1], _latin(month(now)))
    yield _joined(first, *matter[:2], _latin(month(now)))
    for _ in range(4):
        yield _joined(first, *matter[:1], _syllables(2))
    for _ in range(4):
        yield _joined(first, *matter[:1], _syllables(3))


def _person(name: str, address: str) -> list[str]:
    """The words of a person's name, at least one: of the address where there is no name."""
    if "," in name:
        last, _, first = name.partition(",")
        name = f"{first} {last}"
    words = [word for word in _latin_words(name) if word not in _TITLES]
    if words:
        return words
    local, _, domain = address.partition("@")
    words = [word for word in _latin_words(local) if word not in _GENERAL]
    return words or _latin_words(domain.rpartition(".")[0].rpartition(".")[2])[:1] or ["jemand"]


def _matter(subject: str) -> list[str]:
    """The words of a subject that say something, at least one."""
    words = _latin_words(readable(subject))
    return [word for word in words if word not in _EMPTY_WORDS] or words or ["nachricht"]


def _latin_words(text: str) -> list[str]:
    words = (_latin(word) for word in words_of(text[:_READ]))
    return [word[:_LONGEST_WORD] for word in words if len(word) > 1]


def _latin(word: str) -> str:
    """The letters a to z of a word; those of other alphabets by the names that Unicode gives them."""
    folded = word if word.isascii() and word.islower() else fold(word)
    if folded.isascii() and folded.isalpha():
        return folded  # folded is in lower case
    return "".join(char if "a" <= char <= "z" else _spelt(char) for char in folded)


def _spelt(char: str) -> str:
    """A Cyrillic letter as it sounds, a Greek one as its name begins; nothing for other alphabets."""
    if char in _CYRILLIC:
        return _CYRILLIC[char]
    alphabet, _, rest = unicodedata.name(char, "").partition(" ")
    spelt = rest.rpartition("LETTER ")[2].split(" ")[-1].lower()
    if alphabet != "GREEK" or not spelt.isascii() or not spelt.isalpha():
        return ""
    return spelt[:2] if spelt[:2] in {"th", "ph", "ch", "ps"} else spelt[:1]


def _joined(*words: str) -> str:
    """Words with hyphens between them, as many as there is room for, none of them twice."""
    text = ""
    for word in dict.fromkeys(words):
        longer = f"{text}-{word}" if text else word
        if word and len(longer) <= LONGEST:
            text = longer
    return text


def _syllables(number: int) -> str:
    # one look into the pool of randomness for all of them
    drawn = secrets.token_bytes(2 * number)
    pairs = zip(drawn[::2], drawn[1::2], strict=True)
    return "".join(_CONSONANTS[one % len(_CONSONANTS)] + _VOWELS[other % len(_VOWELS)] for one, other in pairs)
