"""A mail out of a Sent folder is known as the one that went out from here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from threads.model import Address, InboundMail
from threads.placing.sent_copy import SentBefore, sent_copy

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
SENT = SentBefore(
    message=uuid4(),
    message_id="<ours@example.org>",
    sent_at=NOW,
    recipients=frozenset({"anna@kundin.example", "otto@kundin.example"}),
    subject="Re: Rechnung",
    text="Guten Tag,\n\ndas ist erledigt.\n\n> Wie hoch\n> ist sie?\n",
)


Written = Callable[..., InboundMail]


@pytest.fixture
def a_copy(written: Written) -> Written:
    """The copy, as it was read, with some fields changed."""

    def make(**changed: Any) -> InboundMail:
        usual = {
            "message_id": "<given@provider.example>",
            "sent_at": NOW + timedelta(seconds=7),
            "to": (Address("otto@kundin.example"),),
            "cc": (Address("Anna@kundin.example"),),
            "subject": "AW: Rechnung",
            "text": "Guten Tag,\ndas ist erledigt.\n> Wie\n> hoch ist sie?",
        }
        return written(**{**usual, **changed})

    return make


def found(mail: InboundMail, *sent: SentBefore) -> UUID | None:
    copy = sent_copy(mail, sent or (SENT,))
    return copy.sent.message if copy else None


def test_the_same_people_time_matter_and_words_are_the_same_mail(a_copy: Written) -> None:
    copy = sent_copy(a_copy(), [SENT])
    assert copy is not None
    assert (copy.sent, copy.alias) == (SENT, "<given@provider.example>")
    assert "<ours@example.org>" in copy.because


@pytest.mark.parametrize(
    "changed",
    [
        {"to": (Address("otto@kundin.example"),), "cc": ()},
        {"cc": (Address("anna@kundin.example"), Address("eve@evil.example"))},
        {"sent_at": NOW + timedelta(minutes=2)},
        {"sent_at": None},
        {"subject": "Re: Mahnung"},
        {"text": "Guten Tag,\n\ndas ist nicht erledigt."},
        {"message_id": None},
    ],
)
def test_one_difference_makes_it_another_mail(a_copy: Written, changed: dict[str, Any]) -> None:
    assert found(a_copy()) == SENT.message
    assert found(a_copy(**changed)) is None


def test_under_its_own_id_it_goes_under_no_other(a_copy: Written) -> None:
    copy = sent_copy(a_copy(message_id="<ours@example.org>"), [SENT])
    assert copy is not None
    assert (copy.sent, copy.alias) == (SENT, "")


def test_of_two_that_say_the_same_the_nearest_in_time_is_meant(a_copy: Written) -> None:
    earlier = replace(SENT, message=uuid4(), sent_at=NOW - timedelta(seconds=40))
    assert found(a_copy(), earlier, SENT) == SENT.message
    assert found(a_copy(sent_at=NOW - timedelta(seconds=30)), SENT, earlier) == earlier.message
