"""Which agents hear of a mail by mail: nobody, until the settings say so."""

from __future__ import annotations

from collections.abc import Sequence

from storage.outgoing import Mailable
from threads.arrival import Arrival
from threads.model import Direction, Status


def notify(arrival: Arrival, status: Status, agents: Sequence[Mailable]) -> tuple[Mailable, ...]:
    """The agents who are told of a new conversation that waits for an answer; never the one who wrote."""
    if not arrival.policy.notify_new or arrival.found.imported or arrival.direction is not Direction.IN:
        return ()
    if arrival.placement.conversation is not None or status is not Status.OPEN:
        return ()
    author = arrival.mail.author.address if arrival.mail.author else ""
    return tuple(
        each for each in agents if each.address not in {author, ""} and each.address not in arrival.policy.addresses
    )
