"""To which half of a merge that is taken back what came since belongs."""

from __future__ import annotations

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from threads.undo.belonging import Half, Home, Later, both_got, homes_of

ANNA, BERND, CARL = "anna@kunde.example", "bernd@fremd.example", "carl@dritter.example"
TARGET = Half(UUID(int=1), frozenset({ANNA}), frozenset({"kunde.example"}))
SOURCE = Half(UUID(int=2), frozenset({BERND}), frozenset({"fremd.example"}))
STANDS = {UUID(int=11): TARGET.id, UUID(int=12): SOURCE.id}


def key(number: int) -> UUID:
    return UUID(int=100 + number)


@st.composite
def stories(draw: st.DrawFn) -> list[Later]:
    """Mails and answers of ours that refer to what was there, to each other however they like, or to nothing."""
    number = draw(st.integers(1, 8))
    keys = [*STANDS, *map(key, range(number)), UUID(int=999)]
    return [
        Later(
            key(each),
            draw(st.frozensets(st.sampled_from([ANNA, BERND, CARL]), min_size=1)) if ours else frozenset({who}),
            ours,
            parents,
            draw(st.none() | st.sampled_from([Home(TARGET.id, "it names it"), Home(SOURCE.id, "it names it")]))
            if not parents
            else None,
        )
        for each in range(number)
        for ours in [draw(st.booleans())]
        for who in [draw(st.sampled_from([ANNA, BERND, CARL]))]
        for parents in [tuple(draw(st.lists(st.sampled_from(keys), max_size=2)))]
    ]


@given(stories())
def test_each_has_one_home_and_nobody_writes_in_the_others(story: list[Later]) -> None:
    homes = homes_of(story, STANDS, TARGET, SOURCE)

    assert homes.keys() == {each.id for each in story}
    for each in story:
        home = homes[each.id].half
        assert home in (TARGET.id, SOURCE.id)
        only = [half.id for half in (TARGET, SOURCE) if half.has(each.people)]
        assert len(only) != 1 or [home] == only


@given(stories())
def test_of_two_matters_of_the_same_people_each_goes_with_what_it_answers(story: list[Later]) -> None:
    people = frozenset({ANNA, BERND, CARL})
    one, other = Half(TARGET.id, people), Half(SOURCE.id, people)
    homes = homes_of(story, STANDS, one, other)

    for each in story:
        if not each.parents:
            assert homes[each.id] == each.alone or each.alone is None
        elif each.parents[0] in STANDS:
            assert homes[each.id].half == STANDS[each.parents[0]]
        elif each.parents[0] in homes:
            assert homes[each.id].half == homes[each.parents[0]].half


def test_a_reply_address_that_went_to_both_leads_nobody_of_the_house_into_the_others() -> None:
    house = Half(SOURCE.id, frozenset({BERND}), frozenset({"kunde.example"}))
    there = Home(SOURCE.id, "it was sent to the reply address of this conversation")
    by_address = Later(key(0), frozenset({ANNA}), alone=there, by_address=True)
    by_subject = Later(key(1), frozenset({ANNA}), alone=there)

    homes = homes_of([by_address, by_subject], STANDS, TARGET, house)

    assert [homes[each.id].half for each in (by_address, by_subject)] == [TARGET.id, SOURCE.id]


def test_somebody_of_the_house_is_where_they_answered_and_at_home_where_they_answer_what_went_to_both() -> None:
    house = Half(SOURCE.id, frozenset({BERND}), frozenset({"kunde.example"}))
    answered = Later(key(0), frozenset({ANNA}), parents=(UUID(int=12),))
    ours = Later(key(1), frozenset({ANNA, BERND}), ours=True, parents=(UUID(int=12),))
    back = Later(key(2), frozenset({ANNA}), parents=(key(1),))

    homes = homes_of([answered, ours, back], STANDS, TARGET, house)

    assert [homes[each.id].half for each in (answered, ours, back)] == [SOURCE.id, SOURCE.id, TARGET.id]
    assert [both_got(each, TARGET, house) for each in (answered, ours, back)] == [False, True, False]
