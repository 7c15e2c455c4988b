"""A real Postfix in front of the LMTP door: what it hands on is kept, and each recipient has an answer of its own."""

from __future__ import annotations

import asyncio
import os
import pwd
import shutil
import smtplib
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from mailgateway.sources.lmtp import LmtpDoor
from threads.model import Mailbox, Source

pytestmark = [
    pytest.mark.needs("postfix"),
    pytest.mark.skipif(os.geteuid() != 0, reason="Postfix can only be started by root"),
]

MAIN = """\
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/log
maillog_file_prefixes = {folder}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mx.example.org
mydestination =
mynetworks = 127.0.0.0/8
alias_maps =
local_recipient_maps =
smtpd_peername_lookup = no
smtp_tls_security_level = none
disable_dns_lookups = yes
virtual_mailbox_domains = example.org
virtual_transport = lmtp:inet:127.0.0.1:{lmtp}
default_transport = error:nothing leaves this machine
"""
MASTER = """\
127.0.0.1:{smtp} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
lmtp unix - - n - - lmtp
error unix - - n - - error
retry unix - - n - - error
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


def _free_port() -> int:
    with closing(socket.socket()) as bound:
        bound.bind(("127.0.0.1", 0))
        return int(bound.getsockname()[1])


@pytest.fixture
def start_postfix(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[int], tuple[int, Path]]]:
    """Starts Postfix in front of an LMTP port; gives its own port and its log."""
    folder = Path("/tmp") / tmp_path_factory.mktemp("postfix").name / str(os.getpid())  # its users may enter it
    shutil.rmtree(folder, ignore_errors=True)
    for name in ("queue", "data", "etc"):
        (folder / name).mkdir(parents=True)
    postfix = pwd.getpwnam("postfix")
    os.chown(folder / "data", postfix.pw_uid, postfix.pw_gid)
    command = ["postfix", "-c", str(folder / "etc")]

    def start(lmtp: int) -> tuple[int, Path]:
        smtp = _free_port()
        (folder / "etc" / "main.cf").write_text(MAIN.format(folder=folder, lmtp=lmtp))
        (folder / "etc" / "master.cf").write_text(MASTER.format(smtp=smtp))
        subprocess.run([*command, "start"], check=True, capture_output=True)
        return smtp, folder / "log"

    yield start
    subprocess.run([*command, "stop"], check=False, capture_output=True)
    shutil.rmtree(folder, ignore_errors=True)


async def test_postfix_hands_mail_on_and_bounces_for_the_one_recipient_that_is_refused(
    memory: Any, start_postfix: Callable[[int], tuple[int, Path]], wait_until: Callable[..., Any]
) -> None:
    memory.mailboxes = (Mailbox("support@example.org"), Mailbox("verkauf@example.org"))
    door = LmtpDoor(memory)
    await door.start()
    try:
        log = await asyncio.to_thread(_send, start_postfix, door.address[1], wait_until)
    finally:
        await door.stop()
    [(envelope, raw)] = memory.kept
    assert envelope.source is Source.LMTP
    assert set(envelope.recipients) == {"support@example.org", "verkauf@example.org"}
    assert b"Subject: hello" in raw
    assert "to=<support@example.org>" in log
    assert "550 5.1.1" in log


def _send(start_postfix: Callable[[int], tuple[int, Path]], lmtp: int, wait_until: Callable[..., Any]) -> str:
    port, log = start_postfix(lmtp)
    people = [f"{each}@example.org" for each in ("support", "nobody", "verkauf")]
    with smtplib.SMTP("127.0.0.1", port, timeout=30) as client:
        client.sendmail("anna@kundin.example", people, b"Subject: hello\r\n\r\nhello\r\n")
    wait_until(lambda: log.read_text().count("status=") >= len(people))
    return log.read_text()
