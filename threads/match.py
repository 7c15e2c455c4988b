"""Which conversation a mail belongs to: an ordered list of signals, the first that decides wins.

A token or an ID proves the conversation, never the person: a sender who takes no part in it is a stranger, and
their mail is held beside it. Nothing here reads the database or a clock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from threads.freemail import is_freemail
from threads.known import Known, KnownConversation, KnownMessage
from threads.model import InboundMail, Kind, Mailbox, Placement, SentMail
from threads.subjects import canonical, is_reply_subject
from threads.tokens import opaque_id, opaque_ids

__all__ = ["SIGNALS", "Known", "KnownConversation", "KnownMessage", "Mail", "match"]

RECENT_FOR = timedelta(days=30)
_REPORTS = frozenset({Kind.BOUNCE, Kind.DELIVERY_REPORT})


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail that is to be placed, with all that is known around it."""

    mail: InboundMail
    mailbox: Mailbox
    known: Known
    now: datetime
    kind: Kind = Kind.PERSON
    outgoing: bool = False
    """It is an answer of ours, out of an archive."""
    forged: bool = False
    """Authentication says that it does not come from where it says."""
    recent_for: timedelta = RECENT_FOR
    imported: bool = False
    """It comes out of an archive, where mails of ours lie that this desk never sent."""
    subject: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "subject", canonical(self.mail.subject))

    def conversation(self, key: UUID) -> KnownConversation:
        """What is known of a conversation."""
        return self.known.conversations[key]

    def in_this_mailbox(self, key: UUID) -> bool:
        """Whether a conversation goes over the mailbox that this mail was sent to."""
        return self.mailbox.address.lower() in self.conversation(key).mailboxes


@dataclass(frozen=True, slots=True)
class Found:
    """What one signal says: a conversation with the evidence, or none; and whom it refused."""

    conversation: UUID | None = None
    because: str = ""
    rejected: tuple[str, ...] = ()
    about: SentMail | None = None
    """The mail of ours that a delivery report is about."""


Signal = Callable[[Mail], Found]


def match(
    mail: InboundMail,
    mailbox: Mailbox,
    known: Known,
    now: datetime,
    *,
    kind: Kind = Kind.PERSON,
    outgoing: bool = False,
    forged: bool = False,
    recent_for: timedelta = RECENT_FOR,
    imported: bool = False,
) -> Placement:
    """Where a mail belongs, why, and whether it is held there until an agent lets it in."""
    placed = Mail(mail, mailbox, known, now, kind, outgoing, forged, recent_for, imported)
    rejected: list[str] = []
    for name, signal in SIGNALS:
        found = signal(placed)
        rejected += found.rejected
        if found.conversation is not None:
            return _placement(placed, name, found, tuple(dict.fromkeys(rejected)))
        if signal is by_own_id and is_backscatter(placed):
            return Placement(None, "new", "it reports on a mail that did not go out from here")
    because = (
        "no signal leads to a conversation that is there" if rejected else "nothing in it refers to a conversation"
    )
    return Placement(None, "new", because, rejected=tuple(dict.fromkeys(rejected)))


def _placement(placed: Mail, name: str, found: Found, rejected: tuple[str, ...]) -> Placement:
    assert found.conversation is not None  # noqa: S101 - the caller asked
    stranger = stranger_because(placed, name, placed.conversation(found.conversation))
    because = f"{found.because}; held, because {stranger}" if stranger else found.because
    return Placement(found.conversation, name, because, held=bool(stranger), rejected=rejected, about=found.about)


def by_token(placed: Mail) -> Found:
    """Our reply address stands among the recipients."""
    tokens = list(placed.known.tokens.items())
    if not tokens:
        return Found()
    others = {key for _, key in tokens[1:]} - {tokens[0][1]}
    rejected = tuple(f"{_name(placed, key)}: its reply address stands there too, but after another" for key in others)
    about = placed.known.returned.get(tokens[0][0])
    if about is not None:
        because = f"it came back to the envelope sender of our mail to {', '.join(about.recipients)}"
        return Found(tokens[0][1], because, rejected, about)
    because = "it was sent to the reply address of this conversation"
    return Found(tokens[0][1], because, rejected, _reported_here(placed, tokens[0][1]))


def _reported_here(placed: Mail, conversation: UUID) -> SentMail | None:
    """Of a delivery report that came to a reply address: the mail that it names or, where it names none, the last."""
    original = opaque_id(placed.mail.status.original_message_id) if placed.mail.status else None
    if placed.kind not in _REPORTS or placed.mail.status is None:
        return None
    if original is not None:
        return placed.known.sent.get(original)
    return next((each for each in placed.known.sent_lately if each.conversation == conversation), None)


def by_report(placed: Mail) -> Found:
    """A delivery report names the mail of ours that it is about."""
    about = placed.mail.status.original_message_id if placed.mail.status else None
    original = opaque_id(about)
    if placed.kind not in _REPORTS or original is None:
        return Found()
    ours = [message for message in placed.known.with_id(original) if message.out]
    keys = {message.conversation for message in ours}
    if len(keys) != 1:
        return Found()
    return Found(keys.pop(), f"it reports on our mail {original}", about=placed.known.sent.get(original))


def by_recipient(placed: Mail) -> Found:
    """A delivery report that names no mail names somebody to whom a mail of ours went of late: the last of them."""
    lately = placed.known.sent_lately
    if placed.kind not in _REPORTS or not lately or placed.imported:
        return Found()
    about = lately[0]
    because = f"it names {', '.join(about.recipients)}, to whom a mail of ours went of late"
    return Found(about.conversation, because, about=about)


def is_backscatter(placed: Mail) -> bool:
    """Whether a delivery report is about a mail in our name that did not go out from here.

    It names a Message-ID that is not ours, or came to an address of the form of ours that we never made.
    """
    if placed.kind not in _REPORTS or placed.imported:
        return False
    named = opaque_id(placed.mail.status.original_message_id) if placed.mail.status else None
    foreign = named is not None and not any(each.out for each in placed.known.with_id(named))
    return foreign or placed.known.stray_token


def by_own_id(placed: Mail) -> Found:
    """It answers a mail of ours, by a Message-ID which only who got that mail knows."""
    for message_id in _named(placed):
        for message in placed.known.with_id(message_id):
            if message.ours:
                return Found(message.conversation, f"it refers to our own Message-ID {message_id}")
    return Found()


def by_in_reply_to(placed: Mail) -> Found:
    """Its In-Reply-To names a stored mail of the same mailbox."""
    return _by_ids(placed, opaque_ids(placed.mail.in_reply_to), "In-Reply-To")


def by_references(placed: Mail) -> Found:
    """Its References name a stored mail of the same mailbox, the newest first."""
    return _by_ids(placed, tuple(reversed(opaque_ids(placed.mail.references))), "References")


def by_subject(placed: Mail) -> Found:
    """An answer with the same subject, by somebody who takes part, of late, and there is only one such conversation."""
    if not placed.subject or placed.forged or not is_reply_subject(placed.mail.subject):
        return Found()
    keys = [key for key in placed.known.same_subject if _goes_on(placed, placed.conversation(key))]
    if len(keys) == 1:
        return Found(keys[0], f'it answers "{placed.subject}", and its writer takes part in that conversation')
    return Found(rejected=tuple(f"{_name(placed, key)}: one of several with this subject" for key in keys))


SIGNALS: tuple[tuple[str, Signal], ...] = (
    ("token", by_token),
    ("own id", by_report),
    ("own id", by_own_id),
    ("in-reply-to", by_in_reply_to),
    ("references", by_references),
    ("recipient", by_recipient),
    ("subject", by_subject),
)
"""In order: the first that decides wins. A mail that none of them places opens a conversation."""


def stranger_because(placed: Mail, signal: str, conversation: KnownConversation) -> str | None:
    """Why the writer does not belong to a conversation, as the end of a sentence; None where they do."""
    if placed.outgoing or (placed.kind in _REPORTS and signal in {"own id", "token", "recipient"}):
        return None
    author = placed.mail.author
    if author is None or not author.address:
        return "it does not say who wrote it"
    if placed.forged:
        return f"it fails authentication, so it does not pass for {author.address}"
    if author.address in placed.known.own_addresses:
        return f"it came from outside and claims to be from our own address {author.address}"
    return None if _belongs(placed, author.domain, conversation) else f"{author.address} takes no part in it"


def _belongs(placed: Mail, domain: str, conversation: KnownConversation) -> bool:
    """Whether the writer takes part, works here, or is of the customer's own domain."""
    known = placed.known
    if known.writer & (conversation.people | known.agents):
        return True
    return not is_freemail(domain) and domain in conversation.customer_domains | known.own_domains


def _goes_on(placed: Mail, conversation: KnownConversation) -> bool:
    return (
        placed.in_this_mailbox(conversation.id)
        and bool(placed.known.writer & conversation.people)
        and abs(placed.now - conversation.last_at) <= placed.recent_for
    )


def _named(placed: Mail) -> tuple[str, ...]:
    """Every Message-ID that a mail names, the nearest first."""
    near = opaque_ids(placed.mail.in_reply_to)
    return tuple(dict.fromkeys((*near, *reversed(opaque_ids(placed.mail.references)))))


def _by_ids(placed: Mail, message_ids: Iterable[str], header: str) -> Found:
    """The first of some IDs that leads to exactly one conversation which the mail goes on with."""
    rejected: list[str] = []
    for message_id in message_ids:
        messages = placed.known.with_id(message_id)
        here = [message for message in messages if placed.in_this_mailbox(message.conversation)]
        rejected += [
            f"{_name(placed, each.conversation)}: {message_id} belongs to another mailbox"
            for each in messages
            if each not in here
        ]
        found = _only(placed, here, message_id, header)
        rejected += found.rejected
        if found.conversation is not None:
            return Found(found.conversation, found.because, tuple(rejected))
    return Found(rejected=tuple(rejected))


def _only(placed: Mail, messages: list[KnownMessage], message_id: str, header: str) -> Found:
    """The conversation that one ID leads to: where several mails bear it, the subject decides."""
    keys = list(dict.fromkeys(message.conversation for message in messages))
    because = f"its {header} names {message_id}"
    if len(keys) > 1:
        chosen = _chosen(placed, messages)
        if len(chosen) != 1:
            return Found(rejected=tuple(f"{_name(placed, key)}: {message_id} stands for several mails" for key in keys))
        keys, because = chosen, f"{because}, which several mails bear, and its subject is that of this conversation"
    if not keys:
        return Found()
    if _recycled(placed, placed.conversation(keys[0]), messages):
        return Found(rejected=(f"{_name(placed, keys[0])}: an old thread, reused with a new subject for a new matter",))
    return Found(keys[0], because)


def _chosen(placed: Mail, messages: list[KnownMessage]) -> list[UUID]:
    """Of several conversations those with the mail's subject; of these, where it helps, those that the writer is in."""
    subject = placed.subject
    keys = dict.fromkeys(
        each.conversation
        for each in messages
        if subject in {each.canonical_subject, placed.conversation(each.conversation).canonical_subject}
    )
    mine = [key for key in keys if placed.known.writer & placed.conversation(key).people]
    return mine if len(keys) > 1 else list(keys)


def _recycled(placed: Mail, conversation: KnownConversation, messages: list[KnownMessage]) -> bool:
    """Whether somebody took an old mail out of a drawer to write about something new: old, another subject, new text."""
    subjects = {conversation.canonical_subject, *(message.canonical_subject for message in messages)}
    new_matter = bool(placed.subject) and placed.subject not in subjects and bool(placed.mail.reply.strip())
    return new_matter and placed.now - conversation.last_at > placed.recent_for


def _name(placed: Mail, key: UUID) -> str:
    return placed.conversation(key).handle
