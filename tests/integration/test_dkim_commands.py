"""`brief mail dkim` makes keys and shows what to publish; what a desk sends is signed with them; a backup has them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import dkim
import pytest
from click.testing import CliRunner

import cli
from mailgateway.deliver import deliver_due
from mailgateway.signing import Signer, make_key
from mailgateway.transports.relay import Relay, relay_address
from storage.database import Database
from storage.errors import WrongUse
from storage.outbox import Mailable, OutgoingMail, enqueue

ROOT = Path(__file__).parents[2]
NOW = datetime(2025, 11, 24, 9, 0, tzinfo=UTC)
SETTINGS = """
[[mailbox]]
address = "support@example.org"
[[mailbox]]
address = "billing@example.org"
[[mailbox]]
address = "hilfe@bücher.example"
[dkim]
algorithm = "both"
"""


@pytest.fixture
def brief(tmp_path: Path) -> Any:
    (tmp_path / "brief.toml").write_text(SETTINGS, encoding="utf-8")

    def run(*words: str, data: str = "data") -> Any:
        given = ["--config", str(tmp_path / "brief.toml"), "--data", str(tmp_path / data), *words]
        return CliRunner().invoke(cli.brief, given)

    return run


def rows(result: Any) -> list[dict[str, Any]]:
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_each_domain_of_a_mailbox_has_its_keys_made_once(brief: Any) -> None:
    first = rows(brief("mail", "dkim", "--json"))
    assert [(row["domain"], row["selector"], row["algorithm"]) for row in first] == [
        ("example.org", "brief", "rsa-sha256"),
        ("example.org", "brief-ed25519", "ed25519-sha256"),
        ("xn--bcher-kva.example", "brief", "rsa-sha256"),
        ("xn--bcher-kva.example", "brief-ed25519", "ed25519-sha256"),
    ]
    assert all(row["value"].startswith("v=DKIM1; k=") for row in first)
    assert rows(brief("mail", "dkim", "--json")) == first


def test_a_key_is_changed_by_another_selector(brief: Any) -> None:
    (old, *_) = rows(brief("mail", "dkim", "example.org", "--json"))
    (new, *_) = rows(brief("mail", "dkim", "example.org", "--selector", "brief2", "--json"))
    assert (old["used"], new["used"]) == (True, False)
    assert new["name"] == "brief2._domainkey.example.org"
    assert new["value"] != old["value"]


def test_the_record_is_shown_as_a_line_of_a_zone(brief: Any) -> None:
    result = brief("mail", "dkim", "example.org")
    assert result.stdout.startswith('brief._domainkey.example.org. IN TXT ( "v=DKIM1; k=rsa; p=')
    assert "publish these lines" in result.stderr


@pytest.mark.parametrize("words", [("other.example",), ("example.org", "--selector", "a b"), ("../x",)])
def test_what_cannot_be_is_refused(brief: Any, words: tuple[str, ...]) -> None:
    assert isinstance(brief("mail", "dkim", *words).exception, WrongUse)


def test_a_backup_has_the_keys(brief: Any, tmp_path: Path) -> None:
    assert brief("database", "upgrade").exit_code == 0
    keys = rows(brief("mail", "dkim", "--json"))
    assert brief("backup", str(tmp_path / "backup")).exit_code == 0
    assert brief("restore", str(tmp_path / "backup"), data="other").exit_code == 0
    assert (tmp_path / "other/dkim/example.org/brief.pem").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "other/dkim").stat().st_mode & 0o777 == 0o700
    restored = rows(brief("mail", "dkim", "--json", data="other"))
    assert restored == keys


def test_what_goes_over_the_wire_is_signed(database: Database, outside_world: Any, tmp_path: Path) -> None:
    key = make_key(tmp_path, "example.org", "brief", "rsa")
    mail = OutgoingMail(
        message_id="<letter@example.org>",
        envelope_from="support@example.org",
        author=Mailable("Support@Example.org", "Support"),
        to=(Mailable("anna@kundin.example"),),
        subject="Ihre Frage",
        text="Guten Tag,\n.\n..\nFrom Berlin  \nviele Grüße\n",
        date="Tue, 24 Nov 2026 10:00:00 +0100",
    )
    with database.writing() as session:
        enqueue(session, mail, purpose="reply", conversation_id=None, message_id=None, due_at=NOW, now=NOW)
    relay = Relay(relay_address(outside_world.url))
    assert deliver_due(database, relay, NOW, sign=Signer(tmp_path, "brief")) == {"sent": 1}
    (received,) = outside_world.received
    assert dkim.verify(received.data, dnsfunc=lambda name, timeout=5: key.record.encode())


def test_a_key_that_cannot_be_read_keeps_the_mail_back(database: Database, outside_world: Any, tmp_path: Path) -> None:
    make_key(tmp_path, "example.org", "brief", "ed25519")
    (tmp_path / "example.org/brief.pem").write_text("damaged")
    mail = OutgoingMail("<a@example.org>", "", Mailable("support@example.org"), (Mailable("a@b.example"),), "", "x", "")
    with database.writing() as session:
        enqueue(session, mail, purpose="reply", conversation_id=None, message_id=None, due_at=NOW, now=NOW)
    relay = Relay(relay_address(outside_world.url))
    assert deliver_due(database, relay, NOW, sign=Signer(tmp_path, "brief")) == {"deferred": 1}
    assert outside_world.received == []


def test_the_benchmark_measures_against_dkimpy() -> None:
    command = [sys.executable, str(ROOT / "benchmarks/signing.py"), "--smoke"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["what"] for row in found] == ["DKIM signature, rsa", "DKIM signature, ed25519"]
    assert found[0]["ratio_to_dkimpy"] > 1
