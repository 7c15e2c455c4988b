"""Keeping a mail before anyone is told that it was accepted: the first of its two transactions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

from storage.errors import Refused
from storage.group import GroupCommit
from storage.ids import uuid7
from storage.raw import Packed, packed, put_raw
from storage.rows import put, put_together
from storage.tables import Base, EnvelopeRow
from templates.amounts import size
from threads.model import Envelope, Mailbox

LARGEST_MAIL = 50 * 1024 * 1024
"""Bytes of a mail that is still kept, where nothing else is set."""

LARGE = 256 * 1024
"""Bytes of a mail from which on it is packed before its transaction, and away from the loop that serves all clients."""


class Kept(NamedTuple):
    """Where a mail lies."""

    envelope_id: UUID
    raw_id: UUID


class Keeper:
    """Keeps mails durably, many of them in one commit. Any thread may call it."""

    def __init__(
        self,
        group: GroupCommit,
        mailboxes: Iterable[Mailbox] = (),
        *,
        largest: int = LARGEST_MAIL,
        on_kept: Callable[[], None] | None = None,
    ) -> None:
        self._group = group
        self.on_kept = on_kept
        """Called, in any thread, after each commit that kept a mail."""
        self.largest = largest
        self.mailboxes = tuple(mailboxes)
        """What the desk answers for; a new tuple may be set at any time."""

    def answers_for(self, address: str) -> bool:
        """Whether mail to an address is ours to take."""
        return is_ours(address, self.mailboxes)

    def keep(self, envelope: Envelope, raw: bytes) -> Future[UUID]:
        """Keep a mail; the future gives the envelope's id once it is on disk. Raises `Refused` for one that is too large.

        A large one is packed by who calls, which takes a while; the one who writes would keep all others waiting.
        """
        if len(raw) > self.largest:
            raise Refused(f"the mail has {size(len(raw))}; this desk takes {size(self.largest)}")
        mail = packed(raw) if len(raw) > LARGE else raw
        future = self._group.submit(
            lambda session: put_envelope(session, envelope, mail, write=put_together).envelope_id
        )
        if self.on_kept is not None:
            future.add_done_callback(self._told)
        return future

    def keep_all(
        self, mails: Sequence[tuple[Envelope, bytes]], also: Callable[[Session, Sequence[Kept]], None]
    ) -> Future[tuple[Kept, ...]]:
        """Keep several mails in one commit, and with them what `also` writes; all of it or nothing.

        `also` gets where each of them lies. It may run twice, and may change nothing but the database.
        """
        ready = [(envelope, packed(raw)) for envelope, raw in mails]

        def work(session: Session) -> tuple[Kept, ...]:
            kept = _put_all(session, ready)
            also(session, kept)
            return kept

        future = self._group.submit(work)
        if self.on_kept is not None and mails:
            future.add_done_callback(self._told)
        return future

    def _told(self, future: Future[Any]) -> None:
        if self.on_kept is not None and not future.cancelled() and future.exception() is None:
            self.on_kept()


def put_envelope(
    session: Session,
    envelope: Envelope,
    raw: bytes | Packed,
    *,
    write: Callable[..., None] = put,
    state: str = "waiting",
) -> Kept:
    """Write a mail and its envelope, due at once; gives back their ids. `write` is how their rows are written."""
    key = uuid7()
    raw_id = put_raw(session, raw, envelope.received_at, write=write)
    row = {
        "id": key,
        "raw_id": raw_id,
        "source": str(envelope.source),
        "mail_from": envelope.mail_from,
        "recipients": list(envelope.recipients),
        "client": envelope.client,
        "helo": envelope.helo,
        "tls": envelope.tls,
        "received_at": envelope.received_at,
        "state": state,
        "due_at": envelope.received_at,
    }
    write(session, EnvelopeRow, row)
    return Kept(key, raw_id)


def _put_all(session: Session, mails: Sequence[tuple[Envelope, Packed]]) -> tuple[Kept, ...]:
    """Write several mails, all rows of a table by one statement."""
    rows: dict[type[Base], list[Mapping[str, Any]]] = {}

    def collect(_session: Session, table: type[Base], *more: Mapping[str, Any]) -> None:
        rows.setdefault(table, []).extend(more)

    kept = tuple(put_envelope(session, envelope, raw, write=collect) for envelope, raw in mails)
    for table, of_table in rows.items():
        put(session, table, *of_table)
    return kept


def is_ours(address: str, mailboxes: Iterable[Mailbox]) -> bool:
    """Whether mail to an address is for this desk: a mailbox of ours, one with a "+detail", or the postmaster.

    The postmaster of each of our domains, and the one without a domain, always get their mail (RFC 5321, section 4.5.1).
    """
    local, at, domain = address.strip().casefold().rpartition("@")
    if not at:
        return domain == "postmaster"
    domain = plain_domain(domain)
    ours = [each.address.casefold().rpartition("@") for each in mailboxes]
    same_domain = {name for name, _, theirs in ours if plain_domain(theirs) == domain}
    if local == "postmaster":
        return bool(same_domain)
    return local in same_domain or local.partition("+")[0] in same_domain


def plain_domain(domain: str) -> str:
    """A domain in lower case and in ASCII, so that both ways to write an international one are equal."""
    domain = domain.casefold().rstrip(".")
    if domain.isascii():
        return domain
    try:
        return domain.encode("idna").decode()
    except UnicodeError:
        return domain
