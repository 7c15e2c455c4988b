"""What is wrong with a rule is told: in the log of a desk that runs, and by the doctor."""

from __future__ import annotations

from pathlib import Path

from structlog.testing import capture_logs

from service.doctor import State, checks
from service.opening import open_database_for
from service.rules import rules_of
from service.running import Running
from service.settings import Settings, read_settings
from threads import agents

RULES = """
[[mailbox]]
address = "support@example.org"
[[rule]]
name = "never"
any_words = ["Rechnung"]
time = "1999 Jan 01 08:00-09:00"
priority = "high"
[[rule]]
name = "to somebody"
any_words = ["Domain"]
assignee = "annna"
"""


def settings_of(folder: Path) -> Settings:
    """The settings with these rules."""
    file = folder / "brief.toml"
    file.write_text(RULES, encoding="utf-8")
    file.chmod(0o600)
    return read_settings(file, folder / "data")


def test_a_desk_that_runs_tells_what_is_wrong_with_a_rule(tmp_path: Path) -> None:
    with capture_logs() as told:
        Running.open(settings_of(tmp_path)).close()
    [said] = [each["because"] for each in told if each["event"] == "wrong in the rules"]
    assert "the rule 'never' is left out" in said


def test_a_rule_that_gives_a_policy_which_is_not_there_is_named(tmp_path: Path) -> None:
    file = tmp_path / "brief.toml"
    sla = '[[sla]]\nname = "gold"\nfirst = { normal = "1 h" }\n'
    file.write_text(RULES.replace('assignee = "annna"', 'sla = "glod"') + sla, encoding="utf-8")
    said = [each for each in rules_of(read_settings(file, tmp_path / "data")).wrong if "glod" in each]
    [line] = said
    assert line.startswith(f"{file}, line 12: the rule 'to somebody': no [[sla]] is called 'glod'; did you mean gold?")


def test_the_doctor_names_agents_who_are_not_there(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    Running.open(settings).close()
    database = open_database_for(settings)
    with database.writing() as session:
        from datetime import UTC, datetime

        agents.add(session, "anna", name="", email="", login="", now=datetime.now(UTC))
    database.close()
    said = [each.said for each in checks(settings) if each.name == "rules" and each.state is State.WARNING]
    assert any("line 12" in each or ":12:" in each for each in said if "annna" in each)
    assert any("no agent is called 'annna'; did you mean anna?" in each for each in said)
