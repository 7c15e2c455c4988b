"""The walk of a mail from kept to conversation: claim, read, judge, ask, and then one short transaction for all of it.

    waiting --claim--> leased --recorded--> done | duplicate
                              --failed----> waiting (later) --too often--> shunted (and shown, replayable)

A mail that brings the process down with it is shunted unread after a few times: no mail stops the others. Which of those in
hand it was shows by walking each of them alone, with a mark on disk: a power cut or a kill marks hardly ever the same one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

import structlog
from sqlalchemy.orm import Session

from knowledge.article import Suggestion
from mailgateway.deliver import running_from
from mailgateway.origin.checks import Checked, Checking, Checks
from mailgateway.ranking import urgencies
from mailgateway.read import Read, mailboxes_of, read, read_at_least
from mailgateway.retry import Again, Shunt, in_one_line, retry
from mailgateway.suggesting import Suggest, Suggesting
from storage.claim import claim_due, holds
from storage.database import Database
from storage.errors import Lost, Unavailable
from storage.group import do_together
from storage.raw import get_raw
from storage.tables import EnvelopeRow
from threads.arrive import Found, arrive
from threads.model import Envelope, Kind, Mailbox, Source
from threads.policy import Policy

log = structlog.get_logger(__name__)

LEASE_FOR = timedelta(minutes=1)
"""Longer than a batch takes, and no longer: what a desk that was killed had leased waits for it."""
BATCH = 16
AT_ONCE = 16 * 1024 * 1024
"""Bytes of mails that are held while others are asked about them."""
TOGETHER = 8
LARGEST_TOGETHER = 256 * 1024
"""How many mails one transaction takes in, and how many bytes of them: some 50 ms, or three times as long where each names
dozens of people and new words, for which whoever keeps new mail waits."""
DEATHS = 3
"""How often the desk may have ended while a mail was walked alone, before it is set aside unread."""

UNREAD = "the desk ended {} times while it read this mail, which is set aside unread"


@dataclass(frozen=True, slots=True)
class Claimed:
    """An envelope that is ours to walk until its lease runs out."""

    id: UUID
    raw_id: UUID
    lease: int
    tries: int
    """How often it failed before."""
    envelope: Envelope
    alone: int = 0
    """How often the desk ended while it walked this mail and no other."""

    @property
    def suspect(self) -> bool:
        """Whether a lease of it ended without a word: perhaps this mail was why."""
        return self.lease > self.tries + 1


@dataclass(frozen=True, slots=True)
class Walk:
    """All that a walk needs besides the mail."""

    database: Database
    policy: Policy
    suggesting: Suggesting
    clock: Callable[[], datetime]
    checks: Checks = field(default_factory=Checks)
    """Who is asked where a mail comes from; without any nobody."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A mail that was read, about which others are asked just now."""

    claimed: Claimed
    said: Read
    checking: Checking
    size: int


def walk_due(
    database: Database,
    policy: Policy,
    suggest: Suggest | Suggesting | None,
    now: datetime,
    *,
    checks: Checks | None = None,
    lease_for: timedelta = LEASE_FOR,
    limit: int = BATCH,
) -> Counter[str]:
    """Take in what is due, at most `limit` mails: how many were done, duplicates, put off, shunted or lost to another.

    A `Suggesting` is kept over many calls, so that a knowledge base that hangs is not asked in each of them.
    """
    asking = suggest if isinstance(suggest, Suggesting) else Suggesting(suggest)
    walk = Walk(database, policy, asking, running_from(now), checks or Checks())
    with database.writing() as session:
        claimed = [claimed_of(row) for row in claim_due(session, EnvelopeRow, now, lease_for, limit)]
    tally = Counter(walk_together(walk, [each for each in claimed if not each.suspect]))
    for each in sorted((each for each in claimed if each.suspect), key=lambda each: each.alone):
        tally[_walk_alone(walk, each)] += 1
    return tally


def walk_together(walk: Walk, claimed: Sequence[Claimed]) -> Iterator[str]:
    """Take mails in, in order; what others are asked about them they are asked at once, as far as memory allows."""
    while claimed:
        raws, begun = _raws(walk, claimed), list[Begun]()
        for each, raw in zip(claimed, raws, strict=False):
            try:
                begun.append(_begin(walk, each, raw))
            except Exception as error:
                yield _failed(walk, each, error)
        for group in _groups(begun):
            yield from _finish(walk, group)
        claimed = claimed[len(raws) :]


def _raws(walk: Walk, claimed: Sequence[Claimed]) -> list[bytes | Exception]:
    """The raw mails of the first ones, as many as memory allows; in the place of one that cannot be had, why."""
    raws: list[bytes | Exception] = []
    size = 0
    try:
        with walk.database.reading() as session:
            for each in claimed:
                raws.append(_raw(session, each))
                size += len(raws[-1]) if isinstance(raws[-1], bytes) else 0
                if size > AT_ONCE:
                    break
    except Exception as error:
        # that of the one in hand: the others are asked for anew, for only where this one lies may be damaged
        raws.append(error)
    return raws


def _raw(session: Session, claimed: Claimed) -> bytes | Exception:
    try:
        return get_raw(session, claimed.raw_id)
    except Lost as lost:
        return lost


def _groups(begun: Sequence[Begun]) -> Iterator[list[Begun]]:
    """The mails that one transaction takes in: so few that whoever else writes does not wait long for its end."""
    group: list[Begun] = []
    for each in begun:
        group.append(each)
        if len(group) == TOGETHER or sum(one.size for one in group) > LARGEST_TOGETHER:
            yield group
            group = []
    yield group


def _walk_alone(walk: Walk, claimed: Claimed) -> str:
    """Take in a mail over which the desk may have ended before, marked as the one that is in hand."""
    if claimed.alone >= DEATHS:
        return shunt(walk, claimed, UNREAD.format(claimed.alone))
    with walk.database.writing() as session:
        if not holds(session, EnvelopeRow, claimed.id, claimed.lease):
            return "lost"
        session.get_one(EnvelopeRow, claimed.id, populate_existing=True).alone += 1
    return walk_one(walk, claimed)


def walk_one(walk: Walk, claimed: Claimed) -> str:
    """Take one mail in; gives back in one word what became of it."""
    return next(walk_together(walk, [claimed]))


def _begin(walk: Walk, claimed: Claimed, raw: bytes | Exception) -> Begun:
    """Read a mail, and begin to ask about it."""
    if isinstance(raw, Exception):
        raise raw
    said = read(raw, claimed.envelope, walk.policy)
    return Begun(claimed, said, walk.checks.begin(said.mail, raw, claimed.envelope), len(raw))


def _finish(walk: Walk, group: Sequence[Begun]) -> Iterator[str]:
    """Take mails in that were read, as soon as what is asked about them is known: together, but each fails alone."""
    works: dict[Claimed, Callable[[Session], str]] = {}
    for begun in group:
        try:
            found = _found(walk, begun, begun.checking.wait())
        except Exception as error:
            yield _failed(walk, begun.claimed, error)
        else:
            works[begun.claimed] = partial(_taken_in, walk, begun.claimed, found)
    for claimed, done in zip(works, do_together(walk.database, list(works.values())), strict=True):
        yield _outcome(walk, claimed, done)


def _taken_in(walk: Walk, claimed: Claimed, found: Found, session: Session) -> str:
    if not holds(session, EnvelopeRow, claimed.id, claimed.lease):
        return "lost"
    recorded = arrive(session, found, walk.policy, walk.clock(), rank=urgencies)
    return "duplicate" if recorded.duplicate else "done"


def _outcome(walk: Walk, claimed: Claimed, done: Future[str]) -> str:
    """What became of a mail, now that it is committed."""
    try:
        word = done.result()
    except Exception as error:
        return _failed(walk, claimed, error)
    if word != "lost":
        log.info("mail taken in", envelope=str(claimed.id), outcome=word)
    return word


def _found(walk: Walk, begun: Begun, checked: Checked) -> Found:
    """Everything about a mail that needs no transaction."""
    said, claimed = begun.said, begun.claimed
    mailboxes = mailboxes_of(claimed.envelope.recipients, walk.policy)
    suggestions: tuple[Suggestion, ...] = ()
    if said.classification.kind is Kind.PERSON and checked.suspicion is None:
        suggestions = walk.suggesting.ask(said.mail, (mailboxes or walk.policy.mailboxes)[0])
    found = _as_found(claimed, said, mailboxes, suggestions)
    return replace(found, verdict=checked.verdict, suspicion=checked.suspicion)


def _as_found(
    claimed: Claimed, said: Read, mailboxes: tuple[Mailbox, ...], suggestions: tuple[Suggestion, ...] = ()
) -> Found:
    return Found(
        envelope_id=claimed.id,
        raw_id=claimed.raw_id,
        envelope=claimed.envelope,
        mail=said.mail,
        classification=said.classification,
        verdict=said.verdict,
        mailboxes=mailboxes,
        suggestions=suggestions,
    )


def _failed(walk: Walk, claimed: Claimed, error: Exception) -> str:
    """Put a mail off or aside. Where even that cannot be written its lease runs out, and it is tried again."""
    now = walk.clock()
    decided = retry(claimed.tries + 1, error, now)
    known = isinstance(error, Unavailable)
    log.error("a mail was not taken in", envelope=str(claimed.id), because=decided.because, exc_info=not known)
    if isinstance(decided, Shunt):
        return shunt(walk, claimed, decided.because)
    try:
        _put_off(walk, claimed, decided)
    except Unavailable as away:
        log.warning("nothing can be written", because=str(away))
        raise
    return "put off"


def _put_off(walk: Walk, claimed: Claimed, again: Again) -> None:
    with walk.database.writing() as session:
        if holds(session, EnvelopeRow, claimed.id, claimed.lease):
            row = session.get_one(EnvelopeRow, claimed.id, populate_existing=True)
            row.state, row.due_at, row.leased_until = "waiting", again.at, None
            row.tries, row.alone, row.error = claimed.tries + 1, 0, again.because


def shunt(walk: Walk, claimed: Claimed, because: str) -> str:
    """Set a mail aside for a person, and show the agents that it came."""
    if show(walk, claimed, because, partial(_set_aside, claimed, because)):
        log.error("mail shunted", envelope=str(claimed.id), because=because)
        return "shunted"
    return "lost"


def _set_aside(claimed: Claimed, because: str, session: Session) -> bool:
    if not holds(session, EnvelopeRow, claimed.id, claimed.lease):
        return False
    row = session.get_one(EnvelopeRow, claimed.id, populate_existing=True)
    row.state, row.leased_until, row.error = "shunted", None, because
    row.tries = claimed.tries + 1
    session.flush()
    return True


def show(walk: Walk, claimed: Claimed, because: str, aside: Callable[[Session], bool]) -> bool:
    """Set a mail aside and open a conversation that says so, in one commit; False where `aside` finds that it is not ours.

    If no conversation can be made of it the mail is still in `brief mail shunted`. Raises `Unavailable`.
    """
    try:
        mailboxes = mailboxes_of(claimed.envelope.recipients, walk.policy)
        found = _as_found(claimed, read_at_least(_what_is_left(walk, claimed), claimed.envelope, because), mailboxes)
        with walk.database.writing() as session:
            return aside(session) and _shown(session, walk, found, because)
    except Unavailable:
        raise
    except Exception as error:
        log.exception("a shunted mail could not be shown", envelope=str(claimed.id), because=in_one_line(error))
        with walk.database.writing() as session:
            return aside(session)


def _shown(session: Session, walk: Walk, found: Found, because: str) -> bool:
    arrive(session, found, walk.policy, walk.clock())
    row = session.get_one(EnvelopeRow, found.envelope_id, populate_existing=True)
    # it was shown, but not taken in
    row.state, row.error = "shunted", because
    return True


def _what_is_left(walk: Walk, claimed: Claimed) -> bytes:
    """The raw mail or, where that is lost, a line in its place: that it came must be seen all the same."""
    try:
        with walk.database.reading() as session:
            return get_raw(session, claimed.raw_id)
    except Lost:
        return f"the raw mail {claimed.raw_id} is lost".encode()


def claimed_of(row: EnvelopeRow) -> Claimed:
    """The envelope of a row, under its newest lease."""
    return Claimed(row.id, row.raw_id, row.lease, row.tries, envelope_of(row), row.alone)


def envelope_of(row: EnvelopeRow) -> Envelope:
    """The envelope that a row keeps."""
    return Envelope(
        source=Source(row.source),
        mail_from=row.mail_from,
        recipients=tuple(row.recipients),
        received_at=row.received_at,
        client=row.client,
        helo=row.helo,
        tls=row.tls,
    )
