"""The rows of a message: the mail itself, where it was delivered, and the answers that were suggested for it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, update
from sqlalchemy.orm import Session

from knowledge.article import Suggestion
from storage.claim import insert_ignoring
from storage.ids import uuid7
from storage.outgoing import OutgoingMail
from storage.rows import change, table_of
from storage.tables import DeliveryRow, EnvelopeRow
from threads.arrival import Arrival, Found
from threads.model import Acknowledge, Address, Direction, InboundMail
from threads.placing.loose import WEAK
from threads.tokens import new_code, opaque_id

_LONGEST_TEXT = 1_000_000
_MOST_ADDRESSES = 500


def message_of(arrival: Arrival, conversation_id: UUID) -> dict[str, Any]:
    """The row of a mail that came, or of an old answer of ours."""
    mail, placement, key = arrival.mail, arrival.placement, uuid7()
    loose = bool(arrival.ghosts) and not placement.held and placement.signal in WEAK
    return {
        "id": key,
        "conversation_id": conversation_id,
        "code": arrival.found.code or new_code(),
        "direction": arrival.direction.value,
        "kind": _kind(arrival),
        "message_id": opaque_id(mail.message_id),
        "dedupe_key": mail.dedupe_key,
        "raw_id": arrival.found.raw_id,
        "from_name": mail.author.name if mail.author else "",
        "from_address": mail.author.address if mail.author else "",
        "to": plain_addresses(mail.to),
        "cc": plain_addresses(mail.cc),
        "reply_to": plain_addresses(mail.reply_to),
        **derived_of(mail),
        "sent_at": mail.sent_at,
        "received_at": arrival.at,
        "held": placement.held,
        "signal": placement.signal,
        "because": placement.because,
        "loose_with": key if loose else placement.loose_with,
        "kind_because": arrival.found.classification.because,
        "rejected": list(placement.rejected),
        **_origin_of(arrival),
    }


def _origin_of(arrival: Arrival) -> dict[str, Any]:
    """What was found out about where a mail comes from, and whether it does harm; nothing of our own answers."""
    if arrival.direction is Direction.OUT:
        return {}
    verdict, suspicion = arrival.found.verdict, arrival.found.suspicion
    return {
        "authenticity": verdict.authenticity.value,
        "authenticity_because": verdict.because,
        "checks": verdict.details,
        "acts": verdict.acts,
        "by_form": arrival.found.typed,
        "suspected": suspicion.because if suspicion else "",
        "virus": suspicion.virus if suspicion else "",
    }


def derived_of(mail: InboundMail) -> dict[str, Any]:
    """What a message keeps of its mail that decides nothing: its place, kind and key stay."""
    return {
        "subject": mail.subject,
        "text": mail.text[:_LONGEST_TEXT],
        "reply": mail.reply[:_LONGEST_TEXT],
        "language": mail.language,
        "attachments": [asdict(each) for each in mail.attachments],
        "defects": list(mail.defects),
    }


def acknowledgement_of(
    letter: OutgoingMail, decided: Acknowledge, conversation_id: UUID, now: datetime
) -> dict[str, Any]:
    """The row of the acknowledgement that goes out."""
    return by_itself(letter, "acknowledgement", decided.because, conversation_id, now)


def by_itself(letter: OutgoingMail, kind: str, because: str, conversation_id: UUID, now: datetime) -> dict[str, Any]:
    """The row of a letter to the customer that no person wrote; `kind` is one of `BY_ITSELF`."""
    return {
        "id": uuid7(),
        "conversation_id": conversation_id,
        "code": new_code(),
        "direction": Direction.OUT.value,
        "kind": kind,
        "message_id": letter.message_id,
        "from_name": letter.author.name,
        "from_address": letter.author.address,
        "to": [{"name": each.name, "address": each.address} for each in letter.to],
        "cc": [],
        "reply_to": [],
        "subject": letter.subject,
        "text": letter.text,
        "reply": letter.text,
        "language": letter.language,
        "attachments": [],
        "defects": [],
        "sent_at": now,
        "received_at": now,
        "because": because,
        "rejected": [],
    }


def suggestions_of(arrival: Arrival, message_id: UUID, conversation_id: UUID, now: datetime) -> list[dict[str, Any]]:
    """What the knowledge base offered, which of it the acknowledgement quotes, and which was withheld, to compare."""
    decided = arrival.decided
    quoted, withheld = (decided.answers, decided.withheld) if isinstance(decided, Acknowledge) else ((), ())
    return [
        {
            "message_id": message_id,
            "rank": rank,
            "conversation_id": conversation_id,
            **_suggestion(each),
            "quoted": each in quoted,
            "withheld": each in withheld,
            "fit_at": now if each in quoted or each in withheld else None,
        }
        for rank, each in enumerate(arrival.found.suggestions, start=1)
    ]


def deliver_to(session: Session, found: Found, message_id: UUID) -> int:
    """Note which of our mailboxes a message reached by this envelope; how many of them are new."""
    rows = [
        {"message_id": message_id, "mailbox": mailbox.address.lower(), "envelope_id": found.envelope_id}
        for mailbox in found.mailboxes
        if found.envelope_id is not None
    ]
    return insert_ignoring(session, DeliveryRow, rows) if rows else 0


def settle_envelope(session: Session, found: Found, message_id: UUID, state: str) -> None:
    """The envelope is dealt with: it became this message."""
    if found.envelope_id is not None:
        change(session, _SETTLE, envelope_id=found.envelope_id, became=state, its_message=message_id)


_ENVELOPE = table_of(EnvelopeRow)
_SETTLE = (
    update(_ENVELOPE)
    .where(_ENVELOPE.c.id == bindparam("envelope_id"))
    .values(state=bindparam("became"), message_id=bindparam("its_message"), leased_until=None, error="")
)


def plain_addresses(people: Iterable[Address]) -> list[dict[str, Any]]:
    """Addresses as JSON holds them."""
    return [{"name": each.name, "address": each.address} for each in list(people)[:_MOST_ADDRESSES]]


def _kind(arrival: Arrival) -> str:
    """Of an old answer of ours: whether a person wrote it, or a program of ours acknowledged something."""
    if arrival.direction is Direction.IN:
        return arrival.found.classification.kind.value
    automatic = arrival.mail.header("auto-submitted").strip().lower() not in {"", "no"}
    return "acknowledgement" if automatic else "person"


def _suggestion(suggestion: Suggestion) -> dict[str, Any]:
    found = suggestion.found
    return {
        "article_id": found.article.id,
        "question": found.article.question,
        "excerpt": found.excerpt,
        "probability": suggestion.probability,
        "because": found.because,
    }
