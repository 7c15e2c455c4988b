"""Everything that is asked about a mail, all at once, in threads, each within its time; what fails never holds a mail up.

A caller begins the checks of many mails and waits for each afterwards: so their waiting for others overlaps.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar

import structlog

from mailgateway.origin.clamd import Clamd, Scan
from mailgateway.origin.findings import asked
from mailgateway.origin.resolver import Deadline, Resolver
from mailgateway.origin.rspamd import Rating, Rspamd
from mailgateway.origin.suspect import suspect
from mailgateway.origin.verdict import NOBODY, NOT_ASKED, Trust, authenticate
from mailgateway.retry import in_one_line
from storage.errors import Unavailable
from threads.model import Authenticity, Envelope, InboundMail, Source, Suspicion, Verdict

log = structlog.get_logger(__name__)
T = TypeVar("T")

WITHIN = 2.0
"""Seconds for all that is asked of the DNS about one mail."""
MOST_AT_ONCE = 48
"""Threads that ask: three questions a mail, sixteen mails."""
_GRACE = 0.2
"""Seconds after its deadline in which a question may still end by itself."""
_FROM_OUTSIDE = frozenset({Source.SMTP, Source.LMTP, Source.IMAP})
TOO_LATE = Verdict(Authenticity.UNKNOWN, "it could not be found out in time")


@dataclass(frozen=True, slots=True)
class Checked:
    """What the checks of a mail came to."""

    verdict: Verdict
    suspicion: Suspicion | None = None
    failed: tuple[str, ...] = ()
    """Of rspamd and clamd, who could not be asked."""


@dataclass(frozen=True, slots=True)
class Checking:
    """The checks of one mail, begun."""

    verdict: Future[Verdict]
    rating: Future[Rating] | None
    scan: Future[Scan] | None
    deadline: Deadline
    """Of the verdict."""
    ends: Deadline
    """Of everything."""
    notes: dict[str, str]
    tally: Counter[str]

    @property
    def done(self) -> bool:
        """Whether nothing has to be waited for."""
        return all(each is None or each.done() for each in (self.verdict, self.rating, self.scan))

    def wait(self) -> Checked:
        """What was found, as soon as it is, or what is left of it when the time is over."""
        verdict = self._of(self.verdict, self.deadline, "dns") or TOO_LATE
        rating = self._of(self.rating, self.ends, "rspamd")
        scan = self._of(self.scan, self.ends, "clamd")
        failed = [name for name, asked, found in (("rspamd", self.rating, rating), ("clamd", self.scan, scan))
                  if asked is not None and found is None]  # fmt: skip
        suspicion = suspect(rating, scan)
        self.tally.update([verdict.authenticity.value, *(["suspected"] if suspicion else []),
                           *(f"{name} failed" for name in failed)])  # fmt: skip
        return Checked(verdict, suspicion, tuple(failed))

    def _of(self, asked: Future[T] | None, deadline: Deadline, name: str) -> T | None:
        """What one of them said; None where it failed, which is noted and changes nothing for the mail."""
        if asked is None:
            return None
        try:
            found = asked.result(deadline.left + _GRACE)
        except Exception as error:
            self.notes[name] = _said(error)
            log.warning("a mail was not checked", by=name, because=self.notes[name])
            return None
        self.notes.pop(name, None)
        return found


@dataclass
class Checks:
    """Who is asked, and whose word is believed. One for a desk: it remembers what the DNS said."""

    trust: Trust = NOBODY
    resolver: Resolver | None = None
    """Without one the DNS is not asked."""
    within: float = WITHIN
    rspamd: Rspamd | None = None
    clamd: Clamd | None = None
    failing: dict[str, str] = field(default_factory=dict)
    """Who could not be asked the last time, and why."""
    tally: Counter[str] = field(default_factory=Counter)
    """How many mails were genuine, forged, unknown or suspected, and how many could not be shown to whom, since `taken`."""
    _pool: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(MOST_AT_ONCE, thread_name_prefix="checks"), repr=False
    )

    def begin(self, mail: InboundMail, raw: bytes, envelope: Envelope) -> Checking:
        """Begin to ask; nothing is waited for."""
        outside = envelope.source in _FROM_OUTSIDE
        rspamd = self.rspamd if outside and self.rspamd and len(raw) <= self.rspamd.largest else None
        clamd = self.clamd if outside and self.clamd and len(raw) <= self.clamd.largest else None
        longest = max([self.within, *(each.within for each in (rspamd, clamd) if each is not None)])
        return Checking(
            verdict=self._verdict(mail, raw, envelope),
            rating=self._pool.submit(rspamd.rate, raw, envelope) if rspamd else None,
            scan=self._pool.submit(clamd.scan, raw) if clamd else None,
            deadline=Deadline.within(self.within),
            ends=Deadline.within(longest),
            notes=self.failing,
            tally=self.tally,
        )

    def _verdict(self, mail: InboundMail, raw: bytes, envelope: Envelope) -> Future[Verdict]:
        known = authenticate(mail, envelope, self.trust)
        if known is None and self.resolver is not None:
            deadline = Deadline.within(self.within)
            return self._pool.submit(asked, mail, raw, envelope, self.trust, self.resolver, deadline)
        answer: Future[Verdict] = Future()
        answer.set_result(known or NOT_ASKED)
        return answer

    def taken(self) -> Counter[str]:
        """The tally, which begins anew; for the thread that waits for the checks."""
        tally = self.tally.copy()
        self.tally.clear()
        return tally

    def scanners(self) -> tuple[tuple[str, Callable[[], None]], ...]:
        """Each scanner that the settings name, with what asks whether it is there."""
        return tuple((each.name, each.ping) for each in (self.rspamd, self.clamd) if each is not None)

    def close(self) -> None:
        """Ask nobody any more; what is being asked ends by its time limit."""
        self._pool.shutdown(wait=False, cancel_futures=True)


def _said(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "there was no answer in time"
    return str(error) if isinstance(error, Unavailable) else in_one_line(error)
