"""Rules tried on mails that are there: in files, in one conversation, or in the whole archive. Changes nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from heapq import merge
from itertools import islice
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from mailgateway.archive import has_a_header
from mailgateway.inspect import envelope_of, ours
from mailgateway.kinds.classify import Own, classify
from mailgateway.mime.parse import parse
from mailgateway.origin.verdict import NOT_ASKED
from mailgateway.ranking import as_found, urgency_of
from mailgateway.stored import Stored, stored
from service.settings import Settings
from storage.tables import ConversationRow, EventRow, MessageRow, TagRow
from threads import lookup
from threads.arrival import Found
from threads.charge.asking import lacking, unconfirmed
from threads.model import Classification, Direction, Kind, Status, Urgency
from threads.placing.forms import written_for
from threads.policy import Policy
from threads.priority import Tried, prioritise, tried
from threads.rule import Circumstances, Rule
from threads.store.asked import agent_there
from threads.store.rights import member_of

AT_ONCE = 200
"""Messages that are read together."""
_WHAT = ("priority", "rule", "department", "sla", "hold", "assignee", "tags")

Row = dict[str, Any]


def described(rule: Rule, *, own: bool) -> Row:
    """A rule as plain values: what it asks, and what follows."""
    asks = {
        "mailbox": rule.mailboxes, "sender": rule.senders, "organisation": rule.organisations, "contract": rule.contracts,
        "kind": rule.kinds, "headers": rule.headers, "form": rule.form, "any_words": rule.any_words, "all_words": rule.all_words,
        "no_words": rule.no_words, "emergency": rule.emergencies,
        "hours": {True: "inside", False: "outside", None: ""}[rule.opening], "time": rule.within.opening if rule.within else "",
    }  # fmt: skip
    does = {
        "priority": rule.priority, "opens": rule.opens, "department": rule.department, "tags": rule.tags, "assignee": rule.assignee, "sla": rule.sla,
        "answer": rule.answer, "hold": rule.hold,
    }  # fmt: skip
    return {
        "name": rule.name,
        "own": own,
        "conditions": {name: _plain(value) for name, value in asks.items() if value},
        "effects": {name: _plain(value) for name, value in does.items() if value},
        "because": rule.because,
    }


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else dict(value) if hasattr(value, "items") else value


def on_mail(source: str, raw: bytes, settings: Settings, policy: Policy, *, form: bool = False) -> Row:
    """What the rules make of a mail in a file, as of an unknown writer who writes when its Date says.

    With `form`, and where it has no header, it is read as if typed into the contact form.
    """
    found = _as_read(raw, policy, form=form)
    mail, classification = found.mail, found.classification
    known = next((each for one in mail.recipients if (each := policy.mailbox_of(one.address))), None)
    mailbox = known or (policy.mailboxes[0] if settings.file else ours(mail)[1])
    around = Circumstances(at=mail.sent_at, hours=policy.hours(mailbox.address.lower()), typed=found.typed)
    urgency = prioritise(mail, classification, mailbox, policy.rules, around, match_all=policy.match_all)
    return {
        "source": source,
        "read_as": "form" if found.typed else "mail",
        "subject": mail.subject,
        **said(urgency),
        **_split(
            tried(mail, classification, mailbox, policy.rules, around), decided=urgency, together=policy.match_all
        ),
    }


def _as_read(raw: bytes, policy: Policy, *, form: bool) -> Found:
    """A file as the mail that it is, as what a form of `[forms]` wrote, or as what somebody typed into a form."""
    headed = has_a_header(raw)
    mail = parse(raw if headed else b"MIME-Version: 1.0\r\n\r\n" + raw)
    own = Own(ours(mail)[0].addresses | policy.addresses, marks=frozenset())
    found = Found(None, None, envelope_of(mail), mail, classify(mail, envelope_of(mail), own), NOT_ASKED)
    if headed and not form:
        return written_for(found, policy)
    typed = Classification(Kind.PERSON, acknowledge=True, because="it was typed into a form")
    return replace(found, by_form=True, classification=typed)


def on_conversation(session: Session, name: str, policy: Policy) -> list[Row]:
    """What the rules of now make of each mail that came to a conversation. Raises `NotThere`."""
    row = lookup.one(session, name)
    wanted = select(MessageRow.id).where(MessageRow.conversation_id == row.id, MessageRow.direction == Direction.IN)
    keys = session.scalars(wanted.order_by(MessageRow.received_at).limit(AT_ONCE)).all()
    return [_on_stored(session, each, policy) for each in stored(session, keys)]


def _on_stored(session: Session, each: Stored, policy: Policy) -> Row:
    found, mailbox, around = as_found(session, each, policy)
    urgency = urgency_of(found, mailbox, around, policy)
    trials = tried(found.mail, found.classification, mailbox, policy.rules, around)
    return {
        "message": each.row.code,
        "subject": each.row.subject,
        "then": {"priority": each.conversation.priority, "because": each.conversation.priority_because},
        **said(urgency),
        **_split(trials, decided=urgency, together=policy.match_all),
    }


def _unconfirmed(session: Session, found: Found, urgency: Urgency) -> Urgency:
    """How urgent it is until its writer has answered whether it may be charged: they were asked, and would be again."""
    author = found.mail.author
    if author is None:
        return urgency
    asked = lacking(found.mail, author.address, urgency, member_of(session, [author.address]))
    return unconfirmed(urgency, asked) if asked else urgency


def said(urgency: Urgency) -> Row:
    """What the rules ask for, as plain values."""
    return {
        "priority": urgency.priority.value,
        "rule": urgency.rule,
        "because": urgency.because,
        "department": urgency.department,
        "tags": list(urgency.tags),
        "assignee": urgency.assignee,
        "sla": urgency.sla,
        "answer": urgency.answer,
        "hold": bool(urgency.hold),
    }


def _split(trials: Sequence[Tried], *, decided: Urgency, together: bool) -> Row:
    """Which rules fired, and which nearly did: all but one of their conditions held."""
    fired = [
        {"rule": each.rule.name, "decided": together or each.rule.name == decided.rule} for each in trials if each.fires
    ]
    nearly = [
        {"rule": each.rule.name, "missing": each.missing[0].condition, "words": each.missing[0].words}
        for each in trials
        if each.nearly
    ]
    return {"fired": fired, "nearly": nearly}


def to_replay(session: Session, since: datetime) -> int:
    """How many mails that opened a conversation are gone through."""
    return session.scalar(select(func.count()).select_from(MessageRow).where(*_since(since))) or 0


def replayed(session: Session, since: datetime, policy: Policy, step: Callable[[int], None]) -> Iterator[Row]:
    """Each mail that opened a conversation and would be ranked otherwise now: what was decided, and what would be."""
    found = _keys(session, since)
    while keys := list(islice(found, AT_ONCE)):
        opened = _opened(session, keys)
        for each in stored(session, list(opened)):
            changed = _difference(session, each, opened[each.row.id], policy)
            if changed is not None:
                yield changed
        session.expunge_all()
        step(len(keys))


def _keys(session: Session, since: datetime) -> Iterator[UUID]:
    """The mails since then as they came; each kind by its index of times, so that what came before costs nothing."""
    for _, key in merge(*(_of_kind(session, kind, since) for kind in Kind)):
        yield key


def _of_kind(session: Session, kind: Kind, since: datetime) -> Iterator[tuple[datetime, UUID]]:
    message = MessageRow
    query = select(message.received_at, message.id).where(message.kind == kind, message.direction == Direction.IN)
    query = query.order_by(message.received_at, message.id).limit(AT_ONCE)
    later: ColumnElement[bool] = message.received_at >= since
    while True:
        rows = session.execute(query.where(later)).all()
        yield from ((row.received_at, row.id) for row in rows)
        if len(rows) < AT_ONCE:
            return
        at, key = rows[-1]
        later = and_(message.received_at >= at, or_(message.received_at > at, message.id > key))


def _since(since: datetime) -> tuple[Any, ...]:
    return (MessageRow.kind.in_(tuple(Kind)), MessageRow.direction == Direction.IN, MessageRow.received_at >= since)


def _opened(session: Session, keys: Sequence[UUID]) -> dict[UUID, Row]:
    """Of some messages those that opened a conversation, with what was decided then."""
    query = select(EventRow.message_id, EventRow.conversation_id, EventRow.data).where(
        EventRow.message_id.in_(keys), EventRow.kind == "opened"
    )
    opened = [row for row in session.execute(query) if row.message_id is not None]
    tags: defaultdict[UUID, list[str]] = defaultdict(list)
    here = TagRow.conversation_id.in_({row.conversation_id for row in opened})
    for conversation, tag in session.execute(
        select(TagRow.conversation_id, TagRow.tag).where(here).order_by(TagRow.tag)
    ):
        tags[conversation].append(tag)
    given = _given(session, [row.message_id for row in opened])
    asked = _asked(session, [row.message_id for row in opened])
    return {
        row.message_id: {**row.data.get("after", {}), "tags": tags[row.conversation_id],
                         "assignee": given.get(row.message_id, ""), "asked": row.message_id in asked}
        for row in opened
    }  # fmt: skip


def _asked(session: Session, keys: Sequence[UUID]) -> set[UUID]:
    """The mails whose writers were asked whether it may be charged."""
    query = select(EventRow.message_id, EventRow.data).where(EventRow.message_id.in_(keys), EventRow.kind == "charge")
    return {key for key, data in session.execute(query) if key and data.get("after", {}).get("asked_at")}


def _given(session: Session, keys: Sequence[UUID]) -> dict[UUID, str]:
    """To whom a rule gave what some messages opened."""
    query = select(EventRow.message_id, EventRow.data).where(
        EventRow.message_id.in_(keys), EventRow.kind == "assigned", EventRow.actor == ""
    )
    return {key: data.get("after", {}).get("assignee_id", "") for key, data in session.execute(query) if key}


def _difference(session: Session, each: Stored, then: Row, policy: Policy) -> Row | None:
    found, mailbox, around = as_found(session, each, policy)
    urgency = urgency_of(found, mailbox, around, policy)
    if then["asked"]:
        urgency = _unconfirmed(session, found, urgency)
    row: ConversationRow = each.conversation
    was = {"priority": then.get("priority", row.priority), "rule": then.get("rule", row.rule),
           "department": then.get("department", row.department), "sla": row.sla, "tags": then["tags"],
           "assignee": then["assignee"], "hold": then.get("status") == Status.SUSPECTED}  # fmt: skip
    now = {
        "priority": urgency.priority.value,
        "rule": urgency.rule,
        "department": urgency.department or mailbox.department,
        "sla": urgency.sla or row.sla,  # a later mail may have given it
        "assignee": agent_there(session, urgency.assignee) or "",
        "tags": sorted({*was["tags"], *urgency.tags}),  # those of later mails stay
        "hold": was["hold"] or bool(urgency.hold),  # it may be suspected for something else
    }
    changed = {name: {"was": was[name], "now": now[name]} for name in _WHAT if was[name] != now[name]}
    if not changed:
        return None
    return {
        "handle": row.handle,
        "message": each.row.code,
        "subject": row.subject,
        "changed": changed,
        "because": urgency.because,
    }
