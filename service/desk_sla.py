"""What `Desk` tells about what was promised: why something is due when it is, and what became of it by month."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from storage.errors import NotThere
from threads import listing, lookup

if TYPE_CHECKING:
    from service.desk import Desk

Row = dict[str, Any]
MONTHS = 12
"""Of a report that names none: as many, the present one too."""


class Sla:
    """The clocks of the desk, to be read: plain values."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def explain(self, name: str) -> list[Row]:
        """Each target of a conversation, with every stretch of time that counted or did not, and why.

        A line of each conversation instead where the name fits several. Raises `NotThere` where no clock ever ran.
        """
        from threads.sla.explaining import explained  # its calendars load every country's holidays

        desk = self._desk
        with desk.reading() as session:
            found = lookup.some(session, name)
            if len(found) > 1:
                return listing.summaries(session, found[: lookup.MOST])
            told = explained(session, found[0], desk.policy.hours, desk.clock())
        if not told:
            raise NotThere(
                f"no clock ever ran in {found[0].handle}: it came out of an archive, or nobody waits for an answer in it"
            )
        return told

    def report(self, month: str = "", by: str = "") -> list[Row]:
        """What became of the targets that began in a month ("2026-11"), or in each of the last twelve; raises `WrongUse`."""
        return list(self._figures(month, by))

    def _figures(self, month: str, by: str) -> Iterator[Row]:
        from threads.sla.report import Month, report

        now, zone = self._desk.clock(), self._desk.policy.calendar.zone
        this = Month.of(now, zone)
        months = [Month.said(month)] if month else [this.back(number) for number in reversed(range(MONTHS))]
        with self._desk.reading() as session:
            yield from report(session, months, by, now, zone)
