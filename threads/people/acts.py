"""What agents do about people and organisations, kept so that it can be undone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.claim import serialise
from storage.ids import uuid7
from storage.tables import ActRow, PersonRow

RIGHTS = ("organisation_id", "sees", "may_declare", "speaks")
"""What a person's row says of their organisation."""
OF_NONE = {"organisation_id": None, "sees": "own", "may_declare": False, "speaks": False}
"""What it says of who is of none."""


def hold(session: Session, addresses: Iterable[str] = ()) -> None:
    """Let nobody else change who somebody is until this transaction ends, nor mail by some addresses be placed meanwhile."""
    serialise(session, "people")
    for address in sorted(set(addresses)):
        serialise(session, f"customer:{address}")


def keep(
    session: Session,
    kind: str,
    about: str,
    because: str,
    data: Mapping[str, Any],
    *,
    actor: str,
    now: datetime,
    key: UUID | None = None,
) -> ActRow:
    """Write down what an agent did."""
    act = ActRow(id=key or uuid7(), at=now, kind=kind, actor=actor, about=about, because=because, data=dict(data))
    session.add(act)
    session.flush()
    return act


def last(session: Session, actor: str, since: datetime) -> ActRow | None:
    """What an agent did last, and did not take back."""
    theirs = select(ActRow).where(ActRow.actor == actor, ActRow.at >= since, ActRow.undone_at.is_(None))
    return session.scalar(theirs.order_by(ActRow.at.desc(), ActRow.id.desc()).limit(1))


def rights_of(person: PersonRow) -> dict[str, Any]:
    """What a person may do for which organisation, as JSON can hold it."""
    values = {name: getattr(person, name) for name in RIGHTS}
    return {**values, "organisation_id": str(person.organisation_id) if person.organisation_id else None}


def give_rights(person: PersonRow, rights: Mapping[str, Any]) -> None:
    """Set what `rights_of` told."""
    organisation = rights["organisation_id"]
    for name in RIGHTS:
        setattr(person, name, rights[name])
    person.organisation_id = UUID(organisation) if organisation else None
