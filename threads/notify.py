"""Which agents hear of a mail by mail: nobody, until the settings say so."""

from __future__ import annotations

from collections.abc import Mapping

from storage.outgoing import Mailable
from threads.arrival import Arrival
from threads.departments import members_of
from threads.model import Direction, Status


def notify(arrival: Arrival, status: Status, agents: Mapping[str, Mailable]) -> tuple[Mailable, ...]:
    """Those of some agents (by their IDs) who are told of a new conversation that waits for an answer.

    They are the members of its department, where one of them can be told, else all; never the one who wrote.
    """
    if not arrival.policy.notify_new or arrival.found.imported or arrival.direction is not Direction.IN:
        return ()
    if arrival.placement.conversation is not None or status is not Status.OPEN:
        return ()
    author = arrival.mail.author.address if arrival.mail.author else ""
    department = arrival.urgency.department or arrival.mailbox.department
    members = [agents[each] for each in members_of(arrival.policy.departments, department) if each in agents]
    return tuple(
        each
        for each in members or agents.values()
        if each.address not in {author, ""} and each.address not in arrival.policy.addresses
    )
