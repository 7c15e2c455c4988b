"""The inbox as agents ask for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypedDict

from sqlalchemy.orm import Session

from storage.errors import WrongUse
from threads import departments, listing, lookup
from threads.model import Status

if TYPE_CHECKING:
    from service.desk import Desk

Row = dict[str, Any]


class Asked(TypedDict, total=False):
    """Which conversations are asked for. Without anything: those that wait for an answer."""

    mine: bool
    everything: bool
    status: str
    mailbox: str
    """An address of ours."""
    department: str
    tag: str


def page(desk: Desk, asked: Asked, limit: int, after: str) -> list[Row]:
    """A page of them, behind the conversation `after`. Raises `WrongUse` for a mailbox or a department that nothing came to."""
    wanted = _wanted(desk, asked)
    with desk.reading() as session:
        last = lookup.one(session, after).id if after else None
        rows = listing.inbox(session, wanted, limit=limit, after=last)
        if not rows:
            _refuse_unknown(desk, session, wanted)
        return rows


def remaining(desk: Desk, asked: Asked, after: str) -> int:
    """How many stand behind one, a thousand at most."""
    with desk.reading() as session:
        return listing.remaining(session, _wanted(desk, asked), lookup.one(session, after).id)


def _wanted(desk: Desk, asked: Asked) -> listing.Wanted:
    status = asked.get("status", "")
    ordinary = tuple(each for each in Status if each is not Status.SUSPECTED)
    known = departments.known(desk.policy.departments, asked.get("department", ""))
    return listing.Wanted(
        ordinary if asked.get("everything") else (Status(status or Status.OPEN),),
        held=not status,
        assignee_id=desk.me() if asked.get("mine") else None,
        mailbox=asked.get("mailbox", ""),
        department=known.name if known else asked.get("department", ""),
        tag=asked.get("tag", ""),
    )


def _refuse_unknown(desk: Desk, session: Session, wanted: listing.Wanted) -> None:
    address, policy = wanted.mailbox, desk.policy
    if address and not policy.mailbox_of(address) and not listing.came_to(session, address):
        there = ", ".join(each.address for each in policy.mailboxes)
        raise WrongUse(f"no mailbox of this desk is called {address[:80]!r}; there is {there}")
    if wanted.department and policy.departments:
        departments.named(policy.departments, wanted.department)
