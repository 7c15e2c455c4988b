"""What was fetched from IMAP servers: how far each folder has got, and what became of each mail in it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Base


class ImapFolderRow(Base):
    """A folder of an account: how far it has got, and which process reads it just now."""

    __tablename__ = "imap_folder"

    account: Mapped[str] = mapped_column(primary_key=True)
    folder: Mapped[str] = mapped_column(primary_key=True)
    uidvalidity: Mapped[int | None] = mapped_column(BigInteger)
    """Of which life of the folder the UIDs are; None before it was first seen."""
    seen_uid: Mapped[int] = mapped_column(BigInteger, default=0)
    """All above `old_until` up to here is dealt with."""
    old_until: Mapped[int] = mapped_column(BigInteger, default=0)
    """What lay there when the folder was first seen has UIDs up to here."""
    old_uid: Mapped[int] = mapped_column(BigInteger, default=0)
    """Of that, all up to here is dealt with."""
    since_at: Mapped[datetime | None]
    """Of that, what came before is left alone."""
    holder: Mapped[str] = mapped_column(default="")
    """Which process reads it; "" where none does."""
    leased_until: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(default="")
    """Why it cannot be read, in one line; "" where it can."""
    failing_since: Mapped[datetime | None]


class ImapMailRow(Base):
    """What became of one mail in a folder."""

    __tablename__ = "imap_mail"
    __table_args__ = (
        Index("ix_imap_mail_account_sha256", "account", "sha256"),
        Index(
            "ix_imap_mail_unsettled",
            "account",
            "folder",
            sqlite_where=text("afterwards = ''"),
            postgresql_where=text("afterwards = ''"),
        ),
    )

    account: Mapped[str] = mapped_column(primary_key=True)
    folder: Mapped[str] = mapped_column(primary_key=True)
    uidvalidity: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    uid: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    outcome: Mapped[str]
    """"kept", "imported" (as out of an archive), "same" (kept before), "too large", "unread" (the server did not give it)."""
    because: Mapped[str] = mapped_column(default="")
    """Why it was not taken."""
    envelope_id: Mapped[UUID | None] = mapped_column(ForeignKey("envelope.id", ondelete="SET NULL"), index=True)
    sha256: Mapped[str] = mapped_column(default="")
    """Of its bytes, where they were fetched whole."""
    size: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime]
    """When that was decided."""
    afterwards: Mapped[str] = mapped_column(default="")
    """What was done on the server after the commit: "marked", "moved", "left"; "" while that is still to be done.

    One that is too large is left, once a conversation shows that it came.
    """
