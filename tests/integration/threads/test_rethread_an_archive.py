"""A whole archive threaded anew: what stands well stays, and what was thrown into disorder is put right."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from uuid import UUID

import pytest
from sqlalchemy import select

from service.desk import Desk
from service.desk_rethreading import Look, apply, look
from storage.database import Database
from storage.tables import MessageRow
from tests.desk.archive import NOW, POLICY, archive, link, taken_in
from tests.desk.damage import KINDS
from threads.agents import Login


@contextmanager
def unseen(_word: str, _total: int) -> Iterator[Callable[[int], None]]:
    yield lambda _: None


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Desk:
    """Lena's desk, at which forty mails arrived one by one, damaged in every way."""
    opened = Desk(database, lambda: POLICY, data=tmp_path, user=Login("lk"), wanted="lena", clock=lambda: NOW)
    opened.add_agent("lena")
    made = archive(number=40)
    link(database, made.people)
    taken_in(database, made.damaged(KINDS["all together"]))
    return opened


def looked(desk: Desk) -> Look:
    found = look(desk, None, unseen)
    assert (found.messages, found.unread) == (40, ())
    return found


def places(desk: Desk) -> dict[str, UUID]:
    with desk.database.reading() as session:
        return dict(session.execute(select(MessageRow.code, MessageRow.conversation_id)).all())


def together(desk: Desk) -> set[frozenset[str]]:
    """Which messages stand together."""
    found: dict[UUID, set[str]] = {}
    for code, place in places(desk).items():
        found.setdefault(place, set()).add(code)
    return {frozenset(each) for each in found.values()}


def test_of_what_arrived_one_by_one_nothing_would_stand_elsewhere(desk: Desk) -> None:
    assert looked(desk).differences == ()


@pytest.mark.parametrize("seed", range(2))
def test_an_archive_in_disorder_is_put_right_at_once(desk: Desk, seed: int) -> None:
    was, before = together(desk), places(desk)
    dice, there = Random(seed), sorted(set(before.values()))
    with desk.database.writing() as session:
        for row in session.scalars(select(MessageRow).order_by(MessageRow.id)):
            if dice.random() < 0.3:
                row.conversation_id = dice.choice(there)

    outcomes = list(apply(desk, looked(desk).differences))

    assert {each.left for each in outcomes} == {""}
    assert together(desk) == was
    assert looked(desk).differences == ()
