"""A desk in a real database, at which mails arrive."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from storage.database import Database
from storage.ids import uuid7
from storage.outbox import OutgoingMail
from storage.raw import put_raw
from storage.tables import (
    AddressRow,
    ConversationRow,
    EnvelopeRow,
    OutboxRow,
    ParticipantRow,
)
from threads.arrival import Found, Recorded
from threads.arrive import arrive
from threads.hours import Calendar
from threads.model import (
    Address,
    Authenticity,
    Classification,
    Envelope,
    InboundMail,
    Kind,
    Mailbox,
    Source,
    Verdict,
)
from threads.policy import AcknowledgeLimits, Policy

MONDAY = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
SUPPORT = Mailbox("support@desk.example", "Support")
SALES = Mailbox("sales@desk.example", "Vertrieb")
PERSON = Classification(Kind.PERSON, acknowledge=True, because="a person wrote it")


class Desk:
    """A desk that mails arrive at, one after another, a minute apart."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.now = MONDAY
        limits = AcknowledgeLimits(once_in=timedelta(0), address_a_day=100)
        self.policy = Policy(mailboxes=(SUPPORT, SALES), calendar=Calendar("Mo-Fr 08:00-17:00"), acknowledge=limits)
        self._number = 0

    def mail(self, author: str = "anna@kunde.example", **fields: Any) -> InboundMail:
        """A mail as it was read; each has a Message-ID of its own."""
        self._number += 1
        text = fields.pop("text", "Guten Tag, eine Frage.")
        values: dict[str, Any] = {
            "message_id": f"<{self._number}@kunde.example>", "in_reply_to": (), "references": (), "sent_at": self.now,
            "language": "de", "author": Address(author, "Anna Berger") if author else None, "sender": None, "reply_to": (),
            "to": (Address("support@desk.example"),), "cc": (), "subject": "Rechnung", "text": text, "reply": text,
            "attachments": (), "headers": (), "content_type": "text/plain", "size": 1000,
            "content_hash": hashlib.sha256(str(self._number).encode()).hexdigest(),
        }  # fmt: skip
        return InboundMail(**{**values, **fields})

    def found(self, mail: InboundMail, *mailboxes: Mailbox, **more: Any) -> Found:
        """The mail with an envelope that was accepted."""
        mailboxes = mailboxes or (SUPPORT,)
        sender = more.pop("mail_from", mail.author.address if mail.author else "")
        recipients = tuple(each.address for each in mailboxes)
        envelope = Envelope(
            more.pop("source", Source.SMTP), sender, recipients, self.now, client=more.pop("client", "")
        )
        with self.database.writing() as session:
            raw_id = put_raw(session, b"raw", self.now)
            row = EnvelopeRow(
                id=uuid7(), raw_id=raw_id, source=envelope.source.value, mail_from=sender, recipients=list(recipients),
                client=envelope.client, received_at=self.now, due_at=self.now, state="leased",
            )  # fmt: skip
            session.add(row)
        values: dict[str, Any] = {"classification": PERSON, "verdict": Verdict(Authenticity.UNKNOWN, "")}
        return Found(row.id, raw_id, envelope, mail, mailboxes=mailboxes, **{**values, **more})

    def arrives(self, mail: InboundMail, *mailboxes: Mailbox, **more: Any) -> Recorded:
        """Let it arrive."""
        found = self.found(mail, *mailboxes, **more)
        self.now += timedelta(minutes=1)
        with self.database.writing() as session:
            return arrive(session, found, self.policy, self.now)

    def conversation(self, key: UUID) -> ConversationRow:
        """How it stands now."""
        with self.database.reading() as session:
            return session.get_one(ConversationRow, key)

    def change(self, key: UUID, **fields: Any) -> None:
        """What an agent did."""
        with self.database.writing() as session:
            row = session.get_one(ConversationRow, key)
            for name, value in fields.items():
                setattr(row, name, value)

    def all(self, table: type[Any]) -> list[Any]:
        """Every row of a table."""
        with self.database.reading() as session:
            return list(session.scalars(select(table)))

    def letters(self) -> list[OutgoingMail]:
        """What stands in the outbox."""
        rows = sorted(self.all(OutboxRow), key=lambda row: row.id)
        return [OutgoingMail.from_json(row.mail) for row in rows]

    def people(self, key: UUID) -> dict[str, str]:
        """Who takes part, and as what."""
        query = (
            select(AddressRow.address, ParticipantRow.role)
            .join(ParticipantRow, ParticipantRow.person_id == AddressRow.person_id)
            .where(ParticipantRow.conversation_id == key)
        )
        with self.database.reading() as session:
            return {row.address: row.role for row in session.execute(query)}


@pytest.fixture
def desk(database: Database) -> Desk:
    """A desk with two mailboxes, which acknowledges the same address without a pause."""
    return Desk(database)
