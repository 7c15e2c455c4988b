"""Mail that was set aside: listed, shown, and tried again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from mailgateway.deliver import running_from
from mailgateway.intake import LEASE_FOR, Claimed, Walk, envelope_of, walk_one
from mailgateway.origin.checks import Checks
from mailgateway.retry import TRIES
from mailgateway.suggesting import Suggest, Suggesting
from storage.codes import code_of, one_with_code
from storage.database import Database
from storage.raw import get_raw
from storage.tables import EnvelopeRow
from threads.model import Envelope
from threads.policy import Policy


@dataclass(frozen=True, slots=True)
class Shunted:
    """A mail that was set aside."""

    id: UUID
    envelope: Envelope
    because: str
    tries: int

    @property
    def code(self) -> str:
        """The short code by which an agent names it."""
        return code_of(self.id)


def shunted(session: Session, *, limit: int = 1000) -> list[Shunted]:
    """What is set aside, the oldest first."""
    query = select(EnvelopeRow).where(EnvelopeRow.state == "shunted").order_by(EnvelopeRow.received_at).limit(limit)
    return [_shunted(row) for row in session.scalars(query)]


def shunted_mail(session: Session, code: str) -> tuple[Shunted, bytes]:
    """One of them with its bytes. Raises `NotThere`, or `WrongUse` where a code fits several."""
    row = _row(session, code)
    return _shunted(row), get_raw(session, row.raw_id)


def replay(
    database: Database,
    policy: Policy,
    codes: Sequence[str],
    now: datetime,
    *,
    suggest: Suggest | None = None,
    checks: Checks | None = None,
) -> Iterator[tuple[Shunted, str]]:
    """Take mails in again that were set aside (without codes all of them); each with what became of it.

    One that fails again is set aside once more at once: somebody looks at it just now. Only where something that we need
    is away it is put off.
    """
    walk = Walk(database, policy, Suggesting(suggest), running_from(now), checks or Checks())
    with database.reading() as session:
        chosen = [_shunted(_row(session, code)) for code in codes] if codes else shunted(session, limit=100_000)
    for each in chosen:
        claimed = _claim(database, each.id, now)
        yield each, walk_one(walk, claimed) if claimed is not None else "lost"


def _claim(database: Database, envelope_id: UUID, now: datetime) -> Claimed | None:
    """Lease a mail that is set aside; None where somebody else did so just now."""
    with database.writing() as session:
        row = session.scalar(
            select(EnvelopeRow).where(EnvelopeRow.id == envelope_id, EnvelopeRow.state == "shunted").with_for_update()
        )
        if row is None:
            return None
        # each lease so far counts as a try that failed, not as one over which the desk died: something was mended since
        row.tries, row.alone, row.lease = row.lease, 0, row.lease + 1
        row.state, row.leased_until, row.due_at = "leased", now + LEASE_FOR, now
        return Claimed(row.id, row.raw_id, row.lease, max(row.tries, TRIES), envelope_of(row))


def _row(session: Session, code: str) -> EnvelopeRow:
    shown_by, otherwise = "brief mail shunted list", "no mail {} is set aside"
    return one_with_code(
        session, EnvelopeRow, code, EnvelopeRow.state == "shunted", shown_by=shown_by, otherwise=otherwise
    )


def _shunted(row: EnvelopeRow) -> Shunted:
    return Shunted(row.id, envelope_of(row), row.error, row.tries)
