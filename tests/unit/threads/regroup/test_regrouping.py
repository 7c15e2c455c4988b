"""Two ways to part the same messages: what has to move to get from the one to the other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from threads.regroup.regrouping import Becomes, Regrouping, regroupings


def parts(of: Mapping[str, Any]) -> set[frozenset[str]]:
    """Which messages stand together, whatever the conversations are called."""
    together: dict[Any, set[str]] = {}
    for message, place in of.items():
        together.setdefault(place, set()).add(message)
    return {frozenset(each) for each in together.values()}


def applied(now: Mapping[str, Any], found: tuple[Regrouping[str, Any], ...]) -> dict[str, Any]:
    """The messages where the regroupings put them."""
    moved = dict(now)
    for each in found:
        moved |= dict.fromkeys(each.messages, each.target if each.target is not None else ("new", each.new))
    return moved


MESSAGES = [f"m{number}" for number in range(9)]
PARTED = st.lists(st.integers(0, 5), min_size=len(MESSAGES), max_size=len(MESSAGES)).map(
    lambda places: {each: f"c{place}" for each, place in zip(MESSAGES, places, strict=True)}
)
FIXED = st.sets(st.sampled_from(MESSAGES))


@given(PARTED, PARTED)
def test_what_was_found_leads_from_the_one_way_to_the_other(now: dict[str, str], anew: dict[str, str]) -> None:
    assert parts(applied(now, regroupings(now, anew))) == parts(anew)


@given(PARTED, PARTED)
def test_once_it_was_done_nothing_is_left_to_do(now: dict[str, str], anew: dict[str, str]) -> None:
    assert regroupings(applied(now, regroupings(now, anew)), anew) == ()


@given(PARTED, st.permutations(range(6)))
def test_conversations_under_other_names_are_the_same(now: dict[str, str], names: list[int]) -> None:
    assert regroupings(now, {each: names[int(place[1:])] for each, place in now.items()}) == ()


@given(PARTED, PARTED, st.permutations(range(6)))
def test_what_they_are_called_decides_nothing(now: dict[str, str], anew: dict[str, str], names: list[int]) -> None:
    called = {f"c{number}": f"c{name}" for number, name in enumerate(names)}
    found = regroupings({each: called[place] for each, place in now.items()}, anew)

    assert [(each.becomes, each.messages, each.new) for each in found] == [
        (each.becomes, each.messages, each.new) for each in regroupings(now, anew)
    ]


@given(PARTED, PARTED, FIXED)
def test_what_is_fixed_never_moves_and_a_message_moves_once_at_most(
    now: dict[str, str], anew: dict[str, str], fixed: set[str]
) -> None:
    moved = [each for found in regroupings(now, anew, fixed) for each in found.messages]

    assert not fixed & set(moved)
    assert len(moved) == len(set(moved))


@given(PARTED, PARTED, FIXED)
def test_a_conversation_is_merged_only_where_all_of_it_goes_to_one_that_stays(
    now: dict[str, str], anew: dict[str, str], fixed: set[str]
) -> None:
    found = regroupings(now, anew, fixed)
    merged = {each.source for each in found if each.becomes is Becomes.MERGED}

    for each in found:
        whole = {message for message, place in now.items() if place == each.source} == set(each.messages)
        assert (each.becomes is Becomes.MERGED) == (whole and each.target is not None)
        assert each.target not in merged


def test_the_largest_share_says_which_conversation_it_is() -> None:
    now = {"m1": "anna", "m2": "anna", "m3": "anna", "m4": "bernd"}

    assert regroupings(now, {"m1": 1, "m2": 1, "m3": 2, "m4": 2}) == (
        Regrouping(Becomes.MOVED, "anna", "bernd", ("m3",)),
    )
    assert regroupings(now, dict.fromkeys(now, 1)) == (Regrouping(Becomes.MERGED, "bernd", "anna", ("m4",)),)
    assert regroupings(now, {"m1": 1, "m2": 1, "m3": 2, "m4": 3}) == (
        Regrouping(Becomes.OWN, "anna", None, ("m3",), 1),
    )


def test_what_follows_a_mail_that_stays_comes_to_it() -> None:
    now = {"moved": "anna", "a1": "anna", "a2": "anna", "reply": "bernd", "b1": "bernd", "b2": "bernd"}
    anew = {"moved": 9, "reply": 9, "a1": 1, "a2": 1, "b1": 2, "b2": 2}

    assert regroupings(now, anew, {"moved"}) == (Regrouping(Becomes.MOVED, "bernd", "anna", ("reply",)),)


def test_a_message_that_was_not_threaded_anew_stays_and_keeps_its_conversation() -> None:
    now = {"m1": "anna", "m2": "bernd", "lost": "bernd"}

    assert regroupings(now, {"m1": 1, "m2": 1}) == (Regrouping(Becomes.MOVED, "bernd", "anna", ("m2",)),)
