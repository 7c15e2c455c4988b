"""Look up who is of which organisation, for the decisions of `threads.people.rights`: along an index each."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import bindparam, exists, select, true
from sqlalchemy.orm import Session, aliased

from storage.rows import rows_of
from storage.tables import AddressRow, OrganisationRow, PersonRow
from threads.people.rights import Member, Sees
from threads.sla.terms import Promised

_Other = aliased(PersonRow)


def member_of(session: Session, addresses: Collection[str]) -> Member | None:
    """What the person with some addresses, in lower case, is to their organisation; None for who is of none."""
    if not addresses:
        return None
    for row in rows_of(session, _MEMBER, addresses=list(addresses)):
        promised = Promised(row.contract, row.calendar)
        return Member(row.id, row.name, Sees(row.sees), row.may_declare, row.speaks, row.others_declare, promised)
    return None


_DECLARERS = (
    exists().where(_Other.organisation_id == OrganisationRow.id, _Other.may_declare == true()).label("others_declare")
)
_MEMBER = (
    select(
        OrganisationRow.id,
        OrganisationRow.name,
        PersonRow.sees,
        PersonRow.may_declare,
        PersonRow.speaks,
        _DECLARERS,
        OrganisationRow.contract,
        OrganisationRow.calendar,
    )
    .join(PersonRow, PersonRow.organisation_id == OrganisationRow.id)
    .join(AddressRow, AddressRow.person_id == PersonRow.id)
    .where(AddressRow.address.in_(bindparam("addresses", expanding=True)))
    .limit(1)
)
