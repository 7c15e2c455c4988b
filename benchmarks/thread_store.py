"""A desk's store with as many messages as are wanted, written quickly, and mails that are to be placed in it."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Connection, Table

from benchmarks.sample import MAILBOX
from mailgateway.receive import put_envelope
from storage.database import Database
from storage.rows import put, table_of
from storage.tables import (
    AddressRow,
    Base,
    ConversationRow,
    DeliveryRow,
    GhostRow,
    MessageRow,
    ParticipantRow,
    PassageRow,
    PersonRow,
)
from threads.model import Envelope, Source
from threads.placing.passages import passages_of

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
OF_CONVERSATION = 5
"""Messages of each conversation."""
OF_PERSON = 2
"""Conversations of each customer, but for one, who has a hundredth of all, at most a thousand."""
TEXT = "Guten Tag,\n\nauf der Rechnung {n} vom {n}. Mai stehen {n} Euro für Posten {n}, vereinbart war weniger. Woran liegt das?\n"
_CHUNK = 5000
_EVERY_GHOST = 20
_EVERY_QUOTABLE = 100
"""Of how many messages one is known again by what it says; of the others there are as many passages, which nothing quotes."""
_PASSAGES = 4


def fill(database: Database, messages: int, *, still_open: int | None = None) -> None:
    """Write a store; `still_open` conversations of it, or a hundredth, wait for an answer."""
    conversations = max(messages // OF_CONVERSATION, 1)
    waiting = conversations // 100 if still_open is None else still_open
    envelope = _envelope(database)
    _write(database, PersonRow, (_person(each) for each in range(conversations // OF_PERSON + 1)))
    _write(database, AddressRow, (_address(each) for each in range(conversations // OF_PERSON + 1)))
    first_open = conversations - waiting
    _write(
        database,
        ConversationRow,
        (_conversation(each, conversations, each >= first_open) for each in range(conversations)),
    )
    _write(database, ParticipantRow, (_participant(each, conversations) for each in range(conversations)))
    _write(database, MessageRow, (_message(each, messages) for each in range(messages)))
    _write(database, DeliveryRow, (_delivery(each, envelope) for each in range(messages) if not is_ours(each)))
    _write(database, PassageRow, (each for number in range(messages) for each in _passages(number)))
    _write(database, GhostRow, (_ghost(each) for each in range(0, messages, _EVERY_GHOST)))
    if not database.is_sqlite:
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")  # as its autovacuum has done in a store that grew


def _write(database: Database, table: type[Base], rows: Iterator[dict[str, Any]]) -> None:
    while chunk := list(islice(rows, _CHUNK)):
        with database.writing() as session:
            if database.is_sqlite:
                put(session, table, *chunk)
            else:
                _copy(session.connection(), table_of(table), chunk)


def _copy(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Rows that name the same columns, as PostgreSQL takes most at once; they are right, so no foreign key is checked."""
    columns = [each for each in table.columns if each.name in rows[0] or each.default is not None]
    converts = [each.type.dialect_impl(connection.dialect).bind_processor(connection.dialect) for each in columns]
    named = ", ".join(connection.dialect.identifier_preparer.quote(each.name) for each in columns)
    driver: Any = connection.connection.driver_connection
    driver.execute("SET LOCAL session_replication_role = replica")
    with driver.cursor() as cursor, cursor.copy(f"COPY {table.name} ({named}) FROM STDIN") as copy:
        for row in rows:
            values = [row[each.name] if each.name in row else _default(each) for each in columns]
            copy.write_row(
                [convert(value) if convert else value for convert, value in zip(converts, values, strict=True)]
            )


def _default(column: Column[Any]) -> Any:
    default: Any = column.default
    return default.arg(None) if default.is_callable else default.arg


def _envelope(database: Database) -> UUID:
    """One for all mails: nobody asks for it when a mail is placed."""
    with database.writing() as session:
        return put_envelope(session, Envelope(Source.FILE, None, (), NOW), b"", state="done").envelope_id


def key(kind: int, number: int) -> UUID:
    """The key of the row of a number: as keys are that were made one after another."""
    return UUID(int=(0x01900000_0000 + number * 7) << 80 | 0x7 << 76 | 0b10 << 62 | kind << 32 | number)


def of_customer(conversation: int, conversations: int) -> int:
    """Whose conversation it is: one in a hundred is of the one customer who writes so much."""
    return 0 if conversation % 100 == 0 and conversation < 100_000 else conversation % (conversations // OF_PERSON + 1)


def address(person: int) -> str:
    """The address of a customer: of one of many companies, or of a provider."""
    return f"person{person}@firma{person % 5000}.example" if person % 3 else f"person{person}@gmx.de"


def subject(conversation: int) -> str:
    """What a conversation is called: many go by the same word."""
    return ("rechnung", "frage", "ihre anfrage", f"vertrag {conversation}")[conversation % 4]


def message_id(number: int) -> str:
    """The Message-ID of a stored message."""
    return f"<m{number}.{number * 7919 % 1000003}@mail.example>"


def ghost(number: int) -> str:
    """What a stored message refers to, and nobody has seen."""
    return f"<unseen{number}@mail.example>"


def text(number: int) -> str:
    """What a message says."""
    return TEXT.replace("{n}", str(number * 31 % 99991), 1).replace("{n}", str(number))


def is_ours(number: int) -> bool:
    """Whether a message went out from us."""
    return number % OF_CONVERSATION % 2 == 1


def _person(number: int) -> dict[str, Any]:
    return {"id": key(1, number), "name": f"Person {number}", "created_at": NOW}


def _address(number: int) -> dict[str, Any]:
    return {"address": address(number), "person_id": key(1, number)}


def _conversation(number: int, of: int, waits: bool) -> dict[str, Any]:
    at = NOW - timedelta(minutes=3 * (of - number))
    return {
        "id": key(2, number), "handle": f"person-{number}", "mailbox": MAILBOX.address,
        "customer_id": key(1, of_customer(number, of)), "customer_address": address(of_customer(number, of)),
        "subject": subject(number).title(), "canonical_subject": subject(number), "status": "open" if waits else "closed",
        "messages": OF_CONVERSATION, "opened_at": at - timedelta(days=2), "updated_at": at,
        "waiting_since": at if waits else None, "due_at": at + timedelta(hours=8) if waits else None,
        "closed_at": None if waits else at,
    }  # fmt: skip


def _participant(number: int, of: int) -> dict[str, Any]:
    return {"conversation_id": key(2, number), "person_id": key(1, of_customer(number, of)), "role": "customer", "since_at": NOW}  # fmt: skip


def _message(number: int, of: int) -> dict[str, Any]:
    said, at = text(number), NOW - timedelta(seconds=36 * (of - number))
    return {
        "id": key(3, number), "conversation_id": key(2, number // OF_CONVERSATION), "code": f"c{number}",
        "direction": "out" if is_ours(number) else "in", "kind": "person", "message_id": message_id(number),
        "dedupe_key": f"{message_id(number)} {number:064}", "from_address": "", "to": [], "cc": [], "reply_to": [],
        "subject": subject(number // OF_CONVERSATION), "text": said, "reply": said, "language": "de", "attachments": [],
        "defects": [], "received_at": at, "rejected": [],
    }  # fmt: skip


def _delivery(number: int, envelope: UUID) -> dict[str, Any]:
    return {"message_id": key(3, number), "mailbox": MAILBOX.address, "envelope_id": envelope}


def _passages(number: int) -> Iterator[dict[str, Any]]:
    said = text(number)
    hashes = (number << 40 | each for each in range(_PASSAGES)) if number % _EVERY_QUOTABLE else passages_of(said)
    return ({"hash": each, "message_id": key(3, number)} for each in hashes)


def _ghost(number: int) -> dict[str, Any]:
    return {"ghost": ghost(number), "message_id": key(3, number)}


# ------------------------------------------------------------ the mails


def mails(kinds: Sequence[Make], messages: int, number: int, dice: random.Random) -> Iterator[bytes]:
    """Mails of each kind in turn, to be placed in a store of so many messages."""
    for each in range(number):
        yield kinds[each % len(kinds)](dice.randrange(messages), messages, each, dice)


def _mail(author: str, about: str, body: str, each: int, *refers: str) -> bytes:
    lines = [f"From: <{author}>", f"To: {MAILBOX.address}", f"Subject: {about}", "Date: Tue, 24 Nov 2026 10:00:00 +0100",
             f"Message-ID: <new{each}@mail.example>", "Content-Type: text/plain; charset=utf-8"]  # fmt: skip
    if refers:
        lines += [f"In-Reply-To: {refers[-1]}", "References: " + "\r\n ".join(refers)]
    return ("\r\n".join(lines) + "\r\n\r\n" + body.replace("\n", "\r\n")).encode()


def _customer(number: int, messages: int) -> str:
    conversations = max(messages // OF_CONVERSATION, 1)
    return address(of_customer(number // OF_CONVERSATION, conversations))


def _quoting(number: int) -> str:
    quoted = "".join(f"> {line}\n" for line in text(number).splitlines())
    return f"Danke, aber das stimmt noch nicht.\n\nAm 23.11.26 um 10:00 schrieb Support:\n{quoted}"


def _answer(number: int, messages: int, each: int, _: random.Random) -> bytes:
    """By its headers."""
    begins = number - number % OF_CONVERSATION
    refers = [message_id(other) for other in range(begins, number + 1)]
    return _mail(
        _customer(number, messages), f"Re: {subject(number // OF_CONVERSATION)}", _quoting(number), each, *refers
    )


def _unseen(number: int, messages: int, each: int, _: random.Random) -> bytes:
    """By what nobody has seen."""
    number -= number % _EVERY_GHOST
    about = f"Re: {subject(number // OF_CONVERSATION)}"
    return _mail(_customer(number, messages), about, "Danke.\n", each, ghost(number), f"<{each}@nowhere.example>")


def _lost(number: int, messages: int, each: int, _: random.Random) -> bytes:
    """Without its headers, but with a quotation."""
    number -= number % _EVERY_QUOTABLE
    return _mail(_customer(number, messages), f"AW: {subject(number // OF_CONVERSATION)}", _quoting(number), each)


def _of_many(number: int, _messages: int, each: int, _: random.Random) -> bytes:
    """Without its headers, by who has more conversations than anybody."""
    number = number // (100 * OF_CONVERSATION) * 100 * OF_CONVERSATION
    return _mail(address(0), f"AW: {subject(number // OF_CONVERSATION)}", _quoting(number), each)


def _new(_number: int, _messages: int, each: int, _: random.Random) -> bytes:
    """By somebody new."""
    return _mail(f"new{each}@kundin.example", "Rechnung", "Guten Tag, wo finde ich sie?\n", each)


def _new_matter(number: int, messages: int, each: int, _: random.Random) -> bytes:
    """By somebody known."""
    return _mail(_customer(number, messages), "Noch etwas", "Guten Tag, noch eine Frage.\n", each)


def _endless(number: int, messages: int, each: int, dice: random.Random) -> bytes:
    """With a hundred references of which one leads somewhere."""
    refers = [f"<{dice.getrandbits(60)}@list.example>" for _ in range(100)]
    return _mail(
        _customer(number, messages), "Re: [liste] Frage", "Ja.\n", each, *refers[:50], message_id(number), *refers[50:]
    )


Make = Callable[[int, int, int, random.Random], bytes]
"""Makes a mail about a stored message, for a store of so many, with a number of its own."""
KINDS: dict[str, tuple[Make, ...]] = {
    "a mail": (_answer, _unseen, _lost, _new, _new_matter, _endless),
    "a mail of who writes most": (_of_many,),
}
