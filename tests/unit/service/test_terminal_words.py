"""How single words look to people: times, colours, and what would steer their terminal."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.default_styles import DEFAULT_STYLES

from service.harmless import line, safe
from service.terminal import THEME, console, cut, due, pad, stamp, when

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 24, 13, 0, tzinfo=UTC)


def test_a_list_in_a_pipe_is_not_cut_to_the_width_of_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    assert console(io.StringIO(), listing=True).width == 200
    monkeypatch.setenv("COLUMNS", "70")
    assert console(io.StringIO(), listing=True).width == 70


def test_colours_are_those_that_read_on_dark_and_on_light() -> None:
    ours = [THEME.styles[name] for name in set(THEME.styles) - set(DEFAULT_STYLES)]

    assert {style.color.name for style in ours if style.color} <= {"red", "green", "cyan", "magenta"}
    assert not [style for style in ours if style.bgcolor]


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (NOW - timedelta(seconds=20), "just now"),
        (NOW - timedelta(minutes=5), "5 min ago"),
        (NOW - timedelta(hours=3), "3 h ago"),
        (NOW + timedelta(hours=3), "in 3 h"),
        (NOW - timedelta(hours=20), "yesterday 18:00"),
        (NOW + timedelta(hours=20), "tomorrow 10:00"),
        (NOW + timedelta(days=3), "Fri 14:00"),
        (NOW - timedelta(days=40), "15 Oct"),
        (NOW - timedelta(days=400), "20 Oct 2025"),
    ],
)
def test_times_are_said_as_people_say_them(at: datetime, said: str) -> None:
    assert when(at, NOW, BERLIN) == said


def test_a_timeline_names_the_local_day_and_minute() -> None:
    assert stamp(NOW, NOW, BERLIN) == "today 14:00"
    assert stamp(NOW - timedelta(days=2), NOW, BERLIN) == "Sun 22 Nov, 14:00"
    assert due(None, NOW, BERLIN).plain == ""


def test_what_would_steer_the_terminal_is_made_visible() -> None:
    shown = safe("a\x1b[31mb\x07c\x9bd\re\u202ef\u2028g\x00h")

    assert shown == "a␛[31mb␇c\N{REPLACEMENT CHARACTER}d␍ef\ng␀h"


@given(st.text())
def test_a_harmless_text_holds_no_control_character(text: str) -> None:
    assert not [char for char in safe(text) if char != "\n" and (ord(char) < 0x20 or 0x7F <= ord(char) <= 0x9F)]
    assert "\n" not in line(text)


@given(st.text(max_size=60), st.integers(min_value=1, max_value=30))
def test_a_padded_text_fills_exactly_its_columns(text: str, width: int) -> None:
    assert cell_len(pad(line(text), width)) == width
    assert cell_len(cut(line(text), width)) <= width
