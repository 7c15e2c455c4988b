"""Whether mail to a reply address comes back: for a mailbox that lies on another's server that is not sure.

Not every server takes support+<token>@ for support@. Where it does not, a customer's answer to such an address bounces.
So such a mailbox gets reply addresses only after a mail to one has come in by its account. Only a token that we made is a
proof: anybody can write some other +detail into a header.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.facts import fact_once, get_fact, set_fact
from storage.tables import TokenRow
from threads.policy import Policy
from threads.store.tokens import reply_address_of
from threads.tokens import new_token, reply_address, token_in


def reply_to_of(
    session: Session, policy: Policy, conversation_id: UUID, mailbox: str, now: datetime, *, new: bool = False
) -> str:
    """The reply address of a conversation; "" where mailbox and settings are not for one. A `new` one has none yet."""
    if not policy.reply_addresses or not takes_detail(session, policy, mailbox):
        return ""
    return reply_address_of(session, conversation_id, mailbox, now, new=new)


def takes_detail(session: Session, policy: Policy, mailbox: str) -> bool:
    """Whether mail to an address of a mailbox with +anything in it comes in here."""
    if mailbox in policy.no_reply_address:
        return False
    return mailbox not in policy.reply_address_once_shown or is_shown(session, mailbox)


def is_shown(session: Session, mailbox: str) -> bool:
    """Whether mail to a reply address of a mailbox has come in."""
    return get_fact(session, _SHOWN.format(mailbox)) is not None


def probe_address(session: Session, mailbox: str) -> str:
    """An address of a mailbox that nobody can guess: once a mail to it has come in, its reply addresses are used."""
    return reply_address(mailbox, fact_once(session, _PROBE.format(mailbox), new_token()))


def made_probe_address(session: Session, mailbox: str) -> str:
    """That address, "" where it was not made yet; changes nothing."""
    token = get_fact(session, _PROBE.format(mailbox))
    return reply_address(mailbox, token) if token else ""


def note_arrival(session: Session, mailbox: str, addresses: Iterable[str], now: datetime) -> bool:
    """Remember that reply addresses of a mailbox come in, where one of these is one; whether that was new."""
    tokens = {token for each in addresses if (token := token_in(each, [mailbox]))}
    if not tokens or is_shown(session, mailbox):
        return False
    ours = get_fact(session, _PROBE.format(mailbox)) in tokens
    if not ours and session.scalar(select(TokenRow.token).where(TokenRow.token.in_(tokens)).limit(1)) is None:
        return False
    set_fact(session, _SHOWN.format(mailbox), now.isoformat())
    return True


_SHOWN = "reply address came in: {}"
_PROBE = "reply address to prove: {}"
