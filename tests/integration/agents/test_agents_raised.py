"""Of several mails that raise a conversation the first counts, wherever the others go: as if the rest had never been there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import product
from typing import Any

import pytest
from sqlalchemy import select

from storage.tables import ConversationRow, EventRow, MessageRow
from tests.two_matters import ONE, OTHER, URGENT, WEBSITE, Matters, differences
from threads.model import Priority
from threads.policy import AcknowledgeLimits, Policy
from threads.priority import BUILT_IN
from threads.rule import Rule
from threads.sla.terms import SlaPolicy

SLOW = "Bei uns ist alles sehr lahm."
CONTRACT = "Wir wollen den Vertrag ändern."
NAMES = ("one", "other")
TWO = [(URGENT, WEBSITE), (WEBSITE, URGENT), (SLOW, URGENT), (SLOW, WEBSITE), (URGENT, SLOW), (SLOW, CONTRACT)]
PLACES = list(product(NAMES, NAMES))


@pytest.fixture
def policy(policy: Policy) -> Policy:
    """Beside the emergencies there are a rule that raises less, and one that gives another SLA policy."""
    rules = (
        Rule("slow", any_words=("lahm",), priority=Priority.HIGH, tags=("slow",)),
        Rule("contract", any_words=("Vertrag",), sla="fast", tags=("contract",)),
        *BUILT_IN,
    )
    fast = SlaPolicy("fast", next={Priority.NORMAL: timedelta(hours=1), Priority.HIGH: timedelta(minutes=30)})
    return replace(policy, acknowledge=AcknowledgeLimits(enabled=False), rules=rules, sla=(fast,))


def changed(one: Matters, other: Matters, *names: str) -> dict[Any, Any]:
    """What stands otherwise with the second than with the first."""
    found: dict[Any, Any] = {}
    for name in names or NAMES:
        was, now = one.state()[name], other.state()[name]
        found |= {(name, each): (was[each], now[each]) for each in was if was[each] != now[each]}
    return found


def told(matters: Matters, name: str) -> list[tuple[datetime, str]]:
    """When mails made a matter more urgent or gave it another SLA policy, and why."""
    key = matters.came[name].conversation
    wanted = select(EventRow).where(EventRow.conversation_id == key, EventRow.kind.in_(("priority", "sla")))
    with matters.desk.database.reading() as session:
        events = session.scalars(wanted.where(EventRow.undone_at.is_(None)).order_by(EventRow.at)).all()
        return [(each.at, each.because) for each in events]


@pytest.mark.parametrize("back", [ONE, OTHER], ids=["into the one", "into the other"])
@pytest.mark.parametrize("places", PLACES, ids=" ".join)
@pytest.mark.parametrize("texts", TWO)
def test_each_half_of_a_merge_that_is_taken_back_is_as_urgent_as_if_it_had_never_been_merged(
    matters: Callable[[], Matters], clock: Any, texts: tuple[str, str], places: tuple[str, str], back: int
) -> None:
    start = clock.forward(days=7)
    made = []
    for merged in (True, False):
        clock.set(start)
        two = matters()
        clock.forward(minutes=5)
        if merged:
            two.desk.merge(two.handles[1 - back], two.handles[back])
        for number, (text, place) in enumerate(zip(texts, places, strict=True)):
            two.comes(f"later{number}", "Noch etwas", text, place)
        clock.forward(minutes=5)
        if merged:
            two.desk.undo()
        made.append(two)

    joined, never = made
    assert changed(never, joined) == {}
    assert [told(joined, each) for each in NAMES] == [told(never, each) for each in NAMES]


@pytest.mark.parametrize("home", [ONE, OTHER])
@pytest.mark.parametrize("later", [*NAMES, "both"])
@pytest.mark.parametrize("texts", TWO)
def test_each_half_of_what_the_desk_joined_is_as_urgent_as_if_it_had_never_been(
    matters: Callable[[], Matters], clock: Any, texts: tuple[str, str], later: str, home: int
) -> None:
    start = clock.forward(days=7)
    made = []
    for apart in (False, True):
        clock.set(start)
        two = matters()
        if apart:
            two.set_apart()
        two.both_in_one(home, texts[0])
        two.comes("later", "Noch etwas", texts[1], later)
        clock.forward(minutes=5)
        if not apart:
            two.desk.undo(two.handles[OTHER])
        made.append(two)

    joined, never = made
    assert changed(never, joined) == {}
    assert [told(joined, each) for each in NAMES] == [told(never, each) for each in NAMES]


@pytest.mark.parametrize("goes", [0, 1], ids=["the first goes", "the second goes"])
@pytest.mark.parametrize("moved", [False, True], ids=["split off", "moved"])
@pytest.mark.parametrize("texts", TWO)
def test_what_stays_is_as_urgent_as_if_what_went_had_never_come_and_as_before_once_it_is_back(
    matters: Callable[[], Matters], clock: Any, texts: tuple[str, str], goes: int, *, moved: bool
) -> None:
    start = clock.forward(days=7)
    clock.set(start)
    never = matters()
    for number, text in enumerate(texts):
        clock.set(start + timedelta(minutes=10 * (number + 1)))
        if number != goes:
            never.comes(f"later{number}", "Noch etwas", text, "one")
    clock.set(start)
    gone = matters()
    for number, text in enumerate(texts):
        clock.set(start + timedelta(minutes=10 * (number + 1)))
        gone.comes(f"later{number}", "Noch etwas", text, "one")
    before, said = gone.state(), told(gone, "one")

    if moved:
        gone.desk.move(gone.code(f"later{goes}"), gone.handles[OTHER])
    else:
        gone.desk.split(gone.handles[ONE], [gone.code(f"later{goes}")])

    same = ("priority", "rule", "priority_because", "due_at", "sla", "waiting_since", "billable_at")
    assert {name: gone.state()["one"][name] for name in same} == {name: never.state()["one"][name] for name in same}
    assert told(gone, "one") == told(never, "one")
    gone.desk.undo()
    assert (gone.state(), told(gone, "one")) == (before, said)
    assert differences(gone.desk) == ()


@pytest.mark.parametrize("goes", [0, 1], ids=["the first goes", "the second goes"])
def test_what_was_split_off_of_two_emergencies_leaves_each_as_it_would_have_been_alone(
    matters: Callable[[], Matters], goes: int
) -> None:
    two = matters()
    for number, text in enumerate((URGENT, WEBSITE)):
        two.comes(f"later{number}", "Noch etwas", text, "one")

    made = two.desk.split(two.handles[ONE], [two.code(f"later{goes}")])

    rules = ("server-down", "website-offline")
    [own] = two.desk.show(made["handle"])
    assert (two.row(ONE).priority, two.row(ONE).rule) == ("critical", rules[1 - goes])
    assert (own["priority"], own["because"].startswith(f'rule "{rules[goes]}"')) == ("critical", True)


def test_an_agents_word_stands_above_what_mails_would_raise_once_others_are_gone(
    matters: Callable[[], Matters], desk: Any
) -> None:
    two = matters()
    for number, text in enumerate((URGENT, WEBSITE)):
        two.comes(f"later{number}", "Noch etwas", text, "one")
    desk.priority(two.handles[ONE], "normal", "nur ein Test")

    desk.split(two.handles[ONE], [two.code("later0")])

    assert (two.row(ONE).priority, two.row(ONE).rule) == ("normal", "agent")


def test_all_that_rules_ask_together_holds_in_the_half_in_which_a_mail_stands(
    matters: Callable[[], Matters], policy: Policy, desk: Any
) -> None:
    together = replace(policy, match_all=True)
    desk = type(desk)(desk.database, lambda: together, data=desk.data, user=desk.user, wanted="lena", clock=desk.clock)
    two = matters()
    desk.merge(two.handles[OTHER], two.handles[ONE])
    two.comes("calm", "Noch etwas", URGENT, "one")
    two.comes("later", "Noch etwas", f"{CONTRACT} {SLOW}", "other")

    desk.undo()

    other = two.state()["other"]
    assert (other["priority"], other["sla"], other["tags"]) == ("high", "fast", ["contract", "slow"])


@pytest.mark.parametrize("later", [CONTRACT, SLOW, URGENT])
@pytest.mark.parametrize("place", NAMES)
def test_what_was_merged_is_found_by_the_tags_of_both_and_each_by_its_own_once_that_is_taken_back(
    matters: Callable[[], Matters], later: str, place: str
) -> None:
    two, never = matters(), matters()
    for each in (two, never):
        each.comes("mine", "Noch etwas", CONTRACT, "one")
        each.comes("yours", "Noch etwas", SLOW, "other")

    two.desk.merge(two.handles[OTHER], two.handles[ONE])

    assert two.state()["one"]["tags"] == ["contract", "slow"]
    for each in (two, never):
        each.comes("later", "Noch etwas", later, place)
    two.desk.undo()
    assert [two.state()[name]["tags"] for name in NAMES] == [never.state()[name]["tags"] for name in NAMES]


@pytest.mark.parametrize("moved", [False, True], ids=["split off", "moved"])
@pytest.mark.parametrize(
    ("text", "rule"), [("Und noch die Adresse.", ""), (SLOW, "slow"), (WEBSITE, "website-offline")]
)
def test_what_stays_is_as_urgent_as_its_own_mails_once_that_has_left_which_opened_it(
    matters: Callable[[], Matters], clock: Any, text: str, rule: str, *, moved: bool
) -> None:
    two = matters()
    clock.forward(days=7)
    handle = two.comes("opener", "Hilfe", URGENT).handle
    then = clock.forward(minutes=10)
    alone = two.comes("alone", "Etwas ganz anderes", text)
    clock.set(then)
    two.comes("later", "Re: Hilfe", text, "opener")
    assert two.place("later") == handle
    before = stands(two, "later")

    if moved:
        two.desk.move(two.code("opener"), two.handles[OTHER])
    else:
        two.desk.split(handle, [two.code("opener")])

    assert alone.handle != handle
    assert stands(two, "later") == stands(two, "alone")
    assert stands(two, "later")[1] == rule
    assert stands(two, "opener")[:2] == ("critical", "server-down")
    two.desk.undo()
    assert stands(two, "later") == before
    assert differences(two.desk) == ()


def test_an_agents_word_stands_above_what_stays_once_that_has_left_which_opened_it(
    matters: Callable[[], Matters],
) -> None:
    two = matters()
    handle = two.comes("opener", "Hilfe", URGENT).handle
    two.comes("later", "Re: Hilfe", "Und noch die Adresse.", "opener")
    two.desk.priority(handle, "high", "das eilt auch sonst")

    two.desk.split(handle, [two.code("opener")])

    assert stands(two, "later")[:2] == ("high", "agent")


def stands(matters: Matters, name: str) -> tuple[str, str, datetime | None, datetime | None]:
    """How urgent the conversation is in which a mail stands, by which rule, since when it waits and by when it is due."""
    with matters.desk.database.reading() as session:
        key = session.get_one(MessageRow, matters.came[name].message).conversation_id
        row = session.get_one(ConversationRow, key)
        return row.priority, row.rule, row.waiting_since, row.due_at
