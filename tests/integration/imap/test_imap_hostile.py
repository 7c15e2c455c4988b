"""A server that means harm: what it announces is not waited for, and what it says without an end is not held."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from mailgateway.sources.imap_account import ImapAccount, Patience, Security
from mailgateway.sources.imap_limits import BESIDES
from mailgateway.sources.imap_session import connected
from mailgateway.sources.imap_spoken import ServerAway
from templates.amounts import size

LARGEST = 100_000


@contextmanager
def server_that_says(
    answer: bytes, times: int = 1, pause: float = 0.0, *, until: tuple[bytes, ...] = (b"LOGIN", b"SELECT")
) -> Iterator[ImapAccount]:
    """A server that does as it should `until` it lets in and opens a folder, then says `answer` so many times, and hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        serving = threading.Thread(target=_serve, args=(listening, answer, times, pause, (b"CAPABILITY", *until)))
        serving.start()
        port = listening.getsockname()[1]
        yield ImapAccount("127.0.0.1", "u", "support@example.org", port=port, security=Security.PLAIN, password="p")
    serving.join(20)


def _serve(listening: socket.socket, answer: bytes, times: int, pause: float, done: tuple[bytes, ...]) -> None:
    connection, _ = listening.accept()
    never = threading.Event()
    with connection, connection.makefile("rb") as lines:
        connection.sendall(b"* OK [CAPABILITY IMAP4rev1] ready\r\n")
        for line in lines:
            tag, _, command = line.partition(b" ")
            if command.startswith(done):
                connection.sendall(b"* CAPABILITY IMAP4rev1\r\n* OK [UIDVALIDITY 1] x\r\n* OK [UIDNEXT 2] x\r\n")
                connection.sendall(tag + b" OK done\r\n")
                continue
            try:
                for _ in range(times):
                    connection.sendall(answer)
                    never.wait(pause)
            except OSError:
                pass
            return


@pytest.mark.parametrize(
    ("answer", "times"),
    [
        (b"* 1 FETCH (UID 1 BODY[] {99999999999999999999}\r\nx", 1),
        (b"* 1 FETCH (UID 1 BODY[] {1000000000}\r\nx", 1),
        (b"* 1 FETCH (UID 1 BODY[] {90000}\r\n" + b"x" * 90_000 + b")\r\n", 10_000),
        (b"* OK " + b"x" * 90_000 + b"\r\n", 10_000),
    ],
    ids=["a size that is no size", "a size that nobody holds", "mails without end", "words without end"],
)
def test_an_answer_that_nobody_could_hold_ends_the_connection(answer: bytes, times: int) -> None:
    with server_that_says(answer, times) as account:
        imap = connected(account, largest=LARGEST)
        imap.select("INBOX")
        with pytest.raises(ServerAway, match=f"says more than {size(2 * LARGEST + BESIDES)} at once"):
            imap.mails([1])
        imap.abort()
        imap.close()


def test_an_answer_that_drips_ends_the_connection_once_its_time_is_over() -> None:
    with server_that_says(b"* OK x\r\n", times=100, pause=0.1) as account:
        imap = connected(replace(account, patience=Patience(whole=2.0)))
        imap.select("INBOX")
        with pytest.raises(ServerAway, match=r"hangs: it did not answer in time \(fetch mails\)"):
            imap.mails([1])
        imap.abort()
        imap.close()


def test_a_login_that_drips_ends_once_its_time_is_over() -> None:
    away = pytest.raises(ServerAway, match=r"hangs: it did not answer in time \(connect\)")
    with server_that_says(b"* OK x\r\n", times=100, pause=0.1, until=()) as account, away:
        connected(replace(account, patience=Patience(whole=0.5)))
