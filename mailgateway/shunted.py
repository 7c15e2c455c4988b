"""Mail that was set aside: listed, shown, and tried again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import String, cast, select
from sqlalchemy.orm import Session

from mailgateway.deliver import running_from
from mailgateway.intake import LEASE_FOR, Claimed, Walk, envelope_of, walk_one
from mailgateway.origin.checks import Checks
from mailgateway.retry import TRIES
from mailgateway.suggesting import Suggest, Suggesting
from storage.database import Database
from storage.errors import NotThere, WrongUse
from storage.raw import get_raw
from storage.tables import EnvelopeRow
from threads.model import Envelope
from threads.policy import Policy

_CODE = 8
"""Letters of a code: the last of the key, which are random."""


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
        return self.id.hex[-_CODE:]


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
    wanted = code.strip().lower()
    if not (4 <= len(wanted) <= 32 and all(each in "0123456789abcdef" for each in wanted)):
        raise WrongUse(f"{code[:40]!r} is no code of a mail; `brief mail shunted list` shows them")
    rows = session.scalars(
        select(EnvelopeRow)
        .where(EnvelopeRow.state == "shunted", cast(EnvelopeRow.id, String).like(f"%{wanted}"))
        .limit(2)
    ).all()
    if not rows:
        raise NotThere(f"no mail {wanted} is set aside; `brief mail shunted list` shows those that are")
    if len(rows) > 1:
        raise WrongUse(f"{wanted} fits several mails; write more of it")
    return rows[0]


def _shunted(row: EnvelopeRow) -> Shunted:
    return Shunted(row.id, envelope_of(row), row.error, row.tries)
