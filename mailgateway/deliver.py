"""Outgoing mail on its way: lease, compose, hand over without a transaction, write down how it ended."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from mailgateway.compose import ascii_domain, compose
from mailgateway.kinds.bounces import answered
from mailgateway.retry import in_one_line, next_offer
from mailgateway.transports import Handed, Transport
from storage.database import Database
from storage.outbox import Deferred, Failed, GivenUp, Leased, Result, Sent, lease_due, settle
from threads.deliveries import note_failure

log = structlog.get_logger(__name__)

LEASE_FOR = timedelta(minutes=10)
"""Longer than handing over one mail can take."""

Sign = Callable[[bytes, str, datetime], bytes]
"""Puts signatures of its author's domain above a mail."""


def deliver_due(
    database: Database,
    transport: Transport,
    now: datetime,
    *,
    sign: Sign | None = None,
    lease_for: timedelta = LEASE_FOR,
    limit: int = 50,
) -> Counter[str]:
    """Hand over what is due, at most `limit` mails; how many were sent, deferred, failed or given up.

    It stops at the first that finds the relay away: the others wait for the next call.
    """
    return asyncio.run(_deliver(database, transport, running_from(now), sign, lease_for, limit))


async def _deliver(
    database: Database,
    transport: Transport,
    clock: Callable[[], datetime],
    sign: Sign | None,
    lease_for: timedelta,
    limit: int,
) -> Counter[str]:
    tally: Counter[str] = Counter()
    try:
        for _ in range(limit):
            # one at a time: the journal must name only mails that were really handed over
            with database.writing() as session:
                leased = lease_due(session, clock(), lease_for, 1)
            if not leased:
                break
            handed = await _hand_over(transport, leased[0], sign, clock())
            result = decide(leased[0], handed, clock())
            _settle(database, leased[0], result, handed, clock())
            tally[_word(result)] += 1
            if handed.away:
                break
    finally:
        await transport.close()
    return tally


async def _hand_over(transport: Transport, leased: Leased, sign: Sign | None, now: datetime) -> Handed:
    mail = leased.mail
    try:
        data = compose(mail)
        if sign is not None:
            data = sign(data, ascii_domain(mail.author.address).rpartition("@")[2].lower(), now)
        return await transport.hand_over(mail, leased.pending, data)
    except Exception as error:  # a fault of ours: the mail waits, and is shown with it
        log.exception("a mail could not be handed over", outbox=str(leased.outbox_id))
        return Handed(answer=in_one_line(error), deferred=dict.fromkeys(leased.pending, in_one_line(error)))


def decide(leased: Leased, handed: Handed, now: datetime) -> Result:
    """What becomes of a mail after a try."""
    if not handed.deferred:
        if not handed.accepted:
            return Failed(_both(handed))
        return Sent(_both(handed), refused=tuple(handed.refused))
    until = next_offer(leased.attempt, leased.created_at, now)
    if until is None and (handed.accepted or handed.refused):
        until = now  # first write down who has it: the next try gives up the rest
    if until is None:
        return GivenUp(f"given up after {leased.attempt} tries: {handed.answer}")
    return Deferred(until, _both(handed), accepted=handed.accepted, refused=tuple(handed.refused))


def _both(handed: Handed) -> str:
    """The last answer, and who was refused where others were not."""
    named = handed.accepted or handed.deferred
    refused = [f"{address}: {said}" for address, said in handed.refused.items()] if named else []
    return ("; ".join(refused) or handed.answer)[:500]


def _settle(database: Database, leased: Leased, result: Result, handed: Handed, now: datetime) -> None:
    with database.writing() as session:
        held = settle(session, leased, result, now)
        if held and leased.conversation_id is not None:
            lost = dict(handed.refused)
            if isinstance(result, GivenUp):
                lost = dict.fromkeys(leased.pending, result.answer)
            if lost:
                said = {address: answered(address, answer) for address, answer in lost.items()}
                note_failure(
                    session,
                    leased.conversation_id,
                    leased.message_id,
                    recipients=said,
                    answer=result.answer,
                    now=now,
                    purpose=leased.purpose,
                )
    say = log.info if isinstance(result, Sent) else log.warning
    say("mail handed over", outbox=str(leased.outbox_id), outcome=_word(result), tries=leased.attempt)


def _word(result: Result) -> str:
    return {Sent: "sent", Deferred: "deferred", Failed: "failed", GivenUp: "given up"}[type(result)]


def running_from(now: datetime) -> Callable[[], datetime]:
    """A clock that begins at `now` and runs on, whatever the system's clock is set to meanwhile."""
    begun = time.monotonic()
    return lambda: now + timedelta(seconds=time.monotonic() - begun)
