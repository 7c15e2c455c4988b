"""The messages of a conversation, of which some go."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.errors import WrongUse
from storage.tables import ConversationRow, MessageRow
from threads.model import TAKEN_BACK
from threads.regroup.parting import Letter
from threads.regroup.tally import Said
from threads.store.both import of_one
from threads.store.letters import letters_of

if TYPE_CHECKING:
    from threads.policy import Policy  # its calendars load every country's holidays


@dataclass(frozen=True, slots=True)
class Parted:
    """The messages of a conversation, of which some go; the same as rows and as letters."""

    went: tuple[MessageRow, ...]
    stay: tuple[MessageRow, ...]
    went_letters: tuple[Letter, ...]
    stay_letters: tuple[Letter, ...]

    @property
    def went_said(self) -> tuple[Said, ...]:
        """What went, as it decides how a conversation stands."""
        return tuple(each.said for each in self.went_letters)

    @property
    def stay_said(self) -> tuple[Said, ...]:
        """What stays, as it decides how a conversation stands."""
        return tuple(each.said for each in self.stay_letters)

    @property
    def ids(self) -> list[UUID]:
        """Which messages go."""
        return [each.id for each in self.went]

    @property
    def is_all(self) -> bool:
        """Whether nothing stays that anybody said."""
        return all(each.kind == TAKEN_BACK for each in self.stay)

    @property
    def begins(self) -> bool:
        """Whether the first message of the conversation is among those that go."""
        first = min((*self.went, *self.stay), key=lambda each: (each.received_at, each.id))
        return first.id in self.ids

    @property
    def codes(self) -> str:
        """Which messages an agent is told of: the first few."""
        people = [each.code for each, letter in zip(self.went, self.went_letters, strict=True) if letter.said.counts]
        codes = people or [each.code for each in self.went]
        return ", ".join(codes[:5]) + (f" and {len(codes) - 5} more" if len(codes) > 5 else "")


def parted_of(session: Session, old: ConversationRow, ids: Collection[UUID], policy: Policy) -> Parted:
    """The messages of a conversation that is held, of which some are to go."""
    messages = messages_of(session, old.id)
    went = tuple(each for each in messages if each.id in ids)
    if len(went) < len(set(ids)):
        raise WrongUse(f"some of it has just left {old.handle}; look at it once more with `brief show`")
    stay = tuple(each for each in messages if each.id not in ids)
    letters = [letters_of(session, each, policy, old.customer_id) for each in (went, stay)]
    return Parted(went, stay, *(tuple(of_one(session, each, old.id)) for each in letters))


def messages_of(session: Session, conversation_id: UUID) -> list[MessageRow]:
    """All messages of a conversation, in order, read anew."""
    wanted = select(MessageRow).where(MessageRow.conversation_id == conversation_id)
    in_order = wanted.order_by(MessageRow.received_at, MessageRow.id).execution_options(populate_existing=True)
    return list(session.scalars(in_order))
