"""Mails that name each other by valid IDs, among people who are known: in whatever order they come, and however often."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import count
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from mailgateway.importing import Imported, import_mails, stands_in
from storage.database import Database, open_database, sqlite_url
from storage.tables import Base, ConversationRow, MessageRow
from threads.hours import Calendar
from threads.model import Mailbox
from threads.policy import Policy

BEGIN = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
NOW = BEGIN + timedelta(days=30)
US = "support@desk.example"
POLICY = Policy(mailboxes=(Mailbox(US),), calendar=Calendar("Mo-Fr 08:00-17:00", "Europe/Berlin", "DE"))
PEOPLE = ("anna@kunde{}.example", "ben@kunde{}.example", "clara{}@gmx.de", "david{}@gmail.com")
WAYS = ("both", "in-reply-to", "references")

worlds = count()
"""Each example plays among people of its own, so that all of them share one database."""


@dataclass(frozen=True)
class Letter:
    """One mail: whose conversation it belongs to, its writer (0 is us, else one of the group), and what it answers there."""

    conversation: int
    number: int
    writer: int
    answers: int | None
    names: str
    """In which headers it names what it answers."""


@dataclass(frozen=True)
class Exchange:
    """Several conversations: who takes part in each, under which subject, and what they wrote."""

    groups: tuple[tuple[int, ...], ...]
    subjects: tuple[str, ...]
    letters: tuple[Letter, ...]

    def mails(self, world: int) -> list[bytes]:
        """Their mails among the people of a world."""
        return [self._mail(each, world) for each in self.letters]

    def _mail(self, letter: Letter, world: int) -> bytes:
        everybody = [US, *(PEOPLE[each].format(world) for each in self.groups[letter.conversation])]
        author, at = everybody[letter.writer], BEGIN + timedelta(hours=letter.number * 5 + letter.conversation)
        subject = self.subjects[letter.conversation]
        lines = [
            f"From: {author}",
            f"To: {', '.join(each for each in everybody if each != author)}",
            f"Subject: {subject if letter.answers is None else f'Re: {subject}'}",
            f"Date: {format_datetime(at)}",
            f"Message-ID: {self._id(letter, letter.number, world)}",
            *self._naming(letter, world),
        ]
        said = f"Das ist der Brief {letter.number} im Gespräch {letter.conversation}."
        return ("\r\n".join(lines) + f"\r\n\r\n{said}\r\n").encode()

    def _naming(self, letter: Letter, world: int) -> list[str]:
        chain: list[int] = []
        answered = letter.answers
        while answered is not None:
            chain.append(answered)
            answered = self._of(letter.conversation, answered).answers
        if not chain:
            return []
        ids = [self._id(letter, each, world) for each in reversed(chain)]
        headers = {"in-reply-to": f"In-Reply-To: {ids[-1]}", "references": f"References: {' '.join(ids)}"}
        return [line for name, line in headers.items() if letter.names in ("both", name)]

    def _of(self, conversation: int, number: int) -> Letter:
        return next(each for each in self.letters if (each.conversation, each.number) == (conversation, number))

    @staticmethod
    def _id(letter: Letter, number: int, world: int) -> str:
        return f"<{number}.{letter.conversation}.{world}@mail.example>"


@st.composite
def exchanges(draw: st.DrawFn) -> Exchange:
    """One to three conversations of one to three people each, who may be the same; so may the subjects."""
    number = draw(st.integers(1, 3))
    groups = tuple(tuple(draw(st.lists(st.integers(0, 3), min_size=1, max_size=3, unique=True))) for _ in range(number))
    subjects = tuple(draw(st.sampled_from(("Rechnung", "Frage", ""))) for _ in range(number))
    letters = tuple(
        Letter(
            conversation,
            each,
            draw(st.integers(1 if each == 0 else 0, len(groups[conversation]))),
            draw(st.integers(0, each - 1)) if each else None,
            draw(st.sampled_from(WAYS)),
        )
        for conversation in range(number)
        for each in range(draw(st.integers(1, 6)))
    )
    return Exchange(groups, subjects, letters)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Database:
    """A desk in SQLite that all examples share."""
    path = tmp_path_factory.mktemp("order") / "desk.sqlite"
    shutil.copyfile(sqlite_template, path)
    path.chmod(0o600)
    return open_database(sqlite_url(path))


def come(database: Database, raws: Sequence[bytes]) -> list[Imported]:
    """Let mails come in one after another."""
    return list(import_mails(database, POLICY, ((str(n), raw, None) for n, raw in enumerate(raws)), NOW))


def together(database: Database, done: Sequence[Imported], names: Sequence[Letter]) -> set[frozenset[Letter]]:
    """Which of the mails are together in the end."""
    now = stands_in(database, [each.message for each in done])
    found: dict[UUID, set[Letter]] = {}
    for each, name in zip(done, names, strict=True):
        assert not each.held
        found.setdefault(now[each.message], set()).add(name)
    return {frozenset(each) for each in found.values()}


def as_meant(exchange: Exchange) -> set[frozenset[Letter]]:
    """Which of the mails belong together."""
    numbers = {each.conversation for each in exchange.letters}
    return {frozenset(each for each in exchange.letters if each.conversation == number) for number in numbers}


def rows(database: Database) -> dict[str, int]:
    """How many rows each table has."""
    with database.reading() as session:
        tables = Base.metadata.sorted_tables
        return {table.name: session.scalar(select(func.count()).select_from(table)) or 0 for table in tables}


def standing(database: Database) -> list[tuple[object, ...]]:
    """How every conversation and every message stands."""
    with database.reading() as session:
        conversations = select(ConversationRow).order_by(ConversationRow.id)
        messages = select(MessageRow).order_by(MessageRow.id)
        return [
            tuple(getattr(row, column.key) for column in type(row).__table__.columns)
            for query in (conversations, messages)
            for row in session.scalars(query)
        ]


def _examples(number: int) -> settings:
    return settings(max_examples=number, suppress_health_check=list(HealthCheck))


def shuffled(database: Database, exchange: Exchange, data: st.DataObject) -> set[frozenset[Letter]]:
    """Which of the mails are together once they came in some order."""
    order = data.draw(st.permutations(range(len(exchange.letters))))
    mails = exchange.mails(next(worlds))
    return together(database, come(database, [mails[n] for n in order]), [exchange.letters[n] for n in order])


@_examples(40)
@given(exchange=exchanges(), data=st.data())
def test_the_order_of_arrival_changes_no_conversation(desk: Database, exchange: Exchange, data: st.DataObject) -> None:
    assert shuffled(desk, exchange, data) == as_meant(exchange)


@pytest.mark.prove
@_examples(1000)
@given(exchange=exchanges(), data=st.data())
def test_of_a_thousand_orders_none_changes_a_conversation(
    desk: Database, exchange: Exchange, data: st.DataObject
) -> None:
    assert shuffled(desk, exchange, data) == as_meant(exchange)


@_examples(8)
@given(exchange=exchanges(), data=st.data())
def test_the_same_archive_once_more_changes_nothing(desk: Database, exchange: Exchange, data: st.DataObject) -> None:
    mails = exchange.mails(next(worlds))
    done = come(desk, mails)
    before, number = standing(desk), rows(desk)
    order = data.draw(st.permutations(range(len(mails))))
    again = come(desk, [mails[each] for each in order])
    assert not any(each.new for each in again)
    assert [again[order.index(n)].conversation for n in range(len(mails))] == [each.conversation for each in done]
    assert (standing(desk), rows(desk)) == (before, number)
