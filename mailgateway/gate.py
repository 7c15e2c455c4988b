"""What may go out now: so many mails a minute to one domain, and nothing by itself while the breaker is open."""

from __future__ import annotations

import threading
from collections import defaultdict, deque
from datetime import datetime, timedelta

import structlog
from sqlalchemy.orm import Session

from storage.outbox import ALWAYS_GO, Leased, PutBack
from templates import amounts
from threads.outgoing.breaker import Drops, Limits, Waits, judge
from threads.store.breaker import counted, keep_open, standing

log = structlog.get_logger(__name__)

MINUTE = timedelta(minutes=1)


class Gate:
    """Asked for each mail before it is handed over. One for all ways out of a process, whose threads share it."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._pace = Pace(limits.domain_a_minute)

    def __call__(self, session: Session, leased: Leased, now: datetime) -> PutBack | Drops | None:
        """Why a mail does not go now; None where it does, which counts."""
        kept = self._by_breaker(session, leased, now) if leased.purpose not in ALWAYS_GO else None
        if kept is not None:
            return kept
        until = self._pace.go(_domains(leased), now)
        mails = amounts.counted(self.limits.domain_a_minute, "mail")
        return PutBack(until, f"more than {mails} a minute to its domain") if until else None

    def _by_breaker(self, session: Session, leased: Leased, now: datetime) -> PutBack | Drops | None:
        stands = standing(session, leased.recipient, now)
        count = counted(session, leased, stands.since)
        verdict = judge(leased.recipient, count, stands.breaker, self.limits, now)
        if isinstance(verdict, Waits | Drops) and verdict.opens is not None:
            log.error("the breaker has opened", to=verdict.opens.address or "all", because=verdict.opens.because)
            keep_open(session, verdict.opens)
        if isinstance(verdict, Waits):
            return PutBack(verdict.until, verdict.because)
        return verdict if isinstance(verdict, Drops) else None


class Pace:
    """At most so many mails to a domain in each minute; 0 is no limit."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._gone: dict[str, deque[datetime]] = defaultdict(deque)
        self._lock = threading.Lock()

    def go(self, domains: frozenset[str], now: datetime) -> datetime | None:
        """None where a mail to these domains may go, which is counted; else when to ask again."""
        if not self.most:
            return None
        with self._lock:
            waits = [self._free_at(domain, now) for domain in domains]
            until = max((each for each in waits if each is not None), default=None)
            if until is None:
                for domain in domains:
                    self._gone[domain].append(now)
            return until

    def _free_at(self, domain: str, now: datetime) -> datetime | None:
        gone = self._gone[domain]
        while gone and gone[0] <= now - MINUTE:
            gone.popleft()
        if not gone:
            del self._gone[domain]
            return None
        return gone[0] + MINUTE if len(gone) >= self.most else None


def _domains(leased: Leased) -> frozenset[str]:
    return frozenset(each.rpartition("@")[2].lower() for each in leased.pending)
