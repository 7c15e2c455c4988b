"""The whole desk with accounts on a real Dovecot: `brief serve`, `brief doctor` and `/healthz`."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from service.doors import wanted
from service.settings import read_settings
from storage.database import open_database, sqlite_url
from storage.errors import WrongUse
from storage.tables import ConversationRow

pytestmark = pytest.mark.needs("dovecot")
BRIEF = str(Path(sys.executable).with_name("brief"))
Until = Callable[..., Any]
SEEN = b"\\Seen"

SETTINGS = """
[[mailbox]]
address = "support@localhost"
[smtp]
listen = "127.0.0.1:0"
[web]
listen = "127.0.0.1:0"
"""
ACCOUNT = """
[[imap]]
server = "127.0.0.1"
port = {port}
security = "plain"
user = "{user}"
password_file = "{password_file}"
"""


@dataclass
class Brief:
    """The program, with settings and data in one folder."""

    folder: Path
    running: list[subprocess.Popen[str]] = field(default_factory=list)

    def serve(self, *arguments: str) -> dict[str, Any]:
        """Start the desk; what it says of itself."""
        with (self.folder / "serve.log").open("a") as log:
            process = self._process("serve", "--json", *arguments, stderr=log)
        self.running.append(process)
        assert process.stdout
        line = process.stdout.readline()
        assert line, self.log()
        said: dict[str, Any] = json.loads(line)
        return said

    def run(self, *arguments: str, code: int = 0) -> list[dict[str, Any]]:
        """Run a command with --json; the objects that it printed."""
        with self._process(*arguments, "--json", stderr=subprocess.PIPE) as process:
            out, err = process.communicate(timeout=60)
        assert process.returncode == code, (out, err)
        return [json.loads(line) for line in out.splitlines()]

    def conversations(self) -> list[str]:
        """The handles of all conversations."""
        database = open_database(sqlite_url(self.folder / "var" / "desk.sqlite"))
        with database.reading() as session:
            handles = list(session.scalars(select(ConversationRow.handle)))
        database.close()
        return handles

    def end(self, number: signal.Signals = signal.SIGINT) -> int:
        """End the desk that was started last; its exit code."""
        process = self.running.pop()
        process.send_signal(number)
        code = process.wait(30)
        if process.stdout:
            process.stdout.close()
        return code

    def log(self) -> str:
        """What it logged."""
        return (self.folder / "serve.log").read_text()

    def _process(self, *arguments: str, stderr: Any) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [BRIEF, *arguments],
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
        )


@pytest.fixture
def brief(tmp_path: Path) -> Iterator[Brief]:
    """The program in a folder of its own."""
    made = Brief(tmp_path)
    yield made
    while made.running:
        made.end(signal.SIGKILL)


def settings_for(folder: Path, server: Any, *users: str, password: str = "") -> None:
    (folder / "password").write_text(password or server.password, encoding="utf-8")
    accounts = [ACCOUNT.format(port=server.port, user=user, password_file=folder / "password") for user in users]
    (folder / "brief.toml").write_text(SETTINGS + "".join(accounts), encoding="utf-8")


def health(said: dict[str, Any]) -> str:
    with urllib.request.urlopen(f"{said['web']}/healthz", timeout=10) as answer:
        assert answer.status == 200
        text: str = answer.read().decode()
        return text


def test_a_desk_fetches_mail_and_goes_on_where_it_was_after_a_power_cut(
    brief: Brief, shared_imap_server: Any, user: str, a_mail: Any, wait_until: Until
) -> None:
    settings_for(brief.folder, shared_imap_server, user)
    said = brief.serve()
    assert said["imap"] == f"{user} at 127.0.0.1"
    wait_until(lambda: f"imap {user} at 127.0.0.1, INBOX: ok" in health(said))
    assert health(said).startswith("ok\n")
    shared_imap_server.put(user, a_mail(author="a@one.example"))
    wait_until(lambda: shared_imap_server.flags(user) == {1: {SEEN}})
    wait_until(lambda: len(brief.conversations()) == 1)
    brief.end(signal.SIGKILL)
    shared_imap_server.put(user, a_mail(author="b@two.example"))
    brief.serve()
    wait_until(lambda: shared_imap_server.flags(user) == {1: {SEEN}, 2: {SEEN}})
    wait_until(lambda: len(brief.conversations()) == 2)
    (report,) = brief.run("mail", "reconcile")
    assert (report["folder"], report["kept"], report["differences"]) == ("INBOX", 2, [])
    assert brief.end() == 0


def test_an_account_that_cannot_be_read_is_told_everywhere_and_the_desk_is_degraded(
    brief: Brief, shared_imap_server: Any, user: str, a_mail: Any, wait_until: Until
) -> None:
    settings_for(brief.folder, shared_imap_server, user, password="falsch")
    said = brief.serve()
    wrong = "is [[imap]] user and password right?"
    wait_until(lambda: wrong in health(said))
    assert health(said).startswith("degraded\n")
    assert f"imap {user} at 127.0.0.1, INBOX: warning: since " in health(said)
    assert wrong in brief.log()
    checks = [check for check in brief.run("doctor", code=1) if check["name"] == "imap"]
    assert [wrong in check["said"] for check in checks] == [True, True, False]
    assert "write a mail to support+" in checks[-1]["said"]
    assert brief.end() == 0


def test_a_part_of_the_desk_can_do_nothing_but_fetch(
    brief: Brief, shared_imap_server: Any, user: str, a_mail: Any, wait_until: Until
) -> None:
    settings_for(brief.folder, shared_imap_server, user)
    brief.serve("--only", "imap")
    wait_until(lambda: "an IMAP folder is begun" in brief.log())
    shared_imap_server.put(user, a_mail())
    wait_until(lambda: shared_imap_server.flags(user) == {1: {SEEN}})
    assert brief.end() == 0
    assert brief.conversations() == []


def test_nothing_but_fetching_wants_an_account(tmp_path: Path) -> None:
    (tmp_path / "brief.toml").write_text(SETTINGS, encoding="utf-8")
    with pytest.raises(WrongUse, match=r"no \[\[imap\]\] is set"):
        wanted(read_settings(tmp_path / "brief.toml"), frozenset({"imap"}))
