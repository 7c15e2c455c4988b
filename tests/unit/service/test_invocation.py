"""How messages reach people."""

import pytest

from service.invocation import say


def test_what_is_said_cannot_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    say("no conversation of \x1b]0;owned\x07 \u202egnp.exe Jürgen")
    said = capsys.readouterr().err
    assert "Jürgen" in said
    assert not {"\x1b", "\x07", "\u202e"} & set(said)
