"""What `Desk` does about answers and about what a mail carries; parts of it that need the gateway or the knowledge base."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.errors import Lost, NotThere, WrongUse
from storage.outgoing import OutgoingMail
from storage.raw import get_raw
from storage.tables import ConversationRow, MessageRow, OutboxRow
from templates.amounts import counted
from threads import lookup, timeline
from threads.conversation import locked
from threads.model import Address
from threads.outgoing import answering

if TYPE_CHECKING:
    from service.desk import Desk

Row = dict[str, Any]
MOST_SUGGESTED = 20
PATIENCE = 10.0
"""Seconds that are waited at most until articles can be compared by their meaning."""
_AFTERWARDS = {status.value: status for status in answering.AFTERWARDS}


def begin(desk: Desk, name: str) -> Row:
    """Say that an agent writes now, and give them what they have to know."""
    with desk.writing() as (session, agent_id):
        row = lookup.one(session, name)
        last = answering.mail_to_answer(session, row.id)
        to, now = answering.recipient(session, row, last), desk.clock()
        warnings = answering.warnings(session, row, last, agent_id, now)
        answering.begin_drafting(session, row, agent_id, now)
        return {
            "handle": row.handle,
            "conversation": str(row.id),
            "agent": agent_id,
            "seen": str(answering.newest(session, row.id)),
            "to": {"name": to.name, "address": to.address},
            "subject": row.subject,
            "last_writer": _plain(answering.last_writer(session, row, last)),
            "unconfirmed_reply_to": answering.unconfirmed_reply_to(session, row, last),
            "customer_wrote": (last.reply or last.text)[: timeline.LONGEST_TEXT] if last else "",
            "customer_wrote_at": last.received_at.isoformat() if last else None,
            "warnings": warnings,
        }


def end(desk: Desk, conversation: str) -> None:
    """Say that an agent writes no more."""
    with desk.writing() as (session, agent_id):
        answering.end_drafting(session, UUID(conversation), agent_id)


def news(desk: Desk, conversation: str, seen: str) -> list[Row]:
    """What happened to a conversation behind the message that was the newest."""
    agent_id = desk.me()
    with desk.reading() as session:
        row = session.get_one(ConversationRow, UUID(conversation))
        last = answering.mail_to_answer(session, row.id)
        return answering.warnings(session, row, last, agent_id, desk.clock(), UUID(seen))


def _plain(who: Address | None) -> dict[str, str] | None:
    return {"name": who.name, "address": who.address} if who else None


def reply(
    desk: Desk,
    name: str,
    text: str,
    cc: Sequence[str],
    afterwards: str,
    *,
    anyway: bool = False,
    only_customer: bool = False,
    confirms: str = "",
) -> Row:
    """Answer the customer."""
    from threads.outgoing import sending

    if afterwards not in _AFTERWARDS:
        raise WrongUse(f"after an answer a conversation is one of {', '.join(_AFTERWARDS)}")
    people = tuple(sending.address_of(each) for each in cc)
    wanted = answering.Answer(text, people, _AFTERWARDS[afterwards], confirms)
    with desk.writing() as (session, agent_id):
        row = locked(session, lookup.one(session, name).id)
        last = answering.mail_to_answer(session, row.id)  # once it is locked: no mail comes in past this answer
        writer = None if only_customer else answering.last_writer(session, row, last)
        if writer is not None and writer.address not in {each.address for each in people}:
            wanted = replace(wanted, cc=(*people, writer))
        if not anyway:
            answering.refuse_stopped(session, row, last, wanted)
        warnings = answering.warnings(session, row, last, agent_id, desk.clock())
        sent = sending.send(session, row, last, wanted, agent_id=agent_id, policy=desk.policy, now=desk.clock())
        held_for = desk.policy.undo_for.total_seconds()
        return {**desk.result(session, row, f"{agent_id} answered"), **sent, "held_for": held_for, "warnings": warnings}


def article(desk: Desk, name: str, which: str) -> str:
    """An article's answer as plain text, by its ID or its rank among the suggestions. Raises `NotThere`."""
    from knowledge import store as articles
    from knowledge.markdown import to_text

    article_id = which
    if which.isascii() and which.isdigit() and len(which) < 4:
        ranked = {each["rank"]: each["article"] for each in suggest(desk, name, MOST_SUGGESTED)}
        article_id = ranked.get(int(which), which)
    with desk.reading() as session:
        found = articles.article(session, article_id)
    if found is None:
        raise NotThere(
            f"no article {which[:80]!r} is suggested or called so; `brief suggest {name}` shows what may help"
        )
    return to_text(found.answer).strip()


def raw(desk: Desk, code: str, within: str = "") -> bytes:
    """A message's bytes: as received, or composed as they went out."""
    with desk.reading() as session:
        return mail_of(session, _message(session, code, within))


def mail_of(session: Session, message: MessageRow) -> bytes:
    """The mail that a message was. Raises `Lost` where it is not kept."""
    from mailgateway.compose import compose
    from mailgateway.enclosures import files_of

    if message.raw_id is not None:
        return get_raw(session, message.raw_id)
    sent = _as_sent(session, message)
    return compose(sent, files_of(session, sent))


def _as_sent(session: Session, message: MessageRow) -> OutgoingMail:
    """A message of ours as it went into the outbox."""
    sent = session.scalar(select(OutboxRow.mail).where(OutboxRow.message_id == message.id))
    if sent is None:
        raise Lost(f"the message {message.code} is not kept as it was sent")
    return OutgoingMail.from_json(sent)


def _message(session: Session, code: str, within: str) -> MessageRow:
    """The message with a code. Raises `NotThere` where it is not in the conversation that was named."""
    message = lookup.message(session, code)
    if within and message.conversation_id not in {each.id for each in lookup.some(session, within)}:
        there = session.get_one(ConversationRow, message.conversation_id).handle
        raise NotThere(f"the message {code} is not in {within[:80]!r}; it is in {there}")
    return message


def attachment(desk: Desk, code: str, number: int, *, within: str = "", infected: bool = False) -> tuple[str, bytes]:
    """An attached file, cut from the raw mail. Raises `WrongUse` where a virus was found in that and nobody insists."""
    from mailgateway.mime.parse import attachment as cut_out

    with desk.reading() as session:
        message = _message(session, code, within)
        wanted = message.attachments[number - 1] if 1 <= number <= len(message.attachments) else {}
        raw_id = UUID(wanted["raw"]) if "raw" in wanted else message.raw_id  # ours came in another mail
        if not wanted or raw_id is None:
            has = counted(len(message.attachments), "attachment")
            raise NotThere(f"the message {code} has {has}, none with the number {number}")
        if message.virus and not infected:
            raise WrongUse(
                f"{message.virus} was found in the mail {code}, so nothing of it is saved; --infected does it anyway"
            )
        data = cut_out(get_raw(session, raw_id), int(wanted["part"]))
    if data is None:
        raise Lost(
            f"the attachment {code}:{number} cannot be cut from its mail; `brief show HANDLE --raw {code}` has all"
        )
    return str(wanted["name"]), data


def suggest(desk: Desk, name: str, limit: int) -> list[Row]:
    """Articles that may answer: those found when the mail came, as `show` lists them, else asked for now."""
    with desk.reading() as session:
        row = lookup.one(session, name)
        kept = timeline.suggestions(session, row.id)
        last = answering.mail_to_answer(session, row.id)
    if kept or last is None:
        return kept[:limit]
    mailbox = desk.policy.mailbox_of(row.mailbox)
    return _asked_now(desk, last, row.mailbox, mailbox.audience if mailbox else "", limit)


def _asked_now(desk: Desk, last: MessageRow, mailbox: str, audience: str, limit: int) -> list[Row]:
    """The same way as when a mail comes in: in its language first, for its mailbox, and by its meaning where that is on."""
    from knowledge.index import Index
    from knowledge.suggest import suggest_in

    index = Index(desk.data / "index", desk.database, desk.meaning())
    try:
        index.refresh()
        if index.meaning is not None:
            index.meaning.ready(PATIENCE)
        found = suggest_in(
            index,
            last.reply or last.text,
            subject=last.subject,
            language=last.language,
            audience=audience,
            mailbox=mailbox,
            limit=limit,
        )
    finally:
        index.close()
    return [
        {
            "rank": rank,
            "article": each.found.article.id,
            "question": each.found.article.question,
            "excerpt": each.found.excerpt,
            "probability": each.probability,
            "because": each.found.because,
            "quoted": False,
            "withheld": False,
            "message": last.code,
        }
        for rank, each in enumerate(found, start=1)
    ]
