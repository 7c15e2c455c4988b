"""Two evaluations beside each other: what changed, both ways, and whether it is more than chance."""

from __future__ import annotations

import json

import pytest

from knowledge.comparison import Comparison, Measured, compared, comparison_json, read_answers
from knowledge.evaluate import Answer, Question
from storage.errors import WrongUse


def asked(key: str, *found: str, offered: tuple[str, ...] = (), fits: str = "right", kind: str = "k") -> Answer:
    return Answer(Question(key, kind, "", False, frozenset({fits} - {""})), found, offered)


def printed(*answers: Answer) -> list[bytes]:
    return [json.dumps(each.as_json()).encode() for each in answers] + [b'{"summary": {}}']


def between(before: list[Answer], now: list[Answer]) -> Comparison:
    return compared(now, read_answers(printed(*before), "before.jsonl"))


def measured(comparison: Comparison, name: str, kind: str = "") -> Measured:
    return next(each for each in comparison.measured if (each.name, each.kind) == (name, kind))


def test_the_same_answers_are_as_before() -> None:
    answers = [asked("1", "right"), asked("2", "other", fits="")]
    found = between(answers, answers)
    assert found.changed == ()
    assert {each.because for each in found.measured} == {"as before"}


def test_what_changed_is_named_both_ways() -> None:
    before = [
        asked("1", "x", "right"),
        asked("2", "right"),
        asked("3", "right", offered=("right",)),
        asked("4", "right"),
    ]
    now = [asked("1", "right"), asked("2", "x"), asked("3", "right", offered=("x",)), asked("4", "right")]
    found = between(before, now)
    assert [(each.now.question.id, each.search, each.offer) for each in found.changed] == [
        ("1", 1, 0),
        ("2", -1, 0),
        ("3", 0, -1),
    ]
    recall = measured(found, "recall@1")
    assert (recall.before, recall.now, recall.rose, recall.fell, recall.p) == (0.75, 0.75, 1, 1, 1.0)


def test_a_wrong_offer_is_worse_than_none_and_where_nothing_fits_no_search_is_worse() -> None:
    found = between([asked("1", "x", fits="")], [asked("1", offered=("x",), fits="")])
    assert [(each.search, each.offer) for each in found.changed] == [(0, -1)]
    assert all(each.name in ("offered", "right", "wrong") for each in found.measured)


def test_a_few_changes_may_be_chance_and_many_are_not() -> None:
    few = between([asked(str(n), "x") for n in range(5)], [asked(str(n), "right") for n in range(5)])
    many = between([asked(str(n), "x") for n in range(6)], [asked(str(n), "right") for n in range(6)])
    assert measured(few, "recall@1").because == "may be chance"
    assert measured(many, "recall@1").because == "better"
    assert measured(many, "mrr@10").because == "better"


@pytest.mark.parametrize(("name", "because"), [("wrong", "better"), ("offered", "more rarely")])
def test_fewer_wrong_offers_are_better(name: str, because: str) -> None:
    found = between([asked(str(n), offered=("x",)) for n in range(8)], [asked(str(n)) for n in range(8)])
    assert measured(found, name).because == because


def test_questions_in_one_alone_are_left_out_and_counted() -> None:
    found = between([asked("1", "right"), asked("2", "right")], [asked("2", "right"), asked("3", "right")])
    assert (found.n, found.unpaired) == (1, 2)


def test_two_questions_of_one_id_are_refused() -> None:
    with pytest.raises(WrongUse, match="the same ID"):
        compared([asked("1"), asked("1")], {})


@pytest.mark.parametrize("line", [b"{", b"[1]", b'{"id": "1"}', b'{"id": "1", "search": "a", "suggest": []}', b"\xff"])
def test_what_no_evaluation_printed_is_named_by_its_line(line: bytes) -> None:
    with pytest.raises(WrongUse, match=r"before\.jsonl, line 2"):
        read_answers([b'{"summary": {}}', line], "before.jsonl")


def test_a_comparison_is_plain_values() -> None:
    plain = comparison_json(between([asked("1", "x")], [asked("1", "right")]))
    assert json.loads(json.dumps(plain)) == plain
    assert plain["changed"] == [{"id": "1", "kind": "k", "search": 1, "offer": 0}]
