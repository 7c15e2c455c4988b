"""Which conversation, message or article an agent means."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from storage.errors import NotThere, WrongUse
from storage.tables import AddressRow, ConversationRow, MessageRow, ParticipantRow
from threads.model import Status

MOST = 20
"""How many conversations are listed where a name fits several."""
LAST = chr(0x10FFFF)
"""Sorts behind every text: a beginning is the range from itself to itself plus this."""


def find(session: Session, name: str) -> list[ConversationRow]:
    """The conversations that a name fits: an exact handle alone, else a beginning of handles, or a mail address.

    Of an address the conversations that are not closed, or else all; the newest first. A conversation that was
    merged stands for the one it was merged into.
    """
    name = name.strip().lower()
    if "@" in name:
        return _by_address(session, name)
    exact = session.scalar(select(ConversationRow).where(ConversationRow.handle == name)) or _by_key(session, name)
    if exact is not None:
        return [merged_into(session, exact)]
    if not name:
        return []
    beginning = select(ConversationRow).where(ConversationRow.handle >= name, ConversationRow.handle < name + LAST)
    return _followed(session, session.scalars(beginning.order_by(ConversationRow.handle).limit(MOST + 1)).all())


def one(session: Session, name: str, *, or_code: bool = False) -> ConversationRow:
    """The one conversation that is meant. Raises `NotThere`, or `WrongUse` with the list where it fits several."""
    found = some(session, name, or_code=or_code)
    if len(found) > 1:
        handles = ", ".join(row.handle for row in found[:MOST])
        more = ", ..." if len(found) > MOST else ""
        raise WrongUse(f"{name!r} fits several conversations: {handles}{more}; say which")
    return found[0]


def itself(session: Session, name: str) -> ConversationRow:
    """The one that is meant; by its whole handle also one that was merged into another, not that one."""
    exact = session.scalar(select(ConversationRow).where(ConversationRow.handle == name.strip().lower()))
    return exact or one(session, name)


def some(session: Session, name: str, *, or_code: bool = False) -> list[ConversationRow]:
    """At least one conversation that a name fits. Raises `NotThere`; `or_code`: it could have been a message's code as well."""
    found = find(session, name)
    if not found:
        if "@" in name:
            raise NotThere(
                f"nobody with the address {name[:80]!r} takes part in a conversation; `brief search WORDS` finds others"
            )
        nor = ", and no message has that code" if or_code else ""
        codes = "; `brief show HANDLE` shows codes" if or_code else ""
        raise NotThere(
            f"no conversation is called {name[:80]!r}{nor}; `brief inbox` and `brief search WORDS` show what there is{codes}"
        )
    return found


def message(session: Session, code: str) -> MessageRow:
    """The message with a code. Raises `NotThere`."""
    row = session.scalar(select(MessageRow).where(MessageRow.code == code.strip().lower()))
    if row is None:
        raise NotThere(f"no message has the code {code[:80]!r}; `brief show HANDLE` shows them")
    return row


def merged_into(session: Session, row: ConversationRow) -> ConversationRow:
    """The conversation into which this one was merged, however often; itself where it was not."""
    seen = {row.id}
    while row.merged_into_id is not None and row.merged_into_id not in seen:
        seen.add(row.merged_into_id)
        after = session.get(ConversationRow, row.merged_into_id)
        if after is None:
            break
        row = after
    return row


def conversations_of(address: str) -> Select[UUID]:
    """The IDs of all conversations in which somebody with this address takes part."""
    return (
        select(ParticipantRow.conversation_id)
        .join(AddressRow, AddressRow.person_id == ParticipantRow.person_id)
        .where(AddressRow.address == address)
    )


def _by_address(session: Session, address: str) -> list[ConversationRow]:
    person = select(AddressRow.person_id).where(AddressRow.address == address)
    theirs = select(ConversationRow).where(
        or_(ConversationRow.customer_id.in_(person), ConversationRow.id.in_(conversations_of(address))),
        ConversationRow.merged_into_id.is_(None),
    )
    newest = (ConversationRow.updated_at.desc(), ConversationRow.id.desc())
    unclosed = (
        theirs.where(ConversationRow.status.not_in((Status.CLOSED, Status.SUSPECTED))).order_by(*newest).limit(MOST + 1)
    )
    return list(session.scalars(unclosed)) or list(session.scalars(theirs.order_by(*newest).limit(MOST + 1)))


def _by_key(session: Session, name: str) -> ConversationRow | None:
    try:
        return session.get(ConversationRow, UUID(name))
    except ValueError:
        return None


def _followed(session: Session, rows: Sequence[ConversationRow]) -> list[ConversationRow]:
    return list({row.id: row for row in (merged_into(session, each) for each in rows)}.values())
