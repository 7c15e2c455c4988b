"""What agents are told when it is time to call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from typing import Any

from storage.outgoing import Mailable, OutgoingMail
from templates import render, render_line
from threads.model import Mailbox
from threads.outgoing.letters import AUTOMATIC
from threads.outgoing.wording import exactly, within
from threads.tokens import new_message_id

MOST = 30
"""Calls that one letter names."""
_LONGEST_SUBJECT = 250


@dataclass(frozen=True, slots=True)
class About:
    """A call whose window has begun."""

    mailbox: Mailbox
    handle: str
    customer: str
    subject: str
    number: str
    """As it is read where the desk is; "" where none is known."""
    from_at: datetime
    """In the mailbox's zone, as `until_at`."""
    until_at: datetime
    said: str
    is_costly: bool = False
    """Ringing that number costs extra."""


def time_to_call(about: Sequence[About], to: Mailable, now: datetime) -> OutgoingMail:
    """Tell somebody of the calls that are theirs now; in the language of the first one's mailbox."""
    mailbox = about[0].mailbox
    language = mailbox.language
    items = [_item(each, now, language) for each in about[:MOST]]
    facts = {"items": items, "more": len(about) - len(items), "count": len(about), **items[0]}
    return OutgoingMail(
        message_id=new_message_id(mailbox.domain),
        envelope_from="",
        author=Mailable(mailbox.address, mailbox.name),
        to=(to,),
        subject=render_line("callback_subject", language, **facts)[:_LONGEST_SUBJECT],
        text=render("callback", language, **facts),
        date=format_datetime(now),
        language=language,
        headers=(("Auto-Submitted", "auto-generated"), AUTOMATIC[1]),
    )


def _item(about: About, now: datetime, language: str) -> dict[str, Any]:
    late = about.until_at < now
    when = exactly(about.until_at, now, language) if late else within(about.from_at, about.until_at, now, language)
    return {
        "handle": about.handle,
        "customer": " ".join(about.customer.split()),
        "subject": " ".join(about.subject.split()),
        "number": about.number,
        "when": when,
        "late": late,
        "said": " ".join(about.said.split()),
        "is_costly": about.is_costly,
    }
