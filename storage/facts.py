"""Named facts about the desk as a whole."""

from __future__ import annotations

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from storage.claim import insert_ignoring
from storage.rows import value_of
from storage.tables import FactRow


def get_fact(session: Session, name: str) -> str | None:
    """What is known under a name, or None."""
    return value_of(session, _VALUE, name=name)


_VALUE = select(FactRow.value).where(FactRow.name == bindparam("name"))


def set_fact(session: Session, name: str, value: str) -> None:
    """Remember a value under a name, in place of what was there."""
    session.merge(FactRow(name=name, value=value))
    session.flush()


def fact_once(session: Session, name: str, value: str) -> str:
    """Remember a value where none stands yet, and give back what stands: of two processes that ask, one decides."""
    insert_ignoring(session, FactRow, [{"name": name, "value": value}])
    return get_fact(session, name) or ""
