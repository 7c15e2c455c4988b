"""What an agent has decided holds for the mails that follow."""

from __future__ import annotations

from threads.placing.known import KnownMessage
from threads.placing.mail import Found, Mail
from threads.placing.references import referred_to


def by_decision(placed: Mail) -> Found:
    """It answers a mail that an agent has put into another conversation."""
    nearest = next((each for each in referred_to(placed.mail) if placed.known.with_id(each)), "")
    keys = {message.conversation for message in placed.known.with_id(nearest)}
    put_there = [
        message for message in placed.known.with_id(nearest) if message.by_agent and not _proves(placed, message)
    ]
    if len(keys) != 1 or not put_there:
        return Found()
    return Found(keys.pop(), f"it answers {nearest}, which an agent has put there")


def _proves(placed: Mail, message: KnownMessage) -> bool:
    """Whether our own address and ID lead to the same place, and are the better evidence."""
    return message.ours and all(key == message.conversation for key in placed.known.tokens.values())
