"""Clocks that run while the settings promise something else: put right step by step, so that no mail waits for it."""

from __future__ import annotations

import json
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.database import Database
from storage.facts import get_fact, set_fact
from storage.tables import ConversationRow, TargetRow
from threads.conversation import hold_in_order
from threads.policy import Policy
from threads.sla.following import follow
from threads.sla.hours_changed import AT_A_TIME
from threads.sla.touched import touch_promised

_FACT = "what is promised"


class TermsChanged:
    """The work that changed [answer], [[sla]] or calendars of departments make. What a process leaves undone the next begins anew.

    Each process does it once for what it has read: two that have read different settings do not undo each other's work.
    """

    def __init__(self) -> None:
        self._done = self._begun = ""
        self._left: list[UUID] = []

    def step(self, database: Database, policy: Policy, now: datetime) -> int:
        """Put the clocks of some conversations right, in a transaction of its own; how many, 0 where none is left."""
        promised = told(policy)
        if promised == self._done:
            return 0
        if promised != self._begun:
            self._begun, self._left = promised, _running(database, promised)
        some, rest = self._left[:AT_A_TIME], self._left[AT_A_TIME:]
        with database.writing() as session:
            _put_right(session, policy, some, now)
            if not rest:
                set_fact(session, _FACT, promised)
        self._left = rest
        if not rest:
            self._done = promised
        return len(some)


def told(policy: Policy) -> str:
    """What a policy promises, as text: the same for the same promises."""
    sla = [
        [each.name, each.contract, *({key.value: str(time) for key, time in aim.items()} for aim in (each.first, each.next, each.solution)),
         each.calendar, sorted(each.round_the_clock) if each.round_the_clock is not None else None]
        for each in policy.sla
    ]  # fmt: skip
    within = {key.value: str(time) for key, time in policy.answer_within.items()}
    promised = [within, sorted(policy.round_the_clock), sla, sorted(policy.calendars), policy.snoozed_pauses]
    return json.dumps(promised, sort_keys=True)


def _running(database: Database, promised: str) -> list[UUID]:
    """The conversations whose clocks run, where something else was promised before."""
    with database.reading() as session:
        if get_fact(session, _FACT) in (None, promised):
            return []
        running = select(TargetRow.conversation_id).where(TargetRow.state == "running")
        return list(session.scalars(running.distinct()))


def _put_right(session: Session, policy: Policy, conversations: list[UUID], now: datetime) -> None:
    if not conversations:
        return
    which = ConversationRow.id.in_(conversations)
    hold_in_order(session, which)
    for row in session.scalars(select(ConversationRow).where(which)):
        touch_promised(session, row, now)
    follow(session, lambda: policy, now)
