"""People who write and are written to, their addresses, and the organisations that they are of."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.ids import uuid7
from storage.tables.base import Base


class OrganisationRow(Base):
    """Several people of one customer."""

    __tablename__ = "organisation"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    name: Mapped[str]
    folded: Mapped[str] = mapped_column(unique=True)
    """The name as it is looked for, whatever its letters' case and accents."""
    created_at: Mapped[datetime]
    contract: Mapped[str] = mapped_column(default="")
    """The contract class that it has; "" is none."""
    calendar: Mapped[str] = mapped_column(default="")
    """The calendar by whose hours its clocks run; "" is that of the mailbox."""


class PersonRow(Base):
    """Somebody who wrote or was written to."""

    __tablename__ = "person"
    __table_args__ = (
        Index(
            "ix_person_organisation_id",
            "organisation_id",
            sqlite_where=text("organisation_id IS NOT NULL"),
            postgresql_where=text("organisation_id IS NOT NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    name: Mapped[str] = mapped_column(default="")
    language: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    erased_at: Mapped[datetime | None]
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    sees: Mapped[str] = mapped_column(default="own")
    """Of their organisation's conversations: "own" alone, or "all"."""
    may_declare: Mapped[bool] = mapped_column(default=False)
    """Whether they may declare an emergency for their organisation."""
    speaks: Mapped[bool] = mapped_column(default=False)
    """Whether they are an authorised speaker of their organisation."""
    phone_password: Mapped[str] = mapped_column(default="")
    """The salted hash of what they say on the telephone to show who they are; "" is none."""


class PhoneCheckRow(Base):
    """That somebody was asked for their phone password, or was given one."""

    __tablename__ = "phone_check"
    __table_args__ = (Index("ix_phone_check_person_at", "person_id", "at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    person_id: Mapped[UUID]
    """Also of one who is gone: what was asked stays written down."""
    at: Mapped[datetime]
    actor: Mapped[str]
    """An agent's id."""
    result: Mapped[str]
    """"right", "wrong", "set" or "taken away"."""


class AddressRow(Base):
    """A mail address of a person, in lower case."""

    __tablename__ = "address"

    address: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    reply_to: Mapped[str] = mapped_column(default="")
    """The Reply-To that an agent confirmed for mails from this address; "" is none."""
    failed_at: Mapped[datetime | None]
    """When mail to it last failed for good."""
