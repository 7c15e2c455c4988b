"""Calls on the terminal: when each is, and what is overdue."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from rich.console import Console

from service.terminal_callbacks import EMPTY, callbacks, sentence, when
from service.terminal_lists import conversations
from tests.on_screen import BERLIN, NOW, a_row, screen, text_of
from threads.callbacks.planned import COSTLY


def printed(show: Callable[[Console], None]) -> str:
    """What is shown, as it looks on a wide terminal."""
    to = screen(140, terminal=True, coloured=False)
    show(to)
    return text_of(to)


def a_call(begins: float = 1, ends: float = 3, **fields: Any) -> dict[str, Any]:
    """A call whose window begins and ends some hours from now."""
    hours = {"from_at": NOW + timedelta(hours=begins), "until_at": NOW + timedelta(hours=ends)}
    values = {"number": "+499111234567", "said": "Bitte um Rückruf.", "because": "as wished"}
    return {**values, **{name: at.isoformat() for name, at in hours.items()}, **fields}


@pytest.mark.parametrize(
    ("call", "begins"), [(a_call(), ""), (a_call(-1, 1), "now to "), (a_call(-3, -1), "overdue: until ")]
)
def test_window_says_whether_it_is_time(call: dict[str, Any], begins: str) -> None:
    assert when(call, NOW, BERLIN).plain.startswith(begins)


def test_conversation_shows_its_call_in_one_line() -> None:
    said = sentence(a_call(), NOW, BERLIN).plain
    assert said.startswith("☎ call +49 911 1234567: ")
    assert said.endswith('"Bitte um Rückruf."')
    assert "no number is known" in sentence(a_call(number=""), NOW, BERLIN).plain


def test_list_of_none_says_so() -> None:
    assert printed(lambda to: callbacks(to, [], NOW, BERLIN)).strip() == EMPTY


def test_list_has_a_line_for_each() -> None:
    rows = [{**a_row(), **a_call()}, {**a_row(handle="ole-umzug"), **a_call(-3, -1, number="")}]
    text = printed(lambda to: callbacks(to, rows, NOW, BERLIN))
    assert "+49 911 1234567" in text
    assert "overdue" in text
    assert "brief callback done" in text


def test_inbox_marks_it_and_shows_what_is_due_first() -> None:
    row = a_row(callback=a_call(0.5, 1))
    text = printed(lambda to: conversations(to, [row], NOW, BERLIN, empty=""))
    assert "☎ wishes to be called" in text
    assert text.count("☎") == 3
    later = printed(lambda to: conversations(to, [a_row(callback=a_call(5, 9))], NOW, BERLIN, empty=""))
    assert later.count("☎") == 2


def test_number_and_time_are_whole_at_80_columns() -> None:
    row = a_row(
        handle="weg-vertragskuendigung-und-mehr",
        assignee="lena",
        customer={"name": "Wilhelmine Geher", "address": "w@x.example"},
    )
    to = screen(80)
    callbacks(to, [{**row, **a_call(24, 26, number="+4917123456789")}], NOW, BERLIN)
    [said] = [each for each in text_of(to).splitlines() if each]
    assert "+49 171 23456789" in said
    assert "Wed 25 Nov, 14:00 to 16:00" in said
    assert len(said) <= 80


def test_what_costs_extra_to_ring_is_marked_beside_the_number() -> None:
    call = a_call(number="+499001234567", because=f"as wished; {COSTLY}")
    assert "+49 900 1 234567 (ringing it costs extra): " in sentence(call, NOW, BERLIN).plain
    assert "costs" not in sentence(a_call(), NOW, BERLIN).plain
