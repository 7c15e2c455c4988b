"""What an act did, told by the rows before and after it."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from threads.undo.ledger import NOTED, Key, Rows, Taken, difference

KEYS = st.integers(0, 9).map(lambda number: (UUID(int=number),))
KEPT = NOTED["message"].kept
ROW: st.SearchStrategy[tuple[Any, ...]] = st.tuples(
    st.sampled_from("ab"),
    st.booleans(),
    st.just("subject"),
    st.just(""),
    st.just([]),
    st.none() | st.sampled_from(("one", "other")),
)
TABLE: st.SearchStrategy[Taken] = st.dictionaries(KEYS, ROW)


def taken_back(rows: Taken, done: Rows) -> Taken:
    """Rows without what was done to them."""
    found = {key: dict(zip(KEPT, row, strict=True)) for key, row in rows.items()}
    for group in done["message"]:
        for key in ((UUID(each[0]),) for each in group["keys"]):
            if group["before"] is None:
                del found[key]
            else:
                found[key] = found.get(key, {}) | group["before"]
    return {key: tuple(row[name] for name in KEPT) for key, row in found.items()}


@given(TABLE, TABLE)
def test_what_was_done_leads_back_to_what_was(before: Taken, after: Taken) -> None:
    done = difference({"message": before}, {"message": after})
    assert taken_back(after, json.loads(json.dumps(done))) == before


@given(TABLE)
def test_where_nothing_was_done_nothing_is_noted(rows: Taken) -> None:
    assert difference({"message": rows}, {"message": rows}) == {"message": []}


def test_rows_to_which_the_same_happened_stand_together_with_only_what_changed() -> None:
    keys: list[Key] = [(UUID(int=1),), (UUID(int=2),)]
    before: Taken = {key: ("a", False, "", "", [], None) for key in keys}
    after: Taken = {key: ("b", False, "", "", [], None) for key in keys}
    assert difference({"message": before}, {"message": after})["message"] == [
        {
            "keys": [[str(UUID(int=1))], [str(UUID(int=2))]],
            "before": {"conversation_id": "a"},
            "after": {"conversation_id": "b"},
        }
    ]
