"""What scripts rely on: commands, their options and the names of settings stay as they were promised."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import click
import pytest

import cli
from service.settings import read_settings

COMMANDS = [
    "serve", "init", "doctor", "backup", "restore", "inbox", "show", "reply", "note", "assign", "take", "close",
    "reopen", "snooze", "priority", "merge", "split", "move", "undo", "search", "suggest", "why", "accept", "outbox", "outbox:again",
    "agent:add", "agent:list", "agent:disable", "customer:show", "customer:list", "customer:link",
    "organisation:add", "organisation:list", "organisation:show", "organisation:rename", "organisation:remove",
    "organisation:member:add", "organisation:member:remove", "database:upgrade",
    "faq:import", "faq:export", "faq:list", "faq:show", "faq:new", "faq:edit", "faq:search", "faq:suggest",
    "faq:evaluate", "mail:inspect", "mail:import", "mail:again", "mail:shunted", "forward",
]  # fmt: skip
SETTINGS = """
[[mailbox]]
address = "support@example.org"
name = "Support"
language = "de"
tone = "du"
signature = "Ihr Team"
department = "Technik"
[smtp]
listen = "127.0.0.1:2525"
[web]
listen = "127.0.0.1:8080"
[relay]
url = "smtp://127.0.0.1:2526"
[database]
url = "postgresql://desk@localhost/desk"
[hours]
opening = "Mo-Fr 08:00-17:00; PH off"
zone = "Europe/Berlin"
holidays = "DE-NW"
[reply]
undo_for = 10
"""


def every_command(group: click.Group = cli.brief, name: str = "") -> Iterator[tuple[str, click.Command]]:
    """Each command that does something, under its whole name."""
    context = click.Context(group)
    for each in group.list_commands(context):
        command = group.get_command(context, each)
        assert command is not None
        if isinstance(command, click.Group):
            yield from every_command(command, f"{name}{each}:")
        if not isinstance(command, click.Group) or command.invoke_without_command:
            yield f"{name}{each}", command


FOUND = dict(every_command())


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_that_was_promised_is_there(name: str) -> None:
    assert name in FOUND


@pytest.mark.parametrize("name", sorted(FOUND))
def test_every_command_takes_json_and_shows_an_example(name: str) -> None:
    options = {option for parameter in FOUND[name].params for option in parameter.opts}
    assert "--json" in options
    assert "Example:" in (FOUND[name].help or "")


def test_the_global_options_stand_before_the_command() -> None:
    options = {option for parameter in cli.brief.params for option in parameter.opts}
    assert {"--config", "--data", "--as"} <= options


def test_the_settings_that_were_promised_are_taken(tmp_path: Path) -> None:
    file = tmp_path / "brief.toml"
    file.write_text(SETTINGS, encoding="utf-8")
    settings = read_settings(file)
    assert settings.mailboxes[0].address == "support@example.org"
    assert settings.relay.url == "smtp://127.0.0.1:2526"
    assert settings.hours.holidays == "DE-NW"


def test_what_is_not_set_is_as_promised(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    settings = read_settings()
    assert [each.address for each in settings.mailboxes] == ["support@localhost"]
    assert (settings.smtp.listen, settings.web.listen) == ("127.0.0.1:2525", "127.0.0.1:8080")
    assert (settings.relay.url, settings.is_sqlite, settings.reply.undo_for) == ("", True, timedelta(seconds=10))
    assert (settings.hours.opening, settings.hours.zone) == ("Mo-Fr 08:00-17:00; PH off", "Europe/Berlin")
