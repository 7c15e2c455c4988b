"""The mail that goes out, as frozen values: acknowledgements, agents' answers, notices. `mailgateway` makes bytes of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import quote

from knowledge.article import Article, Suggestion
from knowledge.excerpts import in_lines
from storage.outgoing import Enclosed, Mailable, OutgoingMail
from templates import languages, render, render_line
from templates.emergencies import emergencies
from threads.model import Acknowledge, InboundMail, Mailbox, Priority, Source, Urgency
from threads.outgoing.reasons import priority_in, reason_in
from threads.outgoing.wording import by_when, day_and_time, filled, salutation, shortened, within
from threads.placing.references import exchange_header, exchange_root
from threads.subjects import readable, reply_subject
from threads.tokens import new_message_id, opaque_id, opaque_ids

MOST_REFERENCES = 20
_LONGEST_SUBJECT = 250
_QUOTED_LINES = 40
_QUOTED_CHARACTERS = 4000
_FORWARDED_LINES = 5000
_FORWARDED_CHARACTERS = 200_000
_EXCERPT = 300
AUTOMATIC = (("Auto-Submitted", "auto-replied"), ("X-Auto-Response-Suppress", "All"))
"""What tells machines not to answer (RFC 3834, and Exchange's own)."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier mail: the one that an answer goes back to, or that is forwarded."""

    who: str
    """Name or address."""
    at: datetime
    text: str
    message_id: str | None
    references: tuple[str, ...] = ()
    exchange: str | None = None
    """The root of its Exchange conversation, as `threads.placing.references` names it."""


def acknowledgement(
    decided: Acknowledge,
    mail: InboundMail,
    urgency: Urgency,
    now: datetime,
    *,
    source: Source = Source.SMTP,
    reply_to: str = "",
    site_url: str = "",
    html: bool = False,
) -> OutgoingMail:
    """The one acknowledgement of a conversation. That of a form carries nothing the visitor wrote but the address."""
    mailbox, language, by_form = decided.mailbox, decided.language, source is Source.FORM
    sender = mailbox.name or mailbox.address
    name = "" if by_form else salutation(decided.to.name)
    text = render(
        "acknowledgement",
        language,
        tone=mailbox.tone,
        name=name,
        urgent=urgency.priority is Priority.CRITICAL,
        answer_by=by_when(decided.answer_by, now, _spoken(language)) if decided.answer_by else "",
        answers=[_quoted(each, site_url) for each in decided.answers],
        more=urgency.answer.strip(),
        emergencies=emergencies(language),
        lacks=decided.lacks,
        callback=_call(decided, now, language, with_number=not by_form),
        sender=mailbox.signature.strip() or sender,
    )
    subject = (
        render_line("acknowledgement_subject", language, tone=mailbox.tone, sender=sender)
        if by_form or not mail.subject.strip()
        else _subject(mail.subject)
    )
    return OutgoingMail(
        message_id=new_message_id(mailbox.domain),
        envelope_from="",
        author=Mailable(mailbox.address, mailbox.name),
        to=(Mailable(decided.to.address, name),),
        subject=subject,
        text=filled(text),
        date=format_datetime(now),
        reply_to=reply_to,
        in_reply_to=opaque_id(mail.message_id) or "",
        references=references(mail.references, mail.message_id),
        language=language,
        headers=(*AUTOMATIC, *exchange_header(exchange_root(mail))),
        html=html,
    )


def arrived(decided: Acknowledge, mail: InboundMail, now: datetime, *, html: bool = False) -> OutgoingMail:
    """What a stranger is told whose mail is held: that it has arrived.

    Nothing of the conversation stands in it, not even its reply address; a reply finds the stranger's own mail, and is held.
    """
    mailbox, language = decided.mailbox, decided.language
    sender = mailbox.name or mailbox.address
    signature = mailbox.signature.strip() or sender
    return OutgoingMail(
        message_id=new_message_id(mailbox.domain),
        envelope_from="",
        author=Mailable(mailbox.address, mailbox.name),
        to=(Mailable(decided.to.address),),
        subject=render_line("acknowledgement_subject", language, tone=mailbox.tone, sender=sender),
        text=filled(render("arrived", language, tone=mailbox.tone, sender=signature)),
        date=format_datetime(now),
        in_reply_to=opaque_id(mail.message_id) or "",
        references=references((), mail.message_id),
        language=language,
        headers=AUTOMATIC,
        html=html,
    )


def answer(
    *,
    mailbox: Mailbox,
    to: Mailable,
    subject: str,
    text: str,
    language: str,
    now: datetime,
    cc: Sequence[Mailable] = (),
    earlier: Earlier | None = None,
    reply_to: str = "",
    signed_by: str = "",
    html: bool = False,
) -> OutgoingMail:
    """An agent's answer, with the mailbox's signature and the customer's last mail quoted, shortened, beneath it.

    Above a quotation stands no signature line "-- ": a mail program takes all that follows one for the signature, and
    leaves it off when somebody answers.
    """
    body = render(
        "answer",
        language,
        text=text.strip(),
        signature=_signature(mailbox, signed_by),
        quoted=_quotation(earlier, language) if earlier and earlier.text.strip() else None,
    )
    sender = mailbox.name or mailbox.address
    if subject.strip():
        topic = _subject(subject) if earlier else subject[:_LONGEST_SUBJECT]  # what began with a call is no reply
    else:
        topic = render_line("acknowledgement_subject", language, tone=mailbox.tone, sender=sender)
    letter = _by_agent(mailbox, to, topic, body, language, now, earlier)
    return replace(letter, cc=tuple(cc), reply_to=reply_to, html=html)


def forwarding(
    *,
    mailbox: Mailbox,
    to: Mailable,
    subject: str,
    text: str,
    language: str,
    forwarded: Earlier,
    now: datetime,
    earlier: Earlier | None = None,
    reply_to: str = "",
    signed_by: str = "",
    enclosed: Sequence[Enclosed] = (),
    html: bool = False,
) -> OutgoingMail:
    """A question to a third party, with what is `forwarded` quoted whole.

    No ID of that mail goes along, so that nothing leads from here into its conversation; `earlier` is their own last mail.
    """
    quoted = _quotation(forwarded, language, _FORWARDED_LINES, _FORWARDED_CHARACTERS)
    signature = _signature(mailbox, signed_by)
    body = render("forward", language, text=text.strip(), signature=signature, quoted=quoted)
    topic = readable(subject) or render_line("forward_subject", language, sender=mailbox.name or mailbox.address)
    topic = _subject(topic) if earlier else f"Fwd: {topic}"[:_LONGEST_SUBJECT]
    letter = _by_agent(mailbox, to, topic, body, language, now, earlier)
    return replace(letter, reply_to=reply_to, html=html, enclosed=tuple(enclosed))


def _by_agent(
    mailbox: Mailbox, to: Mailable, subject: str, body: str, language: str, now: datetime, earlier: Earlier | None
) -> OutgoingMail:
    """What an agent wrote, in reply to what was said `earlier`, where something was."""
    message_id = earlier.message_id if earlier else None
    return OutgoingMail(
        message_id=new_message_id(mailbox.domain),
        envelope_from=mailbox.address,
        author=Mailable(mailbox.address, mailbox.name),
        to=(to,),
        subject=subject,
        text=body,
        date=format_datetime(now),
        in_reply_to=opaque_id(message_id) or "",
        references=references(earlier.references if earlier else (), message_id),
        language=language,
        headers=exchange_header(earlier.exchange if earlier else None),
    )


def notice(
    *,
    mailbox: Mailbox,
    to: Mailable,
    handle: str,
    customer: str,
    subject: str,
    excerpt: str,
    urgency: Urgency,
    answer_by: datetime | None,
    now: datetime,
) -> OutgoingMail:
    """Tell an agent of a new conversation."""
    language = mailbox.language
    text = render(
        "notice",
        language,
        customer=customer,
        subject=" ".join(subject.split()),
        excerpt=shortened(excerpt, 12, 1200),
        priority=priority_in(language, urgency.priority),
        because=reason_in(language, urgency.rule, urgency.because),
        answer_by=by_when(answer_by, now, _spoken(language)) if answer_by else "",
        handle=handle,
    )
    return OutgoingMail(
        message_id=new_message_id(mailbox.domain),
        envelope_from="",
        author=Mailable(mailbox.address, mailbox.name),
        to=(to,),
        subject=f"{handle}: {' '.join(subject.split())}"[:_LONGEST_SUBJECT],
        text=text,
        date=format_datetime(now),
        language=language,
        headers=(("Auto-Submitted", "auto-generated"), AUTOMATIC[1]),
    )


def undelivered(
    *,
    mailbox: Mailbox,
    to: Mailable,
    handle: str,
    subject: str,
    recipients: Sequence[str],
    because: str,
    now: datetime,
) -> OutgoingMail:
    """Tell an agent that an answer of theirs did not arrive."""
    facts = {"recipients": ", ".join(recipients), "subject": " ".join(subject.split()), "handle": handle}
    return OutgoingMail(
        message_id=new_message_id(mailbox.domain),
        envelope_from="",
        author=Mailable(mailbox.address, mailbox.name),
        to=(to,),
        subject=render_line("undelivered_subject", mailbox.language, **facts)[:_LONGEST_SUBJECT],
        text=render("undelivered", mailbox.language, because=because, **facts),
        date=format_datetime(now),
        language=mailbox.language,
        headers=(("Auto-Submitted", "auto-generated"), AUTOMATIC[1]),
    )


def by_itself(
    mailbox: Mailbox, to: Mailable, subject: str, text: str, language: str, now: datetime, *, in_reply_to: str = "",
    earlier: Sequence[str] = (), reply_to: str = "", html: bool = False,
) -> OutgoingMail:  # fmt: skip
    """A letter to a customer within their conversation that no person wrote."""
    return OutgoingMail(
        message_id=new_message_id(mailbox.domain),
        envelope_from="",
        author=Mailable(mailbox.address, mailbox.name),
        to=(to,),
        subject=_subject(subject),
        text=filled(text),
        date=format_datetime(now),
        reply_to=reply_to,
        in_reply_to=in_reply_to,
        references=references(earlier, in_reply_to or None),
        language=language,
        headers=AUTOMATIC,
        html=html,
    )


def references(earlier: Sequence[str], message_id: str | None) -> tuple[str, ...]:
    """The References of an answer: the oldest and the newest of those before it, then what it answers."""
    ids = opaque_ids((*earlier, *([message_id] if message_id else [])))
    ids = tuple(each for each in ids if each.isascii() and " " not in each)
    return ids if len(ids) <= MOST_REFERENCES + 1 else (ids[0], *ids[-MOST_REFERENCES:])


def _call(decided: Acknowledge, now: datetime, language: str, *, with_number: bool) -> dict[str, Any] | None:
    """The call that the reader of an acknowledgement is promised; the number only where nobody else can have typed it."""
    plan = decided.callback
    if plan is None:
        return None
    window = plan.window
    return {
        "when": within(window.from_at, window.until_at, now, _spoken(language)),
        "moved": window.moved,
        "asks_number": not plan.number,
        "number": plan.shown if with_number else "",
    }


def _signature(mailbox: Mailbox, signed_by: str) -> str:
    return "\n".join(part for part in (signed_by.strip(), mailbox.signature.strip()) if part)


def _subject(subject: str) -> str:
    return reply_subject(subject)[:_LONGEST_SUBJECT]


def _spoken(language: str) -> str:
    """The language in which moments are put into words: that of the text that will be taken."""
    return language if language in languages() else "en"


def _quoted(suggestion: Suggestion, site_url: str) -> dict[str, str]:
    """A suggested answer as it stands in a mail: every part on lines of its own, lists as lists."""
    article = suggestion.found.article
    excerpt = in_lines(article, suggestion.found.excerpt)
    excerpt = excerpt if len(excerpt) <= _EXCERPT else excerpt[: _EXCERPT - 2].rsplit(" ", 1)[0] + " …"
    return {
        "question": " ".join(article.question.split()),
        "excerpt": excerpt.replace("\n", "\n  "),  # all of it is indented as its first line is
        "url": _link(article, site_url) if site_url else "",
    }


def _link(article: Article, site_url: str) -> str:
    """Where the website shows an article."""
    language, word = ("de", "artikel") if article.language == "de" else ("en", "article")
    return f"{site_url.rstrip('/')}/{language}/{word}/{quote(article.id)}"


def _quotation(
    earlier: Earlier, language: str, lines: int = _QUOTED_LINES, characters: int = _QUOTED_CHARACTERS
) -> dict[str, str]:
    text = shortened(earlier.text, lines, characters)
    return {
        "when": day_and_time(earlier.at, _spoken(language)),
        "who": " ".join(earlier.who.split()),
        "text": "\n".join(f"> {line}".rstrip() for line in text.split("\n")),
    }
