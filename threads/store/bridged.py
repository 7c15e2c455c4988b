"""Conversations become one, because a mail belongs to all of them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from storage.errors import WrongUse
from threads.model import Placement
from threads.regroup.merging import merge


def merge_bridged(session: Session, placement: Placement, now: datetime) -> None:
    """Merge what a mail bridges into the conversation where it is placed, so that an agent can undo it."""
    for key in placement.merges:
        assert placement.conversation is not None  # noqa: S101 - what is bridged is there
        try:
            merge(session, key, placement.conversation, actor="", because=placement.because, now=now)
        except WrongUse:
            continue  # somebody merged one of them at this moment: the mail comes to where it is now
