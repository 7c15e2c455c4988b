from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from storage.ids import uuid7
from threads.model import Kind, Placement
from threads.placing.continuing import NEVER, Successor, continued, is_over
from threads.placing.known import KnownConversation

DAYS_90 = timedelta(days=90)
OLD, NEW = uuid7(), uuid7()
PLACED = Placement(OLD, "in-reply-to", "its In-Reply-To names <a@b>", merges=(NEW,), rejected=("no",))


@pytest.fixture
def old(now: datetime) -> KnownConversation:
    """Closed for 91 days."""
    closed_at = now - timedelta(days=91)
    return KnownConversation(
        OLD, "anna-rechnung", "rechnung", frozenset(), frozenset(), frozenset(), closed_at, closed_at=closed_at
    )


def placed(old: KnownConversation, now: datetime, **changed: Any) -> Placement:
    values: dict[str, Any] = {"placement": PLACED, "successor": None, "kind": Kind.PERSON, "after": DAYS_90, **changed}
    placement: Placement = values["placement"]
    kind, after = values["kind"], values["after"]
    if not is_over(placement, old, kind=kind, now=now, after=after):
        return placement
    return continued(placement, old, values["successor"], now=now, after=after)


def test_a_reply_to_what_was_closed_for_long_opens_a_new_one_that_is_linked_and_says_why(
    old: KnownConversation, now: datetime
) -> None:
    found = placed(old, now)
    assert (found.conversation, found.continues, found.merges, found.rejected) == (None, OLD, (), ("no",))
    assert found.because == (
        "its In-Reply-To names <a@b>; anna-rechnung has been closed for 91 days, "
        "so this is a new one that goes on with it"
    )


def test_the_day_itself_is_not_yet_long(old: KnownConversation, now: datetime) -> None:
    exactly = replace(old, closed_at=now - DAYS_90)
    assert placed(exactly, now) == PLACED
    assert placed(replace(old, closed_at=now - DAYS_90 - timedelta(seconds=1)), now).continues == OLD


@pytest.mark.parametrize(
    "changed",
    [
        {"after": NEVER},
        {"placement": replace(PLACED, signal="token")},
        {"placement": replace(PLACED, signal="own id")},
        {"placement": replace(PLACED, signal="agent")},
        {"placement": replace(PLACED, held=True)},
        *({"kind": kind} for kind in Kind if kind is not Kind.PERSON),
    ],
)
def test_what_goes_on_with_that_very_conversation(
    old: KnownConversation, now: datetime, changed: dict[str, Any]
) -> None:
    assert placed(old, now, **changed) == changed.get("placement", PLACED)


def test_what_is_open_or_a_side_conversation_goes_on(old: KnownConversation, now: datetime) -> None:
    assert placed(replace(old, closed_at=None), now) == PLACED
    assert placed(replace(old, side_of=uuid7()), now) == PLACED


@pytest.mark.parametrize(("days", "leads_to", "goes_on_with"), [(None, NEW, None), (5, NEW, None), (91, None, NEW)])
def test_a_second_reply_follows_the_first_into_what_went_on(
    old: KnownConversation, now: datetime, days: int | None, leads_to: Any, goes_on_with: Any
) -> None:
    closed_at = None if days is None else now - timedelta(days=days)
    found = placed(old, now, successor=Successor(NEW, "anna-rechnung-mai", closed_at))
    assert (found.conversation, found.continues) == (leads_to, goes_on_with)
    assert "anna-rechnung-mai" in found.because
