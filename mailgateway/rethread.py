"""An archive threaded anew by today's policy, in a database of its own that nobody else sees; and what differs.

Every message arrives there once more, by its date, with all that is known today: people and their addresses, what
authentication said, our own mails with their IDs and reply addresses. What agents decided holds, from the moment at which they
did: where they put a message it stands, and what follows it follows it there. What was written down after an act comes after it,
however old it is: a mail out of an archive that was imported later was placed by what the agent had decided. Our answers go
with what they answer. The archive itself is only read.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from bisect import bisect
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import event, insert, select, update
from sqlalchemy.orm import Session

from mailgateway.read import mailboxes_of
from mailgateway.retry import in_one_line
from mailgateway.stored import Stored, bytes_of, found_of, stored
from storage.claim import insert_ignoring
from storage.database import Database, open_database, sqlite_url
from storage.errors import Lost, Unavailable
from storage.outgoing import OutgoingMail
from storage.private import private_folder
from storage.rows import table_of
from storage.tables import (
    AddressRow,
    AgentRow,
    AliasRow,
    ApartRow,
    Base,
    ConversationRow,
    DeliveryRow,
    MessageRow,
    OrganisationRow,
    OutboxRow,
    PersonRow,
    TokenRow,
)
from threads.arrive import Recorded, arrive
from threads.model import TAKEN_BACK, Direction, Mailbox, Placement
from threads.policy import AcknowledgeLimits, Policy
from threads.regroup.repeating import Act, Places, acts_of_agents, born, repeat
from threads.store.belongings import set_apart
from threads.store.both import answers_to_both, goes_to_both
from threads.tokens import opaque_id, token_in

log = structlog.get_logger(__name__)

FOLDER = "rethread"
BATCH = 100
"""Messages in one transaction."""
_COPIED = 500
_KEY = 16


@contextmanager
def scratch_in(data: Path) -> Iterator[Database]:
    """An empty database in the data directory, only for this user, that is gone at the end. Raises `Unavailable`.

    What one that was killed left there goes first; two at the same time are refused.
    """
    folder = private_folder(data / FOLDER)
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        _take_hold(descriptor)
        for left in folder.iterdir():
            left.unlink()
        database = open_database(sqlite_url(folder / "scratch.sqlite"))
        event.listen(database.engine.pool, "connect", _hurry)
        try:
            Base.metadata.create_all(database.engine)
            yield database
        finally:
            database.close()
            shutil.rmtree(folder, ignore_errors=True)
    finally:
        os.close(descriptor)


def _take_hold(descriptor: int) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise Unavailable("another `brief mail rethread` is at work on this desk; wait until it has ended") from error


def _hurry(connection: Any, _record: object) -> None:
    """Nothing in it has to outlive this process, and its rows name envelopes that lie in the archive alone."""
    for pragma in ("synchronous = OFF", "foreign_keys = OFF"):
        connection.execute(f"PRAGMA {pragma}").close()


@dataclass(frozen=True, slots=True)
class Unread:
    """A message that could not be read anew."""

    code: str
    because: str


@dataclass(frozen=True, slots=True)
class Anew:
    """Where the messages of an archive would stand, by their codes."""

    places: dict[str, UUID]
    fixed: frozenset[str]
    """Those that stay where they are: an agent put them there, or their mail is lost."""
    unread: tuple[Unread, ...]
    """Those that could not arrive once more as they were; they stay, too."""


class Replay:
    """An archive on its way through today's policy."""

    def __init__(self, archive: Database, scratch: Database, policy: Policy) -> None:
        self._archive, self._scratch = archive, scratch
        with archive.reading() as session:
            self._policy = _as_replayed(session, policy)
            acts = acts_of_agents(session)
            self._order = _in_order(session, acts)
            self._apart = _apart(session)
            self._both = answers_to_both(session)
            self._first: dict[UUID, UUID] = {}
            """By a conversation of the archive that of the scratch in which its first message stands."""
            self._places = Places(session, acts, self._first)
        self._acts, self._born = deque(acts), born(acts)
        self._last: dict[UUID, UUID] = {}
        self._fixed = set(self._born)
        self._unread: list[Unread] = []

    def __len__(self) -> int:
        return len(self._order) // _KEY

    def run(self) -> Iterator[int]:
        """Let every message arrive; after each transaction, how many it was."""
        self._copy_people()
        for start in range(0, len(self._order), BATCH * _KEY):
            part = bytes(self._order[start : start + BATCH * _KEY])
            keys = [UUID(bytes=part[at : at + _KEY]) for at in range(0, len(part), _KEY)]
            with self._archive.reading() as archive, self._scratch.writing() as scratch:
                for each in stored(archive, keys):
                    self._repeat_until(scratch, each.row.id)
                    self._arrive(archive, scratch, self._as_it_came(archive, each))
            yield len(keys)
        with self._scratch.writing() as scratch:
            self._repeat_until(scratch)

    def anew(self) -> Anew:
        """Where everything stands now that it has run."""
        with self._scratch.reading() as session:
            rows = session.execute(
                select(MessageRow.code, MessageRow.conversation_id).execution_options(yield_per=1000)
            )
            one_each: dict[UUID, UUID] = {}
            places = {code: one_each.setdefault(key, key) for code, key in rows}
        return Anew(places, frozenset(self._fixed), tuple(self._unread))

    def _copy_people(self) -> None:
        with self._archive.reading() as archive, self._scratch.writing() as scratch:
            for table in map(table_of, (AgentRow, OrganisationRow, PersonRow, AddressRow)):
                found = archive.execute(select(table).execution_options(yield_per=_COPIED))
                for rows in found.mappings().partitions():
                    scratch.execute(insert(table), [dict(row) for row in rows])

    def _repeat_until(self, scratch: Session, message: UUID | None = None) -> None:
        """Do what agents had done when a message was written down, or all that is left."""
        while self._acts and (message is None or self._acts[0].id < message):
            act = self._acts.popleft()
            try:
                repeat(scratch, act, self._places, self._policy)
            except Unavailable:
                raise
            except Exception as error:  # its messages stay where they are
                log.warning("what an agent did was not done anew", event=act.id, because=in_one_line(error))

    def _as_it_came(self, archive: Session, each: Stored) -> Stored:
        """A message in the conversation in which it stood before an agent put it elsewhere."""
        stood_in = self._born.get(each.row.code)
        place = archive.get(ConversationRow, stood_in) if stood_in is not None else None
        return replace(each, conversation=place) if place is not None else each

    def _arrive(self, archive: Session, scratch: Session, each: Stored) -> None:
        """Let one message arrive. One that fails stays where it is: it stops none of the others."""
        raw = self._bytes_of(archive, each)
        try:
            with scratch.begin_nested():
                decided = self._decided(archive, scratch, each, lost=raw is None)
                found = found_of(each, raw, self._policy)
                if decided is not None:
                    found = replace(found, suspicion=None)  # where it stands is settled, and whether it is held there
                recorded = arrive(scratch, found, self._policy, each.row.received_at, decided=decided)
                if not recorded.duplicate:
                    self._complete(scratch, each, recorded)
        except Unavailable:
            raise
        except Exception as error:
            self._unread.append(Unread(each.row.code, in_one_line(error)))
            log.warning("a message was not threaded anew", message=each.row.code, because=in_one_line(error))

    def _bytes_of(self, archive: Session, each: Stored) -> bytes | None:
        """The mail that a message was; None, and it stays where it is, where that is lost."""
        try:
            return bytes_of(archive, each)
        except Lost as lost:
            self._fixed.add(each.row.code)
            self._unread.append(Unread(each.row.code, str(lost)))
            return None

    def _decided(self, archive: Session, scratch: Session, each: Stored, *, lost: bool) -> Placement | None:
        """Where a message belongs that today's policy is not asked about: our own mail or an undo settles it, or nobody can read it."""
        row, place = each.row, each.conversation
        first = self._first.get(place.id)
        if each.sent:
            answered = _answered(archive, scratch, each)
            return Placement(answered or self._last.get(place.id), row.signal, row.because or "it went out from here")
        if lost or place.continues_id is not None or row.signal == "undo":
            return Placement(first, row.signal, row.because, held=row.held)
        return None

    def _complete(self, scratch: Session, each: Stored, recorded: Recorded) -> None:
        """What hangs on the message, as far as it decides about those that follow."""
        place = each.conversation
        if recorded.new:
            self._name(scratch, recorded.conversation, place)
        _hang_on(scratch, each, recorded, self._policy)
        self._remember(scratch, place.id, recorded.conversation)
        self._note_both(scratch, each, recorded)

    def _note_both(self, scratch: Session, each: Stored, recorded: Recorded) -> None:
        """An answer of ours that the people of another conversation got, too, leads them there."""
        places = (self._first.get(place) for place in self._both.get(each.row.id, ()))
        others = {place for place in places if place is not None} - {recorded.conversation}
        if others:
            goes_to_both(scratch, recorded.message, recorded.conversation, others, each.row.received_at)

    def _name(self, scratch: Session, key: UUID, place: ConversationRow) -> None:
        """Let a conversation be called as it is in the archive, so that every reason names what an agent knows."""
        about = self._first.get(place.side_of_id) if place.side_of_id else None
        named = select(ConversationRow.id).where(ConversationRow.handle == place.handle, ConversationRow.id != key)
        handle = {"handle": place.handle} if scratch.scalar(named) is None else {}
        if values := {**handle, **({"side_of_id": about} if about else {})}:
            scratch.execute(update(ConversationRow).where(ConversationRow.id == key).values(**values))

    def _remember(self, scratch: Session, place: UUID, key: UUID) -> None:
        if place not in self._first:
            self._first[place] = key
            for other in self._apart.get(place, ()):
                if self._first.get(other, key) != key:
                    set_apart(scratch, key, self._first[other])
        self._last[place] = key


def _as_replayed(session: Session, policy: Policy) -> Policy:
    """Today's policy, under which nothing goes out; mailboxes that the settings name no more are ours all the same.

    What went on in another conversation after a long pause stays there: how long the pause was to be then nobody knows.
    """
    ours = select(MessageRow.from_address).where(MessageRow.direction == Direction.OUT).distinct()
    gone = sorted({address for address in session.scalars(ours) if "@" in address} - policy.addresses)
    return replace(
        policy,
        mailboxes=(*policy.mailboxes, *map(Mailbox, gone)),
        acknowledge=AcknowledgeLimits(enabled=False),
        notify_new=False,
        continue_after=timedelta(0),
    )


def _in_order(session: Session, acts: Sequence[Act]) -> bytes:
    """The keys of all messages: those that were written down between two acts together, of these the oldest first.

    What was taken back is in no conversation any more.
    """
    query = select(MessageRow.id).where(MessageRow.kind != TAKEN_BACK).order_by(MessageRow.received_at, MessageRow.id)
    done = [each.id for each in acts]
    between = [bytearray() for _ in range(len(done) + 1)]
    for key in session.scalars(query.execution_options(yield_per=1000)):
        between[bisect(done, key)] += key.bytes
    return b"".join(between)


def _apart(session: Session) -> dict[UUID, list[UUID]]:
    apart: dict[UUID, list[UUID]] = {}
    for here, there in session.execute(select(ApartRow.conversation_id, ApartRow.other_id)):
        apart.setdefault(here, []).append(there)
    return apart


def _answered(archive: Session, scratch: Session, each: Stored) -> UUID | None:
    """Where that stands now which a mail of ours answers in its conversation."""
    named = opaque_id(each.sent[0].mail["in_reply_to"])
    if named is None:
        return None
    parent = select(MessageRow.code).where(
        MessageRow.message_id == named, MessageRow.conversation_id == each.row.conversation_id
    )
    code = archive.scalar(parent.limit(1))
    return scratch.scalar(select(MessageRow.conversation_id).where(MessageRow.code == code)) if code else None


def _hang_on(scratch: Session, each: Stored, recorded: Recorded, policy: Policy) -> None:
    """The mailboxes that a message reached later, its other IDs, and of ours the outbox and the reply address."""
    later = [
        {"message_id": recorded.message, "mailbox": mailbox.address.lower(), "envelope_id": envelope.id}
        for envelope in each.envelopes[1:]
        for mailbox in mailboxes_of(envelope.recipients, policy)
    ]
    _put(scratch, DeliveryRow, later)
    _put(scratch, AliasRow, [{"alias": alias, "message_id": recorded.message} for alias in each.aliases])
    for sent in each.sent:
        values = {column.name: getattr(sent, column.name) for column in table_of(OutboxRow).columns}
        here = {"conversation_id": recorded.conversation, "message_id": recorded.message}
        _put(scratch, OutboxRow, [{**values, **here}])
        token = token_in(OutgoingMail.from_json(sent.mail).reply_to, policy.mailboxes)
        if token is not None:
            leads = {"conversation_id": recorded.conversation, "created_at": sent.created_at}
            _put(scratch, TokenRow, [{"token": token, **leads}])


def _put(session: Session, table: type[Base], rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        insert_ignoring(session, table, rows)
