"""What an act did, told by the rows before and after it."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from threads.ledger import Kept, Key, Rows, difference

KEYS = st.integers(0, 9).map(lambda number: (str(number),))
TABLE: st.SearchStrategy[dict[Key, Kept]] = st.dictionaries(
    KEYS, st.fixed_dictionaries({"conversation_id": st.sampled_from("ab"), "held": st.booleans()})
)


def taken_back(rows: dict[Key, Kept], done: Rows) -> dict[Key, Any]:
    """Rows without what was done to them."""
    found = {key: dict(row) for key, row in rows.items()}
    for group in done["message"]:
        for key in map(tuple, group["keys"]):
            if group["before"] is None:
                del found[key]
            else:
                found[key] = found.get(key, {}) | group["before"]
    return found


@given(TABLE, TABLE)
def test_what_was_done_leads_back_to_what_was(before: dict[Key, Kept], after: dict[Key, Kept]) -> None:
    assert taken_back(after, difference({"message": before}, {"message": after})) == before


@given(TABLE)
def test_where_nothing_was_done_nothing_is_noted(rows: dict[Key, Kept]) -> None:
    assert difference({"message": rows}, {"message": rows}) == {"message": []}


def test_rows_to_which_the_same_happened_stand_together_with_only_what_changed() -> None:
    before: dict[Key, Kept] = {(key,): {"conversation_id": "a", "held": False} for key in "12"}
    after: dict[Key, Kept] = {(key,): {"conversation_id": "b", "held": False} for key in "12"}
    assert difference({"message": before}, {"message": after})["message"] == [
        {"keys": [["1"], ["2"]], "before": {"conversation_id": "a"}, "after": {"conversation_id": "b"}}
    ]
