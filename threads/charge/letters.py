"""What a customer reads about a charge: the question, where no acknowledgement asks it, and that their yes has arrived."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from storage.outgoing import Mailable, OutgoingMail
from templates import languages, render, render_line
from templates.emergencies import emergencies
from threads.charge.asking import Lacks
from threads.model import InboundMail, Mailbox
from threads.outgoing.letters import by_itself
from threads.outgoing.wording import by_when, salutation
from threads.tokens import opaque_id


@dataclass(frozen=True, slots=True)
class To:
    """Whom a letter goes to, and what it goes back to."""

    mailbox: Mailbox
    person: Mailable
    language: str
    mail: InboundMail
    """The mail of theirs that it answers."""
    reply_to: str = ""
    html: bool = False
    typed: bool = False
    """Into a form, where anybody can type any address: the letter carries nothing of it but that."""


def question(to: To, lacks: Lacks, answer_by: datetime | None, now: datetime) -> OutgoingMail:
    """Ask whether an emergency may be charged; `answer_by` in the mailbox's zone, as long as nobody confirms it."""
    facts = {"lacks": lacks.value, "emergencies": emergencies(to.language)}
    return _letter(to, "charge", facts, answer_by, now)


def confirmed(to: To, answer_by: datetime | None, now: datetime) -> OutgoingMail:
    """Say that the yes has arrived, and by when somebody answers now."""
    return _letter(to, "charge_confirmed", {}, answer_by, now)


def _letter(to: To, name: str, facts: dict[str, str], answer_by: datetime | None, now: datetime) -> OutgoingMail:
    spoken = to.language if to.language in languages() else "en"
    mailbox, person = to.mailbox, Mailable(to.person.address, "" if to.typed else to.person.name)
    subject = to.mail.subject
    if to.typed:
        sender = mailbox.name or mailbox.address
        subject = render_line("acknowledgement_subject", to.language, tone=mailbox.tone, sender=sender)
    text = render(
        name,
        to.language,
        tone=mailbox.tone,
        name=salutation(person.name),
        answer_by=by_when(answer_by, now, spoken) if answer_by else "",
        sender=mailbox.signature.strip() or mailbox.name or mailbox.address,
        **facts,
    )
    return by_itself(
        mailbox, person, subject, text, to.language, now,
        in_reply_to=opaque_id(to.mail.message_id) or "", earlier=to.mail.references, reply_to=to.reply_to, html=to.html,
    )  # fmt: skip
