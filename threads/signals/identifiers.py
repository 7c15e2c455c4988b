"""The Message-IDs that a mail names, of mails that are stored."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from threads.placing.known import KnownMessage
from threads.placing.mail import Found, Mail
from threads.placing.references import referred_to
from threads.tokens import opaque_ids


def by_own_id(placed: Mail) -> Found:
    """It answers a mail of ours, by a Message-ID which only who got that mail knows."""
    for message_id in referred_to(placed.mail):
        for message in placed.known.with_id(message_id):
            if message.ours:
                return Found(message.conversation, f"it refers to our own Message-ID {message_id}")
    return Found()


def by_in_reply_to(placed: Mail) -> Found:
    """Its In-Reply-To names a stored mail of the same mailbox."""
    return _by_ids(placed, opaque_ids(placed.mail.in_reply_to), "In-Reply-To")


def by_references(placed: Mail) -> Found:
    """Its References name a stored mail of the same mailbox, the newest first."""
    return _by_ids(placed, referred_to(placed.mail), "References")


def _by_ids(placed: Mail, message_ids: Iterable[str], header: str) -> Found:
    """The first of some IDs that leads to exactly one conversation which the mail goes on with."""
    rejected: list[str] = []
    for message_id in message_ids:
        messages = placed.known.with_id(message_id)
        here = tuple(message for message in messages if placed.in_this_mailbox(message.conversation))
        rejected += [
            f"{placed.name(each.conversation)}: {message_id} belongs to another mailbox"
            for each in messages
            if each not in here
        ]
        found = _only(placed, here, message_id, header)
        rejected += found.rejected
        if found.conversation is not None:
            return Found(found.conversation, found.because, tuple(rejected))
    return Found(rejected=tuple(rejected))


def _only(placed: Mail, messages: tuple[KnownMessage, ...], message_id: str, header: str) -> Found:
    """The conversation that one ID leads to: where several mails bear it, the subject decides."""
    keys = list(dict.fromkeys(message.conversation for message in messages))
    because = f"its {header} names {message_id}"
    rejected: tuple[str, ...] = ()
    if len(keys) > 1:
        chosen = _chosen(placed, messages)
        several = (key for key in keys if chosen != [key])
        rejected = tuple(f"{placed.name(key)}: {message_id} stands for several mails" for key in several)
        if len(chosen) != 1:
            return Found(rejected=rejected)
        keys, because = chosen, f"{because}, which several mails bear, and its subject is that of this conversation"
    if not keys:
        return Found()
    if placed.recycles(keys[0], messages):
        return Found(rejected=(f"{placed.name(keys[0])}: an old thread, reused with a new subject for a new matter",))
    return Found(keys[0], because, rejected)


def _chosen(placed: Mail, messages: tuple[KnownMessage, ...]) -> list[UUID]:
    """Of several conversations those with the mail's subject; of these, where it helps, those that the writer is in."""
    subject = placed.subject
    keys = dict.fromkeys(
        each.conversation
        for each in messages
        if subject in {each.canonical_subject, placed.conversation(each.conversation).canonical_subject}
    )
    mine = [key for key in keys if placed.writer_takes_part(key)]
    return mine if len(keys) > 1 else list(keys)
