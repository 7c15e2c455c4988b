"""How often customers came back who were quoted an answer, and those who went without: read along the time of the acknowledgement."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ScalarSelect, func, select
from sqlalchemy.orm import Session, aliased

from storage.tables import AddressRow, MessageRow, ParticipantRow, SuggestionRow
from threads.deflection import WITHIN, Deflection, Group
from threads.model import Direction, Kind


def deflection(session: Session, now: datetime, since: datetime | None = None) -> Deflection:
    """The two groups of the conversations that were acknowledged since a time and more than `WITHIN` ago."""
    again = _wrote_again()
    old = select(SuggestionRow.message_id, SuggestionRow.withheld, SuggestionRow.fit_at, again)
    old = old.join(MessageRow, MessageRow.id == SuggestionRow.message_id)
    # whoever was erased is nobody of whom it is known whether they came back
    old = old.join(AddressRow, AddressRow.address == MessageRow.from_address)
    old = old.where(SuggestionRow.fit_at <= now - WITHIN)
    young = select(SuggestionRow.message_id).where(SuggestionRow.fit_at > now - WITHIN)
    if since is not None:
        old, young = old.where(SuggestionRow.fit_at >= since), young.where(SuggestionRow.fit_at >= since)
    # several articles fit one mail: it counts once
    mails = {
        message: (withheld, _in_time(fit_at, wrote_at)) for message, withheld, fit_at, wrote_at in session.execute(old)
    }
    return Deflection(
        quoted=_group([back for withheld, back in mails.values() if not withheld]),
        without=_group([back for withheld, back in mails.values() if withheld]),
        too_young=len(set(session.scalars(young))),
    )


def _wrote_again() -> ScalarSelect[datetime]:
    """When the writer of the mail in question wrote next, from any of their addresses, in any conversation of theirs."""
    later, own = aliased(MessageRow), aliased(AddressRow)
    return (
        select(func.min(later.received_at))
        .select_from(ParticipantRow)
        .join(later, later.conversation_id == ParticipantRow.conversation_id)
        .join(own, own.address == later.from_address)
        .where(
            ParticipantRow.person_id == AddressRow.person_id,
            own.person_id == AddressRow.person_id,
            later.received_at > SuggestionRow.fit_at,
            later.direction == Direction.IN.value,
            later.kind == Kind.PERSON.value,
            later.acts,
            ~later.held,
            later.suspected == "",
        )
        .correlate(AddressRow, SuggestionRow)
        .scalar_subquery()
    )


def _in_time(fit_at: datetime | None, wrote_at: datetime | None) -> bool:
    """Whether who got an acknowledgement wrote soon after it; None is never."""
    return fit_at is not None and wrote_at is not None and wrote_at - fit_at <= WITHIN


def _group(came_back: list[bool]) -> Group:
    return Group(len(came_back), sum(came_back))
