"""`brief customer correspondence`: to the address on record alone, and mails that another desk reads again."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from click.testing import CliRunner, Result

from cli import brief
from storage.errors import BriefwechselError, NotThere, WrongUse

SETTINGS = '[[mailbox]]\naddress = "support@localhost"\n[web]\nurl = "https://help.example.org"\n'
ANNA = "anna@example.com"
Run = Callable[..., Result]


@pytest.fixture(autouse=True)
def _log() -> Iterator[None]:
    yield
    structlog.reset_defaults()


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    file = tmp_path / "brief.toml"
    file.write_text(SETTINGS)
    return file


@pytest.fixture
def run(settings: Path, tmp_path: Path, a_mail: Any) -> Run:
    """Runs commands at a desk that Anna wrote to, and that answered her."""

    def call(*arguments: str, data: str = "data", ends: type[BriefwechselError] | None = None) -> Result:
        given = ["--config", str(settings), "--data", str(tmp_path / data), "--as", "lena", *arguments]
        result = CliRunner().invoke(brief, given)
        assert (type(result.exception) if result.exception else None) is ends, result.output
        return result

    call("agent", "add", "lena")
    asked = a_mail(message_id="<asked@example.com>", text="From me: wo ist sie?\n")
    answer = a_mail(author="support@localhost", to=ANNA, in_reply_to="<asked@example.com>", text="Hier.\n")
    for name, mail in (("asked", asked), ("answer", answer)):
        (tmp_path / f"{name}.eml").write_bytes(mail)
        call("mail", "import", str(tmp_path / f"{name}.eml"))
    return call


def mailed(run: Run) -> list[dict[str, Any]]:
    """What waits in the outbox."""
    return [json.loads(line) for line in run("outbox", "--json").stdout.splitlines()]


@pytest.mark.parametrize("who", [ANNA, "Anna@Example.com", "anna"])
def test_the_link_is_mailed_to_the_address_on_record(run: Run, who: str) -> None:
    row = json.loads(run("customer", "correspondence", who, "--send", "--json").stdout)
    assert row["sent_to"] == ANNA
    [mail] = mailed(run)
    assert (mail["purpose"], mail["to"]) == ("link", [ANNA])
    [event] = [
        each for each in json.loads(run("show", "anna", "--json").stdout)["timeline"] if each.get("event") == "link"
    ]
    assert event["because"] == f"lena had the link to the whole correspondence mailed to {ANNA}"


def test_until_when_the_link_works_is_said_to_the_minute(run: Run) -> None:
    said = run("customer", "correspondence", ANNA, "--send").stdout
    assert re.search(r"; it works until \d+ [A-Z][a-z]+ \d{4} at \d\d:\d\d$", said.strip())


def test_nobody_else_is_mailed_to(run: Run) -> None:
    run("customer", "correspondence", "ben@example.net", "--send", ends=NotThere)
    run("customer", "correspondence", "nothing-of-the-kind", "--send", ends=NotThere)
    assert mailed(run) == []


def test_a_handle_means_its_customer_at_the_address_they_wrote_from_last(run: Run, tmp_path: Path, a_mail: Any) -> None:
    home = "anna@home.example"
    run("customer", "link", ANNA, home)
    later = a_mail(author=home, subject="Noch etwas", headers={"Date": "Wed, 25 Nov 2026 10:00:00 +0100"}, date=None)
    (tmp_path / "later.eml").write_bytes(later)
    run("mail", "import", str(tmp_path / "later.eml"))
    assert json.loads(run("customer", "correspondence", "anna", "--send", "--json").stdout)["sent_to"] == home
    assert json.loads(run("customer", "correspondence", ANNA, "--send", "--json").stdout)["sent_to"] == ANNA


def test_whoever_has_nothing_to_read_is_sent_nothing(run: Run, tmp_path: Path, a_mail: Any) -> None:
    (tmp_path / "copied.eml").write_bytes(a_mail(author="dora@example.net", cc="carl@other.example"))
    run("mail", "import", str(tmp_path / "copied.eml"))
    said = run("customer", "correspondence", "carl@other.example", "--send", ends=WrongUse)
    assert "the customer of no conversation" in str(said.exception)
    assert mailed(run) == []


@pytest.mark.parametrize("line", ['url = ""', 'url = "http://help.example.org"'])
def test_no_link_is_mailed_that_would_lead_nowhere_or_be_read_on_its_way(run: Run, settings: Path, line: str) -> None:
    settings.write_text(SETTINGS.replace('url = "https://help.example.org"', line))
    said = run("customer", "correspondence", ANNA, "--send", ends=WrongUse)
    assert "set [web] url, with https://" in str(said.exception)


def test_the_mbox_is_read_again_by_another_desk(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "anna.mbox"
    row = json.loads(run("customer", "correspondence", "anna", "--mbox", str(file), "--json").stdout)
    assert (row["mails"], row["left_out"]) == (2, 0)
    assert file.stat().st_mode & 0o777 == 0o600
    run("agent", "add", "lena", data="elsewhere")
    again = run("mail", "import", "--json", str(file), data="elsewhere").stdout.splitlines()
    assert [json.loads(line)["direction"] for line in again] == ["in", "out"]
    [shown] = [json.loads(line) for line in run("show", ANNA, "--json", data="elsewhere").stdout.splitlines()]
    texts = [each["reply"] for each in shown["timeline"] if each["kind"] == "message"]
    assert texts == ["From me: wo ist sie?", "Hier."]


def test_a_file_that_is_there_is_left_alone(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "anna.mbox"
    file.write_text("mine")
    run("customer", "correspondence", ANNA, "--mbox", str(file), ends=WrongUse)
    run("customer", "correspondence", ANNA, "--mbox", str(tmp_path / "no" / "folder"), ends=BriefwechselError)
    assert file.read_text() == "mine"
