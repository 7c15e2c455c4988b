"""The desk as an operator meets it: ports, signals, kills, machines."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import smtplib
import socket
import threading
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

TWO_MAILBOXES = '[[mailbox]]\naddress = "support@localhost"\n[[mailbox]]\naddress = "verkauf@localhost"\n'
DOORS = '[smtp]\nlisten = "127.0.0.1:0"\n[web]\nlisten = "127.0.0.1:0"\n'


def test_a_desk_without_settings_takes_other_ports_where_its_own_are_taken(desk_process: Any) -> None:
    desk_process.settings = ""
    taken = socket.socket()
    with contextlib.suppress(OSError):  # somebody else may hold it: then it is taken all the more
        taken.bind(("127.0.0.1", 2525))
        taken.listen()
    try:
        desk_process.start()
    finally:
        taken.close()
    assert desk_process.smtp[1] > 2525
    with smtplib.SMTP(desk_process.smtp[0], desk_process.smtp[1], timeout=30) as client:
        assert client.noop()[0] == 250
    assert desk_process.stop() == 0


def test_a_door_that_cannot_be_opened_is_named_and_the_others_open(
    desk_process: Any, wait_until: Callable[..., Any]
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        desk_process.settings += f'[lmtp]\nlisten = "127.0.0.1:{port}"\n'
        desk_process.start()
        assert f"cannot listen on 127.0.0.1:{port}" in desk_process.said["shut"]["lmtp"]
        assert "[lmtp] listen" in desk_process.said["shut"]["lmtp"]
        assert _taken(desk_process, "support@localhost")
        status, said = _health(desk_process)
        assert (status, said.splitlines()[0]) == (503, "failing")
        assert f"\nlmtp: wrong: shut: cannot listen on 127.0.0.1:{port}" in said
    wait_until(lambda: _health(desk_process)[0] == 200)  # it is free now, and was tried again
    assert _health(desk_process)[1].startswith("ok\n")
    with smtplib.LMTP("127.0.0.1", port) as client:
        assert client.docmd("LHLO", "mx.example.org")[0] == 250


def test_where_no_door_opens_the_desk_says_so_in_one_line_and_ends(desk_process: Any) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        desk_process.environment["BRIEF_SMTP__LISTEN"] = f"127.0.0.1:{taken.getsockname()[1]}"
        (desk_process.folder / "brief.toml").write_text(desk_process.settings)
        desk_process.brief("serve", "--only", "smtp", "--json", code=1)


def test_a_process_of_the_website_alone_follows_the_articles(
    desk_process: Any, wait_until: Callable[..., Any], tmp_path: Path
) -> None:
    desk_process.start("--only", "web")
    article = {"id": "zeppelin", "question": "Wo landet der Zeppelin?", "answer": "Auf der Wiese.", "language": "de"}
    (tmp_path / "faq.jsonl").write_text(json.dumps(article))
    desk_process.brief("faq", "import", str(tmp_path / "faq.jsonl"))

    def found() -> bool:
        with urllib.request.urlopen(f"{desk_process.web}/api/search?q=zeppelin", timeout=30) as answer:
            return "zeppelin" in answer.read().decode()

    wait_until(found)


def test_a_door_that_is_not_set_cannot_be_asked_for_alone(desk_process: Any) -> None:
    (desk_process.folder / "brief.toml").write_text(desk_process.settings)
    desk_process.brief("serve", "--only", "lmtp", code=2)


def _health(desk: Any) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"{desk.web}/healthz", timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_desk_that_is_told_to_end_exits_with_0(desk_process: Any, number: signal.Signals) -> None:
    desk_process.start()
    desk_process.process.send_signal(number)
    assert desk_process.process.wait(30) == 0
    assert "Traceback" not in (desk_process.folder / "serve.log").read_text()


def test_sighup_takes_over_good_settings_and_keeps_the_old_ones_where_they_are_wrong(
    desk_process: Any, wait_until: Callable[..., Any]
) -> None:
    desk_process.start()
    settings, log = desk_process.folder / "brief.toml", desk_process.folder / "serve.log"
    settings.write_text("[smtp]\nlistne = 1\n")
    desk_process.process.send_signal(signal.SIGHUP)
    wait_until(lambda: "did you mean listen?" in log.read_text())
    assert _taken(desk_process, "support@localhost")
    assert not _taken(desk_process, "verkauf@localhost")
    settings.write_text(TWO_MAILBOXES + DOORS)
    reload = f"`kill -HUP {desk_process.process.pid}` has it read again"
    assert reload in " ".join(desk_process.brief("doctor").split())
    desk_process.process.send_signal(signal.SIGHUP)
    wait_until(lambda: _taken(desk_process, "verkauf@localhost"))
    assert reload not in " ".join(desk_process.brief("doctor").split())
    assert "wants a restart" not in log.read_text()
    settings.write_text(TWO_MAILBOXES + DOORS.replace("[web]", '[web]\ntitle = "Hilfe"'))
    desk_process.process.send_signal(signal.SIGHUP)
    wait_until(lambda: "wants a restart" in log.read_text())
    assert "[web] title" in log.read_text()


def test_the_doctor_sees_a_process_without_a_door(desk_process: Any) -> None:
    desk_process.start("--only", "worker")
    os.utime(desk_process.folder / "brief.toml")
    reload = f"`kill -HUP {desk_process.process.pid}` has it read again"
    assert reload in " ".join(desk_process.brief("doctor").split())


def _taken(desk: Any, address: str) -> bool:
    with smtplib.SMTP(desk.smtp[0], desk.smtp[1], timeout=30) as client:
        client.ehlo()
        client.mail("anna@kundin.example")
        return bool(client.rcpt(address)[0] == 250)


MACHINES = {
    "newsletter": ("news@shop.example", {"List-Unsubscribe": "<mailto:off@shop.example>", "Precedence": "bulk"}),
    "absence": ("bert@firma.example", {"Auto-Submitted": "auto-replied"}),
    "list": ("carla@verein.example", {"List-Id": "<alle.verein.example>"}),
    "daemon": ("MAILER-DAEMON@relay.example", {}),
    "noreply": ("noreply@bank.example", {}),
    "suppressed": ("dora@firma.example", {"X-Auto-Response-Suppress": "All"}),
}


def test_no_machine_is_ever_answered_and_no_mail_of_one_is_lost(
    desk_process: Any, wait_until: Callable[..., Any], a_mail: Callable[..., bytes]
) -> None:
    desk_process.start()
    for name, (sender, headers) in MACHINES.items():
        desk_process.send(
            a_mail(author=sender, subject=name, headers=headers, message_id=f"<{name}@x.example>"), sender=sender
        )
    desk_process.send(a_mail(author="emil@firma.example", subject="null", message_id="<null@x.example>"), sender="")
    desk_process.send(b"\xff\xfe\0 this is no mail at all", sender="frida@firma.example")
    desk_process.send(a_mail(author="anna@kundin.example", subject="Person", message_id="<person@kundin.example>"))
    sent = desk_process.folder / "var" / "sent" / "new"
    wait_until(lambda: sent.is_dir() and list(sent.iterdir()))
    listed = wait_until(lambda: _all_in(desk_process, len(MACHINES) + 3))
    assert len(listed) == len(MACHINES) + 3
    [mail] = list(sent.iterdir())
    assert b"anna@kundin.example" in mail.read_bytes()


def _all_in(desk: Any, number: int) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = desk.objects("mail", "list", "--json")
    return rows if len(rows) >= number else []


@pytest.mark.parametrize("rounds", [pytest.param(2, id="sample"), pytest.param(200, id="all", marks=pytest.mark.prove)])
def test_what_was_accepted_before_a_kill_is_there_once_after_it(
    desk_process: Any, wait_until: Callable[..., Any], a_mail: Callable[..., bytes], rounds: int
) -> None:
    accepted: set[str] = set()
    for number in range(rounds):
        desk_process.start()
        killed = threading.Timer(0.05 + (number * 37 % 100) / 250, os.kill, (desk_process.process.pid, signal.SIGKILL))
        killed.start()
        _send_until_it_dies(desk_process, a_mail, number, accepted)
        killed.join()
        desk_process.process.wait(30)
    desk_process.start()
    rows = wait_until(lambda: _walked(desk_process), within=110 + 5 * rounds)
    there = [row["message_id"] for row in rows]
    assert accepted <= set(there)
    assert len(there) == len(set(there))


def _send_until_it_dies(desk: Any, a_mail: Callable[..., bytes], number: int, accepted: set[str]) -> None:
    count = 0
    with contextlib.suppress(smtplib.SMTPException, OSError):
        while True:
            name = f"<kill-{number}-{count}@kundin.example>"
            raw = a_mail(author=f"k{number}x{count}@kundin.example", subject=f"Nummer {name}", message_id=name)
            desk.send(raw)
            accepted.add(name)
            desk.send(raw)  # as a mail server would whose connection broke after its last dot
            count += 1


def _walked(desk: Any) -> list[dict[str, Any]]:
    with contextlib.closing(
        socket.create_connection((desk.web.split("//")[1].split(":")[0], int(desk.web.rsplit(":", 1)[1])))
    ) as web:
        web.sendall(b"GET /metrics HTTP/1.0\r\nHost: localhost\r\n\r\n")
        text = b"".join(iter(lambda: web.recv(65536), b""))
    if b"brief_mails_waiting 0.0" not in text:
        return []
    rows: list[dict[str, Any]] = desk.objects("mail", "list", "--json", "--limit", "100000")
    return rows
