"""What is wrong with a rule is told: in the log of a desk that runs, and by the doctor."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from service.check import State
from service.doctor import checks
from service.opening import open_database_for
from service.rules import rules_of
from service.running import Running
from service.settings import Settings, read_settings
from threads import agents
from threads.people import organisations

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


def told(folder: Path, rules: str) -> list[str]:
    """What is wrong with some rules of a desk with two mailboxes and one contract class."""
    file = folder / "brief.toml"
    rest = (
        '[[mailbox]]\naddress = "a@example.org"\n[[mailbox]]\naddress = "b@example.org"\n'
        '[[sla]]\nname = "gold"\ncontract = "Gold"\nfirst = { normal = "1 h" }\n'
    )
    file.write_text(rest + rules, encoding="utf-8")
    return [each.removeprefix(str(file)) for each in rules_of(read_settings(file, folder / "data")).wrong]


ALWAYS = [
    'time = "24/7"', 'time = "Mo-Su 00:00-24:00"', 'mailbox = ["b@example.org", "a@example.org"]', 'mailbox = ["a@example.org", "b@example.org"]\ntime = "24/7"'
]  # fmt: skip


@pytest.mark.parametrize("always", ALWAYS)
def test_a_rule_that_fits_every_mail_is_named_and_so_is_what_stands_behind_it(tmp_path: Path, always: str) -> None:
    rules = f'[[rule]]\nname = "all"\n{always}\npriority = "low"\n[[rule]]\nname = "x"\nany_words = ["x"]\npriority = "high"\n'
    whole, behind = told(tmp_path, rules)
    assert whole.startswith(", line 9: the rule 'all' fits every mail, so none behind it is ever tried")
    assert "the rule 'x' is never reached: 'all' fits whenever it does" in behind
    [alone] = told(tmp_path, '[rules]\nmatch = "all"\n' + rules)
    assert "the rule 'all' fits every mail; give it" in alone


@pytest.mark.parametrize("some", ['time = "Sa-Su"', 'time = "00:00-23:00"', 'mailbox = ["a@example.org"]'])
def test_a_rule_that_some_mail_does_not_fit_is_not_named(tmp_path: Path, some: str) -> None:
    rules = f'[[rule]]\nname = "some"\n{some}\npriority = "low"\n[[rule]]\nname = "x"\nany_words = ["x"]\npriority = "high"\n'
    assert told(tmp_path, rules) == []


def test_a_contract_class_that_nobody_can_have_is_named(tmp_path: Path) -> None:
    [said] = told(tmp_path, '[[rule]]\nname = "r"\ncontract = ["gold", "silber"]\npriority = "high"\n')
    assert said.startswith(", line 11: the rule 'r': no [[sla]] is for the contract class 'silber'; there are: Gold")


def test_rules_with_the_same_values_in_another_order_contradict_each_other(tmp_path: Path) -> None:
    rules = [
        f'[[rule]]\nname = "{name}"\nany_words = [{words}]\npriority = "{name}"\n'
        for name, words in (("high", '"a", "b"'), ("low", '"b", "a"'))
    ]
    [said] = told(tmp_path, "".join(rules))
    assert "the rules 'high' and 'low' have the same conditions and ask for different things" in said


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ('any_words = ["Rechnung"]\nno_words = ["Rechnungen"]', True),
        ('any_words = ["Monatsrechnung"]\nno_words = ["Rechnung"]', True),
        ('all_words = ["Server", "Umzug"]\nno_words = ["umzüge", "umzuges"]', True),
        ('any_words = ["Rechnung", "Mahnung"]\nno_words = ["Rechnungen"]', False),
        ('any_words = ["Rechnung"]\nno_words = ["Monatsrechnung"]', False),
    ],
)
def test_a_rule_that_bars_what_it_asks_for_in_another_form_is_named(tmp_path: Path, words: str, named: bool) -> None:
    said = told(tmp_path, f'[[rule]]\nname = "r"\n{words}\npriority = "high"\n')
    assert [each for each in said if "hardly ever fits" in each] == said
    assert len(said) == named


def test_the_doctor_names_organisations_that_are_not_there(tmp_path: Path) -> None:
    file = tmp_path / "brief.toml"
    file.write_text(
        RULES.split("[[rule]]")[0] + '[[rule]]\nname = "r"\norganisation = ["Nordag", "NORD AG"]\npriority = "high"\n',
        encoding="utf-8",
    )
    file.chmod(0o600)
    settings = read_settings(file, tmp_path / "data")
    Running.open(settings).close()
    database = open_database_for(settings)
    with database.writing() as session:
        organisations.add(session, "Nord AG", actor="lena", now=datetime(2026, 11, 24, tzinfo=UTC))
    database.close()
    said = [each.said for each in checks(settings) if each.name == "rules" and each.state is State.WARNING]
    assert len(said) == 1
    assert "line 6: the rule 'r': no organisation is called 'Nordag'; did you mean Nord AG?" in said[0]


def test_the_doctor_names_agents_who_are_not_there(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    Running.open(settings).close()
    database = open_database_for(settings)
    with database.writing() as session:
        agents.add(session, "anna", name="", email="", login="", now=datetime.now(UTC))
    database.close()
    said = [each.said for each in checks(settings) if each.name == "rules" and each.state is State.WARNING]
    assert any("line 12" in each or ":12:" in each for each in said if "annna" in each)
    assert any("no agent is called 'annna'; did you mean anna?" in each for each in said)
