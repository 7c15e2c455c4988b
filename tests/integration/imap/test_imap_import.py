"""`brief mail import` of an account, as people and scripts use it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from click.testing import CliRunner, Result

from cli import brief
from storage.errors import WrongUse

pytestmark = pytest.mark.needs("dovecot")
Brief = Callable[..., Result]


@pytest.fixture(autouse=True)
def _log() -> Iterator[None]:
    yield
    structlog.reset_defaults()


@pytest.fixture
def run(tmp_path: Path, shared_imap_server: Any, user: str, monkeypatch: pytest.MonkeyPatch) -> Brief:
    """The command, with an account in the settings and the password of others in the environment."""
    settings = tmp_path / "brief.toml"
    (tmp_path / "password").write_text(shared_imap_server.password, encoding="utf-8")
    settings.write_text(
        f'[[mailbox]]\naddress = "support@localhost"\n[[imap]]\nserver = "127.0.0.1"\nport = {shared_imap_server.port}\n'
        f'security = "plain"\nuser = "{user}"\npassword_file = "{tmp_path / "password"}"\n',
        encoding="utf-8",
    )
    monkeypatch.setenv("BRIEF_IMAP_PASSWORD", shared_imap_server.password)

    def call(*arguments: str, ends: type[BaseException] | None = None) -> Result:
        options = ["--config", str(settings), "--data", str(tmp_path / "data")]
        result = CliRunner().invoke(brief, [*options, "mail", "import", *arguments])
        assert (type(result.exception) if result.exception else None) is ends, result.output
        return result

    return call


@pytest.fixture
def filled(shared_imap_server: Any, user: str, a_mail: Any) -> None:
    """A question in the INBOX, and the answer to it."""
    shared_imap_server.put(user, a_mail(message_id="<q@example.com>"))
    answer = a_mail(author="support@localhost", to="anna@example.com", in_reply_to="<q@example.com>")
    shared_imap_server.put(user, answer, folder="Gesendet")


@pytest.mark.usefixtures("filled")
def test_an_account_comes_in_by_its_url_with_the_sent_mail(run: Brief, shared_imap_server: Any, user: str) -> None:
    url = f"imap://{user}@127.0.0.1:{shared_imap_server.port}"
    result = run(url, "--json")
    values = [json.loads(line) for line in result.stdout.splitlines()]
    assert [(each["direction"], each["new"]) for each in values] == [("in", True), ("out", True)]
    assert values[0]["source"] == f"{user} at 127.0.0.1, INBOX 1"
    assert len({each["conversation"] for each in values}) == 1
    assert f"{user} at 127.0.0.1: Gesendet (sent mail), INBOX" in result.stderr
    assert "2 mails taken in, 0 were there already; " in result.stderr
    assert result.stderr.rstrip().endswith(" an hour")
    again = run(url, "--json")
    assert again.stdout == ""
    assert "0 mails taken in, 2 were there already" in again.stderr


@pytest.mark.usefixtures("filled")
def test_an_account_of_the_settings_comes_in_by_its_name(run: Brief, user: str) -> None:
    result = run("--account", user, "--folder", "INBOX")
    assert "1 mail taken in, 0 were there already" in result.stderr
    assert "Gesendet" not in result.stderr


@pytest.mark.usefixtures("filled")
def test_without_sent_mail_it_is_said_that_answers_are_missing(run: Brief, shared_imap_server: Any, user: str) -> None:
    with shared_imap_server.client(user, "Gesendet") as client:
        client.rename_folder("Gesendet", "Versandtes")
    assert "our answers are missing, unless it is named with --folder" in run("--account", user).stderr


def test_what_does_not_go_together_is_refused(run: Brief, user: str) -> None:
    for arguments, said in (
        ((), "nothing is named to bring in"),
        (("--folder", "INBOX", "old.mbox"), "--folder names a folder of an account"),
        (("--account", user, "old.mbox"), "an account is brought in by itself"),
        (("imaps://a@b.example", "old.mbox"), "an account is brought in by itself"),
        (("--account", user, "--folder", "Nirgends"), "has no folder Nirgends; there are: INBOX"),
        (("--account", "nobody"), "no account of the settings is called nobody"),
    ):
        assert said in str(run(*arguments, ends=WrongUse).exception)
