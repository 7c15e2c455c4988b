"""Somebody whose mail is held hears that it has arrived, where the settings want that, and nothing leads from it anywhere."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from storage.tables import MessageRow, OutboxRow, SuggestionRow
from threads.policy import AcknowledgeLimits

EVE = "eve@evil.example"


@pytest.fixture
def first(desk: Any) -> Any:
    """Anna's conversation, at a desk that tells strangers."""
    limits = AcknowledgeLimits(once_in=timedelta(0), address_a_day=100, strangers=True)
    desk.policy = replace(desk.policy, acknowledge=limits)
    return desk.arrives(desk.mail(subject="Geheime Rechnung 4711", text="Geheim: 4711"))


def told(desk: Any) -> list[Any]:
    """What went to the stranger."""
    return [each for each in desk.letters() if each.to[0].address == EVE]


def test_a_stranger_hears_that_their_mail_has_arrived_and_nothing_of_the_conversation(desk: Any, first: Any) -> None:
    [anna] = desk.letters()
    held = desk.arrives(
        desk.mail(EVE, in_reply_to=(anna.message_id,), references=("<1@kunde.example>",), subject="AW: x")
    )
    assert (held.conversation, held.held, held.acknowledged) == (first.conversation, True, True)

    [letter] = told(desk)
    said = str(letter.as_json())
    for secret in ("4711", "Geheim", "Anna", anna.message_id, anna.reply_to, "<1@kunde.example>", "antwortet"):
        assert secret not in said, secret
    assert (letter.references, letter.reply_to) == (("<2@kunde.example>",), "")
    [row] = [each for each in desk.all(OutboxRow) if each.recipient == EVE]
    assert (row.purpose, row.conversation_id, row.message_id) == ("acknowledgement", None, None)
    [shown] = [each for each in desk.all(MessageRow) if each.to == [{"name": "", "address": EVE}]]
    assert (shown.conversation_id, shown.message_id, shown.kind) == (first.conversation, None, "acknowledgement")
    assert not any(each.quoted for each in desk.all(SuggestionRow))
    assert desk.conversation(first.conversation).status == "open"


def test_a_reply_to_it_is_held_again_and_whoever_names_it_proves_nothing(desk: Any, first: Any) -> None:
    desk.arrives(desk.mail(EVE, in_reply_to=("<1@kunde.example>",), message_id="<eve@evil.example>"))
    [letter] = told(desk)
    again = desk.arrives(
        desk.mail(
            EVE, in_reply_to=(letter.message_id,), references=(*letter.references, letter.message_id), text="Und?"
        )
    )
    assert (again.conversation, again.held) == (first.conversation, True)
    # not even in Anna's name, which she did not protect, does it close her conversation
    forged = desk.arrives(desk.mail(in_reply_to=(letter.message_id,), text="Danke, das hilft!"), mail_from=EVE)
    assert desk.conversation(first.conversation).status == "open"
    assert "our own" not in forged.because


def test_nobody_hears_it_twice_in_a_day(desk: Any, first: Any) -> None:
    for _ in range(3):
        desk.arrives(desk.mail(EVE, in_reply_to=("<1@kunde.example>",)))
    assert len(told(desk)) == 1
    desk.now += timedelta(days=1)
    desk.arrives(desk.mail(EVE, in_reply_to=("<1@kunde.example>",)))
    assert len(told(desk)) == 2


def test_without_the_setting_and_for_a_suspected_mail_nothing_goes_out(desk: Any, first: Any) -> None:
    from threads.model import Suspicion

    desk.arrives(desk.mail(EVE, in_reply_to=("<1@kunde.example>",)), suspicion=Suspicion("rspamd calls it spam"))
    desk.policy = replace(desk.policy, acknowledge=AcknowledgeLimits(once_in=timedelta(0)))
    held = desk.arrives(desk.mail(EVE, in_reply_to=("<1@kunde.example>",)))
    assert (held.held, held.acknowledged, told(desk)) == (True, False, [])
