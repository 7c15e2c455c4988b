"""Look up what may decide where a mail belongs: a handful of queries, each along an index, each bounded."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from sqlalchemy import Row, bindparam, select
from sqlalchemy.orm import Session

from storage.rows import rows_of
from storage.tables import ApartRow, ConversationRow, DeliveryRow, MessageRow, TokenRow
from threads.model import Direction, Envelope, InboundMail, SentMail
from threads.placing.known import Known, KnownConversation, KnownQuotation
from threads.policy import Policy
from threads.store.known_lately import on_subject
from threads.store.known_loose import loose_parts
from threads.store.known_messages import Named, ghosts_of, known_ghosts, known_message, named_by, ours_among, quoted_by
from threads.store.known_people import KnownPerson, agents_addresses, correspondents, own_domains, participants
from threads.store.rights import member_of
from threads.store.sent import by_messages, by_tokens, sent_lately
from threads.tokens import token_in

_Key = TypeVar("_Key")
_Place = Row[UUID, str, str, str, str, datetime, UUID | None, datetime | None, UUID | None]
_MOST_RECIPIENTS = 500
_MOST_MERGES = 20


def known_for(
    session: Session, mail: InboundMail, envelope: Envelope, policy: Policy, *, outgoing: bool = False
) -> Known:
    """Everything stored that `match` may ask about a mail; `outgoing` for an answer of ours out of an archive."""
    who = correspondents(session, mail, policy, outgoing=outgoing)
    wanted = _tokens_in(mail, envelope, policy)
    tokens = _tokens(session, wanted)
    returned = by_tokens(session, [token for token in wanted if token not in tokens])
    messages, ghosts = named_by(session, mail), ghosts_of(session, mail)
    # only where no header leads anywhere the people's other conversations are looked through
    lost = not (tokens or returned or messages)
    quoted = quoted_by(session, mail) if lost else []
    same_subject, unanswered = on_subject(session, mail, who) if lost else ([], frozenset())
    reported = sent_lately(session, mail, envelope.received_at)
    keys = {*tokens.values(), *same_subject, *(each.conversation_id for each in quoted)}
    keys |= {each.conversation_id for each in messages} | {each.conversation_id for each in ghosts}
    keys |= {each.conversation for each in (*returned.values(), *reported)}
    now_in, places = _places(session, keys)
    ours = ours_among(session, messages)
    loose = loose_parts(session, [*messages, *ghosts])
    leads_to = {**tokens, **{token: each.conversation for token, each in returned.items()}}
    return Known(
        tokens={token: now_in[leads_to[token]] for token in wanted if token in leads_to},
        returned=_now_in(returned, now_in),
        sent=_now_in(_sent(session, mail, messages), now_in),
        sent_lately=tuple(_now_in(dict(enumerate(reported)), now_in).values()),
        stray_token=any(token not in leads_to for token in wanted),
        messages=tuple(known_message(each, now_in, ours, loose) for each in messages),
        ghosts=known_ghosts(ghosts, now_in, loose),
        loose=loose,
        quotations=tuple(
            KnownQuotation(now_in[each.conversation_id], each.code, each.shared, each.of) for each in quoted
        ),
        conversations=_conversations(
            session, places, [each.id for each in messages] + [each.message for each in ghosts], who.persons
        ),
        # only what IDs lead to may be made one, or drawn elsewhere
        apart=_apart(session, {each.id for each in places} if messages or ghosts else set()),
        same_subject=tuple(dict.fromkeys(now_in[key] for key in same_subject)),
        unanswered=frozenset(now_in[key] for key in unanswered).difference(
            now_in[key] for key in same_subject if key not in unanswered
        ),
        writer=who.writer,
        member=member_of(session, who.writer) if who.are_members and not outgoing else None,
        people=who.people,
        agents=agents_addresses(session),
        own_addresses=policy.addresses,
        own_domains=own_domains(policy),
    )


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


def _sent(session: Session, mail: InboundMail, messages: Sequence[Named]) -> dict[str, SentMail]:
    """Of the messages that a delivery report names those that went out from here."""
    if mail.status is None:
        return {}
    out = {each.id: each.message_id for each in messages if each.direction == Direction.OUT and each.message_id}
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


def _places(session: Session, keys: set[UUID]) -> tuple[dict[UUID, UUID], list[_Place]]:
    """Where each conversation is now, itself or what it was merged into, however often; and what stands in these."""
    found, ask = _stands_in(session, keys), keys
    into = {key: key for key in keys}
    for _ in range(_MOST_MERGES):
        moved = {key: each.merged_into_id for key in ask if (each := found[key]).merged_into_id is not None}
        if not moved:
            break
        into = {key: moved.get(target, target) for key, target in into.items()}
        ask = set(moved.values())
        found |= _stands_in(session, ask - found.keys())
    return into, [found[key] for key in dict.fromkeys(into.values())]


def _stands_in(session: Session, keys: set[UUID]) -> dict[UUID, _Place]:
    return {row.id: row for row in rows_of(session, _PLACES, keys=keys)} if keys else {}


_PLACES = select(
    ConversationRow.id,
    ConversationRow.handle,
    ConversationRow.canonical_subject,
    ConversationRow.mailbox,
    ConversationRow.customer_address,
    ConversationRow.updated_at,
    ConversationRow.side_of_id,
    ConversationRow.closed_at,
    ConversationRow.merged_into_id,
).where(ConversationRow.id.in_(bindparam("keys", expanding=True)))


def _apart(session: Session, keys: set[UUID]) -> frozenset[tuple[UUID, UUID]]:
    """Of some conversations the pairs that an agent set apart."""
    if len(keys) < 2:
        return frozenset()
    return frozenset((row.conversation_id, row.other_id) for row in rows_of(session, _APART, keys=keys))


_APART = select(ApartRow.conversation_id, ApartRow.other_id).where(
    ApartRow.conversation_id.in_(bindparam("keys", expanding=True))
)


def _conversations(
    session: Session, places: list[_Place], messages: list[UUID], persons: Mapping[UUID, KnownPerson]
) -> dict[UUID, KnownConversation]:
    """What `match` wants to know of some conversations."""
    if not places:
        return {}
    taking_part = participants(session, {each.id for each in places}, persons)
    mailboxes = _mailboxes(session, messages)
    return {
        row.id: KnownConversation(
            id=row.id,
            handle=row.handle,
            canonical_subject=row.canonical_subject,
            mailboxes=frozenset({row.mailbox, *mailboxes[row.id]}),
            people=frozenset(here.people),
            customer_domains=frozenset(
                address.rpartition("@")[2] for address in (*here.customers, row.customer_address) if "@" in address
            ),
            last_at=row.updated_at,
            customers=frozenset(here.customers),
            names=frozenset(here.names),
            beside=frozenset(here.beside),
            side_of=row.side_of_id,
            closed_at=row.closed_at,
            organisation=here.organisation,
        )
        for row in places
        for here in (taking_part[row.id],)
    }


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
