"""What is billable of a month: a line of each conversation, for who writes the invoices."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import tzinfo
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.tables import ConversationRow, OrganisationRow, PersonRow
from threads.conversation import iso
from threads.sla.report import Month

_C = ConversationRow


def billable(session: Session, month: Month, zone: tzinfo) -> Iterator[dict[str, Any]]:
    """Each conversation that became billable in a month where the desk is, the oldest first."""
    begins, ends = month.begins(zone), month.back(-1).begins(zone)
    wanted = (
        select(_C, PersonRow.name, OrganisationRow.name)
        .outerjoin(PersonRow, PersonRow.id == _C.customer_id)
        .outerjoin(OrganisationRow, OrganisationRow.id == PersonRow.organisation_id)
        .where(_C.billable_at >= begins, _C.billable_at < ends, _C.merged_into_id.is_(None))
        .order_by(_C.billable_at, _C.id)
    )
    for row, name, organisation in session.execute(wanted):
        yield {
            "report": "billable",
            "month": str(month),
            "handle": row.handle,
            "conversation": str(row.id),
            "customer": {"name": name or "", "address": row.customer_address},
            "organisation": organisation or "",
            "subject": row.subject,
            "priority": row.priority,
            "assignee": row.assignee_id,
            "billable_at": iso(row.billable_at),
            "billable_by": row.billable_by,
            "because": row.billable_because,
            "opened_at": iso(row.opened_at),
            "closed_at": iso(row.closed_at),
        }
