"""The loops of escalation: the sweep, and the calls that it leaves to be made."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

import structlog

from service.calls import Caller
from service.escalation import planned
from service.programs import Programs
from service.settings import Settings
from storage.database import Database
from threads.escalation.calling import call_due, is_any_call
from threads.escalation.plan import Plan
from threads.escalation.sweep import look_at_all, sweep
from threads.policy import Policy

log = structlog.get_logger()


class Escalating:
    """What a running desk does about answers that are owed, by its settings; `renew` takes over changed ones."""

    def __init__(
        self, database: Database, settings: Settings, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._database, self._now = database, now
        self._looked_with = ""
        self._programs = Programs()
        self.renew(settings)

    def renew(self, settings: Settings) -> None:
        """Go by these settings; what of them is left out is named in the log."""
        found = planned(settings)
        for said in found.left_out:
            log.warning("left out of the settings", because=said)
        wanted = settings.escalation
        self.plan: Plan = found.plan
        self._caller = Caller(
            found.plan.ladders, wanted.webhook_secret, wanted.webhook_private, self._now, self._programs
        )

    def sweep(self, policy: Policy) -> Mapping[str, int]:
        """Carry out the steps that are due."""
        if self._looked_with != self.plan.fingerprint:  # at the start, and where ladders have changed
            look_at_all(self._database, self.plan)
            self._looked_with = self.plan.fingerprint
        return sweep(self._database, policy, self.plan, self._now())

    def call(self) -> Mapping[str, int]:
        """Make a call that is due: one, so that a desk that stops waits for no other."""
        with self._database.reading() as session:
            due = is_any_call(session, self._now())
        return call_due(self._database, self._caller, self._now, limit=1) if due else {}

    def end_programs(self) -> None:
        """End the commands that still run; the lease of their calls runs out, and they are made again."""
        self._programs.end_all()
