"""How much waits where: for the metrics and for health."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from sqlalchemy import func, select

from storage.database import Database
from storage.tables import ConversationRow, EnvelopeRow, OutboxRow, StopRow
from threads.store.breaker import open_breakers


def figures(database: Database) -> Mapping[str, float]:
    """Counts by name; each reads a small index alone."""
    with database.reading() as session:
        envelopes = select(EnvelopeRow.state, func.count()).where(
            EnvelopeRow.state.in_(("waiting", "leased", "shunted"))
        )
        outbox = select(OutboxRow.state, func.count()).where(
            OutboxRow.state.in_(("waiting", "leased", "failed", "given up", "bounced"))
        )
        open_now = select(func.count()).where(ConversationRow.status == "open")
        mails = dict(session.execute(envelopes.group_by(EnvelopeRow.state)).all())
        outgoing = dict(session.execute(outbox.group_by(OutboxRow.state)).all())
        return {
            "mails_waiting": mails.get("waiting", 0) + mails.get("leased", 0),
            "mails_shunted": mails.get("shunted", 0),
            "outbox_waiting": outgoing.get("waiting", 0) + outgoing.get("leased", 0),
            "outbox_failed": outgoing.get("failed", 0) + outgoing.get("given up", 0),
            "outbox_bounced": outgoing.get("bounced", 0),
            "addresses_stopped": session.scalar(select(func.count()).select_from(StopRow)) or 0,
            "breaker_open": len(open_breakers(session, datetime.now(UTC))),
            "conversations_open": session.scalar(open_now) or 0,
        }
