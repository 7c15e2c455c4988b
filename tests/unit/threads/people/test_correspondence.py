"""What a customer may read of their correspondence, and in which order."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.ids import uuid7
from threads.model import Direction, Kind
from threads.people.correspondence import Reader, Written, in_order, withheld

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
ANNA = "anna@example.com"
US = "support@localhost"
READER = Reader(uuid7(), ANNA, "Anna", frozenset(), frozenset({ANNA, "anna@work.example"}))
HERS = Written(uuid7(), uuid7(), NOW, Direction.IN, "person", ANNA, (US,))
OURS = Written(uuid7(), uuid7(), NOW, Direction.OUT, "reply", US, (ANNA,))


@pytest.mark.parametrize(
    "letter",
    [
        HERS,
        OURS,
        replace(HERS, author="anna+desk@work.example"),
        replace(HERS, author="ben@example.com", recipients=(US, ANNA)),
        replace(OURS, kind="acknowledgement"),
        replace(OURS, kind="person", recipients=("ben@example.com", ANNA)),
    ],
)
def test_a_customer_reads_what_they_wrote_and_got(letter: Written) -> None:
    assert withheld(letter, READER) == ""


@pytest.mark.parametrize(
    ("letter", "because"),
    [
        (replace(HERS, held=True), "held"),
        (replace(HERS, acts=False), "does not come from where it says"),
        (replace(HERS, typed=True), "need not have it"),
        *((replace(HERS, kind=kind.value), "no letter between people") for kind in Kind if kind is not Kind.PERSON),
        (replace(OURS, kind="notice"), "no letter between people"),
        (replace(OURS, kind="taken back"), "no letter between people"),
        (replace(OURS, left=False), "has not gone out"),
        (replace(HERS, author="colleague@elsewhere.example"), "neither wrote it nor got it"),
        (replace(OURS, recipients=("supplier@example.net",)), "neither wrote it nor got it"),
        (replace(OURS, author=ANNA, recipients=("supplier@example.net",)), "neither wrote it nor got it"),
    ],
)
def test_nothing_else_is_shown_to_them(letter: Written, because: str) -> None:
    assert because in withheld(letter, READER)


LETTERS = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 50)), max_size=30)


@given(LETTERS)
def test_conversations_stand_newest_first_and_their_letters_as_they_were_written(drawn: list[tuple[int, int]]) -> None:
    letters = [
        replace(HERS, message=uuid7(), conversation=UUID(int=number), at=NOW + timedelta(minutes=minutes))
        for number, minutes in drawn
    ]
    ordered = in_order(letters)
    assert sorted(each.message for each in ordered) == sorted(each.message for each in letters)
    conversations = list(dict.fromkeys(each.conversation for each in ordered))
    newest = {key: max(each.at for each in letters if each.conversation == key) for key in conversations}
    assert [newest[key] for key in conversations] == sorted(newest.values(), reverse=True)
    assert ordered == sorted(ordered, key=lambda each: (conversations.index(each.conversation), each.at, each.message))
