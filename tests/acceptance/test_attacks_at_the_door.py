"""Sessions that were made to do harm: the desk lives, answers others meanwhile, and each session comes to an end."""

from __future__ import annotations

import select
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

import pytest

SMALL = 0.02
"""The share of its size that an attack has in `make test`."""
BEGUN = b"EHLO c.example\r\nMAIL FROM:<>\r\nRCPT TO:<support@localhost>\r\nDATA\r\n"
PROXY_V2 = b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\xc0\0\x02\x07\x7f\0\0\x01\xc3\x50\0\x19"
SMUGGLED = b"MAIL FROM:<>\r\nRCPT TO:<support@localhost>\r\nDATA\r\nSubject: smuggled\r\n\r\nsmuggled\r\n.\r\n"
SEPARATORS = [b"\n.\n", b"\n.\r\n", b"\r\n.\n", b"\r.\r", b"\r\n.\r", b"\r.\r\n", b"\n.\r", b"\r\n\0.\r\n"]


@contextmanager
def talking(door: tuple[str, int], said: bytes = b"", *, timeout: float = 60) -> Iterator[socket.socket]:
    """A connection on which something was said, whatever was answered."""
    with socket.create_connection(door, timeout) as connection:
        connection.sendall(said)
        yield connection


def all_said(connection: socket.socket) -> bytes:
    """Everything that is still said until the other side hangs up."""
    said = b""
    try:
        while more := connection.recv(65536):
            said += more
    except ConnectionResetError:
        pass
    return said


def door_of(siege: Any, name: str) -> tuple[str, int]:
    """Where one of the doors is."""
    host, _, port = siege.desk.said[name].rpartition(":")
    return host, int(port)


def is_greeted_secretly(door: tuple[str, int]) -> bool:
    """Whether a client that speaks TLS is let in."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        with talking(door) as plain, context.wrap_socket(plain) as secret:
            return secret.recv(3) == b"220"
    except OSError:
        return False


def said_within(door: tuple[str, int], said: bytes) -> bytes:
    """What is answered to a session that ends with QUIT."""
    with talking(door, said + b"QUIT\r\n") as connection:
        return all_said(connection)


def smuggling(siege: Any, _much: float) -> None:
    """What nearly ends a mail does not: all behind it is the mail, and no second one is begun."""
    for separator in SEPARATORS:
        said = said_within(siege.desk.smtp, BEGUN + b"Subject: x\r\n\r\nx" + separator + SMUGGLED)
        assert said.count(b"354") == said.count(b"kept") == 1, (separator, said)
        siege.accepted += 1


def recipients(siege: Any, much: float) -> None:
    """Recipients without an end: ours are put off from the hundredth on, and strangers end the session."""
    many = int(20_000 * much)
    begun = b"EHLO c.example\r\nMAIL FROM:<>\r\n"
    ours = said_within(siege.desk.smtp, begun + b"RCPT TO:<support@localhost>\r\n" * many)
    assert ours.count(b"250 2.1.5") == 100
    assert ours.count(b"452 ") == many - 100
    strangers = said_within(siege.desk.smtp, begun + b"RCPT TO:<nobody@elsewhere.example>\r\n" * many)
    assert b"250 2.1.5" not in strangers
    assert 0 < strangers.count(b"550 ") <= 50  # who is cut off need not get to read the last of them


def slow_mails(siege: Any, much: float) -> None:
    """Mails that come piece by piece on many connections at once; each is kept in the end."""
    with ExitStack() as stack:
        slow = [stack.enter_context(talking(siege.desk.smtp, BEGUN)) for _ in range(int(2000 * much))]
        for connection in slow:
            while b"354" not in connection.recv(1000):
                pass
        for piece in (b"Subject", b": slow\r\n", b"\r", b"\nslow\r\n."):
            for connection in slow:
                connection.sendall(piece)
        for connection in slow:
            connection.sendall(b"\r\nQUIT\r\n")
            assert b"kept" in all_said(connection)
            siege.accepted += 1


def foreign_proxies(siege: Any, _much: float) -> None:
    """Who is no load balancer cannot speak for another client."""
    for header in (b"PROXY TCP4 192.0.2.7 127.0.0.1 50000 25\r\n", PROXY_V2, b"PROXY " + b"x" * 100_000 + b"\r\n"):
        assert said_within(siege.desk.smtp, header).count(b"500 ") >= 1


def greetings(siege: Any, much: float) -> None:
    """Greetings, resets and words without sense, far too many of them."""
    for door, line in (
        (door_of(siege, "lmtp"), b"LHLO c.example\r\n"), (siege.desk.smtp, b"EHLO c.example\r\n"),
        (siege.desk.smtp, b"NOOP\r\n"), (siege.desk.smtp, b"\r\n"), (siege.desk.smtp, b"\xff\r\n"),
        (siege.desk.smtp, b"RSET\r\n"), (siege.desk.smtp, b"A" * 5000 + b"\r\n"),
    ):  # fmt: skip
        flooded(door, line, int(5_000_000 * much / len(line)))


def flooded(door: tuple[str, int], line: bytes, times: int) -> None:
    """Say a line until the other side hangs up, or so many times; what it answers is read."""
    with talking(door) as connection:
        connection.setblocking(False)
        rest = memoryview(line * times + b"QUIT\r\n")
        while True:
            readable, writable, _ = select.select([connection], [connection] if rest else [], [], 60)
            try:
                if writable:
                    rest = rest[connection.send(rest[:65536]) :]
                if readable and not connection.recv(1_000_000):
                    return
            except (ConnectionResetError, BrokenPipeError):
                return


def silent_handshakes(siege: Any, much: float) -> None:
    """TLS that is begun and never done, at once and by STARTTLS."""
    with ExitStack() as stack:
        for _ in range(int(150 * much)):  # a door lets in 200 at once
            stack.enter_context(talking(door_of(siege, "smtps"), b"\x16\x03\x01"))
            stack.enter_context(talking(siege.desk.smtp, b"EHLO c.example\r\nSTARTTLS\r\n"))
        assert is_greeted_secretly(door_of(siege, "smtps"))


def deaf_clients(siege: Any, much: float) -> None:
    """Clients that say far more than anybody reads, and read no answer."""
    with ExitStack() as stack:
        for _ in range(max(2, int(50 * much))):
            deaf = stack.enter_context(talking(siege.desk.smtp, b"EHLO c.example\r\n"))
            deaf.setblocking(False)
            with suppress(ConnectionError):  # they may be cut off
                while select.select([], [deaf], [], 0.2)[1]:
                    deaf.send(b"RSET\r\n" * 10_000)


def endless_line(siege: Any, much: float) -> None:
    """A command that does not end."""
    with talking(siege.desk.smtp, b"MAIL FROM:<") as connection:
        for _ in range(int(50 * much) or 1):
            connection.sendall(b"a" * 1_000_000)
        connection.sendall(b"\r\nQUIT\r\n")
        assert b"500 " in all_said(connection)


ATTACKS: dict[str, Callable[[Any, float], None]] = {
    "smuggling": smuggling, "recipients": recipients, "slow mails": slow_mails, "foreign proxies": foreign_proxies,
    "greetings": greetings, "silent handshakes": silent_handshakes, "deaf clients": deaf_clients, "an endless line": endless_line,
}  # fmt: skip
MANY = "connections = 3000\n"


def test_sessions_that_were_made_to_do_harm_do_none(siege: Any) -> None:
    attacked = siege(MANY)
    with attacked.attack("every kind, small"):
        for attack in ATTACKS.values():
            attack(attacked, SMALL)


@pytest.mark.prove
@pytest.mark.parametrize("name", ATTACKS)
def test_a_session_of_full_size_does_no_harm(siege: Any, name: str) -> None:
    attacked = siege(MANY)
    with attacked.attack(name):
        ATTACKS[name](attacked, 1)


def test_a_session_ends_whatever_its_client_does(siege: Any, wait_until: Any) -> None:
    attacked = siege('session_for = "2s"\nconnections = 6\n')
    door = attacked.desk.smtp
    with ExitStack() as stack:
        dripping = stack.enter_context(talking(door))
        writing = stack.enter_context(talking(door, BEGUN))
        deaf = stack.enter_context(talking(door, b"EHLO c.example\r\n"))
        deaf.setblocking(False)
        while select.select([], [deaf], [], 0.2)[1]:
            deaf.send(b"RSET\r\n" * 10_000)
        shaking = [stack.enter_context(talking(door, b"EHLO c.example\r\nSTARTTLS\r\n"))]
        shaking += [stack.enter_context(talking(door_of(attacked, "smtps"), b"\x16\x03\x01")) for _ in range(6)]

        def drip() -> bool:
            """Say a little; whether nobody listens any more."""
            for connection, piece in ((dripping, b"NOOP\r\n"), (writing, b"x\r\n")):
                try:
                    connection.sendall(piece)
                except OSError:
                    continue
            return not any(is_open(each) for each in (dripping, writing, *shaking))

        wait_until(drip, within=20)
        wait_until(lambda: are_greeted(door, 6), within=20)
        wait_until(lambda: is_greeted_secretly(door_of(attacked, "smtps")), within=20)


def are_greeted(door: tuple[str, int], clients: int) -> bool:
    """Whether so many clients are let in at the same time."""
    with ExitStack() as stack:
        return {stack.enter_context(talking(door)).recv(3) for _ in range(clients)} == {b"220"}


def is_open(connection: socket.socket) -> bool:
    """Read what was said; whether the other side has not hung up."""
    try:
        while select.select([connection], [], [], 0)[0]:
            if not connection.recv(65536):
                return False
    except OSError:
        return False
    return True


def test_idle_clients_do_not_use_up_the_files_that_a_desk_may_open(desk_process: Any) -> None:
    desk_process.under = ("bash", "-c", 'ulimit -Sn 256; exec "$@"', "bash")
    desk_process.start()
    host, _, port = desk_process.web.removeprefix("http://").rpartition(":")
    with ExitStack() as stack:
        for _ in range(400):
            stack.enter_context(talking((host, int(port)), b"GET / HTTP/1.1\r\n"))
        desk_process.send(b"From: a@b.example\r\nSubject: x\r\n\r\nx\r\n")
        said = desk_process.shell("brief mail prove --json")
    assert '"difference":0' in said.replace(" ", "")
    assert "Too many open files" not in (desk_process.folder / "serve.log").read_text()
