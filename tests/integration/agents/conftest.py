"""A desk with two agents, and mails that arrive at it."""

from __future__ import annotations

import itertools
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import cli
from mailgateway.mime.parse import parse
from mailgateway.ranking import urgencies
from service.desk import Desk
from service.desk_rethreading import Look, look
from service.invocation import run
from storage.database import Database
from storage.raw import put_raw
from storage.tables import EnvelopeRow
from tests.two_matters import Matters
from threads.agents import Login
from threads.arrive import Found, Recorded, arrive
from threads.hours import Calendar
from threads.model import Authenticity, Classification, Envelope, Kind, Mailbox, Source, Suspicion, Verdict
from threads.policy import Policy

SUPPORT = Mailbox("support@localhost", "Nordlicht Support", signature="Nordlicht Hosting")


class AgentsDesk(Desk):
    """A desk at which a test can change who acts."""

    def acting_as(self, agent_id: str) -> AgentsDesk:
        """The same desk with another agent in front of it."""
        other = AgentsDesk(
            self.database, lambda: self.policy, data=self.data, user=self.user, wanted=agent_id, clock=self.clock
        )
        other.zone = self.zone
        return other

    def look_through(self, since: datetime | None = None) -> Look:
        """What an archive threaded anew would have elsewhere, of what came since; nobody sees how far that is."""

        @contextmanager
        def unseen(_word: str, _total: int) -> Iterator[Callable[[int], None]]:
            yield lambda _: None

        return look(self, since, unseen)


@pytest.fixture
def typed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Types `brief ...` in a folder of its own, which must end as said; gives what was printed and said."""

    def type_(*arguments: str, ends: int = 0) -> str:
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(tmp_path)
            patch.setenv("NO_COLOR", "1")
            patch.setattr(sys, "argv", ["brief", *arguments])
            patch.setattr(signal, "signal", lambda *_: None)
            assert run(cli.brief) == ends
        ended = capsys.readouterr()
        assert ends or "--json" not in arguments or ended.err == ""
        return ended.out + ended.err

    return type_


@pytest.fixture
def policy() -> Policy:
    """One mailbox, answers held for ten seconds."""
    return Policy((SUPPORT,), Calendar("Mo-Fr 08:00-17:00", "Europe/Berlin", ""))


@pytest.fixture
def desk(database: Database, policy: Policy, clock: Callable[[], datetime], tmp_path: Path) -> AgentsDesk:
    """The desk of Lena and Ben; Lena sits at it."""
    opened = AgentsDesk(
        database, lambda: policy, data=tmp_path, user=Login("lk", "Lena Kruse"), wanted="lena", clock=clock
    )
    opened.add_agent("lena", name="Lena Kruse")
    opened.add_agent("ben", name="Ben Otto")
    return opened


@pytest.fixture
def arrives(database: Database, policy: Policy, clock: Any) -> Callable[..., Recorded]:
    """Lets the bytes of a mail arrive, a minute after the one before."""
    number = itertools.count(1)

    def let_arrive(
        raw: bytes,
        *,
        kind: Kind = Kind.PERSON,
        to: str = "support@localhost",
        verdict: Verdict = Verdict(Authenticity.UNKNOWN, "nothing was checked"),  # noqa: B008 - frozen
        suspicion: Suspicion | None = None,
        source: Source = Source.SMTP,
    ) -> Recorded:
        now = clock.forward(minutes=1)
        mail = parse(raw)
        sender = mail.author.address if mail.author else ""
        envelope = Envelope(source, sender, (to,), now, client=f"192.0.2.{next(number) % 250}")
        with database.writing() as session:
            raw_id = put_raw(session, raw, now)
            row = EnvelopeRow(
                raw_id=raw_id,
                source=source.value,
                mail_from=sender,
                recipients=[to],
                received_at=now,
                due_at=now,
                state="done",
            )
            session.add(row)
            session.flush()
            found = Found(
                envelope_id=row.id,
                raw_id=raw_id,
                envelope=envelope,
                mail=replace(mail, sent_at=now - timedelta(seconds=5)),
                classification=Classification(kind, acknowledge=kind is Kind.PERSON, because="a person wrote it"),
                verdict=verdict,
                suspicion=suspicion,
                mailboxes=(SUPPORT,),
            )
            return arrive(session, found, policy, now, rank=urgencies)

    return let_arrive


@pytest.fixture
def matters(desk: Any, arrives: Callable[..., Recorded], a_mail: Any) -> Callable[[], Matters]:
    """Two matters of a new customer, begun."""

    def begun() -> Matters:
        made = Matters(desk, arrives, a_mail)
        made.begin()
        return made

    return begun
