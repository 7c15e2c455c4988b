"""The archive of a desk, made from a seed, and how it is brought in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from random import Random
from uuid import UUID

from sqlalchemy import select

from mailgateway.importing import Imported, import_mails, stands_in
from mailgateway.intake import walk_due
from mailgateway.receive import put_envelope
from storage.database import Database
from storage.tables import AddressRow, MessageRow
from tests.desk.damage import Damage
from tests.desk.letters import Letter, letters
from tests.desk.mails import Mail, mails
from tests.desk.matters import texts
from tests.desk.outcome import Placed
from tests.desk.people import ACCOUNTS, SUPPORT, People, facts_of, people
from threads.hours import Calendar
from threads.model import Address, Envelope, Mailbox, Source
from threads.people.addresses import make_person
from threads.policy import AcknowledgeLimits, Policy

NOW = datetime(2029, 12, 1, 8, 0, tzinfo=UTC)
"""When the archive is brought in: after its last mail."""
POLICY = Policy(
    mailboxes=(Mailbox(SUPPORT, "Support"), Mailbox(ACCOUNTS, "Buchhaltung")),
    calendar=Calendar("Mo-Fr 08:00-17:00", "Europe/Berlin", "DE"),
    acknowledge=AcknowledgeLimits(enabled=False),
)


@dataclass(frozen=True)
class Archive:
    """Everybody, and every letter."""

    seed: int
    people: People
    letters: tuple[Letter, ...]

    def damaged(self, damage: Damage) -> list[Mail]:
        """Its mails after some damage."""
        return mails(self.letters, damage, Random(f"{self.seed} {damage}"))


def archive(seed: int = 4, *, number: int = 2000) -> Archive:
    """So many mails, in a fifth as many conversations of half as many customers."""
    dice, file = Random(seed), texts()
    everybody = people(max(number // 10, 1), facts_of(file), dice)
    return Archive(seed, everybody, tuple(letters(everybody, file, max(number // 5, 1), number, dice)))


def link(database: Database, everybody: People) -> None:
    """Do what an agent did: tell the desk which addresses are one person's."""
    with database.writing() as session:
        for person in everybody.customers:
            if person.linked and len(person.addresses) > 1:
                key = make_person(session, Address(person.addresses[0], person.name), NOW)
                session.add_all(AddressRow(address=each, person_id=key) for each in person.addresses[1:])


def brought_in(database: Database, found: Sequence[Mail]) -> list[Placed]:
    """Import the mails in the order in which they came; where each of them is in the end."""
    raws = ((str(number), mail.raw, mail.arrives) for number, mail in enumerate(found))
    done = list(import_mails(database, POLICY, raws, NOW))
    pairs = zip(found, done, strict=True)
    placed = {each.message: _placed(mail, each) for mail, each in pairs if not mail.again}
    return _in_the_end(database, placed)


def taken_in(database: Database, found: Sequence[Mail]) -> list[Placed]:
    """Let what is written to us arrive, mail by mail at its time; our answers come out of the Sent folder meanwhile."""
    placed: dict[UUID, Placed] = {}
    for mail in found:
        placed |= _comes(database, mail)
    return _in_the_end(database, placed)


def _placed(mail: Mail, done: Imported) -> Placed:
    return Placed(mail.letter, done.conversation, done.held, done.because)


def _comes(database: Database, mail: Mail) -> dict[UUID, Placed]:
    """A mail by its message; nothing where it was there already."""
    if mail.letter.out:
        (done,) = import_mails(database, POLICY, [("sent", mail.raw, mail.arrives)], mail.arrives)
        return {} if mail.again else {done.message: _placed(mail, done)}
    envelope = Envelope(Source.SMTP, mail.letter.address, _ours(mail.letter), mail.arrives)
    with database.writing() as session:
        kept = put_envelope(session, envelope, mail.raw)
    tally = walk_due(database, POLICY, None, mail.arrives)
    assert tally == {"duplicate" if mail.again else "done": 1}, (tally, mail)
    if mail.again:
        return {}
    with database.reading() as session:
        row = session.scalars(select(MessageRow).where(MessageRow.raw_id == kept.raw_id)).one()
    return {row.id: Placed(mail.letter, row.conversation_id, row.held, row.because)}


def _ours(letter: Letter) -> tuple[str, ...]:
    return tuple(each for each in letter.to if each in {SUPPORT, ACCOUNTS})


def _in_the_end(database: Database, placed: Mapping[UUID, Placed]) -> list[Placed]:
    """Where the mails are after the last one: a later mail may have put them elsewhere."""
    now = stands_in(database, placed)
    return [replace(each, conversation=now[message]) for message, each in placed.items()]
