"""What a delivery report means: which mail of ours it is about, and what that does to its conversation.

A report is proven by what only who got our mail can know: the random address in its envelope sender, or its random
Message-ID. One that names neither is taken to be about the mail that went to the recipient last; one that names another
mail than ours is the answer to a forgery (backscatter), and concerns nobody here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from threads.model import DeliveryStatus, Kind, RecipientStatus, SentMail, Status
from threads.outgoing.stops import GoesOn, Stop, judge

REPORTS = frozenset({Kind.BOUNCE, Kind.DELIVERY_REPORT})


@dataclass(frozen=True, slots=True)
class Returned:
    """What becomes of a conversation whose mail did not arrive."""

    because: str
    failed: tuple[str, ...]
    delayed: tuple[str, ...]
    fields: dict[str, Any]
    """Of the conversation."""
    stops: tuple[tuple[str, str], ...]
    """Addresses that nothing goes to by itself any more, and why."""
    data: dict[str, Any]
    """What the event keeps."""


def returned(
    status: DeliveryStatus, about: SentMail, standing: Status, now: datetime, *, because: str, proven: bool
) -> Returned:
    """What a report about a mail of ours does. Without proof it stops no address; a closed conversation stays closed."""
    failed, delayed = status.failed, () if status.failed else status.delayed
    words = [
        _words(status.of(each), "did not reach" if failed else "has not reached yet") for each in failed or delayed
    ]
    what = "our answer" if about.purpose == "reply" else f"the {about.purpose}"
    said = f"{what} {'; '.join(words) or 'may not have arrived'} ({because})"
    fields = after_failure(about.purpose, standing, now) if failed else {}
    if fields.get("status"):
        said += f"; it is open again (it was {standing.value})"
    data = {
        "failed": list(failed),
        "delayed": list(delayed),
        "said": {each.address: each.said for each in status.details},
    }
    return Returned(said, failed, delayed, fields, _stops(status, about) if proven else (), data)


def after_failure(purpose: str, standing: Status, now: datetime) -> dict[str, Any]:
    """What changes at a conversation whose mail failed for good: an answer has to be seen to, and at once.

    A closed one stays closed: it is marked, and `brief inbox` names it.
    """
    if purpose != "reply":
        return {}
    fields: dict[str, Any] = {"undelivered_at": now}
    if standing in {Status.WAITING, Status.SNOOZED}:
        fields |= {"status": Status.OPEN, "snoozed_until": None, "waiting_since": now, "due_at": now}
    return fields


def _words(status: RecipientStatus, what: str) -> str:
    said = status.said or status.code
    return f"{what} {status.address}" + (f": {said}" if said else "")


def _stops(status: DeliveryStatus, about: SentMail) -> tuple[tuple[str, str], ...]:
    """Of those that it really went to: a report can name anybody."""
    went_to = {each.lower() for each in about.recipients}
    verdicts: list[tuple[str, Stop | GoesOn]] = [
        (each, judge(status.of(each))) for each in status.failed if each in went_to
    ]
    return tuple((address, verdict.because) for address, verdict in verdicts if isinstance(verdict, Stop))
