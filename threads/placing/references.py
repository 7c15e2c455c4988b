"""What a mail refers to: Message-IDs, and the beginning of an Exchange conversation where there is no other header."""

from __future__ import annotations

import base64
import binascii
import re
from uuid import UUID

from threads.model import InboundMail
from threads.placing.known import Known
from threads.tokens import opaque_id, opaque_ids

MOST_NEAR = 50
"""Of the IDs in In-Reply-To, and of the newest in References: no more are looked at, however many a mail names."""
COMMON = 20
"""What as many conversations refer to is no trace: a circular, or a program that always names the same."""
_ROOT = 22
"""Bytes of a Thread-Index that all mails of one Exchange conversation share: the time and a GUID ([MS-OXOMSG] 2.2.1.3)."""
_LONGEST_INDEX = 4096
EXCHANGE = "@thread-index>"
"""How a root ends, as it stands among Message-IDs."""
_ROOT_NAMED = re.compile(r"<([0-9a-f]{44})@thread-index>")


def referred_to(mail: InboundMail) -> tuple[str, ...]:
    """Every Message-ID that a mail answers, the nearest first; of a long list the first and the newest ones."""
    near = opaque_ids(mail.in_reply_to[:MOST_NEAR])
    far = opaque_ids((*mail.references[:1], *mail.references[1:][-MOST_NEAR:]))
    return tuple(dict.fromkeys((*near, *reversed(far))))


def exchange_root(mail: InboundMail) -> str | None:
    """What all mails of one Exchange conversation share, as something that stands among Message-IDs; None without one."""
    value = "".join(mail.header("thread-index").split())[:_LONGEST_INDEX]
    try:
        index = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        return None
    root = index[:_ROOT]
    return f"<{root.hex()}{EXCHANGE}" if len(root) == _ROOT and any(root[6:]) else None


def exchange_header(root: str | None) -> tuple[tuple[str, str], ...]:
    """The header by which our answer stays in an Exchange conversation: what answers it shares the root again; () without one."""
    named = _ROOT_NAMED.fullmatch(root or "")
    return (("Thread-Index", base64.b64encode(bytes.fromhex(named[1])).decode()),) if named else ()


def own_id(mail: InboundMail) -> str | None:
    """Its own Message-ID, as others may have referred to it before it came."""
    return opaque_id(mail.message_id)


def traces(mail: InboundMail) -> tuple[str, ...]:
    """Everything by which others may refer to the same: what it answers, the nearest first, and its Exchange conversation."""
    root = exchange_root(mail)
    return (*referred_to(mail), *((root,) if root else ()))


def unseen(mail: InboundMail, known: Known, conversation: UUID | None) -> tuple[str, ...]:
    """What a mail refers to that nobody has seen, and that its conversation does not refer to yet: the ghosts to remember."""
    seen = {message.message_id for message in known.messages}
    there = {each.ghost for each in known.ghosts if each.conversation == conversation and not each.held}
    return tuple(
        trace
        for trace in traces(mail)
        if trace not in seen and trace not in there and len(known.conversations_with(trace)) < COMMON
    )


def in_words(trace: str) -> str:
    """What a mail refers to in words: the root of a Thread-Index is an ID of our making, which stands in no mail."""
    return "an Exchange conversation by its Thread-Index" if trace.endswith(EXCHANGE) else trace


def is_telling(trace: str) -> bool:
    """Whether a trace is made to be unlike any other: without a domain it may be a word that a program or a person put in."""
    return "@" in trace
