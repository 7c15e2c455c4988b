"""A month of a desk: every escalation that was due happened once, none that was not, and nobody got a mail too many."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from mailgateway.mime.parse import parse
from service.desk import Desk
from storage.claim import any_step
from storage.database import Database
from storage.tables import AgentRow, ConversationRow, OutboxRow, StepRow, TargetRow, TellingRow
from tests.escalating.month import (
    AGENTS,
    BEGIN,
    DOWN,
    EVERY,
    LASTS,
    POLICY,
    UP,
    US,
    Act,
    What,
    address_of,
    is_up,
    month,
)
from tests.escalating.oracle import Expected, Mailed, expected, utc
from tests.escalating.sweepers import Sweepers, sweep_all
from threads.agents import Login
from threads.arrival import Found
from threads.arrive import arrive
from threads.escalation.telling import untold
from threads.model import Authenticity, Classification, Envelope, Kind, Source, Verdict

UNTIL = BEGIN + LASTS + timedelta(days=6)
"""What began in the month is over by then, and no further holiday is among its days."""


class Life:
    """A desk in which a month happens."""

    def __init__(self, database: Database, clock: Any, folder: Any, criticals: int) -> None:
        self.database, self.clock, self.criticals = database, clock, criticals
        self.handles: dict[int, str] = {}
        self.desk = Desk(database, lambda: POLICY, data=folder, user=Login("x"), wanted=AGENTS[0], clock=clock)
        with database.writing() as session:
            session.add_all(
                AgentRow(id=each, name=each, email=f"{each}@desk.example", created_at=BEGIN) for each in AGENTS
            )

    def happens(self, act: Act) -> None:
        """One thing happens at its time."""
        self.clock.set(act.at)
        if act.what is What.WRITES:
            self._writes(act)
            return
        self.desk.wanted = act.agent
        handle = self.handles[act.matter]
        if act.what is What.ANSWERS:
            self.desk.reply(handle, "Das ist erledigt.", anyway=True)
        elif act.what is What.TAKES:
            self.desk.take(handle)
        elif act.what is What.GIVEN:
            self.desk.wanted = next(each for each in AGENTS if each != act.agent)
            self.desk.assign(handle, act.agent)
        elif act.what is What.GIVES_BACK:
            self.desk.assign(handle, None)
        else:
            self.desk.close_conversation(handle)

    def _writes(self, act: Act) -> None:
        author = address_of(act.matter, self.criticals)
        again = act.matter in self.handles
        root = f"<m{act.matter}@x.example>"
        headers = f"In-Reply-To: {root}\r\n" if again else ""
        own = f"<m{act.matter}.{act.at:%d%H%M}@x.example>" if again else root
        text = f"Zu {act.matter} wüsste ich am {act.at:%d.%m. um %H:%M} gern mehr."
        raw = (
            f"From: {author}\r\nTo: {US}\r\nSubject: {'Re: ' if again else ''}Sache {act.matter}\r\nMessage-ID: {own}\r\n"
            f"{headers}Content-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n"
        )
        found = Found(
            envelope_id=None,
            raw_id=None,
            envelope=Envelope(Source.SMTP, author, (US,), act.at, client="192.0.2.1"),
            mail=replace(parse(raw.encode()), sent_at=act.at),
            classification=Classification(Kind.PERSON, acknowledge=True, because="a person wrote it"),
            verdict=Verdict(Authenticity.UNKNOWN, "nothing was checked"),
            mailboxes=POLICY.mailboxes,
        )
        with self.database.writing() as session:
            recorded = arrive(session, found, POLICY, act.at)
        assert recorded.new is not again
        self.handles[act.matter] = recorded.handle


def live(life: Life, acts: Sequence[Act], look: Callable[[datetime], object]) -> None:
    """Let a month happen; while the desk runs it looks every five minutes."""
    now, place = BEGIN, 0
    while now <= UNTIL:
        while place < len(acts) and acts[place].at <= now:
            life.happens(acts[place])
            place += 1
        if is_up(now):
            look(now)
        now += EVERY
    assert place == len(acts)


def what_happened(session: Session, handles: dict[int, str]) -> Expected:
    """The same of the database."""
    numbers = {handle: number for number, handle in handles.items()}
    rows = session.execute(
        select(
            ConversationRow.handle, TargetRow.started_at, StepRow.step, StepRow.state, StepRow.due_at, StepRow.done_at
        )
        .join(TargetRow, TargetRow.id == StepRow.target_id)
        .join(ConversationRow, ConversationRow.id == TargetRow.conversation_id)
    ).all()
    steps = {(numbers[r.handle], utc(r.started_at), r.step, r.state, utc(r.due_at), utc(r.done_at)) for r in rows}
    assert len(steps) == len(rows)
    return Expected(steps, _mails(session, numbers))


def _mails(session: Session, numbers: dict[str, int]) -> list[Mailed]:
    """Who was mailed, of what and when."""
    wanted = (
        select(OutboxRow.id, ConversationRow.handle)
        .join(TellingRow, TellingRow.outbox_id == OutboxRow.id)
        .join(StepRow, StepRow.id == TellingRow.step_id)
        .join(TargetRow, TargetRow.id == StepRow.target_id)
        .join(ConversationRow, ConversationRow.id == TargetRow.conversation_id)
    )
    about: dict[UUID, set[int]] = defaultdict(set)
    for mail, handle in session.execute(wanted):
        about[mail].add(numbers[handle])
    mails = session.scalars(select(OutboxRow).where(OutboxRow.purpose == "escalation"))
    return [(row.recipient.partition("@")[0], frozenset(about[row.id]), utc(row.created_at)) for row in mails]


def compare(life: Life, acts: Sequence[Act]) -> Expected:
    """See that all of it happened, and nothing else."""
    urgency = {"notfall.example": "critical", "wichtig.example": "high"}
    domains = (address_of(number, life.criticals).partition("@")[2] for number in range(len(life.handles)))
    wanted = expected(acts, [urgency.get(each, "normal") for each in domains], UNTIL)
    with life.database.reading() as session:
        found = what_happened(session, life.handles)
    assert sorted(found.steps - wanted.steps) == []
    assert sorted(wanted.steps - found.steps) == []
    assert Counter(found.mails) == Counter(wanted.mails)
    return wanted


SIZES = [pytest.param(150, 4, id="sample"), pytest.param(5000, 12, id="all", marks=pytest.mark.prove)]


@pytest.mark.timeout(900)
@pytest.mark.parametrize(("mails", "criticals"), SIZES)
def test_of_a_month_every_step_that_was_due_happened_once_on_sqlite(
    sqlite_file_url: str, mails: int, criticals: int, clock: Any, tmp_path: Any
) -> None:
    from storage.database import open_database

    database, acts = open_database(sqlite_file_url), month(mails, criticals)
    life = Life(database, clock, tmp_path, criticals)
    live(life, acts, lambda now: sweep_all(database, now))
    _says_enough(compare(life, acts), acts, mails)
    database.close()


@pytest.mark.timeout(900)
@pytest.mark.parametrize(("mails", "criticals"), SIZES)
def test_of_a_month_every_step_that_was_due_happened_once_on_postgresql_with_three_processes(
    postgresql_url: str, mails: int, criticals: int, clock: Any, tmp_path: Any
) -> None:
    from storage.database import open_database

    database, acts = open_database(postgresql_url), month(mails, criticals)
    life = Life(database, clock, tmp_path, criticals)
    sweepers = Sweepers(postgresql_url, 3)

    def look(now: datetime) -> None:
        with database.reading() as session:
            waiting = any_step(session, now) or session.execute(untold(now)).first()
        if not waiting:  # each of them would look, too, and do nothing
            return
        sweepers.tell(now)
        if now == UP:  # much is due: one is killed over it
            sweepers.kill(0)
            sweepers.tell(now, [0])
        sweepers.wait()

    live(life, acts, look)
    wanted = compare(life, acts)
    _says_enough(wanted, acts, mails)
    if mails > 1000:
        assert min(sweepers.steps) > 0, "each of them had its share"
    sweepers.close()
    database.close()


def _says_enough(wanted: Expected, acts: Sequence[Act], mails: int) -> None:
    """That the month is no easy one."""
    assert sum(1 for each in acts if each.what is What.WRITES) == mails
    assert {each[3] for each in wanted.steps} == {"done", "missed", "passed"}
    assert any(len(matters) > 1 and at == UP for _, matters, at in wanted.mails)
    assert any(len(matters) > 1 and at != UP for _, matters, at in wanted.mails)
    assert DOWN < UP
