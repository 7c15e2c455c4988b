"""Why everything is as it is: each decision with its evidence, what was refused, who did what and when, and a sentence that says it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from storage.tables import ConversationRow, EventRow, MessageRow
from threads.aside.sides import takes_part_in
from threads.conversation import iso
from threads.model import BY_AGENT, TAKEN_BACK, Status
from threads.timeline import NEWEST, QUIET, newest_events, newest_messages
from threads.undo.ledger import PLACING
from threads.why import sentences

Reason = dict[str, Any]
_DESK = "the desk"
_SAID = ("split", "moved", "held")
"""Of these each message says so itself."""


def why(session: Session, row: ConversationRow) -> list[Reason]:
    """Every decision about a conversation: its priority, each message's place, what a rule or an agent did."""
    events = newest_events(session, row.id)
    priority = {
        "about": "priority",
        "at": iso(row.opened_at),
        "decided": row.rule or row.priority,
        "because": row.priority_because,
        "says": sentences.of_priority(row.priority, row.priority_because),
    }
    entries = [priority] if row.priority_because else []
    for message in newest_messages(session, row.id):
        entries += _of_message(session, message, row, events)
    return _with_acts(entries, [_act(each) for each in events if each.because and each.kind not in QUIET])


def why_of_message(session: Session, message: MessageRow) -> list[Reason]:
    """All of `why` that is about one message."""
    row = session.get_one(ConversationRow, message.conversation_id)
    its = EventRow.message_id == message.id
    placing = (EventRow.conversation_id == row.id) & EventRow.kind.in_(PLACING)
    wanted = select(EventRow).where(or_(its, placing)).order_by(EventRow.at.desc(), EventRow.id.desc()).limit(NEWEST)
    found = list(session.scalars(wanted))[::-1]
    events = [each for each in found if each.message_id == message.id or _put(each, message)]
    acts = [_act(each) for each in events if each.because and each.kind != "reply"]
    return _with_acts(_of_message(session, message, row, events), acts)


def _of_message(
    session: Session, message: MessageRow, row: ConversationRow, events: Iterable[EventRow]
) -> list[Reason]:
    """Why a message stands where it does, what was refused, and what sort of mail it was taken for."""
    takes_part = message.held and takes_part_in(session, row.id, message.from_address)
    about = {"about": "message", "code": message.code, "at": iso(message.received_at)}
    origin = message.authenticity_because + (f" [{message.checks}]" if message.checks else "")
    apart = row.status == Status.SUSPECTED
    entries = [
        {**about, **_place(message, events, takes_part=takes_part)},
        {
            **about,
            "about": "kind",
            "decided": message.kind,
            "because": message.kind_because,
            "says": sentences.of_kind(message.kind, message.kind_because),
        },
        {
            **about,
            "about": "origin",
            "decided": message.authenticity,
            "because": origin,
            "says": sentences.of_origin(message.authenticity, origin),
        },
        {
            **about,
            "about": "suspected",
            "decided": "kept apart",
            "because": message.suspected,
            "says": sentences.of_suspicion(message.suspected, kept_apart=apart, code=message.code),
        },
    ]
    return [entry for entry in entries if entry["because"]]


def _place(message: MessageRow, events: Iterable[EventRow], *, takes_part: bool) -> Reason:
    """Which signal decided, with what evidence, and which candidates were refused; where an agent did, when."""
    put = [each for each in events if each.kind != "merged" and each.undone_at is None and _put(each, message)]
    because = sentences.held_now(message.because, message.from_address, takes_part=takes_part)
    says = sentences.of_place(message.signal, because, held=message.held, code=message.code)
    by = next((_undone_by(each) for each in events if each.kind == "reply" and each.message_id == message.id), "")
    place = {
        "decided": message.signal or message.kind,
        "signal": message.signal,
        "because": because,
        "rejected": message.rejected,
        "held": message.held,
        "undone": message.kind == TAKEN_BACK,
        "says": f"{says} {by} took it back." if by else says,
    }
    return {**place, "at": iso(put[-1].at)} if put and message.signal in BY_AGENT else place


def _put(event: EventRow, message: MessageRow) -> bool:
    """Whether an act put a message where it is."""
    rows = event.data.get("rows", {}).get(MessageRow.__tablename__, ())
    return event.kind in PLACING and any([str(message.id)] in group["keys"] for group in rows)


def _with_acts(entries: list[Reason], acts: list[Reason]) -> list[Reason]:
    """Decisions and what was done; an act that says what a decision says already is left out, unless it was taken back."""
    said = {entry["because"] for entry in entries}
    return entries + [act for act in acts if act["undone"] or not (act["because"] in said or _is_said(act))]


def _is_said(act: Reason) -> bool:
    """Whether a message says an act itself; of what the desk moved it does not say how to take it back."""
    return act["about"] in _SAID and (act["about"], act["decided"]) != ("moved", _DESK)


def _act(event: EventRow) -> Reason:
    handle = str(event.data.get("handle", ""))
    return {
        "about": event.kind,
        "at": iso(event.at),
        "decided": event.actor or _DESK,
        "because": event.because,
        "undone": event.undone_at is not None,
        "says": sentences.of_act(event.kind, event.actor, event.because, handle=handle, undone_by=_undone_by(event)),
    }


def _undone_by(event: EventRow) -> str:
    """Who took an act back, "" where nobody did: of what an agent did that agent, where nothing else is kept."""
    return str(event.data.get("undone_by", event.actor)) if event.undone_at is not None else ""
