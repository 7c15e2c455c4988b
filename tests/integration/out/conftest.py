"""A desk with one agent whose mail really goes out, to a real SMTP server, and whose mail comes in by the keeper."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from mailgateway.deliver import deliver_due
from mailgateway.intake import walk_due
from mailgateway.receive import Keeper
from mailgateway.transports.relay import Relay, relay_address
from service.desk import Desk
from storage.database import Database
from storage.group import GroupCommit
from storage.tables import ConversationRow, EventRow, OutboxRow
from threads.agents import Login
from threads.hours import Calendar
from threads.model import Envelope, Mailbox, Source
from threads.policy import AcknowledgeLimits, Policy

OURS = "support@wir.example"


@dataclass
class Office:
    """A desk, its doors and the outside world, one minute after another."""

    database: Database
    world: Any
    group: GroupCommit
    data: Path
    now: datetime = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
    policy: Policy = field(
        default_factory=lambda: Policy(
            mailboxes=(Mailbox(OURS, "Support"),),
            calendar=Calendar("Mo-Fr 08:00-17:00", "Europe/Berlin", "DE"),
            undo_for=timedelta(0),
            acknowledge=AcknowledgeLimits(once_in=timedelta(0), address_a_day=100),
        )
    )

    @property
    def desk(self) -> Desk:
        """The agents' side, Lena in front of it."""
        return Desk(
            self.database, lambda: self.policy, data=self.data, user=Login("lk", "Lena"), wanted="lena",
            clock=lambda: self.now,
        )  # fmt: skip

    def set(self, **fields: Any) -> None:
        """Another policy."""
        self.policy = replace(self.policy, **fields)

    def arrives(self, raw: bytes, *, to: str = OURS, sender: str = "", source: Source = Source.SMTP) -> str:
        """Let a mail come in; the handle of the conversation that it came to."""
        self.now += timedelta(minutes=1)
        envelope = Envelope(source, sender, (to,), self.now, client="203.0.113.7")
        Keeper(self.group, self.policy.mailboxes).keep(envelope, raw).result(20)
        tally = walk_due(self.database, self.policy, None, self.now)
        assert tally["done"] == 1, tally
        with self.database.reading() as session:
            newest = select(ConversationRow.handle).order_by(
                ConversationRow.updated_at.desc(), ConversationRow.id.desc()
            )
            return str(session.scalars(newest.limit(1)).one())

    def deliver(self, **options: Any) -> dict[str, int]:
        """Hand over what is due."""
        self.now += timedelta(minutes=1)
        return dict(deliver_due(self.database, Relay(relay_address(self.world.url)), self.now, **options))

    def conversation(self, handle: str) -> ConversationRow:
        """How it stands now."""
        with self.database.reading() as session:
            return session.scalars(select(ConversationRow).where(ConversationRow.handle == handle)).one()

    def events(self, kind: str) -> list[EventRow]:
        """Every event of a kind, the oldest first."""
        with self.database.reading() as session:
            return list(session.scalars(select(EventRow).where(EventRow.kind == kind).order_by(EventRow.at)))

    def outbox(self, purpose: str) -> list[OutboxRow]:
        """What went out for a purpose, the oldest first."""
        with self.database.reading() as session:
            wanted = select(OutboxRow).where(OutboxRow.purpose == purpose)
            return list(session.scalars(wanted.order_by(OutboxRow.created_at, OutboxRow.id)))


@pytest.fixture
def office(database: Database, outside_world: Any, tmp_path: Path) -> Iterator[Office]:
    """The whole way out and back."""
    group = GroupCommit(database)
    made = Office(database, outside_world, group, tmp_path)
    made.desk.add_agent("lena", name="Lena Kruse", email="lena@wir.example")
    yield made
    group.close()


@pytest.fixture
def answered(office: Office, a_mail: Any) -> Callable[..., Any]:
    """An answer that went out to Anna, as the outside world received it."""

    def send(status: str = "waiting", author: str = "Anna Weber <anna@kundin.example>") -> Any:
        handle = office.arrives(a_mail(author=author), sender=author.rpartition("<")[2].rstrip(">"))
        office.deliver()  # the acknowledgement
        office.desk.reply(handle, "Guten Tag,\n\nschon erledigt.", afterwards=status)
        office.deliver()
        return handle, office.world.received[-1]

    return send
