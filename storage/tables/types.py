"""Column types which make both databases hold the same."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import JSON, DateTime, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine


def clean(text: str) -> str:
    """The text as every database can hold it: no NUL, which PostgreSQL refuses, and no lone surrogates."""
    if text.isascii() and "\0" not in text:
        return text
    if "\0" in text:
        text = text.replace("\0", "\N{REPLACEMENT CHARACTER}")
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode()
    return text


def _clean_value(value: Any) -> Any:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {clean(str(key)): _clean_value(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_clean_value(item) for item in value]
    return value


class CleanText(TypeDecorator[str]):
    """Text of any length, cleaned on its way in."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Compared byte by byte on both databases: PostgreSQL then finds a beginning by an ordinary index, as SQLite does."""
        return dialect.type_descriptor(Text(collation="C") if dialect.name == "postgresql" else Text())

    def bind_processor(self, dialect: Dialect) -> Callable[[str | None], str | None]:  # noqa: ARG002 - SQLAlchemy's signature
        """Clean what is stored: at once, for a mail has a hundred texts, and the way round by the inner type costs twice that."""
        return _clean_text


def _clean_text(text: str | None) -> str | None:
    return None if text is None else clean(text)


def _utc(value: datetime | None) -> datetime | None:
    if value is not None and value.tzinfo is None:
        raise ValueError(f"a time without a zone cannot be stored: {value!r}")
    return value.astimezone(UTC) if value is not None else None


def _utc_text(value: datetime | None) -> str | None:
    """As the library writes it, which takes four times as long."""
    utc = _utc(value)
    return _as_text(utc) if utc is not None else None


@lru_cache(maxsize=64)
def _as_text(utc: datetime) -> str:
    """Kept for a moment: the rows of one mail name the same few times again and again."""
    return utc.replace(tzinfo=None).isoformat(" ", "microseconds")


class CleanJson(TypeDecorator[Any]):
    """JSON of our own making (so of bounded depth), its texts cleaned on their way in."""

    impl = JSON
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """JSONB on PostgreSQL, text elsewhere."""
        return dialect.type_descriptor(JSONB() if dialect.name == "postgresql" else JSON())

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:  # noqa: ARG002 - SQLAlchemy's signature
        """Clean what is stored."""
        return _clean_value(value)

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any]:
        """Clean what is stored; an empty list or object, as most are, is made ready once."""
        as_stored = cast("Callable[[Any], Any]", super().bind_processor(dialect))
        empty: dict[type, Any] = {list: as_stored([]), tuple: as_stored([]), dict: as_stored({})}
        return lambda value: empty[type(value)] if not value and type(value) in empty else as_stored(value)


class UtcTime(TypeDecorator[datetime]):
    """An aware time in UTC; a naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], Any]:
        """Turn an aware time into UTC; for SQLite into the text that it keeps, without the zone."""
        return _utc_text if dialect.name == "sqlite" else _utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Give back an aware time in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
