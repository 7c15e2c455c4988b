"""The letters of an escalation: to those who are told, and to the customer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Any

from storage.outgoing import Mailable, OutgoingMail
from templates import render, render_line
from threads.escalation.words import owed_in, spoken, time_in
from threads.model import Mailbox, Priority
from threads.outgoing.letters import AUTOMATIC, by_itself
from threads.outgoing.reasons import priority_in, reason_in
from threads.outgoing.wording import by_when, exactly, salutation, shortened
from threads.sla.terms import Aim
from threads.tokens import new_message_id

MOST_LISTED = 200
"""Conversations in one letter; of more it says how many there are."""
MOST_QUOTED = 5
"""Conversations in one letter up to which it says of each what was written last."""
_LONGEST_SUBJECT = 250


@dataclass(frozen=True, slots=True)
class About:
    """A conversation in which something is owed, as a letter tells of it."""

    handle: str
    customer: str
    subject: str
    mailbox: Mailbox
    aim: Aim
    priority: Priority
    rule: str
    """What decided that."""
    priority_because: str
    due_at: datetime | None
    """In the zone in which it is read; None where it is not known."""
    assignee: str = ""
    """Their name; "" is nobody."""
    passed: timedelta | None = None
    """Of working time, at the step; None where it is not told."""
    allowed: timedelta = timedelta()
    excerpt: str = ""
    meant_for: datetime | None = None
    """When the step was due that is late; None where it is not."""
    unreached: tuple[str, ...] = ()
    """Whom it was meant for, where mail did not reach them."""


def escalation(about: About, to: Mailable, now: datetime) -> OutgoingMail:
    """Tell somebody that something is owed and time runs out."""
    language = about.mailbox.language
    facts = _facts(about, now, language) | {
        "passed": time_in(language, about.passed) if about.passed is not None else "",
        "allowed": time_in(language, about.allowed),
        "because": reason_in(language, about.rule, about.priority_because),
        "excerpt": _quoted(about.excerpt, 12, 1200),
        "late": exactly(about.meant_for, now, spoken(language)) if about.meant_for else "",
        "ends": about.aim is not Aim.SOLUTION,
    }
    subject = render_line("escalation_subject", language, **facts)
    return _to_agent(about.mailbox, to, subject, render("escalation", language, **facts), now)


def escalations(about: Sequence[About], to: Mailable, now: datetime, *, count: int) -> OutgoingMail:
    """Tell somebody of several conversations at once, the most urgent first; `count` is how many they are, with those that are not listed."""
    mailbox = about[0].mailbox
    items = [
        _facts(each, now, mailbox.language) | {"excerpt": _quoted(each.excerpt, 4, 400, indent="  ")} for each in about
    ]
    more = count - len(about)
    facts = {
        "count": count,
        "priority": items[0]["priority"],
        "overdue": any(item["overdue"] for item in items),
        "missed": any(each.meant_for for each in about),
        "unreached": all(each.unreached for each in about),
    }
    subject = render_line("escalations_subject", mailbox.language, **facts)
    text = render("escalations", mailbox.language, items=items, more=more, **facts)
    return _to_agent(mailbox, to, subject, text, now)


def still_open(
    *, mailbox: Mailbox, to: Mailable, subject: str, language: str, answer_by: datetime | None, now: datetime,
    in_reply_to: str = "", earlier: Sequence[str] = (), reply_to: str = "", html: bool = False,
) -> OutgoingMail:  # fmt: skip
    """Tell a customer that nobody has answered yet, and by when somebody will; None promises no time."""
    text = render(
        "still_open",
        language,
        tone=mailbox.tone,
        name=salutation(to.name),
        answer_by=by_when(answer_by, now, spoken(language)) if answer_by else "",
        sender=mailbox.signature.strip() or mailbox.name or mailbox.address,
    )
    return by_itself(
        mailbox, to, subject, text, language, now, in_reply_to=in_reply_to, earlier=earlier, reply_to=reply_to, html=html
    )  # fmt: skip


def _facts(about: About, now: datetime, language: str) -> dict[str, Any]:
    return {
        "handle": about.handle,
        "customer": " ".join(about.customer.split()),
        "subject": " ".join(about.subject.split()),
        "owed": owed_in(language, about.aim),
        "priority": priority_in(language, about.priority),
        "due": exactly(about.due_at, now, spoken(language)) if about.due_at else "",
        "overdue": about.due_at is not None and about.due_at <= now,
        "unreached": ", ".join(" ".join(each.split()) for each in about.unreached),
        "assignee": about.assignee,
    }


def _quoted(said: str, lines: int, characters: int, indent: str = "") -> str:
    """The beginning of what a customer wrote; none of it passes for ours."""
    if not said.strip():
        return ""
    return "\n".join(f"{indent}> {line}".rstrip() for line in shortened(said, lines, characters).split("\n"))


def _to_agent(mailbox: Mailbox, to: Mailable, subject: str, text: str, now: datetime) -> OutgoingMail:
    return OutgoingMail(
        message_id=new_message_id(mailbox.domain),
        envelope_from="",
        author=Mailable(mailbox.address, mailbox.name),
        to=(to,),
        subject=subject[:_LONGEST_SUBJECT],
        text=text,
        date=format_datetime(now),
        language=mailbox.language,
        headers=(("Auto-Submitted", "auto-generated"), AUTOMATIC[1]),
    )
