"""Look up what may decide where a mail belongs: a handful of queries, each along an index, each bounded."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar
from uuid import UUID

from sqlalchemy import Row, bindparam, select
from sqlalchemy.orm import Session

from storage.rows import column_of, rows_of
from storage.tables import (
    AddressRow,
    AgentRow,
    ConversationRow,
    DeliveryRow,
    MessageRow,
    OutboxRow,
    ParticipantRow,
    TokenRow,
)
from threads.freemail import is_freemail
from threads.known import Known, KnownConversation, KnownMessage
from threads.model import Direction, Envelope, InboundMail, SentMail
from threads.policy import Policy
from threads.store.sent import by_messages, by_tokens, sent_lately
from threads.subjects import canonical, is_reply_subject
from threads.tokens import opaque_id, opaque_ids, token_in

_Key = TypeVar("_Key")
_Named = Row[UUID, str | None, UUID, str, str]
"""Of a message: key, Message-ID, conversation, direction, subject."""
_MOST_IDS = 100
_MOST_MESSAGES = 200
_MOST_PEOPLE = 2000
_MOST_SAME_SUBJECT = 20
_MOST_RECIPIENTS = 500
_MOST_MERGES = 20


def known_for(
    session: Session, mail: InboundMail, envelope: Envelope, policy: Policy, *, outgoing: bool = False
) -> Known:
    """Everything stored that `match` may ask about a mail; `outgoing` for an answer of ours out of an archive."""
    agents = agents_addresses(session)
    writer = _writer(session, mail, policy.addresses, outgoing=outgoing)
    wanted = _tokens_in(mail, envelope, policy)
    tokens = _tokens(session, wanted)
    returned = by_tokens(session, [token for token in wanted if token not in tokens])
    messages = _messages(session, mail)
    same_subject = _same_subject(session, mail, writer)
    lately = sent_lately(session, mail, envelope.received_at)
    keys = {*tokens.values(), *same_subject, *(row.conversation_id for row in messages)}
    keys |= {each.conversation for each in (*returned.values(), *lately)}
    now_in, ours = _merged(session, keys), _ours(session, messages)
    leads_to = {**tokens, **{token: each.conversation for token, each in returned.items()}}
    return Known(
        tokens={token: now_in[leads_to[token]] for token in wanted if token in leads_to},
        returned=_now_in(returned, now_in),
        sent=_now_in(_sent(session, mail, messages), now_in),
        sent_lately=tuple(_now_in(dict(enumerate(lately)), now_in).values()),
        stray_token=any(token not in leads_to for token in wanted),
        messages=tuple(_message(row, now_in, ours) for row in messages),
        conversations=_conversations(session, set(now_in.values()), [row.id for row in messages]),
        same_subject=tuple(dict.fromkeys(now_in[key] for key in same_subject)),
        writer=writer,
        agents=agents,
        own_addresses=policy.addresses,
        own_domains=own_domains(policy),
    )


def agents_addresses(session: Session) -> frozenset[str]:
    """The agents' own addresses, in lower case."""
    return frozenset(address.lower() for address in column_of(session, _AGENTS))


_AGENTS = select(AgentRow.email).where(AgentRow.email != "", AgentRow.disabled_at.is_(None))


def own_domains(policy: Policy) -> frozenset[str]:
    """The domains of the desk's own people: those of its mailboxes, freemail providers left out."""
    domains = {mailbox.domain.lower() for mailbox in policy.mailboxes} | policy.own_domains
    return frozenset(domain for domain in domains if not is_freemail(domain))


def _writer(session: Session, mail: InboundMail, ours: frozenset[str], *, outgoing: bool) -> frozenset[str]:
    """Every address of who wrote, or of those whom our own mail went to."""
    people = mail.recipients[:_MOST_RECIPIENTS] if outgoing else tuple(filter(None, [mail.author]))
    addresses = {each.address for each in people if each.address} - (ours if outgoing else frozenset())
    if not addresses:
        return frozenset()
    return frozenset(addresses.union(column_of(session, _THEIRS, addresses=addresses)))


_PERSONS = select(AddressRow.person_id).where(AddressRow.address.in_(bindparam("addresses", expanding=True)))
_THEIRS = select(AddressRow.address).where(AddressRow.person_id.in_(_PERSONS)).limit(_MOST_PEOPLE)
"""Every address of the persons with some addresses."""


def _tokens_in(mail: InboundMail, envelope: Envelope, policy: Policy) -> list[str]:
    """What has the form of a token among the recipients, in the order in which it stands there."""
    recipients = (*envelope.recipients, *(each.address for each in mail.recipients))[:_MOST_RECIPIENTS]
    found = [token_in(address, policy.mailboxes) for address in recipients if "+" in address]
    return list(dict.fromkeys(filter(None, found)))


def _now_in(sent: Mapping[_Key, SentMail], now_in: Mapping[UUID, UUID]) -> dict[_Key, SentMail]:
    """Mails of ours with the conversations that they belong to now."""
    return {
        key: replace(each, conversation=now_in.get(each.conversation, each.conversation)) for key, each in sent.items()
    }


def _sent(session: Session, mail: InboundMail, messages: Sequence[_Named]) -> dict[str, SentMail]:
    """Of the messages that a delivery report names those that went out from here."""
    if mail.status is None:
        return {}
    out = {row.id: row.message_id for row in messages if row.direction == Direction.OUT and row.message_id}
    return by_messages(session, out)


def _tokens(session: Session, tokens: list[str]) -> dict[str, UUID]:
    """The conversations that reply addresses lead to, by their tokens."""
    if not tokens:
        return {}
    rows = rows_of(session, _TOKENS, tokens=tokens)
    stored = {row.token: row.conversation_id for row in rows}
    return {token: stored[token] for token in tokens if token in stored}


_TOKENS = select(TokenRow.token, TokenRow.conversation_id).where(
    TokenRow.token.in_(bindparam("tokens", expanding=True))
)


def _messages(session: Session, mail: InboundMail) -> Sequence[_Named]:
    """The stored messages whose IDs a mail names."""
    near = opaque_ids(mail.in_reply_to)[:_MOST_IDS]
    far = opaque_ids(mail.references)
    about = opaque_id(mail.status.original_message_id) if mail.status else None
    ids = {*near, *far[:1], *far[-_MOST_IDS:], *([about] if about else [])}
    if not ids:
        return []
    return rows_of(session, _NAMED, ids=ids)


_NAMED = (
    select(MessageRow.id, MessageRow.message_id, MessageRow.conversation_id, MessageRow.direction, MessageRow.subject)
    .where(MessageRow.message_id.in_(bindparam("ids", expanding=True)))
    .limit(_MOST_MESSAGES)
)


def _ours(session: Session, messages: Iterable[_Named]) -> set[UUID]:
    """Of some messages those that we sent under an ID of our own making: they went through the outbox."""
    out = [row.id for row in messages if row.direction == Direction.OUT]
    if not out:
        return set()
    return {key for key in column_of(session, _SENT, messages=out) if key is not None}


_SENT = select(OutboxRow.message_id).where(OutboxRow.message_id.in_(bindparam("messages", expanding=True)))


def _message(row: _Named, now_in: dict[UUID, UUID], ours: set[UUID]) -> KnownMessage:
    return KnownMessage(
        message_id=row.message_id or "",
        conversation=now_in[row.conversation_id],
        canonical_subject=canonical(row.subject),
        ours=row.id in ours,
        out=row.direction == Direction.OUT,
    )


def _same_subject(session: Session, mail: InboundMail, writer: Collection[str]) -> list[UUID]:
    """Conversations with a reply's subject in which its writer takes part, the latest first."""
    subject = canonical(mail.subject)
    if not subject or not writer or not is_reply_subject(mail.subject):
        return []
    return list(dict.fromkeys(column_of(session, _ON_SUBJECT, writer=list(writer), subject=subject)))


_ON_SUBJECT = (
    select(ConversationRow.id)
    .join(ParticipantRow, ParticipantRow.conversation_id == ConversationRow.id)
    .join(AddressRow, AddressRow.person_id == ParticipantRow.person_id)
    .where(AddressRow.address.in_(bindparam("writer", expanding=True)))
    .where(ConversationRow.canonical_subject == bindparam("subject"))
    .where(ConversationRow.merged_into_id.is_(None))
    .order_by(ConversationRow.updated_at.desc())
    .limit(_MOST_SAME_SUBJECT)
)


def _merged(session: Session, keys: set[UUID]) -> dict[UUID, UUID]:
    """Where each conversation is now: itself, or what it was merged into, however often."""
    into = {key: key for key in keys}
    ask = set(keys)
    for _ in range(_MOST_MERGES):
        if not ask:
            break
        rows = rows_of(session, _MERGED, keys=ask)
        moved = {row.id: row.merged_into_id for row in rows if row.merged_into_id is not None}
        into = {key: moved.get(target, target) for key, target in into.items()}
        ask = set(moved.values())
    return into


_MERGED = select(ConversationRow.id, ConversationRow.merged_into_id).where(
    ConversationRow.id.in_(bindparam("keys", expanding=True)), ConversationRow.merged_into_id.is_not(None)
)


def _conversations(session: Session, keys: set[UUID], messages: list[UUID]) -> dict[UUID, KnownConversation]:
    """What `match` wants to know of some conversations."""
    if not keys:
        return {}
    people, customers = _people(session, keys)
    mailboxes = _mailboxes(session, messages)
    return {
        row.id: KnownConversation(
            id=row.id,
            handle=row.handle,
            canonical_subject=row.canonical_subject,
            mailboxes=frozenset({row.mailbox, *mailboxes[row.id]}),
            people=frozenset(people[row.id]),
            customer_domains=frozenset(
                address.rpartition("@")[2] for address in (*customers[row.id], row.customer_address) if "@" in address
            ),
            last_at=row.updated_at,
            customers=frozenset(customers[row.id]),
        )
        for row in rows_of(session, _PLACES, keys=keys)
    }


_PLACES = select(
    ConversationRow.id,
    ConversationRow.handle,
    ConversationRow.canonical_subject,
    ConversationRow.mailbox,
    ConversationRow.customer_address,
    ConversationRow.updated_at,
).where(ConversationRow.id.in_(bindparam("keys", expanding=True)))


def _people(session: Session, keys: set[UUID]) -> tuple[dict[UUID, set[str]], dict[UUID, set[str]]]:
    """The addresses of all who take part in some conversations, and of their customers alone."""
    everybody: dict[UUID, set[str]] = defaultdict(set)
    customers: dict[UUID, set[str]] = defaultdict(set)
    for row in rows_of(session, _PARTICIPANTS, keys=keys):
        everybody[row.conversation_id].add(row.address)
        if row.role == "customer":
            customers[row.conversation_id].add(row.address)
    return everybody, customers


_PARTICIPANTS = (
    select(ParticipantRow.conversation_id, ParticipantRow.role, AddressRow.address)
    .join(AddressRow, AddressRow.person_id == ParticipantRow.person_id)
    .where(ParticipantRow.conversation_id.in_(bindparam("keys", expanding=True)))
    .limit(_MOST_PEOPLE)
)


def _mailboxes(session: Session, messages: list[UUID]) -> dict[UUID, set[str]]:
    """Which of our mailboxes some messages reached, by conversation."""
    found: dict[UUID, set[str]] = defaultdict(set)
    if not messages:
        return found
    for row in rows_of(session, _REACHED, messages=messages):
        found[row.conversation_id].add(row.mailbox)
    return found


_REACHED = (
    select(MessageRow.conversation_id, DeliveryRow.mailbox)
    .join(MessageRow, MessageRow.id == DeliveryRow.message_id)
    .where(DeliveryRow.message_id.in_(bindparam("messages", expanding=True)))
)
