"""The real `brief mail inspect`, run as a process."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

RAW = b"From: Anna <anna@example.org>\nTo: support@example.net\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\n\nGuten Tag\n"
KEYS = [
    "source",
    "message_id",
    "date",
    "language",
    "from",
    "to",
    "cc",
    "subject",
    "text",
    "reply",
    "attachments",
    "kind",
    "acknowledge",
    "because",
    "customer",
    "failed_recipients",
    "priority",
    "defects",
]


def inspect(*arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "cli", "mail", "inspect", *arguments], input=stdin, capture_output=True, timeout=60
    )


def test_each_mail_is_one_object_in_ascii(tmp_path: Path) -> None:
    (tmp_path / "1.eml").write_bytes(RAW)
    (tmp_path / "2.eml").write_bytes(b"\0\xff" * 50)
    done = inspect("--json", str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert done.stdout.isascii()
    first, second = [json.loads(line) for line in done.stdout.splitlines()]
    assert list(first) == KEYS
    assert list(second) == KEYS
    assert first["subject"] == "Grüße"
    assert first["customer"] == {"name": "Anna", "address": "anna@example.org"}
    assert (first["kind"], first["acknowledge"]) == ("person", True)


def test_standard_input_is_read() -> None:
    done = inspect("--json", "-", stdin=RAW)
    assert json.loads(done.stdout)["source"] == "-"


def test_people_get_a_report() -> None:
    done = inspect("-", stdin=RAW)
    assert "Grüße" in done.stdout.decode()
    assert "anna@example.org" in done.stdout.decode()


def test_a_mail_cannot_steer_the_terminal() -> None:
    mail = b"From: Mallory =?utf-8?q?=1B]0;x=07?= <m@example.com>\r\nSubject: =?utf-8?q?=1B[2J=9B31m?=\r\n\r\nHi \x1b[31m you\r\n"
    done = inspect("-", stdin=mail)
    assert done.returncode == 0
    shown = done.stdout.decode()
    assert "m@example.com" in shown
    assert {char for char in shown if ord(char) < 0x20 or 0x7F <= ord(char) < 0xA0} == {"\n"}


def test_a_path_that_is_not_there_is_one_line_and_exit_2() -> None:
    done = inspect("--json", "/nirgends.eml")
    assert done.returncode == 2
    assert done.stdout == b""
    assert len(done.stderr.splitlines()) == 1


def test_no_database_is_loaded() -> None:
    code = "import sys, mailgateway.inspect; sys.exit('sqlalchemy' in sys.modules or 'rich' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], timeout=60).returncode == 0
