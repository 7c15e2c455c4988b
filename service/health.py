"""Whether a running desk is well: what /healthz says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from faq.given import Wellness
from service.check import Check, State
from service.checking import failing_checks
from service.doctor import quick_checks
from service.running import Running


def health_of(running: Running) -> tuple[Wellness, Sequence[str]]:
    """How well it is, and a line on each thing that was looked at."""
    found = list(_looked_at(running))
    return wellness(each.state for each in found), [str(each) for each in found]


def wellness(states: Iterable[State]) -> Wellness:
    """Failing where one thing is wrong, degraded where one is to be looked at, and ok only where all are."""
    found = set(states)
    if State.WRONG in found:
        return Wellness.FAILING
    return Wellness.DEGRADED if State.WARNING in found else Wellness.OK


def _looked_at(running: Running) -> Iterator[Check]:
    yield from quick_checks(running.database, running.settings.data)
    yield from failing_checks(running.checks)
    for loop in running.loops.values():
        ok = loop.alive and not loop.failing
        yield Check(loop.name, State.OK if ok else State.WRONG, "ok" if ok else loop.failing or "has ended")
    # an account at another's server is a warning: to take this desk out of service mends no password there
    for folder in running.imap:
        yield Check(f"imap {folder.name}", State.WARNING if folder.failing else State.OK, folder.said)
    for shown in running.certificates:
        if shown.trouble:
            yield Check("certificate", State.WARNING, shown.trouble)
    for door, because in running.shut.items():
        yield Check(door, State.WRONG, f"shut: {because}")
