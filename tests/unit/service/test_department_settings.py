"""[[department]]: what is wrong is refused with file and line; who cannot be told is named."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from service.departments import concerns, listing
from service.escalation import planned
from service.policies import policy_of
from service.settings import Settings, read_settings
from storage.database import Database
from storage.errors import WrongUse
from storage.tables import AgentRow

BASE = """[[mailbox]]
address = "support@example.org"
[[mailbox]]
address = "rechnung@example.org"
"""
SOUND = BASE + '[[department]]\nname = "Buchhaltung"\nmembers = ["Anna", "ben"]\nmailbox = "rechnung@example.org"\n'


@pytest.fixture
def written(tmp_path: Path) -> Callable[[str], Settings]:
    """The settings of a file with this text."""

    def write(text: str) -> Settings:
        file = tmp_path / "brief.toml"
        file.write_text(text, encoding="utf-8")
        file.chmod(0o600)
        return read_settings(file, tmp_path / "data")

    return write


def test_mail_of_its_mailbox_is_the_departments(written: Callable[[str], Settings]) -> None:
    policy = policy_of(written(SOUND))
    assert [each.department for each in policy.mailboxes] == ["", "Buchhaltung"]
    assert policy.departments[0].members == ("anna", "ben")


def test_a_ladder_tells_its_members(written: Callable[[str], Settings]) -> None:
    plan = planned(written(SOUND)).plan
    assert plan.members("buchhaltung") == ("anna", "ben")
    assert plan.members("Technik") == ()


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ('[[department]]\nname = "buchhaltung"\n', "line 10: the department 'buchhaltung' stands there twice"),
        (
            '[[department]]\nname = "Technik"\nmailbox = "suport@example.org"\n',
            "did you mean support@example.org?",
        ),
        (
            '[[department]]\nname = "Technik"\nmailbox = "rechnung@example.org"\n',
            "is Buchhaltung's already",
        ),
        (
            '[[rule]]\nname = "a"\nany_words = ["b"]\ndepartment = "Buchaltung"\n',
            "no [[department]] is called 'Buchaltung'; did you mean Buchhaltung?",
        ),
        ('[[oncall]]\norder = ["anna"]\nstart = "2026-11-23T09:00"\ndepartment = ["x"]\n', "no [[department]] is"),
        ('[[department]]\nname = " "\n', "name"),
    ],
)
def test_what_is_wrong_is_refused(written: Callable[[str], Settings], more: str, said: str) -> None:
    with pytest.raises(WrongUse) as refused:
        written(SOUND + more)
    assert said in str(refused.value)


def test_without_departments_their_names_are_free(written: Callable[[str], Settings]) -> None:
    policy = policy_of(written('[[mailbox]]\naddress = "support@example.org"\ndepartment = "Technik"\n'))
    assert policy.mailboxes[0].department == "Technik"


def test_members_who_cannot_be_told_are_named(written: Callable[[str], Settings], database: Database) -> None:
    settings = written(SOUND)
    now = datetime(2026, 11, 24, tzinfo=UTC)
    with database.writing() as session:
        session.add(AgentRow(id="anna", name="Anna", email="", created_at=now))
    with database.reading() as session:
        gone, nobody = concerns(session, settings)
        assert [each["there"] for each in listing(session, settings)[0]["members"]] == [True, False]
    assert "no agent is called 'ben'" in gone
    assert "no member of it has a mail address" in nobody
    assert ":7:" in gone or "line 7" in gone
