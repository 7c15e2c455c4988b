"""How often a server is knocked at: the folders of an account share one login, and only a refusal lengthens its pause."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from mailgateway.oauth import NotLetIn
from mailgateway.sources.imap import Turns
from mailgateway.sources.imap_account import ImapAccount, Security
from mailgateway.sources.imap_spoken import ServerAway


class Refusing:
    """A server that lets nobody in, and counts who knocked."""

    def __init__(self) -> None:
        self.knocks = 0
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self._serving = threading.Thread(target=self._serve)
        self._serving.start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            with connection, connection.makefile("rb") as lines:
                connection.sendall(b"* OK [CAPABILITY IMAP4rev1] ready\r\n")
                for line in lines:
                    self._answer(connection, *line.split()[:2])

    def _answer(self, connection: socket.socket, tag: bytes, command: bytes) -> None:
        said = {b"CAPABILITY": b"* CAPABILITY IMAP4rev1\r\n", b"LOGOUT": b"* BYE\r\n"}.get(command, b"")
        self.knocks += command == b"LOGIN"
        connection.sendall(said + tag + (b" NO wrong password\r\n" if command == b"LOGIN" else b" OK done\r\n"))

    def close(self) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._serving.join(20)


@pytest.fixture
def refusing() -> Iterator[Refusing]:
    server = Refusing()
    yield server
    server.close()


def test_one_refused_login_holds_for_every_folder_of_the_account(
    refusing: Refusing, sqlite_desk: Any, wait_until: Callable[..., Any]
) -> None:
    folders = ("INBOX", "Anfragen", "Rechnungen")
    account = ImapAccount("127.0.0.1", "u", "support@localhost", refusing.port, Security.PLAIN, folders=folders)
    door = sqlite_desk.fetch(account)
    wait_until(lambda: all("does not let u in" in state.failing for state in door.states))
    assert refusing.knocks == 1


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def knock(turns: Turns, error: Exception | None) -> None:
    with turns.turn(lambda: False):
        if error is not None:
            raise error


def minutes(turns: Turns) -> timedelta:
    return timedelta(seconds=turns.left) // timedelta(minutes=1) * timedelta(minutes=1)


def test_only_a_refused_login_lengthens_the_pause_of_an_account() -> None:
    clock = Clock()
    turns = Turns(clock)
    for _ in range(5):
        with pytest.raises(ServerAway):
            knock(turns, ServerAway("the server is away"))
    assert turns.left == 0
    with pytest.raises(NotLetIn):
        knock(turns, NotLetIn("wrong password"))
    assert minutes(turns) == timedelta(minutes=1)
    for _ in range(5):  # other folders, while it holds
        with pytest.raises(NotLetIn, match="wrong password"):
            knock(turns, None)
    clock.now += turns.left
    with pytest.raises(NotLetIn):
        knock(turns, NotLetIn("wrong password"))
    assert minutes(turns) == timedelta(minutes=5)


def test_who_was_let_in_once_more_begins_anew_with_the_shortest_pause() -> None:
    clock = Clock()
    turns = Turns(clock)
    for _ in range(3):
        with pytest.raises(NotLetIn):
            knock(turns, NotLetIn("wrong password"))
        clock.now += turns.left
    knock(turns, None)
    with pytest.raises(NotLetIn):
        knock(turns, NotLetIn("wrong password"))
    assert minutes(turns) == timedelta(minutes=1)


def test_who_waits_for_a_turn_ends_with_the_desk() -> None:
    turns = Turns()
    with turns.turn(lambda: False), pytest.raises(Exception, match="the desk ends"), turns.turn(lambda: True):
        pass
