"""A mail as clauses: what stands between commas, full stops, line ends and the words that join, each word with its meaning."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from threads.urgency.meanings import Meanings, meanings_of
from threads.words import fold

_SENTENCE = re.compile(r"(?<![\d.])[.](?=\s|$)|(?<=\d\d)[.](?=\s+[A-ZÄÖÜ])|[!?]+|\n\s*\n|\n(?=\s*[-*>•])|;(?=\s)")
_BREAK = re.compile(r"[,:()…]|\.\.|\s[-–—]+\s|\s=>?\s")
_WORD = re.compile(r"[^\W_]+(?:['’`´][^\W_]+)?")
_APOSTROPHE = re.compile("['’`´]")
_QUOTED = re.compile(r"[\"„“”»«][^\"„“”»«]{3,600}[\"“”»«]|(?<!\w)['‚‘][^'‚‘’\n]{3,120}['‘’](?!\w)")
_SPOKEN = re.compile(r"(?<!\w)[\"„“”»«](?=\S)[^\"„“”»«]{3,600}(?<=\S)[\"“”»«](?!\w)")
"""What is quoted may be several sentences; it is one that is not the writer's."""
_ENDS_IN_IT = re.compile(r"[.!?]+(?=\s)|\s*\n\s*")
_ADDRESS = re.compile(
    r"(?:https?://|www\.)[^\s,;)>\"]+|(?<![@\w.-])(?:[a-z0-9-]{1,63}\.){1,4}(?:de|com|net|org|at|ch|eu|io|info|shop|co\.uk|example)\b(?!@)",
    re.IGNORECASE,
)
"""The address of a website, which is one that may fail."""
_TEST_ADDRESS = re.compile(
    r"\b(?:https?://)?(?:staging|stage|test|dev|demo|beta|uat|preview)\d?[.-][^\s,;)>\"]+\.[a-z]+", re.IGNORECASE
)
"""That of one that nobody depends on."""
_SHORT_LINE = 46
"""A line shorter than this was ended by the writer, not by a program that wraps lines."""
_MOST = 400
"""Clauses that are looked at."""
_JOINING = frozenset(
    ["und", "aber", "doch", "sondern", "weil", "denn", "sodass", "wodurch", "obwohl", "wobei", "and", "but", "because",
     "although", "while", "which", "whether", "ob", "damit", "dass", "therefore", "deshalb", "daher", "jedoch", "however"]
)  # fmt: skip
_IFS = frozenset(["wenn", "falls", "sofern", "sobald", "if", "when", "whenever"])
_TOGETHER = {("e", "mail"): "email", ("e", "mails"): "emails", ("no", "one"): "noone", ("log", "in"): "login",
             ("log", "on"): "login", ("sign", "in"): "login", ("check", "out"): "checkout", ("mail", "server"): "mailserver",
             ("data", "center"): "datacenter", ("web", "shop"): "webshop", ("web", "site"): "website",
             ("online", "shop"): "webshop", ("can", "not"): "cannot", ("load", "balancer"): "loadbalancer",
             ("web", "seite"): "webseite", ("web", "page"): "website", ("phone", "system"): "telefonanlage",
             ("phone", "systems"): "telefonanlage", ("contact", "form"): "kontaktformular", ("dark", "mode"): "darkmode"}  # fmt: skip

_PARTED = {"we're": ("we", "are"), "we'll": ("we", "will"), "i'll": ("i", "will")}
"""What would be another word without its apostrophe."""


@dataclass(frozen=True)
class Clause:
    """Some words that belong together, folded, with what each may mean."""

    words: tuple[str, ...]
    meanings: tuple[Meanings, ...]
    sentence: int
    """The number of its sentence; the subject's are negative."""
    asks: bool = False
    quoted: bool = False
    """Whether it stands in quotation marks."""

    @cached_property
    def all(self) -> Meanings:
        """What any of its words means."""
        return frozenset().union(*self.meanings)

    @cached_property
    def line(self) -> str:
        """Its words with a blank around each: runs of words are looked for in it."""
        return f" {' '.join(self.words)} "

    def places(self, meaning: str) -> list[int]:
        """At which of its words a meaning stands."""
        return [at for at, each in enumerate(self.meanings) if meaning in each] if meaning in self.all else []

    def holds(self, *phrases: str) -> bool:
        """Whether one of some runs of folded words stands in it."""
        return any(f" {phrase} " in self.line for phrase in phrases)


def clauses_of(subject: str, text: str) -> list[Clause]:
    """The clauses of the subject, then those of the text, at most some hundred."""
    found: list[Clause] = []
    for number, sentence in enumerate(_sentences(subject), -1_000):
        found.extend(_clauses(sentence, number))
    for number, sentence in enumerate(_sentences(text)):
        found.extend(_clauses(sentence, number))
        if len(found) > _MOST:
            break
    return found[:_MOST]


def _sentences(text: str) -> Iterator[str]:
    text = _SPOKEN.sub(lambda said: _ENDS_IN_IT.sub(", ", said[0]), text)
    for paragraph in _lines_kept(_ADDRESS.sub(" website ", _TEST_ADDRESS.sub(" testsystem ", text))):
        start = 0
        for end in _SENTENCE.finditer(paragraph):
            yield paragraph[start : end.end()]
            start = end.end()
        yield paragraph[start:]


def _lines_kept(text: str) -> Iterator[str]:
    """Lines that a program wrapped put together again."""
    kept: list[str] = []
    for line in text.split("\n"):
        kept.append(line)
        if len(line) < _SHORT_LINE:
            yield "\n".join(kept)
            kept = []
    if kept:
        yield "\n".join(kept)


def _clauses(sentence: str, number: int) -> Iterator[Clause]:
    asks = "?" in sentence[-3:]
    start = 0
    for quoted in _QUOTED.finditer(sentence):
        yield from _plain_clauses(sentence[start : quoted.start()], number, asks=asks)
        yield from _plain_clauses(quoted[0], number, quoted=True)
        start = quoted.end()
    yield from _plain_clauses(sentence[start:], number, asks=asks)


def _plain_clauses(text: str, number: int, *, asks: bool = False, quoted: bool = False) -> Iterator[Clause]:
    for piece in _BREAK.split(fold(text)):
        for words in _parted(_words(piece)):
            yield Clause(tuple(words), tuple(map(meanings_of, words)), number, asks, quoted)


def _words(piece: str) -> list[str]:
    words: list[str] = []
    for found in _WORD.finditer(piece):
        for word in _plain_words(found[0]):
            joined = _TOGETHER.get((words[-1], word)) if words else None
            if joined:
                words[-1] = joined
            else:
                words.append(word)
    return words


def _plain_words(found: str) -> tuple[str, ...]:
    if found.isalnum():
        return (found,)
    return _PARTED.get(_APOSTROPHE.sub("'", found), ("".join(char for char in found if char.isalnum()),))


def _parted(words: list[str]) -> Iterator[list[str]]:
    """Words parted before those that join clauses, and before a condition."""
    start = 0
    for at in range(1, len(words)):
        if words[at] in _JOINING or words[at] in _IFS:
            if at > start:
                yield words[start:at]
            start = at
    if words[start:]:
        yield words[start:]
