"""Stored messages as the mails that they were, for whoever lets an archive arrive once more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from email.utils import format_datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from mailgateway.compose import compose
from mailgateway.read import Read, mailboxes_of, read
from storage.errors import Lost
from storage.outgoing import Mailable, OutgoingMail
from storage.raw import get_raw
from storage.tables import AliasRow, ConversationRow, EnvelopeRow, MessageRow, OutboxRow
from threads.arrival import Found
from threads.model import Authenticity, Direction, Envelope, Kind, Source, Suspicion, Verdict
from threads.policy import Policy


@dataclass(frozen=True, slots=True)
class Stored:
    """A message with all that is needed to let it arrive once more."""

    row: MessageRow
    conversation: ConversationRow
    envelopes: tuple[EnvelopeRow, ...] = ()
    """Each time that it came, the first before the others; of our own mail none."""
    sent: tuple[OutboxRow, ...] = ()
    """How it went out, where it did so from here."""
    aliases: tuple[str, ...] = ()


def stored(session: Session, keys: Sequence[UUID]) -> list[Stored]:
    """Some messages, in the order of their keys, without those that are gone meanwhile."""
    rows = {row.id: row for row in session.scalars(select(MessageRow).where(MessageRow.id.in_(keys)))}
    places = {row.conversation_id for row in rows.values()}
    conversations = {
        row.id: row for row in session.scalars(select(ConversationRow).where(ConversationRow.id.in_(places)))
    }
    came = _of_messages(session, EnvelopeRow, keys)
    sent, aliases = _of_messages(session, OutboxRow, keys), _of_messages(session, AliasRow, keys)
    return [
        Stored(
            row=rows[key],
            conversation=conversations[rows[key].conversation_id],
            envelopes=tuple(sorted(came[key], key=lambda each: (each.received_at, each.id))),
            sent=tuple(sent[key]),
            aliases=tuple(each.alias for each in aliases[key]),
        )
        for key in keys
        if key in rows
    ]


def _of_messages(session: Session, table: Any, keys: Sequence[UUID]) -> dict[UUID, list[Any]]:
    found: dict[UUID, list[Any]] = defaultdict(list)
    for row in session.scalars(select(table).where(table.message_id.in_(keys))):
        found[row.message_id].append(row)
    return found


def bytes_of(session: Session, each: Stored) -> bytes:
    """The mail that a message was, as far as threading reads it (without the files that ours enclosed). Raises `Lost`."""
    if each.row.raw_id is not None:
        return get_raw(session, each.row.raw_id)
    if each.sent:
        return compose(replace(OutgoingMail.from_json(each.sent[0].mail), enclosed=()))
    raise Lost("nothing of its mail is kept")


def found_of(each: Stored, raw: bytes | None, policy: Policy) -> Found:
    """A message as intake finds it, once more; of a mail that is lost what its message still says.

    Nobody is asked again where it comes from: what was found out then counts.
    """
    row, envelope = each.row, _envelope(each)
    said = read(compose(_as_it_was(row)) if raw is None else raw, envelope, policy)
    out = row.direction == Direction.OUT
    mailboxes = mailboxes_of(envelope.recipients, policy)
    return Found(
        envelope_id=each.envelopes[0].id if each.envelopes else None,
        raw_id=row.raw_id,
        envelope=envelope,
        mail=replace(said.mail, sent_at=row.received_at),
        classification=said.classification if out else replace(said.classification, kind=Kind(row.kind)),
        verdict=said.verdict if out else _verdict(row),
        mailboxes=mailboxes or _from_ours(said, policy),
        suspicion=Suspicion(row.suspected, row.virus) if row.suspected else None,
        imported=out or envelope.source is Source.FILE,
        code=row.code,
    )


def _envelope(each: Stored) -> Envelope:
    """The first envelope, with the time at which the message stands."""
    at = each.row.received_at
    if not each.envelopes:
        return Envelope(Source.FILE, mail_from=None, recipients=(), received_at=at)
    first = each.envelopes[0]
    return Envelope(
        source=Source(first.source),
        mail_from=first.mail_from,
        recipients=tuple(first.recipients),
        received_at=at,
        client=first.client,
    )


def _verdict(row: MessageRow) -> Verdict:
    authenticity = Authenticity(row.authenticity) if row.authenticity else Authenticity.UNKNOWN
    return Verdict(authenticity, row.authenticity_because, row.checks, fails=not row.acts)


def _from_ours(said: Read, policy: Policy) -> tuple[Any, ...]:
    """The mailbox that an answer of ours was sent from."""
    return mailboxes_of([said.mail.author.address], policy) if said.mail.author else ()


def _as_it_was(row: MessageRow) -> OutgoingMail:
    """What is left of a mail whose bytes are gone."""
    return OutgoingMail(
        message_id=row.message_id or f"<{row.code}@lost.invalid>",
        envelope_from="",
        author=Mailable(row.from_address, row.from_name),
        to=tuple(Mailable(each["address"], each["name"]) for each in row.to),
        cc=tuple(Mailable(each["address"], each["name"]) for each in row.cc),
        subject=row.subject,
        text=row.text,
        date=format_datetime(row.received_at),
    )
