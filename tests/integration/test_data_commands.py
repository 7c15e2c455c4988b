"""`brief database upgrade`, `doctor`, `backup` and `restore`, as a person calls them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import cli
from storage.errors import BriefwechselError


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty folder, and addresses that are free."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BRIEF_SMTP__LISTEN", "127.0.0.1:0")
    monkeypatch.setenv("BRIEF_WEB__LISTEN", "127.0.0.1:0")


def brief(*arguments: str) -> Result:
    """Call a command; an error of ours is its result."""
    return CliRunner().invoke(cli.brief, arguments, standalone_mode=False)


def values(result: Result) -> list[dict[str, object]]:
    assert result.exception is None, result.exception
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_an_upgrade_makes_the_tables_once() -> None:
    assert values(brief("database", "upgrade", "--json")) == [{"before": "empty", "after": "current"}]
    assert values(brief("database", "upgrade", "--json")) == [{"before": "current", "after": "current"}]
    assert "already" in brief("database", "upgrade").stderr


def test_the_database_says_its_version_and_nothing_is_made(tmp_path: Path) -> None:
    assert values(brief("database", "--json"))[0]["state"] == "warning"
    assert list(tmp_path.iterdir()) == []
    brief("database", "upgrade")
    assert "of this version" in brief("database").stdout
    assert values(brief("database", "--json", "upgrade")) == [{"before": "current", "after": "current"}]


def test_the_doctor_says_a_line_on_each_thing(tmp_path: Path) -> None:
    brief("database", "upgrade")
    found = values(brief("doctor", "--json"))
    assert {"settings", "data", "database", "relay"} <= {str(check["name"]) for check in found}
    assert all(check["state"] in {"ok", "warning"} for check in found)
    result = brief("doctor")
    assert result.return_value == 0
    assert sum(not line.startswith(" ") for line in result.stdout.splitlines()) == len(found)  # the rest hangs below


def test_the_doctor_ends_with_1_where_something_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "brief.toml").write_text("[smtp]\nlistne = 1\n")
    result = brief("doctor", "--json")
    assert result.return_value == 1
    (check,) = values(result)
    assert (check["name"], check["state"]) == ("settings", "wrong")
    assert "listen" in str(check["said"])


def test_a_desk_is_backed_up_and_put_back_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "brief.toml").write_text('[[mailbox]]\naddress = "help@example.com"\n')
    brief("database", "upgrade")
    (made,) = values(brief("backup", "--json", "b.tar.gz"))
    assert made["size"] == Path("b.tar.gz").stat().st_size
    result = brief("--data", "new", "restore", "--json", "b.tar.gz")
    assert values(result)[0]["members"] == made["members"]
    assert "brief.toml.restored" in result.stderr
    assert Path("new/brief.toml.restored").read_text() == Path("brief.toml").read_text()
    assert values(brief("--data", "new", "database", "upgrade", "--json"))[0]["before"] == "current"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("backup", "b.tar.gz"), "no desk yet"),
        (("restore", "none.tar.gz"), "no file"),
        (("restore", "brief.toml"), "backup"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    (tmp_path / "brief.toml").write_text("")
    error = brief(*arguments).exception
    assert isinstance(error, BriefwechselError)
    assert said in str(error)
    assert "\n" not in str(error)
