"""What `Desk` does about calls that customers wish for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from storage.tables import ConversationRow
from threads import departments, lookup
from threads.conversation import apply, locked
from threads.life import changes
from threads.people.phone import Heard, call_of
from threads.store.words import add_words_of

if TYPE_CHECKING:
    from service.desk import Desk
    from threads.callbacks.acts import Act

Row = dict[str, Any]


class Callbacks:
    """Calls that are open, and what becomes of them."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def list(self, *, mine: bool = False, department: str = "", limit: int = 100) -> list[Row]:
        """The open calls, by when each is due: this agent's alone, or a department's."""
        from threads.callbacks.shown import Whose, listing

        desk = self._desk
        if department:
            department = departments.named(desk.policy.departments, department).name
        agent_id = self._agent() if mine else None
        with desk.reading() as session:
            return listing(session, Whose(agent_id, department), desk.clock(), limit)

    def add(self, name: str, *, number: str = "", when: str = "", between: tuple[str, str] | None = None) -> Row:
        """Write a call down: in words, or between two times; without either as soon as an answer is owed. Raises `WrongUse`."""
        from threads.callbacks.acts import Wanted, add
        from threads.life.until import until

        desk = self._desk
        from_at, until_at = (until(each, desk.clock(), desk.zone) for each in between) if between else (None, None)
        wanted = Wanted(number, when, from_at, until_at)
        with self._acting(name) as (session, row, act):
            return desk.result(session, row, add(session, row, wanted, act))

    def done(self, name: str, note: str = "") -> Row:
        """Say that a call was made; what was said in it is noted as `brief phone` does. Raises `NotThere`."""
        from threads.callbacks.acts import end
        from threads.store.callbacks import open_one

        desk = self._desk
        with self._acting(name) as (session, row, act):
            there = open_one(session, row.id)
            if note and there is not None:
                change = changes.noted(note, call_of("", there.number, Heard.NOT_ASKED))
                event = apply(session, row, change, actor=act.actor, now=act.now)
                add_words_of(session, event, note)
            return desk.result(session, row, end(session, row, "done", "", act))

    def cancel(self, name: str, because: str) -> Row:
        """Say that a call will not be made, and why. Raises `NotThere`."""
        from threads.callbacks.acts import end

        with self._acting(name) as (session, row, act):
            return self._desk.result(session, row, end(session, row, "cancelled", " ".join(because.split()), act))

    @contextmanager
    def _acting(self, name: str) -> Iterator[tuple[Session, ConversationRow, Act]]:
        from threads.callbacks.acts import Act

        desk = self._desk
        with desk.writing() as (session, agent_id):
            row = locked(session, lookup.one(session, name).id)
            yield session, row, Act(agent_id, desk.policy, self._now(), desk.zone)

    def _agent(self) -> str:
        with self._desk.writing() as (_, agent_id):
            return agent_id

    def _now(self) -> datetime:
        return self._desk.clock()
