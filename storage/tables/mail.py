"""Mail as it came in: the raw bytes, and the envelope of each time that they came."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.ids import uuid7
from storage.tables.base import Base


class RawRow(Base):
    """The bytes of one mail as received; they lie in `RawChunkRow`."""

    __tablename__ = "raw_mail"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    size: Mapped[int]
    sha256: Mapped[str]
    compression: Mapped[str]
    """"zlib", or "" where the bytes lie as they are."""
    key_id: Mapped[str] = mapped_column(default="")
    """The key that encrypts the chunks; "" where they are plain."""
    created_at: Mapped[datetime]
    erased_at: Mapped[datetime | None]
    """Set where a person was erased: the chunks are gone, the row stays as a tombstone."""


class RawChunkRow(Base):
    """A stretch of a raw mail."""

    __tablename__ = "raw_chunk"

    raw_id: Mapped[UUID] = mapped_column(ForeignKey("raw_mail.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    data: Mapped[bytes] = mapped_column(LargeBinary)


class EnvelopeRow(Base):
    """One time that a mail was accepted, and how far it has got."""

    __tablename__ = "envelope"
    __table_args__ = (
        Index(
            "ix_envelope_due",
            "due_at",
            sqlite_where=text("state IN ('waiting', 'leased')"),
            postgresql_where=text("state IN ('waiting', 'leased')"),
        ),
        Index("ix_envelope_state_received", "state", "received_at"),
        Index("ix_envelope_client", "source", "client", "received_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    raw_id: Mapped[UUID] = mapped_column(ForeignKey("raw_mail.id"))
    source: Mapped[str]
    mail_from: Mapped[str | None]
    recipients: Mapped[list[str]]
    client: Mapped[str] = mapped_column(default="")
    helo: Mapped[str] = mapped_column(default="")
    tls: Mapped[bool] = mapped_column(default=False)
    received_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(default="waiting")
    """"waiting", "leased", "done", "duplicate", "shunted"."""
    due_at: Mapped[datetime]
    """Not to be tried before."""
    tries: Mapped[int] = mapped_column(default=0)
    lease: Mapped[int] = mapped_column(default=0)
    """Counts up with each lease: who holds an older number has lost it (fencing)."""
    alone: Mapped[int] = mapped_column(default=0)
    """How often in a row it was walked by itself, after a lease of it had ended without a word, and the desk ended again."""
    leased_until: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(default="")
    """The last error in one line."""
    message_id: Mapped[UUID | None] = mapped_column(ForeignKey("message.id"), index=True)
    """The message that it became."""
