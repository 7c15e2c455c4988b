"""What the conversations are about: texts with facts that stay, and facts that are new in each mail."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

_FILE = Path(__file__).with_name("matters.toml")
_GREETINGS = {
    "de": ("Guten Tag,", "Hallo,", "Sehr geehrte Damen und Herren,", "Hallo liebes Team,", "Moin,", "Guten Morgen,"),
    "en": ("Hello,", "Hi,", "Dear Sir or Madam,", "Good morning,", "Dear support team,"),
}
_CLOSINGS = {
    "de": ("Viele Grüße", "Mit freundlichen Grüßen", "Beste Grüße", "MfG", "LG", "Danke und Gruß"),
    "en": ("Best regards", "Kind regards", "Thanks", "Regards", "Cheers"),
}
_OURS = {
    "de": ("vielen Dank für Ihre Nachricht.", "Mit freundlichen Grüßen\n\n{agent}\nIhr Serviceteam\n\n-- \nDesk GmbH · Musterweg 1 · 12345 Musterstadt\nTel. 01234 56789 · Amtsgericht Musterstadt HRB 1234"),
    "en": ("thank you for your message.", "Kind regards\n\n{agent}\nYour service team\n\n-- \nDesk GmbH · Musterweg 1 · 12345 Musterstadt\nPhone +49 1234 56789"),
}  # fmt: skip
_FILLERS = {
    "de": ("leider", "übrigens", "eigentlich", "also", "wohl", "doch", "nämlich", "inzwischen", "wieder", "nun", "gerade", "wirklich", "tatsächlich", "jetzt", "offenbar", "sonst", "auch", "schon", "einfach", "ganz", "ja", "mal"),
    "en": ("really", "just", "now", "actually", "again", "still", "so", "also", "apparently", "somehow", "already", "even", "perhaps", "though", "unfortunately", "simply"),
}  # fmt: skip
_WORDINESS = 0.2


def texts() -> dict[str, Any]:
    """All that is written in the file."""
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))


@dataclass
class Matter:
    """One matter of one customer, about which texts can be had."""

    language: str
    subject: str
    sentences: dict[str, list[str]]
    general: dict[str, list[str]]
    facts: dict[str, list[str]]
    lasting: dict[str, str]
    dice: Random
    _said: set[str] = field(default_factory=set)

    def asked(self, name: str) -> str:
        """The first mail of who has a question."""
        return self._of_customer(name, self._some("asks", self.dice.choice((1, 1, 2)), self.dice.choice((0, 1, 1, 2))))

    def went_on(self, name: str) -> str:
        """What a customer writes further: a sentence or two, or a word."""
        if self.dice.random() < 0.15:
            short = self._filled(self.dice.choice(self.general["short"]))
            return f"{short}\n" if self.dice.random() < 0.5 else f"{short}\n\n{name.split()[0]}\n"
        return self._of_customer(name, self._some("follows", self.dice.choice((1, 1, 2)), self.dice.choice((0, 1, 1))))

    def answered(self, agent: str, name: str) -> str:
        """What we write, in the words of every one of our mails and some of its own."""
        thanks, closing = _OURS[self.language]
        greeting = f"Hello {name}," if self.language == "en" else f"Guten Tag {name},"
        said = self._some("answers", self.dice.choice((1, 1, 2)), self.dice.choice((0, 1, 2)))
        opening = f"{thanks} " if self.dice.random() < 0.7 else ""
        body = opening + (_capital(said) if opening else said)
        return f"{greeting}\n\n{body}\n\n{closing.format(agent=agent)}\n"

    def renamed(self) -> str:
        """Another subject for it."""
        pattern = "{product} in {city}" if self.dice.random() < 0.5 else "{product} {code}"
        return self._filled(pattern)

    def _of_customer(self, name: str, said: str) -> str:
        said = self._own_words(said)
        greeting, closing = (self.dice.choice(words[self.language]) for words in (_GREETINGS, _CLOSINGS))
        if self.dice.random() < 0.1:
            return f"{_capital(said)}\n{name}\n"
        return f"{greeting}\n\n{said}\n\n{closing}\n{name}\n"

    def _own_words(self, said: str) -> str:
        """As nobody else would say it: only our own answers are made of the same blocks again and again."""
        words = said.split(" ")
        for place in range(len(words) - 1, 0, -1):
            if self.dice.random() < _WORDINESS:
                words.insert(place, self.dice.choice(_FILLERS[self.language]))
        return " ".join(words)

    def _some(self, kind: str, own: int, general: int) -> str:
        """So many sentences of the matter, and so many that people write about anything; none twice in a conversation."""
        picked = [*self._fresh(self.sentences[kind], own), *self._fresh(self.general[kind], general)]
        filled = [self._filled(each) for each in picked]
        return " ".join([filled[0], *map(_capital, filled[1:])])

    def _fresh(self, sentences: list[str], number: int) -> list[str]:
        new = [each for each in sentences if each not in self._said] or sentences
        picked = self.dice.sample(new, min(number, len(new)))
        self._said.update(picked)
        return picked

    def _filled(self, sentence: str) -> str:
        while "{" in sentence:
            before, _, rest = sentence.partition("{")
            name, _, after = rest.partition("}")
            sentence = f"{before}{self.lasting.get(name) or fact(name, self.language, self.facts, self.dice)}{after}"
        return sentence


def matter(file: dict[str, Any], language: str, dice: Random, *, like: Matter | None = None) -> Matter:
    """A new matter; `like` another one it is another matter of the same kind under the same subject."""
    kinds = [each for each in file["matter"] if each["language"] == language]
    kind = next((each for each in kinds if like and each["asks"] is like.sentences["asks"]), None) or dice.choice(kinds)
    facts = file["facts"]
    lasting = {name: fact(name, language, facts, dice) for name in ("number", "product", "city")}
    general = next(each for each in file["general"] if each["language"] == language)
    made = Matter(language, "", kind, general, facts, lasting, dice)
    made.subject = like.subject if like else made._filled(dice.choice(kind["subjects"]))
    return made


def fact(name: str, language: str, facts: dict[str, list[str]], dice: Random) -> str:
    """A new value for what stands in braces."""
    if name in _MADE:
        return _MADE[name](language, dice)
    if name == "person":
        return f"{dice.choice(facts['first'])} {dice.choice(facts['last'])}"
    if name == "street":
        return f"{dice.choice(facts['street'])} {dice.randint(1, 140)}"
    return dice.choice(facts.get(f"{name}_{language}", facts[name]))


def _amount(language: str, dice: Random) -> str:
    euros, cents = dice.randint(5, 900), dice.randint(0, 99)
    return f"{euros}.{cents:02}" if language == "en" else f"{euros},{cents:02}"


def _date(language: str, dice: Random) -> str:
    day = date(2023, 6, 1) + timedelta(days=dice.randint(0, 1300))
    return f"{day:%d/%m/%Y}" if language == "en" else f"{day.day}.{day.month}.{day:%Y}"


_MADE: dict[str, Callable[[str, Random], str]] = {
    "number": lambda _, dice: str(dice.randint(10_000, 999_999)),
    "amount": _amount,
    "date": _date,
    "time": lambda _, dice: f"{dice.randint(7, 20)}:{dice.choice(('00', '15', '30', '45'))}",
    "count": lambda _, dice: str(dice.randint(2, 60)),
    "code": lambda _, dice: "".join(dice.choices("ABCDEFGHKLMNPRSTUVWX23456789", k=8)),
}


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
