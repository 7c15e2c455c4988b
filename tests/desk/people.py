"""Who writes to the desk: private people and those of companies, some with several addresses, each with one mail program."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from random import Random
from typing import Any

from tests.desk.programs import PROGRAMS, Program

DESK = "desk.example"
SUPPORT = f"support@{DESK}"
ACCOUNTS = f"rechnung@{DESK}"

_FREEMAIL = ("gmail.com", "gmx.de", "web.de", "t-online.de", "icloud.com", "outlook.com", "posteo.de", "yahoo.de")
_OF_COMPANY = 0.4
_PRIVATE_DOMAIN = 0.1
_SECOND_ADDRESS = 0.25


@dataclass(frozen=True)
class Person:
    """Somebody with a name, who writes mails."""

    number: int
    name: str
    addresses: tuple[str, ...]
    """The first is the one that they write from as a rule."""
    language: str
    program: Program
    company: str = ""
    linked: bool = False
    """An agent told the desk that all the addresses are theirs."""


@dataclass(frozen=True)
class People:
    """Everybody."""

    customers: tuple[Person, ...]
    outsiders: tuple[Person, ...]
    """Tax advisers, landlords, mothers: customers copy them in."""
    agents: tuple[Person, ...]

    def colleagues(self, of: Person) -> list[Person]:
        """The other customers of the same company."""
        return [each for each in self.customers if of.company and each.company == of.company and each is not of]


def people(number: int, facts: dict[str, list[str]], dice: Random) -> People:
    """So many customers, a tenth as many outsiders, and three agents who write from one address."""
    customers = tuple(_person(each, facts, dice) for each in range(number))
    outsiders = tuple(_person(number + each, facts, dice) for each in range(max(number // 10, 3)))
    agents = tuple(
        Person(-each, name, (SUPPORT,), "de", PROGRAMS[program])
        for each, (name, program) in enumerate((("Max Muster", "outlook"), ("Ina Kern", "thunderbird"), ("Til Ott", "thunderbird")), 1)
    )  # fmt: skip
    return People(customers, outsiders, agents)


def _person(number: int, facts: dict[str, list[str]], dice: Random) -> Person:
    first, last = dice.choice(facts["first"]), dice.choice(facts["last"])
    company = dice.choice(facts["company"]) if dice.random() < _OF_COMPANY else ""
    private = f"{_plain(first)}.{_plain(last)}{number}@{dice.choice(_FREEMAIL)}"
    address = private
    if company:
        address = f"{_plain(first)[0]}.{_plain(last)}{number}@{company}.example"
    elif dice.random() < _PRIVATE_DOMAIN:
        address = f"post@{_plain(last)}-{number}.example"
    second = _second(first, last, number, address, private, dice) if dice.random() < _SECOND_ADDRESS else ()
    program = dice.choices(list(PROGRAMS.values()), [each.share for each in PROGRAMS.values()])[0]
    language = "en" if dice.random() < 0.2 else "de"
    return Person(number, f"{first} {last}", (address, *second), language, program, company, dice.random() < 0.5)


def _second(first: str, last: str, number: int, address: str, private: str, dice: Random) -> tuple[str, ...]:
    """Another address: the private one beside that at work, or one of another provider."""
    if private != address and dice.random() < 0.7:
        return (private,)
    return (f"{_plain(first)}{_plain(last)[0]}{number + 1000}@{dice.choice(_FREEMAIL)}",)


def _plain(name: str) -> str:
    letters = name.lower()
    for special, plain in (("ß", "ss"), ("ı", "i"), ("ö", "oe"), ("ü", "ue"), ("ä", "ae")):
        letters = letters.replace(special, plain)
    return unicodedata.normalize("NFKD", letters).encode("ascii", "ignore").decode()


def facts_of(file: dict[str, Any]) -> dict[str, list[str]]:
    """The names and things that texts are made of."""
    found: dict[str, list[str]] = file["facts"]
    return found
