"""What is promised to a customer because of their organisation, along its keys."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from storage.rows import rows_of
from storage.tables import OrganisationRow, PersonRow
from threads.sla.terms import NOTHING_MORE, Promised

_PROMISED = (
    select(OrganisationRow.contract, OrganisationRow.calendar)
    .join(PersonRow, PersonRow.organisation_id == OrganisationRow.id)
    .where(PersonRow.id == bindparam("person"))
)


def promised_to(session: Session, person: UUID | None) -> Promised:
    """What is promised to a person's organisation; to who is of none nothing more than to everybody."""
    if person is None:
        return NOTHING_MORE
    return next(
        (Promised(row.contract, row.calendar) for row in rows_of(session, _PROMISED, person=person)), NOTHING_MORE
    )
