"""The base of all tables."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import MetaData, Uuid
from sqlalchemy.orm import DeclarativeBase

from storage.tables.types import CleanJson, CleanText, UtcTime

KEY_ONLY = {"sqlite_with_rowid": False}
"""For a small table that is found by its key: SQLite keeps it in that order, and not once more beside an index of all of it."""


class Base(DeclarativeBase):
    """Names every constraint, so that a migration can find it again on both databases."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: CleanText,
        datetime: UtcTime,
        UUID: Uuid(),
        list[str]: CleanJson,
        list[dict[str, Any]]: CleanJson,
        dict[str, Any]: CleanJson,
    }
