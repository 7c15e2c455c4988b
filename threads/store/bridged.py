"""Conversations become one, because a mail belongs to all of them."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy.orm import Session

from storage.errors import WrongUse
from storage.tables import ConversationRow
from threads.arrival import Arrival
from threads.placing.bridging import Bridge
from threads.regroup.merging import merge
from threads.tokens import new_code


def merge_bridged(session: Session, arrival: Arrival) -> Arrival:
    """Merge what a mail bridges into the conversation where it is placed, so that an agent can undo it; the mail has a code then."""
    placement = arrival.placement
    if placement.alone is None or placement.conversation is None:
        return arrival
    arrival = replace(arrival, found=replace(arrival.found, code=arrival.found.code or new_code()))
    alone = placement.alone
    bridge = Bridge(arrival.found.code, alone.because, tuple(filter(None, (alone.conversation, *alone.merges))))
    sender = arrival.mail.author.address if arrival.mail.author else "nobody named"
    target = session.get_one(ConversationRow, placement.conversation).handle
    shows = dict(zip(bridge.places, (alone.because, *alone.shown), strict=True))
    for key in placement.merges:
        source = session.get_one(ConversationRow, key).handle
        both = f"{shows[key]}, and {shows[placement.conversation]}"
        because = f"{bridge.code}, a mail from {sender}, belongs to {source} and to {target}: {both}"
        try:
            merge(session, key, placement.conversation, actor="", because=because, now=arrival.at, bridge=bridge)
        except WrongUse:
            continue  # somebody merged one of them at this moment: the mail comes to where it is now
    return arrival
