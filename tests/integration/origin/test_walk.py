"""What a mail may do that does not come from where it says: the whole walk, on both databases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from mailgateway.intake import walk_due
from mailgateway.origin.checks import Checks
from mailgateway.origin.resolver import Resolver
from mailgateway.receive import Keeper
from storage.database import Database
from storage.group import GroupCommit
from storage.tables import ConversationRow, EnvelopeRow, EventRow, MessageRow, OutboxRow, ParticipantRow
from threads.hours import Calendar
from threads.model import Envelope, Mailbox, Source
from threads.policy import Policy

HOST = "203.0.113.7"
POLICY = Policy(
    mailboxes=(Mailbox("support@desk.example"),),
    calendar=Calendar("Mo-Fr 08:00-17:00", "Europe/Berlin", "DE"),
    notify_new=True,
)
Keep = Callable[..., UUID]


@dataclass
class Desk:
    """A desk that asks the DNS of the world, and Anna, whose domain signs its mail and wants all other refused."""

    database: Database
    keeper: Keeper
    checks: Checks
    anna: Any
    made: int = 0

    def mail(self, text: str, *, author: str = "Anna <anna@kundin.example>", answers: str = "", cc: str = "") -> bytes:
        self.made += 1
        head = [
            f"From: {author}",
            "To: support@desk.example",
            f"Subject: {'Re: ' if answers else ''}Frage zur Rechnung",
        ]
        head += [f"Cc: {cc}"] if cc else []
        head += [f"In-Reply-To: {answers}"] if answers else []
        head += [f"Message-ID: <{self.made}@kundin.example>", "Date: Sun, 22 Nov 2026 09:00:00 +0100"]
        return ("\r\n".join([*head, "", text]) + "\r\n").encode()

    def arrives(self, raw: bytes, sender: str = "anna@kundin.example") -> MessageRow:
        """Take a mail in that comes from a host in the world."""
        envelope = Envelope(Source.SMTP, sender, ("support@desk.example",), datetime.now(UTC), HOST, "mx.example")
        key = self.keeper.keep(envelope, raw).result(20)
        tally = walk_due(self.database, POLICY, None, datetime.now(UTC), checks=self.checks)
        assert tally == {"done": 1}
        with self.database.reading() as session:
            row = session.get_one(EnvelopeRow, key)
            return session.get_one(MessageRow, row.message_id)

    def conversation(self, message: MessageRow) -> ConversationRow:
        with self.database.reading() as session:
            return session.get_one(ConversationRow, message.conversation_id)

    def sent(self) -> list[tuple[str, str]]:
        with self.database.reading() as session:
            return [(row.purpose, row.recipient) for row in session.scalars(select(OutboxRow))]

    def acknowledgement(self) -> str:
        """The random Message-ID by which an answer is placed."""
        with self.database.reading() as session:
            found = session.scalar(select(MessageRow.message_id).where(MessageRow.kind == "acknowledgement"))
            assert found
            return found

    def participants(self, message: MessageRow) -> int:
        with self.database.reading() as session:
            query = select(ParticipantRow).where(ParticipantRow.conversation_id == message.conversation_id)
            return len(session.scalars(query).all())


@pytest.fixture
def desk(database: Database, resolver: Resolver, world: Any, signatory: Any) -> Iterator[Desk]:
    anna = signatory("kundin.example")
    anna.publish()
    world.txt("_dmarc.kundin.example", "v=DMARC1; p=reject")
    group = GroupCommit(database)
    checks = Checks(resolver=resolver, within=20)
    yield Desk(database, Keeper(group, POLICY.mailboxes), checks, anna)
    checks.close()
    group.close()


def test_a_genuine_mail_is_acknowledged_and_its_thanks_close_the_conversation(desk: Desk) -> None:
    first = desk.arrives(desk.anna.sign(desk.mail("Wo finde ich meine Rechnung?")))
    assert (first.authenticity, first.checks) == (
        "genuine",
        "spf=none (kundin.example) dkim=pass (kundin.example) dmarc=pass (p=reject)",
    )
    assert desk.sent() == [("acknowledgement", "anna@kundin.example")]
    thanks = desk.arrives(desk.anna.sign(desk.mail("Danke, das hilft!", answers=desk.acknowledgement())))
    assert (thanks.held, desk.conversation(thanks).status) == (False, "closed")


@pytest.mark.parametrize("policy", ["reject", "quarantine", "none"])
def test_a_mail_that_fails_dmarc_never_acts_for_a_customer(desk: Desk, world: Any, policy: str) -> None:
    first = desk.arrives(desk.anna.sign(desk.mail("Wo finde ich meine Rechnung?")))
    before = desk.conversation(first)
    world.records["_dmarc.kundin.example", "TXT"] = [f'"v=DMARC1; p={policy}"']
    desk.checks.resolver = Resolver([world.address])
    forged = desk.arrives(desk.mail("Danke, das hilft!", answers=desk.acknowledgement(), cc="eve@evil.example"))
    after = desk.conversation(forged)
    assert (forged.held, forged.authenticity) == (True, "unknown" if policy == "none" else "forged")
    assert "it fails authentication, so it does not pass for anna@kundin.example" in forged.because
    assert (after.id, after.status, after.messages) == (before.id, before.status, before.messages)
    assert (after.customer_address, after.waiting_since, after.due_at) == (
        before.customer_address,
        before.waiting_since,
        before.due_at,
    )
    assert desk.participants(forged) == 1
    assert desk.sent() == [("acknowledgement", "anna@kundin.example")]


def test_a_mail_that_fails_dmarc_is_never_acknowledged_and_brings_nobody_in(desk: Desk) -> None:
    forged = desk.arrives(desk.mail("Wo finde ich meine Rechnung?", cc="eve@evil.example"))
    assert (forged.held, forged.authenticity, desk.sent()) == (False, "forged", [])
    assert desk.participants(forged) == 1
    with desk.database.reading() as session:
        said = session.scalars(select(EventRow.because).where(EventRow.kind == "not acknowledged")).all()
    assert said == ["it fails authentication"]


def test_a_forged_answer_by_subject_goes_on_with_nothing(desk: Desk) -> None:
    first = desk.arrives(desk.anna.sign(desk.mail("Wo finde ich meine Rechnung?")))
    forged = desk.arrives(desk.mail("Dringend!").replace(b"Subject: ", b"Subject: Re: "))
    assert forged.conversation_id != first.conversation_id


def test_nobody_forwards_in_the_name_of_a_colleague(desk: Desk, world: Any) -> None:
    world.txt("_dmarc.desk.example", "v=DMARC1; p=reject")
    text = (
        "---------- Forwarded message ---------\r\nFrom: Anna <anna@kundin.example>\r\n"
        "Date: Sun, 22 Nov 2026 at 09:00\r\nSubject: Frage\r\nTo: <chef@desk.example>\r\n\r\nWo ist sie?"
    )
    raw = desk.mail(text, author="Chef <chef@desk.example>").replace(b"Subject: ", b"Subject: Fwd: ")
    forged = desk.arrives(raw, sender="chef@desk.example")
    assert (forged.authenticity, desk.conversation(forged).customer_address) == ("forged", "chef@desk.example")


def test_a_dns_that_does_not_answer_holds_nothing(desk: Desk, world: Any) -> None:
    world.silent |= {"_dmarc.kundin.example"}
    desk.checks = Checks(resolver=Resolver([world.address]), within=0.2)
    mail = desk.arrives(desk.mail("Wo finde ich meine Rechnung?"))
    assert (mail.held, mail.authenticity) == (False, "unknown")
    assert mail.authenticity_because.startswith("it could not be found out")
    assert desk.sent() == [("acknowledgement", "anna@kundin.example")]
    answer = desk.arrives(desk.mail("Noch etwas", answers=desk.acknowledgement()))
    assert not answer.held
    desk.checks.close()
