"""A folder on the server beside what the desk holds of it: every UID has its place."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from mailgateway.sources.imap_cursor import Cursor
from mailgateway.sources.imap_reconcile import Compared, Held, compared, ranges

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
UIDS = st.sets(st.integers(1, 60))
HELD = st.dictionaries(
    st.integers(1, 60),
    st.builds(
        Held,
        st.sampled_from(["kept", "imported", "same", "too large", "unread"]),
        st.sampled_from(["", "moved", "left"]),
    ),
)


@given(on_server=UIDS, held=HELD, old=st.integers(0, 60), old_uid=st.integers(0, 60), seen=st.integers(0, 60))
def test_every_uid_of_either_side_has_exactly_one_place(
    on_server: set[int], held: dict[int, Held], old: int, old_uid: int, seen: int
) -> None:
    cursor = Cursor(1, max(seen, old), old, min(old_uid, old), NOW)
    found = compared(on_server, held, cursor)
    places = [uid for each in fields(Compared) for uid in getattr(found, each.name)]
    assert sorted(places) == sorted(on_server | held.keys())


def test_what_the_desk_never_looked_at_waits() -> None:
    assert compared({1, 2}, {}, None) == Compared(waiting=(1, 2))


def test_each_place_is_told_from_the_others() -> None:
    held = {5: Held("kept"), 6: Held("kept", "moved"), 7: Held("kept"), 8: Held("too large"), 9: Held("unread")}
    cursor = Cursor(1, seen_uid=11, old_until=3, old_uid=2, since_at=NOW)
    assert compared({1, 3, 5, 8, 10, 12}, held, cursor) == Compared(
        kept=(5,), moved=(6,), left=(1,), waiting=(3, 12), missing=(10,), set_aside=(8, 9), gone=(7,)
    )


@given(UIDS)
def test_ranges_name_the_same_uids_in_short(uids: set[int]) -> None:
    said = ranges(sorted(uids))
    named: set[int] = set()
    for part in filter(None, said.split(",")):
        first, _, last = part.partition(":")
        named |= set(range(int(first), int(last or first) + 1))
    assert named == uids


def test_ranges_are_short() -> None:
    assert ranges([1, 2, 3, 5, 8, 9]) == "1:3,5,8:9"
    assert ranges([]) == ""
