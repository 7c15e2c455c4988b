"""What becomes of a conversation by a charge: pure changes, as `threads.life.changes` has them."""

from __future__ import annotations

from datetime import datetime

from storage.errors import WrongUse
from threads.charge.asking import Asking
from threads.conversation import Change
from threads.model import Priority

LONGEST = 2_000
CONFIRMED = "charge confirmed"
"""Stands for the rule at a conversation that is critical because its customer confirmed the charge."""


def was_asked(asking: Asking, at: datetime) -> Change:
    """The customer is asked whether it may be charged."""
    because = f"the customer is asked whether it may be charged, because {asking.because}"
    return Change("charge", because, {"asked_at": at})


def confirmed_by(address: str, due_at: datetime | None, at: datetime) -> Change:
    """Critical from now on, and billable: the customer said yes."""
    because = f"{address} confirmed that it may be charged"
    fields = {"priority": Priority.CRITICAL, "rule": CONFIRMED, "priority_because": because, "due_at": due_at,
              "billable_at": at, "billable_by": address, "billable_because": because}  # fmt: skip
    return Change("priority", because, fields)


def refused_by(address: str) -> Change:
    """It stays as it is: the customer said no."""
    return Change("charge", f"{address} does not want it to be charged, so it stays as urgent as it is")


def billable(*, charged: bool, is_so: bool, actor: str, because: str, at: datetime) -> Change:
    """An agent's word that a conversation is charged, or is not. Raises `WrongUse` without a reason."""
    because = " ".join(because.split())
    if not because:
        raise WrongUse("say why: -m TEXT; it stands in the report, and the customer may ask")
    if len(because) > LONGEST:
        raise WrongUse(f"the reason is longer than {LONGEST:,} characters; shorten it")
    if charged == is_so:
        raise WrongUse(f"it is {'billable' if is_so else 'not billable'} already; nothing was changed")
    said = f"{actor} marked it as {'' if charged else 'not '}billable: {because}"
    fields = {"billable_at": at, "billable_by": actor, "billable_because": because}
    nothing = {"billable_at": None, "billable_by": "", "billable_because": ""}
    return Change("billable", said, fields if charged else nothing)
