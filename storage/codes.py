"""Short codes: the end of a row's key, by which a person names it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, String, cast, func, select
from sqlalchemy.orm import Session

from storage.errors import NotThere, WrongUse
from storage.tables import EnvelopeRow, OutboxRow

LETTERS = 8
"""The last ones of a key, which are random."""
FEWEST = 4

Coded = TypeVar("Coded", EnvelopeRow, OutboxRow)


def code_of(key: UUID) -> str:
    """The code that stands for a row."""
    return key.hex[-LETTERS:]


def one_with_code(
    session: Session, table: type[Coded], code: str, *where: ColumnElement[bool], shown_by: str, otherwise: str
) -> Coded:
    """The row whose key ends with a code. Raises `NotThere` with what is said `otherwise`, `WrongUse` where several do.

    `shown_by` is the command that shows the codes.
    """
    wanted = code.strip().lower()
    if not (FEWEST <= len(wanted) <= 32 and all(each in "0123456789abcdef" for each in wanted)):
        raise WrongUse(f"{code[:40]!r} is no code of a mail; `{shown_by}` shows them")
    letters = func.replace(cast(table.id, String), "-", "")  # PostgreSQL writes a key in groups
    query = select(table).where(*where, letters.like(f"%{wanted}"))
    rows: Sequence[Coded] = session.scalars(query.limit(2)).all()
    if not rows:
        raise NotThere(f"{otherwise.format(wanted)}; `{shown_by}` shows those that are")
    if len(rows) > 1:
        raise WrongUse(f"{wanted} fits several mails; write more of it")
    return rows[0]
