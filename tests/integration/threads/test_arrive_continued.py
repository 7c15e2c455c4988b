"""A reply to what was closed for long: a new conversation that is linked to it, where the settings say so."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from storage.tables import ApartRow, EventRow
from threads.model import Address, Classification, Kind
from threads.store.successors import linked

REPLY = {"in_reply_to": ("<1@kunde.example>",)}


@pytest.fixture
def old(desk: Any) -> Any:
    """A conversation with Anna and Ben that was closed a hundred days ago, at a desk that goes on after ninety."""
    desk.policy = replace(desk.policy, continue_after=timedelta(days=90))
    first = desk.arrives(desk.mail(cc=(Address("ben@kunde.example", "Ben"),)))
    desk.change(first.conversation, status="closed", closed_at=desk.now, waiting_since=None, due_at=None)
    desk.now += timedelta(days=100)
    return first


def test_a_reply_opens_a_new_conversation_that_is_linked_both_ways_and_says_why(desk: Any, old: Any) -> None:
    again = desk.arrives(desk.mail(**REPLY, text="Und jetzt?"))
    assert (again.new, again.held, again.acknowledged) == (True, False, True)
    row = desk.conversation(again.conversation)
    assert (row.continues_id, row.status) == (old.conversation, "open")
    assert desk.conversation(old.conversation).status == "closed"
    assert f"{old.handle} has been closed for 100 days, so this is a new one that goes on with it" in again.because
    [opened] = [each for each in desk.all(EventRow) if each.kind == "opened" and each.conversation_id == row.id]
    assert opened.because == again.because
    with desk.database.reading() as session:
        assert linked(session, row) == {"continues": old.handle, "continued_by": []}
        before = desk.conversation(old.conversation)
        assert linked(session, before) == {"continues": "", "continued_by": [again.handle]}


def test_what_answers_both_goes_to_the_new_one_and_the_two_stay_two(desk: Any, old: Any) -> None:
    again = desk.arrives(desk.mail(**REPLY, text="Und jetzt?", message_id="<new@kunde.example>"))
    both = ("<1@kunde.example>", "<new@kunde.example>")
    third = desk.arrives(desk.mail(in_reply_to=both[1:], references=both, text="Noch etwas."))
    assert third.conversation == again.conversation
    assert desk.conversation(old.conversation).merged_into_id is None
    assert len(desk.all(ApartRow)) == 2


def test_a_second_reply_to_the_old_one_follows_the_first(desk: Any, old: Any) -> None:
    again = desk.arrives(desk.mail(**REPLY, text="Und jetzt?"))
    second = desk.arrives(desk.mail(**REPLY, text="Und noch etwas."))
    assert (second.conversation, second.new) == (again.conversation, False)
    other = desk.arrives(desk.mail("ben@kunde.example", **REPLY, text="Ich auch."))
    assert (other.new, desk.conversation(other.conversation).continues_id) == (True, old.conversation)


def test_an_answer_to_our_own_mail_opens_the_old_one_again(desk: Any, old: Any) -> None:
    [letter] = desk.letters()
    again = desk.arrives(desk.mail(in_reply_to=(letter.message_id,), text="Und jetzt?"))
    assert again.conversation == old.conversation
    assert desk.conversation(old.conversation).status == "open"


def test_a_machine_and_a_stranger_open_nothing(desk: Any, old: Any) -> None:
    away = Classification(Kind.AUTO_REPLY, acknowledge=False, because="an out-of-office notice")
    machine = desk.arrives(desk.mail(**REPLY), classification=away)
    stranger = desk.arrives(desk.mail("eve@evil.example", **REPLY))
    assert (machine.conversation, stranger.conversation) == (old.conversation, old.conversation)
    assert (stranger.held, desk.conversation(old.conversation).status) == (True, "closed")


def test_off_or_closed_of_late_it_is_opened_again(desk: Any, old: Any) -> None:
    desk.policy = replace(desk.policy, continue_after=timedelta(days=200))
    assert desk.arrives(desk.mail(**REPLY)).conversation == old.conversation
    desk.change(old.conversation, status="closed", closed_at=desk.now - timedelta(days=1000))
    desk.policy = replace(desk.policy, continue_after=timedelta(0))
    assert desk.arrives(desk.mail(**REPLY)).conversation == old.conversation


def test_an_archive_is_placed_as_ever(desk: Any, old: Any) -> None:
    assert desk.arrives(desk.mail(**REPLY), imported=True).conversation == old.conversation
