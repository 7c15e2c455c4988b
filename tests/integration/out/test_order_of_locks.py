"""A conversation is always locked before its outgoing mail: on PostgreSQL two that differ in that wait for each other."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select, text

from storage.tables import OutboxRow
from threads.conversation import locked
from threads.outgoing.breaker import Drops

ANNA = "anna@kundin.example"
_WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize(
    ("gate", "outcome", "kind", "said"),
    [
        (None, "failed", "delivery", "did not reach anna@kundin.example"),
        (lambda *_: Drops("a loop"), "dropped", "dropped", "was dropped: a loop"),
    ],
)
def test_who_writes_down_that_a_mail_did_not_go_holds_none_while_it_waits_for_the_conversation(
    office: Any, a_mail: Any, wait_until: Callable[..., Any], gate: Any, outcome: str, kind: str, said: str
) -> None:
    handle = office.arrives(a_mail(author=ANNA), sender=ANNA)
    office.deliver()  # the acknowledgement
    office.desk.reply(handle, "Hier.")
    office.world.answer(ANNA, "550 5.1.1 nobody of that name")

    def somebody_waits() -> bool:
        with office.database.reading() as session:
            return bool(session.scalar(_WAITING))

    with ThreadPoolExecutor(1) as apart:
        with office.database.writing() as session:  # as who takes in a bounce does: the conversation, then its mail
            locked(session, office.conversation(handle).id)
            delivering = apart.submit(office.deliver, gate=gate)
            wait_until(somebody_waits)
            session.scalars(select(OutboxRow).where(OutboxRow.purpose == "reply").with_for_update(nowait=True)).one()
        assert delivering.result(30) == {outcome: 1}
    assert said in office.events(kind)[-1].because
