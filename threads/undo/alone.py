"""Where a mail would have come had two conversations never been one, though it refers to nothing that is known.

By then it stands in what the two are: they are made two again, the signals are asked, and that is taken back.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.tables import ConversationRow, EventRow, MessageRow
from threads.arrival import Found
from threads.conversation import restore
from threads.match import match_found
from threads.model import Placement
from threads.placing.known import Known
from threads.store.known import known_for
from threads.store.known_messages import ghosts_of
from threads.subjects import canonical
from threads.undo.belonging import Home
from threads.undo.ledger import put_back

if TYPE_CHECKING:
    from threads.policy import Policy  # its calendars load every country's holidays


@dataclass(frozen=True, slots=True)
class Lone:
    """Where some mails belong that refer to nothing that is known."""

    homes: dict[UUID, Home]
    """Of those that the signals lead to one of the halves."""
    about: dict[UUID, UUID]
    """Of delivery reports on what went out since: on which of our mails."""


def lone_homes(
    session: Session,
    event: EventRow,
    trace: EventRow,
    came: Sequence[MessageRow],
    lone: Mapping[UUID, Found],
    policy: Policy,
) -> Lone:
    """Which half of a merge each of some mails would have come to, or which mail that came since it reports on.

    `came` is all that came since, `lone` what intake found of those that refer to nothing that is known.
    """
    if not lone:
        return Lone({}, {})
    halves = [session.get_one(ConversationRow, each.conversation_id) for each in (event, trace)]
    with session.begin_nested() as apart:
        put_back(session, event.data["rows"])
        for row, act in zip(halves, (event, trace), strict=True):
            restore(row, act)
        session.flush()
        before = _Before(session, [row.id for row in halves], came)
        placed = {each.id: before.placed(lone[each.id], policy) for each in came if each.id in lone}
        apart.rollback()
    session.expire_all()
    since = {each.id for each in came}
    about = {
        key: found.about.message
        for key, found in placed.items()
        if found.about is not None and found.about.message in since
    }
    keys = {row.id for row in halves}
    homes = {
        key: Home(found.conversation, found.because)
        for key, found in placed.items()
        if key not in about and found.conversation in keys and found.conversation is not None
    }
    return Lone(homes, about)


class _Before:
    """What is known without what came since the two were one."""

    def __init__(self, session: Session, halves: Collection[UUID], came: Sequence[MessageRow]) -> None:
        self._session = session
        self._keys: dict[UUID | None, datetime] = {each.id: each.received_at for each in came}
        self._codes = {each.code for each in came}
        self._subjects = {key: self._subjects_of(key) for key in halves}

    def _subjects_of(self, half: UUID) -> frozenset[str]:
        """The subjects under which a half went."""
        own = self._session.get_one(ConversationRow, half).canonical_subject
        here = MessageRow.conversation_id == half
        found = self._session.execute(select(MessageRow.id, MessageRow.subject).where(here, MessageRow.held.is_(False)))
        return frozenset({own, *(canonical(subject) for key, subject in found if key not in self._keys)})

    def placed(self, found: Found, policy: Policy) -> Placement:
        """Where the signals lead a mail."""
        known = self._without(known_for(self._session, found.mail, found.envelope, policy), found)
        mailbox = found.mailboxes[0] if found.mailboxes else policy.mailboxes[0]
        return match_found(found, mailbox, known, found.envelope.received_at, policy)

    def _without(self, known: Known, found: Found) -> Known:
        mail = found.mail
        ghosts = {
            (each.ghost, each.conversation_id)
            for each in ghosts_of(self._session, mail)
            if each.message not in self._keys
        }
        subject, at = canonical(mail.subject), found.envelope.received_at
        return replace(
            known,
            sent_lately=tuple(each for each in known.sent_lately if self._keys.get(each.message, at) <= at),
            ghosts=tuple(each for each in known.ghosts if (each.ghost, each.conversation) in ghosts),
            quotations=tuple(each for each in known.quotations if each.code not in self._codes),
            same_subject=tuple(key for key in known.same_subject if subject in self._subjects.get(key, {subject})),
        )
