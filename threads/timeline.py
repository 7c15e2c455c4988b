"""A whole conversation as plain values: who takes part, what was said and done in order, and why it is so."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from storage.tables import ConversationRow, EventRow, MessageRow, OutboxRow, SuggestionRow
from threads import agents
from threads.aside import sides
from threads.conversation import iso
from threads.escalation.shown import told_at
from threads.listing import summaries
from threads.people.participants import people_of
from threads.store.asked import tags_of
from threads.store.successors import linked
from threads.why.sentences import held_now

NEWEST = 300
"""How many messages, and how many events, are shown; of longer conversations the newest."""
LONGEST_TEXT = 200_000
QUIET = frozenset({"reply", "merged away"})
"""Events that say nothing which a message or another event does not say."""


def whole(session: Session, row: ConversationRow) -> dict[str, Any]:
    """What `brief show --json` prints of a conversation."""
    messages, asked = _messages(session, row.id), sides.sides_of(session, row.id)
    entries = [*messages, *_events(session, row.id, asked)]
    people = people_of(session, row, messages)
    _say_why_held(messages, people["participants"])
    names = agents.names(session)
    for entry in entries:
        entry["agent_name"] = names.get(entry.get("agent") or entry.get("actor") or "", "")
    return {
        **summaries(session, [row])[0],
        "sides": asked,
        "tags": tags_of(session, row.id),
        "charge": {
            "asked_at": iso(row.asked_at),
            "billable_at": iso(row.billable_at),
            "billable_by": row.billable_by,
            "because": row.billable_because,
        },
        **linked(session, row),
        **people,
        "timeline": sorted(entries, key=_order),
        "earlier": max(0, _count(session, row.id) - len(messages)),
        "suggestions": suggestions(session, row.id),
    }


def _say_why_held(messages: list[dict[str, Any]], participants: list[dict[str, Any]]) -> None:
    """Whoever was a stranger and takes part by now is not called one."""
    addresses = {each["address"] for each in participants}
    for each in messages:
        if each["held"]:
            address = each["from"]["address"]
            each["because"] = held_now(each["because"], address, takes_part=address in addresses)


def _order(entry: dict[str, Any]) -> tuple[str, int]:
    """By time; of the same moment what came in before what happened then, and that before what went out."""
    rank = 1 if entry["kind"] != "message" else 0 if entry["direction"] == "in" else 2
    return str(entry["at"]), rank


def suggestions(session: Session, conversation_id: UUID) -> list[dict[str, Any]]:
    """The articles that were suggested for the latest mail which had any, best first."""
    rows = session.execute(
        select(SuggestionRow, MessageRow.received_at, MessageRow.code)
        .join(MessageRow, MessageRow.id == SuggestionRow.message_id)
        .where(SuggestionRow.conversation_id == conversation_id)
        .order_by(MessageRow.received_at.desc(), SuggestionRow.rank)
        .limit(20)
    ).all()
    return [
        {
            "rank": row.rank,
            "article": row.article_id,
            "question": row.question,
            "excerpt": row.excerpt,
            "probability": row.probability,
            "because": row.because,
            "quoted": row.quoted,
            "withheld": row.withheld,
            "message": code,
        }
        for row, _, code in rows
        if row.message_id == rows[0][0].message_id
    ]


def newest_messages(session: Session, conversation_id: UUID) -> list[MessageRow]:
    """Its messages in order; of a longer conversation the newest."""
    newest = (
        select(MessageRow)
        .where(MessageRow.conversation_id == conversation_id)
        .order_by(MessageRow.received_at.desc(), MessageRow.id.desc())
        .limit(NEWEST)
    )
    return list(session.scalars(newest))[::-1]


def _count(session: Session, conversation_id: UUID) -> int:
    return session.scalar(select(func.count()).where(MessageRow.conversation_id == conversation_id)) or 0


def _messages(session: Session, conversation_id: UUID) -> list[dict[str, Any]]:
    rows = newest_messages(session, conversation_id)
    outgoing = [row.id for row in rows if row.direction == "out"]
    sent = {row.message_id: row for row in session.scalars(select(OutboxRow).where(OutboxRow.message_id.in_(outgoing)))}
    return [_message(row, sent.get(row.id)) for row in rows]


def _message(row: MessageRow, sent: OutboxRow | None) -> dict[str, Any]:
    return {
        "at": iso(row.received_at),
        "kind": "message",
        "direction": row.direction,
        "code": row.code,
        "mail": row.kind,
        "from": {"name": row.from_name, "address": row.from_address},
        "to": row.to,
        "cc": row.cc,
        "reply_to": row.reply_to,
        "subject": row.subject,
        "reply": row.reply[:LONGEST_TEXT],
        "text": row.text[:LONGEST_TEXT],
        "attachments": [{"number": number, **each} for number, each in enumerate(row.attachments, start=1)],
        "defects": row.defects,
        "origin": {
            "word": row.authenticity,
            "because": row.authenticity_because,
            "checks": row.checks,
            "acts": row.acts,
        },
        "suspected": row.suspected,
        "virus": row.virus,
        "held": row.held,
        "signal": row.signal,
        "because": row.because,
        "agent": row.agent_id,
        "delivery": _delivery(sent) if sent else None,
    }


def _delivery(sent: OutboxRow) -> dict[str, Any]:
    return {
        "state": sent.state,
        "due_at": iso(sent.due_at),
        "sent_at": iso(sent.sent_at),
        "answer": sent.last_answer,
        "maybe_twice": sent.maybe_twice,
        "reports": sent.reports,
    }


def newest_events(session: Session, conversation_id: UUID) -> list[EventRow]:
    """What happened to it in order; of a longer conversation the newest."""
    newest = (
        select(EventRow)
        .where(EventRow.conversation_id == conversation_id)
        .order_by(EventRow.at.desc(), EventRow.id.desc())
        .limit(NEWEST)
    )
    return list(session.scalars(newest))[::-1]


def _events(session: Session, conversation_id: UUID, asked: list[dict[str, Any]]) -> list[dict[str, Any]]:
    rows = [row for row in newest_events(session, conversation_id) if row.kind not in QUIET]
    by_key = {each["conversation"]: each for each in asked}
    told = told_at(session, [row.id for row in rows if row.kind == "escalation"])
    return [
        _event(row)
        | ({"side": by_key.get(row.data["side"])} if "side" in row.data else {})
        | ({"told": told[row.id]["told"], "calls": told[row.id]["calls"]} if row.id in told else {})
        for row in rows
    ]


def _event(row: EventRow) -> dict[str, Any]:
    shared = {"at": iso(row.at), "actor": row.actor or None, "undone": row.undone_at is not None}
    if row.kind == "note":
        return {"kind": "note", "text": str(row.data.get("text", "")), "call": row.data.get("call"), **shared}
    return {
        "kind": "event",
        "event": row.kind,
        "because": row.because,
        "before": row.data.get("before", {}),
        "after": row.data.get("after", {}),
        **shared,
    }
