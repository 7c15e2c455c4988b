"""Who belongs to some messages, and which others go with them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from threads.model import Address, Direction, Kind
from threads.regroup.parting import Letter, customer_among, following, last_address, taking_part
from threads.regroup.tally import Said

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
ANNA, BERND, LENA = (Address(f"{name}@example.com", name) for name in ("anna", "bernd", "lena"))
KEYS = [UUID(int=number) for number in range(12)]


def letter(
    author: Address, *others: Address, hours: int = 0, kind: str = "person", out: bool = False, **more: bool
) -> Letter:
    direction = Direction.OUT if out else Direction.IN
    return Letter(Said(direction, kind, NOON + timedelta(hours=hours), **more), author, others)


def test_the_customer_is_the_first_person_who_wrote_no_colleague_and_no_stranger() -> None:
    letters = [
        letter(LENA, ANNA, by_colleague=True),
        letter(Address("robot@example.com"), kind=Kind.AUTOMATIC),
        letter(Address("stranger@example.com"), held=True),
        letter(BERND, ANNA),
    ]
    assert customer_among(letters) == BERND


def test_where_only_machines_wrote_it_is_with_the_first_and_where_only_we_did_with_who_got_it() -> None:
    robot = Address("robot@example.com")
    assert customer_among([letter(robot, kind=Kind.AUTOMATIC)]) == robot
    assert customer_among([letter(LENA, ANNA, BERND, kind="reply", out=True)]) == ANNA
    assert customer_among([letter(LENA, by_colleague=True)]) is None


def test_writers_and_those_copied_take_part_since_the_first_mail_that_brought_them_in() -> None:
    robot = Address("robot@example.com")
    letters = [
        letter(BERND, hours=2),
        letter(ANNA, BERND, hours=1),
        letter(robot, LENA, kind=Kind.AUTOMATIC),
        letter(Address("stranger@example.com"), LENA, held=True),
    ]
    hour = NOON + timedelta(hours=1)
    assert taking_part(letters) == {ANNA: hour, BERND: hour}


def test_answers_go_to_the_address_that_somebody_wrote_from_last() -> None:
    other = Address("anna@home.example")
    letters = [letter(other, hours=2), letter(ANNA, hours=1), letter(BERND, hours=3)]
    assert last_address(letters, {ANNA.address, other.address}) == other.address
    assert last_address(letters, {"nobody@example.com"}) == ""


def test_what_answers_a_message_follows_it_by_the_nearest_that_it_names() -> None:
    first, answer, again, beside = KEYS[:4]
    # whoever writes on names all that was said before, too
    parents = {answer: [first], again: [answer, first], beside: [beside, first]}
    assert following([answer], parents) == {answer, again}
    assert following([first], parents) == {first, answer, again}


@given(st.dictionaries(st.sampled_from(KEYS), st.lists(st.sampled_from(KEYS))), st.sets(st.sampled_from(KEYS)))
def test_a_loop_in_what_refers_to_what_ends(parents: dict[UUID, list[UUID]], named: set[UUID]) -> None:
    found = following(named, parents)
    assert named <= found
    assert found == following(found, parents)
