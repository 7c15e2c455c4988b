"""What became of what was promised, by month: kept, breached, and how long it took in working time."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from itertools import groupby
from typing import Any

from sqlalchemy import Select, SQLColumnExpression, func, literal, select
from sqlalchemy.orm import Session

from storage.errors import WrongUse
from storage.tables import ConversationRow, OrganisationRow, PersonRow, TargetRow
from threads.sla.terms import Aim

Figures = dict[str, Any]
_T, _C = TargetRow, ConversationRow
_NOBODY = ""
BY: Mapping[str, SQLColumnExpression[str]] = {
    "mailbox": _C.mailbox,
    "priority": _T.priority,
    "agent": func.coalesce(_T.agent_id, _C.assignee_id, _NOBODY),
    "organisation": func.coalesce(OrganisationRow.name, _NOBODY),
}
"""By what the targets of a month are told apart. Who met one, else whose conversation it is, is its agent."""


@dataclass(frozen=True, slots=True)
class Month:
    """A month where the desk is."""

    year: int
    month: int

    @classmethod
    def said(cls, text: str) -> Month:
        """As in "2026-11". Raises `WrongUse`."""
        try:
            at = datetime.strptime(text, "%Y-%m")  # noqa: DTZ007 - a month, not a moment
        except ValueError:
            raise WrongUse(f'"{text[:40]}" is no month; write it as in 2026-11') from None
        return cls(at.year, at.month)

    @classmethod
    def of(cls, at: datetime, zone: tzinfo) -> Month:
        """The month of a moment."""
        local = at.astimezone(zone)
        return cls(local.year, local.month)

    def back(self, months: int) -> Month:
        """The month so many before."""
        number = self.year * 12 + self.month - 1 - months
        return Month(number // 12, number % 12 + 1)

    def begins(self, zone: tzinfo) -> datetime:
        """Its first moment."""
        return datetime(self.year, self.month, 1, tzinfo=zone).astimezone(UTC)

    def __str__(self) -> str:
        return f"{self.year:04}-{self.month:02}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a target."""

    kind: str
    of: str
    """By what it is told apart."""
    state: str
    spent: int
    """The seconds of working time that it took."""
    late: bool
    """It is not met, and its time is over."""
    answered: bool
    """Somebody met it."""


def report(session: Session, months: Sequence[Month], by: str, now: datetime, zone: tzinfo) -> Iterator[Figures]:
    """The figures of the targets that began in each month, by month and target; `by` is one of `BY`, or "" for all together."""
    for month in months:
        for kind, of, outcomes in _apart(_outcomes(session, month, by, now, zone)):
            yield {"report": "sla", "month": str(month), "target": kind, "by": by, "of": of, **figures(outcomes)}


def figures(outcomes: Sequence[Outcome]) -> Figures:
    """What some targets come to; what was dropped was neither kept nor breached, and counts apart."""
    kept = sum(each.state == "kept" for each in outcomes)
    breached = sum(each.state == "breached" or each.late for each in outcomes)
    took = sorted(each.spent for each in outcomes if each.answered)
    return {
        "kept": kept,
        "breached": breached,
        "running": sum(each.state in ("running", "paused") and not each.late for each in outcomes),
        "dropped": sum(each.state == "dropped" for each in outcomes),
        "share": round(kept / (kept + breached), 4) if kept + breached else None,
        "median_seconds": quantile(took, 0.5),
        "p90_seconds": quantile(took, 0.9),
    }


def quantile(ordered: Sequence[int], share: float) -> int | None:
    """The value that this share of some values in order does not exceed (nearest rank); None where there are none."""
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)] if ordered else None


def _apart(outcomes: Iterable[Outcome]) -> Iterator[tuple[str, str, list[Outcome]]]:
    order = {aim.value: place for place, aim in enumerate(Aim)}
    ordered = sorted(outcomes, key=lambda each: (order[each.kind], each.of))
    for (kind, of), each in groupby(ordered, key=lambda each: (each.kind, each.of)):
        yield kind, of, list(each)


def _outcomes(session: Session, month: Month, by: str, now: datetime, zone: tzinfo) -> Iterator[Outcome]:
    begins, ends = month.begins(zone), month.back(-1).begins(zone)
    for kind, of, state, spent, due_at, done_at, met in session.execute(_wanted(begins, ends, by)):
        late = state in ("running", "paused") and due_at is not None and due_at < now
        answered = done_at is not None and bool(met)
        yield Outcome(kind, of, state, spent, late, answered)


def _wanted(
    begins: datetime, ends: datetime, by: str
) -> Select[str, str, str, int, datetime | None, datetime | None, bool]:
    of = BY[by] if by else literal(_NOBODY)
    by_somebody = _T.agent_id.is_not(None) | (_T.kind == Aim.SOLUTION.value)
    met = (_T.state == "kept") | ((_T.state == "breached") & by_somebody)
    wanted = (
        select(_T.kind, of, _T.state, _T.spent_for, _T.due_at, _T.done_at, met)
        .join(_C, _C.id == _T.conversation_id)
        .where(_T.started_at >= begins, _T.started_at < ends)
    )
    if by == "organisation":
        wanted = wanted.outerjoin(PersonRow, PersonRow.id == _C.customer_id)
        wanted = wanted.outerjoin(OrganisationRow, OrganisationRow.id == PersonRow.organisation_id)
    return wanted
