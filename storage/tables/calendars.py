"""The hours of the desk as they changed, so that a clock counts by those that held."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import KEY_ONLY, Base


class CalendarRow(Base):
    """Hours that held from a moment on; of a name, the first held ever before, too."""

    __tablename__ = "calendar"
    __table_args__ = (KEY_ONLY,)

    name: Mapped[str] = mapped_column(primary_key=True)
    """What `Policy.hours` knows them by: a calendar's name, a mailbox's address; "" for [hours]."""
    from_at: Mapped[datetime] = mapped_column(primary_key=True)
    opening: Mapped[str]
    """In OpenStreetMap's syntax."""
    zone: Mapped[str]
    holidays: Mapped[str]
    off: Mapped[list[str]]
    """Days off, as the settings name them."""
    followed_at: Mapped[datetime | None]
    """When the clocks that run by them were put right; None where some may still be due as before."""
