"""The correspondence of a person, read from the database: who reads, which letters there are, and what stands in them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, tzinfo
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, and_, case, exists, false, select
from sqlalchemy.orm import Session, aliased

from storage.rows import put
from storage.tables import AddressRow, ConversationRow, EventRow, MessageRow, OutboxRow, PersonRow
from threads.model import Address, Direction, Kind, Status
from threads.people.correspondence import File, Letter, Matter, Named, Reader, Written, in_order, withheld
from threads.people.rights import Sees

MOST = 20_000
"""How many letters of one reader are looked at; of more the newest."""
LONGEST_TEXT = 100_000
_AT_ONCE = 20

_LATER = aliased(MessageRow)
_FOLLOWED = exists().where(
    _LATER.conversation_id == MessageRow.conversation_id,
    _LATER.received_at > MessageRow.received_at,
    _LATER.from_address == MessageRow.from_address,
    _LATER.direction == Direction.IN,
    _LATER.kind == Kind.PERSON,
    _LATER.acts,
    ~_LATER.held,
    ~_LATER.by_form,
)
"""Whoever reads the mailbox went on with what was typed into a form, so they know of it."""
_TYPED = case(
    (MessageRow.by_form, ~_FOLLOWED), else_=false()
)  # SQLite asks both sides of an "and", and what followed is dear


def reader_at(session: Session, address: str, person: UUID | None = None) -> Reader | None:
    """Who reads at an address; None where nobody has it, where it is another's than `person`'s, or they were erased."""
    known = session.get(AddressRow, address.lower())
    if known is None or person not in (None, known.person_id):
        return None
    who = session.get_one(PersonRow, known.person_id)
    if who.erased_at is not None:
        return None
    persons = _persons(session, who)
    return Reader(who.id, known.address, who.name, persons, _mailboxes(session, persons))


def reader_of(session: Session, person: UUID) -> Reader | None:
    """A customer as who reads, at the address that they wrote from last; None where none of theirs is known."""
    newest = (
        select(ConversationRow.customer_address)
        .join(AddressRow, AddressRow.address == ConversationRow.customer_address)
        .where(ConversationRow.customer_id == person, AddressRow.person_id == person)
        .order_by(ConversationRow.updated_at.desc(), ConversationRow.id.desc())
        .limit(1)
    )
    address = session.scalar(newest)
    return reader_at(session, address, person) if address else None


def _persons(session: Session, who: PersonRow) -> frozenset[UUID]:
    """Those whose conversations a person reads."""
    if who.organisation_id is None or who.sees != Sees.ALL:
        return frozenset((who.id,))
    same = select(PersonRow.id).where(PersonRow.organisation_id == who.organisation_id, PersonRow.erased_at.is_(None))
    return frozenset(session.scalars(same))


def _mailboxes(session: Session, persons: frozenset[UUID]) -> frozenset[str]:
    """Their addresses without details, also those that an agent confirmed answers to go to."""
    query = select(AddressRow.address, AddressRow.reply_to).where(AddressRow.person_id.in_(persons))
    return frozenset(Address(each).mailbox for row in session.execute(query) for each in row if each)


def readable(session: Session, reader: Reader) -> list[Written]:
    """Every letter that a reader may read, in the order in which they stand on the page."""
    return in_order(_shown(session.execute(_newest_first(reader)), reader))


def newest_readable(session: Session, reader: Reader) -> Written | None:
    """The newest letter that a reader may read; None where there is none. It looks no further."""
    with session.execute(_newest_first(reader), execution_options={"yield_per": _AT_ONCE}) as rows:
        return next(_shown(rows, reader), None)


def may_read(session: Session, reader: Reader, message: UUID) -> bool:
    """Whether a letter is one that a reader may read."""
    return any(_shown(session.execute(_letters(reader).where(MessageRow.id == message)), reader))


def _shown(rows: Iterable[Row[Any]], reader: Reader) -> Iterator[Written]:
    return (letter for letter in map(_written, rows) if not withheld(letter, reader))


def _newest_first(reader: Reader) -> Select[Any]:
    return _letters(reader).order_by(MessageRow.received_at.desc(), MessageRow.id.desc()).limit(MOST)


def _letters(reader: Reader) -> Select[Any]:
    """What there is in the conversations that a reader reads."""
    return (
        select(
            MessageRow.id, MessageRow.conversation_id, MessageRow.received_at, MessageRow.direction, MessageRow.kind,
            MessageRow.from_address, MessageRow.to, MessageRow.cc, MessageRow.held, MessageRow.acts,
            _TYPED.label("typed"), OutboxRow.id.label("outbox"), OutboxRow.sent_at,
        )
        .join(ConversationRow, ConversationRow.id == MessageRow.conversation_id)
        .outerjoin(OutboxRow, and_(OutboxRow.message_id == MessageRow.id, MessageRow.direction == Direction.OUT))
        .where(
            ConversationRow.customer_id.in_(reader.persons),
            ConversationRow.side_of_id.is_(None),
            ConversationRow.status != Status.SUSPECTED,
        )
    )  # fmt: skip


def _written(row: Row[Any]) -> Written:
    return Written(
        message=row.id,
        conversation=row.conversation_id,
        at=row.received_at,
        direction=Direction(row.direction),
        kind=row.kind,
        author=row.from_address,
        recipients=tuple(str(each.get("address", "")).lower() for each in (*row.to, *row.cc)),
        held=row.held,
        acts=row.acts,
        typed=row.typed,
        left=row.outbox is None or row.sent_at is not None,  # an archive's went out long ago
    )


def matters(session: Session, letters: Sequence[Written], zone: tzinfo, named: Named) -> tuple[Matter, ...]:
    """The letters of a page, by conversation."""
    rows = session.scalars(select(MessageRow).where(MessageRow.id.in_([each.message for each in letters])))
    by_key = {row.id: row for row in rows}
    subjects = select(ConversationRow.id, ConversationRow.subject).where(
        ConversationRow.id.in_({each.conversation for each in letters})
    )
    subject_of = {row.id: row.subject for row in session.execute(subjects)}
    return tuple(
        Matter(subject_of[key], tuple(_letter(by_key[each.message], zone, named) for each in group))
        for key, group in groupby(letters, key=lambda each: each.conversation)
    )


def _letter(row: MessageRow, zone: tzinfo, named: Named) -> Letter:
    files = [] if row.virus or row.raw_id is None else row.attachments
    return Letter(
        ours=row.direction == Direction.OUT,
        who=row.from_name or row.from_address,
        at=row.received_at.astimezone(zone),
        text=(row.reply.strip() or row.text.strip())[:LONGEST_TEXT],
        files=tuple(
            File(str(each["name"]), int(each["size"]), named(row.id, number)) for number, each in enumerate(files)
        ),
        infected=bool(row.virus),
    )


def note_link(session: Session, conversation: UUID, actor: str, because: str, at: datetime) -> None:
    """Write down at a conversation that a link to all of them was mailed."""
    event = {"conversation_id": conversation, "at": at, "kind": "link", "actor": actor, "because": because, "data": {}}
    put(session, EventRow, event)
