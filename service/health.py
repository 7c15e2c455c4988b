"""Whether a running desk is well: what /healthz says."""

from __future__ import annotations

from collections.abc import Sequence

from service.checking import failing_checks
from service.doctor import quick_checks
from service.running import Running


def health_of(running: Running) -> tuple[bool, Sequence[str]]:
    """Whether all is well, and a line on each thing that was looked at."""
    checks = [*quick_checks(running.database, running.settings.data), *failing_checks(running.checks)]
    well = all(check.ok for check in checks)
    lines = [str(check) for check in checks]
    for loop in running.loops.values():
        ok = loop.alive and not loop.failing
        well = well and ok
        lines.append(f"{loop.name}: {'ok' if ok else loop.failing or 'has ended'}")
    # an account at another's server makes no 503: to take this desk out of service mends no password there
    lines += [str(state) for state in running.imap]
    lines += [f"{door}: shut: {because}" for door, because in running.shut.items()]
    return well and not running.shut, lines
