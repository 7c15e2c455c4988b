"""Ladders and rosters of the settings: what is wrong is refused, or left out and named with file and line."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from service.escalation import concerns, planned
from service.settings import Settings, read_settings
from storage.database import Database
from storage.errors import WrongUse
from storage.tables import AgentRow

SOUND = """
[[escalation.ladder]]
name = "sound"
step = [{ at = "50%", tell = ["agent:anna"] }, { at = "100%", tell = ["oncall"] }]
"""
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


@pytest.fixture
def written(tmp_path: Path) -> Callable[[str], Settings]:
    """The settings of a file with this text."""

    def write(text: str) -> Settings:
        file = tmp_path / "brief.toml"
        file.write_text(text, encoding="utf-8")
        file.chmod(0o600)
        return read_settings(file, tmp_path / "data")

    return write


def test_a_sound_ladder_is_climbed(written: Callable[[str], Settings]) -> None:
    found = planned(written(SOUND))
    assert found.left_out == ()
    assert [step.moment for step in found.plan.ladders[0].steps] == ["50%", "100%"]


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ('[[escalation.ladder]]\nname = "a"', 7, "it has no steps"),
        ('[[escalation.ladder]]\nname = "a"\nstep = [{ at = "50%", tell = [] }]', 7, "tells nobody"),
        (
            '[[escalation.ladder]]\nname = "a"\nstep = [{ at = "90%", tell = ["agents"] }, { at = "80%", tell = ["agents"] }]',
            7,
            "its step at 80% comes before the one at 90% above it",
        ),
        ('[[escalation.ladder]]\nname = "sound"\nstep = [{ at = "50%", tell = ["agents"] }]', 7, "name one anew"),
        (
            '[[escalation.ladder]]\nname = "a"\nmailbox = ["x@example.org"]\nstep = [{ at = "50%", tell = ["agents"] }]',
            7,
            "no mailbox of this desk is called 'x@example.org'",
        ),
        ('[[oncall]]\nname = "a"', 7, "nobody is on it"),
        ('[[oncall]]\nname = "a"\norder = ["anna"]', 7, "when the first of its order begins"),
        (
            '[[oncall]]\nname = "a"\nzone = "Europe/Berlim"\norder = ["anna"]\nstart = "2026-11-23T09:00"',
            7,
            "no time zone",
        ),
        (
            '[[oncall]]\nname = "a"\n[[oncall.shift]]\nagent = "ben"\nsince = 2026-12-02T09:00:00\nuntil = 2026-12-01T09:00:00',
            7,
            "ends before it begins",
        ),
    ],
)
def test_what_cannot_be_used_is_left_out_and_the_rest_holds(
    written: Callable[[str], Settings], text: str, line: int, said: str
) -> None:
    found = planned(written(f"{SOUND}\n{text}"))
    assert [each.name for each in found.plan.ladders] == ["sound"]
    assert found.plan.rosters == ()
    assert f"brief.toml, line {line}: " in found.left_out[0]
    assert said in found.left_out[0]


@pytest.mark.parametrize(
    ("above", "below", "hidden"),
    [
        ("", 'priority = ["critical"]', True),
        ('priority = ["critical", "high"]', 'priority = ["high"]', True),
        ('priority = ["critical"]', 'priority = ["critical", "high"]', False),
        ('priority = ["critical"]', "", False),
        ('mailbox = ["support@localhost"]', "", False),
        ("", 'kind = ["solution"]', False),
    ],
)
def test_a_ladder_that_one_above_it_hides_wholly_is_named_with_its_line(
    written: Callable[[str], Settings], above: str, below: str, hidden: bool
) -> None:
    steps = 'step = [{ at = "50%", tell = ["agents"] }]'
    ladders = (f'[[escalation.ladder]]\nname = "{name}"\n{of}\n{steps}\n' for name, of in (("a", above), ("b", below)))
    found = planned(written("".join(ladders)))
    assert [each.name for each in found.plan.ladders] == ["a", "b"]
    assert len(found.left_out) == hidden
    if hidden:
        assert (
            'line 6: [[escalation.ladder]] "b": it is never climbed: "a" above it fits all that it is for'
            in found.left_out[0]
        )


def test_webhooks_that_nothing_could_sign_are_left_out_alone(written: Callable[[str], Settings]) -> None:
    text = (
        '[[escalation.ladder]]\nname = "w"\nstep = [{ at = "50%", tell = ["agents"], webhook = "https://a.example/h" }]'
    )
    found = planned(written(text))
    assert [step.webhook for step in found.plan.ladders[0].steps] == [""]
    assert "set [escalation] webhook_secret" in found.left_out[0]
    signed = planned(written(f'[escalation]\nwebhook_secret = "s"\n{text}'))
    assert [step.webhook for step in signed.plan.ladders[0].steps] == ["https://a.example/h"]
    assert signed.left_out == ()


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ('{ tell = ["agents"] }', "say when"),
        ('{ at = "50%", after = "3 h", tell = ["agents"] }', "one of them"),
        ('{ at = "half", tell = ["agents"] }', 'as in "75%"'),
        ('{ at = "50%", tell = ["boss"] }', '"agent:ID" or "mail:ADDRESS" is meant'),
        ('{ at = "50%", tell = ["mail:boss"] }', "a mail address is meant"),
        ('{ at = "50%", tell = ["agents"], webhook = "http://a.example/h" }', "https:// is meant"),
        ('{ at = "50%", tell = ["agents"], webhook = "https://u:geheim@a.example/h" }', "no password may stand in it"),
    ],
)
def test_what_says_nothing_is_refused(written: Callable[[str], Settings], step: str, said: str) -> None:
    with pytest.raises(WrongUse) as refused:
        written(f'[[escalation.ladder]]\nname = "a"\nstep = [{step}]')
    assert said in str(refused.value)
    assert "geheim" not in str(refused.value)
    assert "brief.toml, line " in str(refused.value)


def test_who_cannot_be_told_and_times_without_anybody_are_named(
    written: Callable[[str], Settings], database: Database
) -> None:
    with database.writing() as session:
        session.add(AgentRow(id="anna", created_at=NOW, email="anna@desk.example"))
        session.add(AgentRow(id="ben", created_at=NOW))
        session.add(AgentRow(id="eve", created_at=NOW, email="eve@desk.example", disabled_at=NOW))
    roster = '[[oncall]]\nname = "nights"\norder = ["anna", "ben", "cem", "eve"]\nstart = "2026-11-30T09:00"'
    with database.reading() as session:
        found = concerns(session, written(f"{SOUND}\n{roster}"), NOW)
    assert [each.partition(": ")[2] for each in found] == [
        "[[oncall]] ben has no mail address: `brief agent change ben --email ADDRESS`. Nobody is on call in their turns",
        "[[oncall]] no agent is called 'cem'; there are: anna, ben. Nobody is on call in their turns",
        "[[oncall]] eve answers no more; `brief agent add eve` lets them in again. Nobody is on call in their turns",
        '[[oncall]] "nights": nobody is on call from 24.11.2026 10:00 to 30.11.2026 09:00, in the next 90 days',
    ]
    with database.reading() as session:
        assert any("no [[oncall]] says who that is" in each for each in concerns(session, written(SOUND), NOW))


@pytest.mark.parametrize(
    ("ends", "said"),
    [
        ('until = "2026-12-10T09:00"', "to 30.11.2026 09:00, and once more, in the next 90 days"),
        (
            'until = "2026-12-10T09:00"\n[[oncall.shift]]\nagent = ""\nsince = "2026-12-02T09:00"\nuntil = "2026-12-03T09:00"',
            "to 30.11.2026 09:00, and 2 times more, in the next 90 days",
        ),
    ],
)
def test_further_times_without_anybody_are_counted(
    written: Callable[[str], Settings], database: Database, ends: str, said: str
) -> None:
    roster = f'[[oncall]]\nname = "gap"\norder = ["anna"]\nstart = "2026-11-30T09:00"\n{ends}'
    with database.reading() as session:
        found = concerns(session, written(f"{SOUND}\n{roster}"), NOW)
    assert any(each.endswith(said) for each in found)
