"""The LMTP door, as a mail server in front meets it: over a port and over a socket in the file system."""

from __future__ import annotations

import asyncio
import smtplib
import socket
from pathlib import Path
from typing import Any

import pytest

from mailgateway.receive import Keeper
from mailgateway.sources.lmtp import LmtpDoor
from service.ports import address_of, open_socket
from storage.errors import Unavailable
from threads.model import Mailbox, Source

MAIL = b"Subject: hello\r\n\r\nhello\r\n"


async def _talk(door: LmtpDoor, talk: Any) -> Any:
    await door.start()
    try:
        return await asyncio.to_thread(talk)
    finally:
        await door.stop()


async def test_every_recipient_that_was_taken_gets_an_answer_of_its_own(memory: Any) -> None:
    memory.mailboxes = (Mailbox("support@example.org"), Mailbox("verkauf@example.org"))
    door = LmtpDoor(memory)

    def talk() -> tuple[list[bytes], bytes]:
        with smtplib.LMTP(*door.address) as client:
            client.ehlo_or_helo_if_needed()
            client.mail("anna@kundin.example")
            said = [client.rcpt(f"{each}@example.org")[0] for each in ("support", "nobody", "verkauf")]
            assert said == [250, 550, 250]
            first = client.data(MAIL)
            second = client.getreply()
            assert (first[0], second[0]) == (250, 250)
            return [first[1], second[1]], client.noop()[1]

    answers, after = await _talk(door, talk)
    assert answers == [b"2.0.0 kept"] * 2
    assert after.startswith(b"OK")
    [(envelope, raw)] = memory.kept
    assert envelope.source is Source.LMTP
    assert envelope.recipients == ("support@example.org", "verkauf@example.org")
    assert raw == MAIL


async def test_a_mail_that_cannot_be_kept_is_refused_for_every_recipient_for_now(
    memory: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> Any:
        raise Unavailable("the database is away")

    monkeypatch.setattr(memory, "keep", fail)
    memory.mailboxes = (Mailbox("support@example.org"), Mailbox("verkauf@example.org"))
    door = LmtpDoor(memory)

    def talk() -> list[int]:
        with smtplib.LMTP(*door.address) as client:
            client.ehlo_or_helo_if_needed()
            client.mail("anna@kundin.example")
            client.rcpt("support@example.org")
            client.rcpt("verkauf@example.org")
            return [client.data(MAIL)[0], client.getreply()[0]]

    assert await _talk(door, talk) == [451, 451]


@pytest.mark.parametrize("greeting", ["HELO", "EHLO"])
async def test_smtp_greetings_are_refused(memory: Any, greeting: str) -> None:
    door = LmtpDoor(memory)

    def talk() -> int:
        with smtplib.LMTP(*door.address) as client:
            return client.docmd(greeting, "mx.example.org")[0]

    assert await _talk(door, talk) == 500


async def test_a_socket_in_the_file_system_takes_mail_durably(keeper: Keeper, tmp_path: Path) -> None:
    listen = f"unix:{tmp_path / 'lmtp'}"
    door = LmtpDoor(keeper, bound=open_socket(listen, "[lmtp] listen", may_move=False))

    def talk() -> dict[str, Any]:
        with smtplib.LMTP(str(tmp_path / "lmtp")) as client:
            return client.sendmail("anna@kundin.example", ["support@example.org"], MAIL)

    assert await _talk(door, talk) == {}


async def test_one_client_of_this_machine_may_have_many_connections(memory: Any, tmp_path: Path) -> None:
    path = str(tmp_path / "lmtp")
    door = LmtpDoor(memory, bound=open_socket(f"unix:{path}", "[lmtp] listen", may_move=False))

    def talk() -> int:
        clients = [smtplib.LMTP(path) for _ in range(door.limits.connections_of_a_client + 5)]
        greeted = sum(client.docmd("LHLO", "mx")[0] == 250 for client in clients)
        for each in clients:
            each.close()
        return greeted

    assert await _talk(door, talk) == door.limits.connections_of_a_client + 5


def test_a_socket_that_nobody_listens_on_any_more_gives_way(tmp_path: Path) -> None:
    listen = f"unix:{tmp_path / 'lmtp'}"
    open_socket(listen, "[lmtp] listen", may_move=False).close()  # as after a kill: the file is still there
    with open_socket(listen, "[lmtp] listen", may_move=False) as bound:
        assert address_of(bound) == listen
        with pytest.raises(Unavailable, match=r"\[lmtp\] listen"):
            open_socket(listen, "[lmtp] listen", may_move=False)


def test_a_file_that_is_no_socket_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "lmtp").write_text("mine")
    with pytest.raises(Unavailable, match="cannot listen"):
        open_socket(f"unix:{tmp_path / 'lmtp'}", "[lmtp] listen", may_move=False)
    assert (tmp_path / "lmtp").read_text() == "mine"


def test_other_users_of_this_machine_reach_the_socket(tmp_path: Path) -> None:
    with open_socket(f"unix:{tmp_path / 'lmtp'}", "[lmtp] listen", may_move=False) as bound:
        assert bound.family == socket.AF_UNIX
        assert (tmp_path / "lmtp").stat().st_mode & 0o777 == 0o666
