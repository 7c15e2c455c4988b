"""Outgoing mail on its way: lease, compose, hand over without a transaction, write down how it ended."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy.orm import Session

from mailgateway.compose import ascii_domain, compose
from mailgateway.enclosures import files_of
from mailgateway.kinds.bounces import answered
from mailgateway.retry import in_one_line, next_offer
from mailgateway.transports import Handed, Transport
from storage.claim import Among
from storage.database import Database
from storage.errors import Unavailable
from storage.outbox import Deferred, Failed, GivenUp, Leased, PutBack, Result, Sent, lease_due, settle
from storage.outgoing import OutgoingMail
from threads.conversation import locked
from threads.escalation.unreached import tell_others
from threads.outgoing.breaker import Drops
from threads.outgoing.deliveries import drop, note_failure
from threads.policy import Policy
from threads.sla.following import follow
from threads.store.aliases import goes_also_as

log = structlog.get_logger(__name__)

LEASE_FOR = timedelta(minutes=10)
"""Longer than handing over one mail can take."""

Sign = Callable[[bytes, str, datetime], bytes]
"""Puts signatures of its author's domain above a mail."""


Gate = Callable[[Session, Leased, datetime], PutBack | Drops | None]
"""Says why a mail does not go now, or never; None where it goes."""


@dataclass(frozen=True, slots=True)
class _Way:
    """All that a delivery needs besides the mails."""

    database: Database
    transport: Transport
    clock: Callable[[], datetime]
    sign: Sign | None
    gate: Gate | None
    among: Among | None
    lease_for: timedelta
    policy: Callable[[], Policy] | None


SETTLE_AGAIN_AFTER = (0.2, 1.0, 3.0, 10.0)
"""Seconds; together far less than a lease lasts."""


def deliver_due(
    database: Database,
    transport: Transport,
    now: datetime,
    *,
    sign: Sign | None = None,
    gate: Gate | None = None,
    among: Among | None = None,
    lease_for: timedelta = LEASE_FOR,
    limit: int = 50,
    policy: Callable[[], Policy] | None = None,
) -> Counter[str]:
    """Hand over what is due, at most `limit` mails; how many were sent, deferred, failed, given up, put back or dropped.

    It stops at the first that finds the relay away: the others wait for the next call. By `policy` the clocks of what was not
    delivered go on.
    """
    way = _Way(database, transport, running_from(now), sign, gate, among, lease_for, policy)
    return asyncio.run(_deliver(way, limit))


async def _deliver(way: _Way, limit: int) -> Counter[str]:
    tally: Counter[str] = Counter()
    try:
        for _ in range(limit):
            leased, kept = _next(way)
            if leased is None:
                break
            if kept:
                tally[kept] += 1
                continue
            handed = await _hand_over(way, leased, way.clock())
            result = decide(leased, handed, way.clock())
            await _settled(way, leased, result, handed)
            tally[_word(result)] += 1
            if handed.away:
                break
    finally:
        await way.transport.close()
    return tally


def _next(way: _Way) -> tuple[Leased | None, str]:
    """The next mail that is due, and what became of it where it is not to go now: "put back" or "dropped".

    One at a time: the journal must name only mails that were really handed over.
    """
    with way.database.writing() as session:
        leased = lease_due(session, way.clock(), way.lease_for, 1, way.among)
        if not leased:
            return None, ""
        verdict = way.gate(session, leased[0], way.clock()) if way.gate is not None else None
        if verdict is None:
            return leased[0], ""
        # what is to be dropped waits until it is, and is judged once more should the process end before that
        back = PutBack(way.clock() + way.lease_for, verdict.because) if isinstance(verdict, Drops) else verdict
        settle(session, leased[0], back, way.clock())
    outcome = "dropped" if isinstance(verdict, Drops) and _dropped(way, leased[0], verdict) else "put back"
    log.info("mail kept back", outbox=str(leased[0].outbox_id), outcome=outcome, because=back.answer)
    return leased[0], outcome


def _dropped(way: _Way, leased: Leased, verdict: Drops) -> bool:
    """Drop a mail, in a transaction of its own, which holds the conversation before the mail."""
    with way.database.writing() as session:
        return drop(session, leased, verdict.because, way.clock())


async def _hand_over(way: _Way, leased: Leased, now: datetime) -> Handed:
    mail = leased.mail
    try:
        data = compose(mail, _files(way.database, mail))
        if way.sign is not None:
            data = way.sign(data, ascii_domain(mail.author.address).rpartition("@")[2].lower(), now)
        return await way.transport.hand_over(mail, leased.pending, data)
    except Exception as error:  # a fault of ours: the mail waits, and is shown with it
        log.exception("a mail could not be handed over", outbox=str(leased.outbox_id))
        return Handed(answer=in_one_line(error), deferred=dict.fromkeys(leased.pending, in_one_line(error)))


def _files(database: Database, mail: OutgoingMail) -> list[bytes]:
    """What a mail encloses; nearly none does, and nothing is asked for those."""
    if not mail.enclosed:
        return []
    with database.reading() as session:
        return files_of(session, mail)


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


async def _settled(way: _Way, leased: Leased, result: Result, handed: Handed) -> None:
    """Write down how it ended. While the database is away it is tried again: forgotten, the mail would go out twice."""
    for pause in SETTLE_AGAIN_AFTER:
        try:
            return _settle(way, leased, result, handed)
        except Unavailable as error:
            log.warning("how a mail ended cannot be written yet", outbox=str(leased.outbox_id), because=str(error))
            await asyncio.sleep(pause)
    return _settle(way, leased, result, handed)


def _settle(way: _Way, leased: Leased, result: Result, handed: Handed) -> None:
    lost, now = _lost(leased, result, handed), way.clock()
    with way.database.writing() as session:
        if lost and leased.conversation_id is not None:
            # always before its mail: who takes in a bounce holds them in this order, and the two would wait for each other
            locked(session, leased.conversation_id)
        if handed.given_ids and leased.message_id is not None:
            goes_also_as(session, leased.message_id, handed.given_ids)
        settled = settle(session, leased, result, now) and bool(lost)
        if settled and leased.purpose == "escalation":
            tell_others(session, leased.outbox_id, now)
        if settled and leased.conversation_id is not None:
            note_failure(
                session,
                leased.conversation_id,
                leased.message_id,
                recipients={address: answered(address, answer) for address, answer in lost.items()},
                answer=result.answer,
                now=now,
                purpose=leased.purpose,
            )
            if way.policy is not None:
                follow(session, way.policy, now)
    say = log.info if isinstance(result, Sent) else log.warning
    say("mail handed over", outbox=str(leased.outbox_id), outcome=_word(result), tries=leased.attempt)


def _lost(leased: Leased, result: Result, handed: Handed) -> dict[str, str]:
    """Whom the mail will never reach, and what the relay said of them."""
    if isinstance(result, GivenUp):
        return dict.fromkeys(leased.pending, result.answer)
    return dict(handed.refused)


def _word(result: Result) -> str:
    return _WORDS[type(result)]


_WORDS: dict[type[Result], str] = {
    Sent: "sent", Deferred: "deferred", Failed: "failed", GivenUp: "given up",
}  # fmt: skip


def running_from(now: datetime) -> Callable[[], datetime]:
    """A clock that begins at `now` and runs on, whatever the system's clock is set to meanwhile."""
    begun = time.monotonic()
    return lambda: now + timedelta(seconds=time.monotonic() - begun)
