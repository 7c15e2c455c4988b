"""Taking back what an agent did last: the state before comes back, as far as nobody changed it since."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Session

from storage.errors import NotThere, WrongUse
from storage.tables import ConversationRow, EventRow, MessageRow, OutboxRow
from threads.conversation import locked_itself, plain, restore
from threads.lookup import merged_into
from threads.placing.bridging import Bridge
from threads.regroup.merging import dissolve, hold_with_sides
from threads.regroup.parted import messages_of
from threads.regroup.splitting import By
from threads.regroup.standing import roused
from threads.store.belongings import remember_since, set_apart
from threads.undo.answers import call_back, note_undone
from threads.undo.ledger import PLACING, put_back, went
from threads.undo.merges import Apart, Halves, Reads, take_apart

if TYPE_CHECKING:
    from threads.policy import Policy  # its calendars load every country's holidays

UNDOABLE = ("status", "priority", "assigned", "department", "billable", "callback", "note", "reply", "let in", "merged", "split",
            "moved")  # fmt: skip
TRACES = ("merged away", "split off", "moved off", "asked")
"""The other end of an act on two conversations: it leads to the act."""
_OF_THE_DESK = ("merged", "merged away", "moved", "moved off", "thanks")
"""What the desk does by itself and an agent can take back, by the name of the conversation."""
_LEADING = {
    "status": "status",
    "thanks": "status",
    "priority": "priority",
    "assigned": "assignee_id",
    "department": "department",
    "billable": "billable_at",
}
"""The field that an act is about: where it is another by now, there is nothing to take back."""
_ROUSING = frozenset({*PLACING, "status"}) - {"merged"}
"""After what the conversation may rest again although somebody wrote since; what a merge brought together, `take_apart` puts right."""
LONGEST_AGO = timedelta(days=7)


def undo(
    session: Session, by: By, read: Reads, conversation_id: UUID | None = None, zone: tzinfo = UTC
) -> dict[str, Any]:
    """Take back this agent's last act, or their last one on a conversation. What was taken back, in plain values.

    Of a merge `read` says what came after it.

    Where the desk itself merged a conversation, moved something there or away, or closed it for thanks, and this agent did
    nothing there since, that. Raises `NotThere` where there is none, or none any more, `WrongUse` where another is first.
    """
    event = last_event(session, by.actor, by.now, conversation_id)
    if event is None:
        raise NotThere(_nothing(session.get(ConversationRow, conversation_id) if conversation_id else None))
    trace = _trace(session, event)
    conversation, other = _held(session, event, trace)
    _refuse_changed(session, conversation, event)
    text = ""
    if event.kind == "reply":
        named = _act_named(session, event, conversation, other, there=conversation_id is not None)
        text = _call_back(session, event, named, zone)
    apart = _take_back(session, event, conversation, trace, other, read, by)
    if event.kind in _ROUSING:
        for each in filter(None, (conversation, other)):
            _rouse(session, each, by.policy)
    remember_since(session, [each.id for each in (conversation, other) if each is not None], event.id)
    if not event.actor and other is not None:
        _decided(session, event, conversation, other, by.actor)
    _note_undone(session, event, trace, by.actor, by.now)
    session.flush()
    shown = other if other is not None and event.data.get("made") else conversation
    return {
        "handle": shown.handle,
        "conversation": str(shown.id),
        "undone": event.kind,
        "because": _what(event),
        "at": event.at.isoformat(),
        "status": shown.status,
        "text": text or apart.text or str(event.data.get("text", "")),
        "kept": apart.kept,
        "told": apart.told,
        **({"asked": _asked(conversation, other)} if other is not None and event.kind == "reply" else {}),
    }


def _nothing(row: ConversationRow | None) -> str:
    if row is None:
        return "you did nothing in the last days that could be taken back"
    return f"you did nothing to {row.handle} in the last days that could be taken back; `brief why {row.handle}` tells who did what"


def _decided(
    session: Session, event: EventRow, conversation: ConversationRow, other: ConversationRow, agent_id: str
) -> None:
    """Now an agent has decided what the desk had: neither do the two become one by itself, nor does anything leave by itself."""
    bridge = Bridge.from_json(event.data["bridge"]) if "bridge" in event.data else None
    for each in {conversation.id, *(bridge.places if bridge is not None else ())} - {other.id}:
        set_apart(session, each, other.id)
    if event.kind == "moved":
        stay = went(event.data["rows"])
        because = f"{agent_id} took back that the desk had moved it to {conversation.handle}"
        put = update(MessageRow).where(MessageRow.id.in_(stay), MessageRow.conversation_id == other.id)
        session.execute(put.values(signal="undo", because=because, loose_with=None))


def _what(event: EventRow) -> str:
    """What is taken back, in words; of what the desk did with two conversations what that was."""
    if event.actor or event.kind not in ("merged", "moved"):
        return event.because
    did = "merged {} into it" if event.kind == "merged" else "moved something here from {}"
    return f"the desk had {did.format(event.data['handle'])}"


def _asked(side: ConversationRow, main: ConversationRow) -> dict[str, str]:
    """Of a question to a third party that is taken back: what it was about, and whom it went to."""
    return {"handle": main.handle, "conversation": str(main.id), "to": side.customer_address}


def _take_back(
    session: Session,
    event: EventRow,
    conversation: ConversationRow,
    trace: EventRow | None,
    other: ConversationRow | None,
    read: Reads,
    by: By,
) -> Apart:
    """Everything is as before: the rows that the act changed, and the conversations."""
    if event.kind == "merged" and trace is not None and other is not None:
        return take_apart(session, Halves(event, trace, conversation, other), read, by)
    if rows := event.data.get("rows"):
        put_back(session, rows)
    if other is None or trace is None:
        return Apart(restore(conversation, event), [])
    kept = restore(other, trace)
    if event.data.get("made", False):
        dissolve(session, conversation, other)
        return Apart(kept, [])
    return Apart([*kept, *restore(conversation, event)], [])


def _rouse(session: Session, row: ConversationRow, policy: Policy) -> None:
    """Nobody's letter that came since rests with a conversation, now that it stands as before."""
    if row.merged_into_id is None:
        for name, value in roused(session, row, {}, messages_of(session, row.id), policy).items():
            setattr(row, name, value)


def _note_undone(session: Session, event: EventRow, trace: EventRow | None, agent_id: str, now: datetime) -> None:
    for each in filter(None, (event, trace)):
        note_undone(session, each, agent_id, now)


def last_event(session: Session, agent_id: str, now: datetime, conversation_id: UUID | None) -> EventRow | None:
    """The act that is to be taken back; of a conversation that was merged, the merge, else the last act where it is now."""
    found = _latest(session, agent_id, now, conversation_id)
    row = session.get(ConversationRow, conversation_id) if found is None and conversation_id is not None else None
    if row is not None and row.merged_into_id is not None:
        found = _latest(session, agent_id, now, merged_into(session, row).id)
    if found is None:
        return None
    return _other(session, found, "act") or _other(session, found, "reply") or found


def _latest(session: Session, agent_id: str, now: datetime, conversation_id: UUID | None) -> EventRow | None:
    """What an agent did last or, to a conversation that is named, perhaps the desk."""
    kinds = EventRow.kind.in_((*UNDOABLE, *TRACES))
    theirs = and_(EventRow.actor == agent_id, EventRow.at >= now - LONGEST_AGO, kinds)
    done: ColumnElement[bool] = theirs
    if conversation_id is not None:
        of_the_desk = and_(EventRow.actor == "", EventRow.kind.in_(_OF_THE_DESK))
        done = and_(EventRow.conversation_id == conversation_id, or_(theirs, of_the_desk))
    wanted = select(EventRow).where(EventRow.undone_at.is_(None), done)
    return session.scalar(wanted.order_by(EventRow.at.desc(), EventRow.id.desc()).limit(1))


def _trace(session: Session, event: EventRow) -> EventRow | None:
    """The other end of an act: of a question to a third party what stands at the conversation that it is about."""
    if event.kind != "reply":
        return _other(session, event, "trace")
    asked = select(EventRow).where(EventRow.message_id == event.message_id, EventRow.kind == "asked")
    return session.scalar(asked)


def _other(session: Session, event: EventRow, name: str) -> EventRow | None:
    """The event at the other end of an act on two conversations."""
    return session.get(EventRow, UUID(event.data[name])) if name in event.data else None


def _held(session: Session, event: EventRow, trace: EventRow | None) -> tuple[ConversationRow, ConversationRow | None]:
    """The conversations of an act, held."""
    asked = [event.conversation_id, *([trace.conversation_id] if trace else [])]
    hold_with_sides(session, asked)
    rows = {each: locked_itself(session, each) for each in asked}
    session.refresh(event)
    if event.undone_at is not None or event.conversation_id != asked[0]:
        raise WrongUse("somebody else has just changed it; look at it once more with `brief show`")
    return rows[asked[0]], rows[asked[1]] if trace else None


def _refuse_changed(session: Session, row: ConversationRow, event: EventRow) -> None:
    """Raise where something else was done to the same since."""
    leading = _LEADING.get(event.kind)
    if leading and plain({leading: getattr(row, leading)})[leading] != event.data["after"][leading]:
        raise WrongUse(
            f"{row.handle} has changed since: {event.because}, and then something else; say what you want instead"
        )
    for each in (event, _other(session, event, "trace")):
        if each is not None and (leading or event.kind in PLACING):
            _refuse_elsewhere(session, each)


def _refuse_elsewhere(session: Session, event: EventRow) -> None:
    """Raise where what was done went on into another conversation: what did that is to be taken back first."""
    was = session.get_one(ConversationRow, UUID(event.data["conversation"]))
    if was.id != event.conversation_id:
        now_in = merged_into(session, session.get_one(ConversationRow, event.conversation_id))
        raise WrongUse(
            f"what was done to {was.handle} stands in {now_in.handle} by now; "
            f"take back first what put it there: `brief undo {now_in.handle}`"
        )


def _act_named(
    session: Session, event: EventRow, conversation: ConversationRow, main: ConversationRow | None, *, there: bool
) -> tuple[str, str]:
    """An answer as the agent's last act, in words, and what else they can say; `there` where they named its conversation."""
    answer = f"the answer to {conversation.handle}"
    what = answer if main is None else f"the question to {conversation.customer_address} about {main.handle}"
    parts = _parted_by(session, event)
    if there:
        return f"your last act there is {what}", parts
    instead = parts or "; to take back something on another conversation, say `brief undo HANDLE`"
    return f"your last act is {what}", instead


def _parted_by(session: Session, answer: EventRow) -> str:
    """How to take back what was last merged into the conversation of an answer: whoever answered both by mistake wants that."""
    here = and_(EventRow.conversation_id == answer.conversation_id, EventRow.kind == "merged")
    theirs = and_(EventRow.actor.in_((answer.actor, "")), EventRow.undone_at.is_(None))
    merge = session.scalar(
        select(EventRow).where(here, theirs).order_by(EventRow.at.desc(), EventRow.id.desc()).limit(1)
    )
    return f"; `brief undo {merge.data['handle']}` parts what was merged into it" if merge is not None else ""


def _call_back(session: Session, event: EventRow, named: tuple[str, str], zone: tzinfo) -> str:
    """Take an answer out of the outbox while it is held there. What it said."""
    message = session.get(MessageRow, event.message_id) if event.message_id else None
    if message is not None and call_back(session, event, message):
        return message.reply
    row = session.scalar(select(OutboxRow).where(OutboxRow.message_id == event.message_id)) if message else None
    sent_at = row.sent_at.astimezone(zone) if row is not None and row.sent_at else None
    gone = f"went out at {sent_at:%H:%M}" if sent_at else "is on its way"
    what, instead = named
    raise NotThere(f"{what}, and it {gone}: it cannot be taken back{instead}")
