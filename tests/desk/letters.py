"""Who wrote what to whom, when, and in answer to what: the truth, before any program or relay had its way with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random
from typing import Any

from tests.desk.matters import Matter, matter
from tests.desk.people import ACCOUNTS, SUPPORT, People, Person

BEGIN = datetime(2023, 6, 1, 8, 0, tzinfo=UTC)
LASTS_FOR = timedelta(days=1200)
_LENGTHS = (1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 8, 9, 10, 12)
_AT_ONCE, _RECYCLED, _BOTH_MAILBOXES, _WE_BEGIN = 0.12, 0.07, 0.04, 0.04
_PAUSE, _RENAMED = 0.04, 0.03


@dataclass(frozen=True)
class Letter:
    """One mail as its writer meant it."""

    number: int
    conversation: int
    customer: int
    """Whose matter it is about."""
    author: Person
    address: str
    """Which of their addresses they wrote from."""
    to: tuple[str, ...]
    cc: tuple[str, ...]
    at: datetime
    subject: str
    """What the matter is called; of an answer only where its writer calls it anew."""
    text: str
    answers: int | None = None
    """The letter whose answer button was pressed."""
    forwards: bool = False
    """It was the other button, and the desk never sees it."""

    @property
    def out(self) -> bool:
        """Whether we wrote it."""
        return self.address == SUPPORT


@dataclass
class Talk:
    """One conversation while it goes on."""

    number: int
    customer: Person
    people: People
    matter: Matter
    dice: Random
    now: datetime
    numbers: Iterator[int]
    letters: list[Letter] = field(default_factory=list)
    copied: tuple[Person, ...] = ()

    def goes_on(self, length: int, recycled: Letter | None) -> list[Letter]:
        """All its letters: so many that the desk sees, and those it does not."""
        self.copied = self._copied()
        self._begin(recycled)
        while sum(not each.forwards for each in self.letters) < length:
            self.now += timedelta(hours=self.dice.lognormvariate(2.6, 1.3))
            if self.dice.random() < _PAUSE:
                self.now += timedelta(days=self.dice.uniform(14, 120))
            last = self._visible()[-1]
            if last.out == (self.dice.random() < 0.12):
                self._we_write()
            else:
                self._they_write()
        return self.letters

    def _copied(self) -> tuple[Person, ...]:
        colleagues = self.people.colleagues(self.customer)
        if colleagues and self.dice.random() < 0.3:
            return (self.dice.choice(colleagues),)
        return (self.dice.choice(self.people.outsiders),) if self.dice.random() < 0.07 else ()

    def _begin(self, recycled: Letter | None) -> None:
        name = self.customer.name
        if recycled is None and self.dice.random() < _WE_BEGIN:
            agent = self.dice.choice(self.people.agents)
            self._write(agent, SUPPORT, (self._address(),), (), self.matter.answered(agent.name, name))
            return
        to = (SUPPORT, ACCOUNTS) if self.dice.random() < _BOTH_MAILBOXES else (SUPPORT,)
        answers = recycled.number if recycled else None
        self._write(self.customer, self._address(), to, self._copies(), self.matter.asked(name), answers=answers)

    def _we_write(self) -> None:
        """Our answer to their last letter, or a reminder on top of our own."""
        agent = self.dice.choice(self.people.agents)
        theirs = [each for each in self._visible() if not each.out]
        last = theirs[-1] if theirs and self.dice.random() < 0.9 else self._visible()[-1]
        to = last.to if last.out else (last.address,)
        everybody = tuple(dict.fromkeys(each for each in (*last.to, *last.cc) if each not in {*to, SUPPORT, ACCOUNTS}))
        text = self.matter.answered(agent.name, self.customer.name if last.out else last.author.name)
        self._write(agent, SUPPORT, to, last.cc if last.out else everybody, text, answers=last.number)

    def _they_write(self) -> None:
        """The customer goes on, or somebody whom they copied in, or a colleague to whom they sent it."""
        ours = [each for each in self._visible() if each.out]
        if ours and self.dice.random() < 0.12:
            other = self.dice.choice(self.copied) if self.copied else self._asked_inside(ours[-1])
            if other is not None:
                return self._other_writes(other, ours[-1])
        own = [each for each in self._visible() if each.author is self.customer]
        chosen = self.dice.random()
        text, address = self.matter.went_on(self.customer.name), self._address()
        if own and (not ours or chosen < 0.1):
            if self.dice.random() < 0.15:  # written anew, under the same subject: nothing in it says to what
                return self._write(self.customer, address, (SUPPORT,), (), text)
            return self._write(self.customer, address, (SUPPORT,), self._copies(), text, answers=own[-1].number)
        answered = ours[-1] if chosen < 0.92 else self.dice.choice(ours)
        renamed = self.dice.random() < _RENAMED and self.now - answered.at < timedelta(days=20)
        return self._write(
            self.customer, address, (SUPPORT,), self._copies(), text, answers=answered.number, renamed=renamed
        )

    def _asked_inside(self, ours: Letter) -> Person | None:
        """A colleague to whom the customer sends our letter, where there is one."""
        colleagues = self.people.colleagues(self.customer)
        if not colleagues:
            return None
        colleague = self.dice.choice(colleagues)
        text = f"{self.matter.dice.choice(('Kannst du dazu etwas sagen?', 'Bitte übernehmen.', 'z. K.'))}\n"
        address = self.customer.addresses[0]
        self._write(self.customer, address, (colleague.addresses[0],), (), text, answers=ours.number, forwards=True)
        self.now += timedelta(hours=self.dice.lognormvariate(1, 1))
        return colleague

    def _other_writes(self, other: Person, ours: Letter) -> None:
        last = self.letters[-1]
        got = last.number if last.forwards and last.to == (other.addresses[0],) else ours.number
        copies = (self.customer.addresses[0],) if self.dice.random() < 0.7 else ()
        self._write(other, other.addresses[0], (SUPPORT,), copies, self.matter.went_on(other.name), answers=got)

    def _visible(self) -> list[Letter]:
        return [each for each in self.letters if not each.forwards]

    def _address(self) -> str:
        """The address that the customer writes from today."""
        second = len(self.customer.addresses) > 1 and self.dice.random() < 0.3
        return self.customer.addresses[1 if second else 0]

    def _copies(self) -> tuple[str, ...]:
        return tuple(each.addresses[0] for each in self.copied) if self.dice.random() < 0.8 else ()

    def _write(self, author: Person, address: str, to: tuple[str, ...], cc: tuple[str, ...], text: str, *,
               answers: int | None = None, forwards: bool = False, renamed: bool = False) -> None:  # fmt: skip
        subject = self.matter.subject if answers is None or not self.letters else ""
        subject = self.matter.renamed() if renamed else subject
        self.letters.append(
            Letter(next(self.numbers), self.number, self.customer.number, author, address, to, cc, self.now, subject,
                   text, answers, forwards)
        )  # fmt: skip


def letters(people: People, file: dict[str, Any], conversations: int, mails: int, dice: Random) -> list[Letter]:
    """So many conversations, in which so many mails reach the desk or go out from it; by time."""
    numbers, done = count(), list[Talk]()
    for number, length in enumerate(_lengths(conversations, mails, dice)):
        customers = people.customers
        customer = customers[number] if number < len(customers) else dice.choice(customers)
        before = [each for each in done if each.customer is customer]
        now = BEGIN + LASTS_FOR * dice.random()
        like, recycled, chosen = None, None, dice.random()
        if before and chosen < _AT_ONCE:
            now = before[-1].letters[0].at + timedelta(hours=dice.uniform(1, 80))
            like = before[-1].matter if dice.random() < 0.5 else None
        elif before and chosen < _AT_ONCE + _RECYCLED:
            recycled = _last_of(before[-1])
            now = recycled.at + timedelta(days=dice.uniform(150, 900))
        about = matter(file, customer.language, dice, like=like)
        if recycled and about.subject in {"", before[-1].matter.subject}:
            about.subject = about.renamed()
        talk = Talk(number, customer, people, about, dice, now, numbers)
        talk.goes_on(length, recycled)
        done.append(talk)
    return sorted((letter for talk in done for letter in talk.letters), key=lambda letter: letter.at)


def _last_of(talk: Talk) -> Letter:
    """What somebody takes out of the drawer years later: our last answer, or what they wrote themselves."""
    return next((each for each in reversed(talk.letters) if each.out), talk.letters[0])


def _lengths(conversations: int, mails: int, dice: Random) -> list[int]:
    lengths = [dice.choice(_LENGTHS) for _ in range(conversations)]
    while sum(lengths) != mails:
        place = dice.randrange(conversations)
        lengths[place] = max(lengths[place] + (1 if sum(lengths) < mails else -1), 1)
    return lengths
