"""What rules ask for beside a priority is done as a mail arrives."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from storage.tables import AgentRow, EventRow, TagRow
from threads.rule import Rule


def ruled(desk: Any, **asked: Any) -> None:
    desk.policy = replace(desk.policy, rules=(Rule("own", senders=("@kunde.example",), **asked),))


def test_tags_are_given_to_the_conversation_once(desk: Any) -> None:
    ruled(desk, tags=("end", "gold"))
    desk.arrives(desk.mail())
    assert sorted(row.tag for row in desk.all(TagRow)) == ["end", "gold"]


def test_a_new_conversation_becomes_the_agents_whom_a_rule_names(desk: Any) -> None:
    ruled(desk, assignee="ben")
    with desk.database.writing() as session:
        session.add(AgentRow(id="ben", name="Ben", created_at=desk.now))
    row = desk.conversation(desk.arrives(desk.mail()).conversation)
    assert row.assignee_id == "ben"
    assert any(event.kind == "assigned" and "ben" in event.because for event in desk.all(EventRow))


def test_an_agent_who_is_not_there_is_given_nothing_and_that_is_said(desk: Any) -> None:
    ruled(desk, assignee="nobody")
    row = desk.conversation(desk.arrives(desk.mail()).conversation)
    assert row.assignee_id is None
    assert any("who is not there" in event.because for event in desk.all(EventRow))


def test_a_mail_that_a_rule_holds_waits_for_an_agent_and_is_not_acknowledged(desk: Any) -> None:
    ruled(desk, hold=True)
    row = desk.conversation(desk.arrives(desk.mail()).conversation)
    assert row.status == "suspected"
    assert desk.letters() == []


def test_the_acknowledgement_says_what_a_rule_adds(desk: Any) -> None:
    ruled(desk, answer="Wir haben bis Montag geschlossen.")
    desk.arrives(desk.mail())
    [letter] = desk.letters()
    assert "Wir haben bis Montag geschlossen." in letter.text
