"""The mail that brings a customer the link to their correspondence."""

from __future__ import annotations

from datetime import datetime
from email.utils import format_datetime

from storage.outgoing import Mailable, OutgoingMail
from templates import languages, render, render_line
from threads.model import Mailbox
from threads.outgoing.wording import day_and_time, filled, salutation
from threads.tokens import new_message_id

AUTOMATIC = (("Auto-Submitted", "auto-generated"), ("X-Auto-Response-Suppress", "All"))


def link_letter(
    *,
    mailbox: Mailbox,
    to: Mailable,
    link: str,
    until: datetime,
    language: str,
    by_visitor: bool,
    now: datetime,
    html: bool = False,
) -> OutgoingMail:
    """The mail; `until` in the zone in which it is read. One that a visitor asked for says what to do where it was another."""
    sender, name = mailbox.name or mailbox.address, salutation(to.name)
    spoken = language if language in languages() else "en"
    text = render(
        "correspondence",
        language,
        tone=mailbox.tone,
        name=name,
        link=link,
        until=day_and_time(until, spoken),
        by_visitor=by_visitor,
        sender=mailbox.signature.strip() or sender,
    )
    return OutgoingMail(
        message_id=new_message_id(mailbox.domain),
        envelope_from="",
        author=Mailable(mailbox.address, mailbox.name),
        to=(Mailable(to.address, name),),
        subject=render_line("correspondence_subject", language, tone=mailbox.tone, sender=sender),
        text=filled(text),
        date=format_datetime(now),
        language=language,
        headers=AUTOMATIC,
        html=html,
    )
