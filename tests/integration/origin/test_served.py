"""The program itself: `brief serve` behind a load balancer, which asks the DNS about mail of the world."""

from __future__ import annotations

import json
import smtplib
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

BRIEF = str(Path(sys.executable).with_name("brief"))
SETTINGS = """\
[[mailbox]]
address = "support@desk.example"
[smtp]
listen = "127.0.0.1:0"
proxy_from = ["127.0.0.1"]
[web]
listen = "127.0.0.1:0"
[checks]
nameservers = ["{dns}"]
within = 10
"""


class FromTheWorld(smtplib.SMTP):
    """A client that the load balancer in front says to be a host in the world."""

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        connection = socket.create_connection((host, port), timeout)
        connection.sendall(b"PROXY TCP4 203.0.113.7 192.0.2.1 40000 25\r\n")
        return connection


@dataclass
class Served:
    """A desk in a process of its own."""

    folder: Path
    port: int
    wait_until: Callable[..., Any]

    def brief(self, *arguments: str) -> list[dict[str, Any]]:
        """What a command of an agent prints, line by line."""
        done = subprocess.run(
            [BRIEF, *arguments, "--json"],
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]

    def send(self, raw: bytes) -> None:
        """Hand a mail over from a host in the world."""
        with FromTheWorld("127.0.0.1", self.port, "mx.example", 30) as client:
            client.sendmail("anna@kundin.example", ["support@desk.example"], raw)

    def arrived(self, number: int) -> list[dict[str, Any]]:
        """The mails that came, as soon as there are so many."""
        found: list[dict[str, Any]] = self.wait_until(lambda: self._mails(at_least=number), within=60)
        return found

    def _mails(self, at_least: int) -> list[dict[str, Any]]:
        rows = self.brief("mail", "list")
        return rows if len(rows) >= at_least else []

    def messages(self, handle: str) -> list[dict[str, Any]]:
        """What came in a conversation."""
        (shown,) = self.brief("show", handle)
        return [each for each in shown["timeline"] if each["kind"] == "message"]


@pytest.fixture
def served(tmp_path: Path, world: Any, wait_until: Callable[..., Any]) -> Iterator[Served]:
    (tmp_path / "brief.toml").write_text(SETTINGS.format(dns=world.address))
    with (tmp_path / "log").open("w") as log:
        process = subprocess.Popen(
            [BRIEF, "serve", "--json"],
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    assert process.stdout
    try:
        line = process.stdout.readline()
        assert line, (tmp_path / "log").read_text()
        yield Served(tmp_path, int(json.loads(line)["smtp"].rpartition(":")[2]), wait_until)
    finally:
        process.terminate()
        process.wait(60)
        process.stdout.close()


def a_mail(number: int, text: str, answers: str = "") -> bytes:
    head = [
        "From: Anna <anna@kundin.example>",
        "To: support@desk.example",
        f"Subject: {'Re: ' if answers else ''}Frage",
        f"Message-ID: <{number}@kundin.example>",
        "Date: Sun, 22 Nov 2026 09:00:00 +0100",
    ]
    return "\r\n".join([*head, *([f"In-Reply-To: {answers}"] if answers else []), "", text, ""]).encode()


def test_a_forged_answer_is_held_and_the_customers_own_is_not(served: Served, world: Any, signatory: Any) -> None:
    anna = signatory("kundin.example")
    anna.publish()
    world.txt("_dmarc.kundin.example", "v=DMARC1; p=reject")
    served.send(anna.sign(a_mail(1, "Wo ist sie?")))
    (first,) = served.arrived(1)
    served.send(a_mail(2, "Danke!", answers="<1@kundin.example>"))
    served.arrived(2)
    served.send(anna.sign(a_mail(3, "Noch etwas", answers="<1@kundin.example>")))
    served.arrived(3)
    came = [each for each in served.messages(first["handle"]) if each["direction"] == "in"]
    assert [(each["origin"]["word"], each["held"]) for each in came] == [
        ("genuine", False),
        ("forged", True),
        ("genuine", False),
    ]
    (conversation,) = served.brief("inbox")
    assert (conversation["messages"], conversation["held"], conversation["status"]) == (2, 1, "open")
    reasons = [each["because"] for each in served.brief("why", first["handle"]) if each["about"] == "origin"]
    assert reasons[0].startswith("it is signed by kundin.example (DKIM) [")
    assert "kundin.example asks such mail to be refused (DMARC)" in reasons[1]
