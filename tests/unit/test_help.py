"""What `brief ... --help` says, of every command and its subcommands."""

from __future__ import annotations

import re
from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

import cli

AMERICAN = re.compile(
    r"\b(?:\w+(?:ize[sd]?|izing|yze[sd]?)|colors?|behaviors?|canceled|catalogs?|centers?)\b", re.IGNORECASE
)
NOT_OURS = re.compile(r"\b(?:tickets?|cases?|issues?)\b", re.IGNORECASE)


def commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command below a group, with the words that call it."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command
        yield (*path, name), command
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))


EVERY = dict(commands(cli.brief))


def help_of(path: tuple[str, ...]) -> str:
    ended = CliRunner().invoke(cli.brief, [*path, "--help"], prog_name="brief", terminal_width=80)
    assert ended.exit_code == 0
    return ended.output


@pytest.mark.parametrize("path", EVERY, ids=" ".join)
def test_help_shows_an_example_that_is_a_call_of_the_command(path: tuple[str, ...]) -> None:
    lines = help_of(path).splitlines()
    first = lines.index("  Example:") + 1
    examples = [each.strip() for each in lines[first : lines.index("", first)]]
    assert examples
    assert all(re.search(rf"brief (--\w+ \S+ )*{' '.join(path)}\b", each) for each in examples)


@pytest.mark.parametrize("path", EVERY, ids=" ".join)
def test_help_says_something_of_each_option_in_whole_words_of_ours(path: tuple[str, ...]) -> None:
    for option in EVERY[path].params:
        if isinstance(option, click.Option):
            assert option.help, option.name
            assert option.help.endswith((".", "]", ")")), option.help
    said = help_of(path)
    assert not AMERICAN.search(said)
    assert not NOT_OURS.search(said)


@pytest.mark.parametrize("path", [(), *(path for path, each in EVERY.items() if isinstance(each, click.Group))])
def test_no_line_of_a_list_of_commands_is_cut_off(path: tuple[str, ...]) -> None:
    assert "...\n" not in help_of(path).partition("Commands:")[2]
