"""Webhooks as they are made, against a real server; and when a call is made, and made again."""

from __future__ import annotations

import hashlib
import hmac
import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import monotonic
from typing import Any

import pytest

from service.calls import Caller
from service.webhook import is_public, post
from storage.database import Database
from storage.ids import uuid7
from storage.tables import CallRow, ConversationRow, StepRow, TargetRow
from threads.escalation.calling import LEASE_FOR, PAUSES, Answered, Call, call_due
from threads.escalation.ladder import Ladder, Step

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


class Hook:
    """A server that is told of steps."""

    def __init__(self) -> None:
        self.told: list[tuple[str, dict[str, str], bytes]] = []
        self.status = 204
        self.hangs = threading.Event()
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                hook.told.append((self.path, dict(self.headers), body))
                if hook.status == 0:
                    hook.hangs.wait(30)
                    return
                self.send_response(hook.status)
                self.send_header("Location", "/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook?to=us"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.hangs.set()
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def hook() -> Iterator[Hook]:
    """A webhook on this machine."""
    opened = Hook()
    yield opened
    opened.close()


def test_a_webhook_is_posted_once_and_signed(hook: Hook) -> None:
    answered = post(hook.url, b'{"a": 1}', "secret", NOW, private=True)
    [(path, headers, body)] = hook.told
    moment = str(int(NOW.timestamp()))
    signed = hmac.new(b"secret", f"{moment}.".encode() + b'{"a": 1}', hashlib.sha256).hexdigest()
    assert answered == Answered(done=True, said="127.0.0.1 answered 204")
    assert (path, body, headers["Brief-Signature"]) == ("/hook?to=us", b'{"a": 1}', f"t={moment},v1={signed}")


def test_a_private_network_is_not_asked_unless_the_settings_say_so(hook: Hook) -> None:
    answered = post(hook.url, b"{}", "s", NOW, private=False)
    assert (answered.done, answered.for_good) == (False, True)
    assert "private network" in answered.said
    assert hook.told == []


def test_a_redirect_is_not_followed(hook: Hook) -> None:
    hook.status = 302
    answered = post(hook.url, b"{}", "s", NOW, private=True)
    assert (answered.done, answered.for_good, len(hook.told)) == (False, True, 1)


def test_a_server_that_does_not_answer_is_left_after_its_time(hook: Hook) -> None:
    hook.status = 0
    answered = post(hook.url, b"{}", "s", NOW, private=True, within=0.2)
    assert answered == Answered(done=False, said="127.0.0.1 did not answer within 0.2 s")


def answers(said: bytes, *, again_every: float = 0.0) -> tuple[int, threading.Event]:
    """The port of a server that says this to the first who asks, byte by byte where it takes its time; what ends it."""
    over = threading.Event()
    listener = socket.create_server(("127.0.0.1", 0))

    def answer() -> None:
        with listener, listener.accept()[0] as connection, suppress(OSError):
            connection.recv(65536)
            for piece in [said[i : i + 1] for i in range(len(said))] if again_every else [said]:
                connection.sendall(piece)
                if over.wait(again_every):
                    return

    threading.Thread(target=answer, daemon=True).start()
    return listener.getsockname()[1], over


def test_an_answer_that_drips_is_said_to_be_late() -> None:
    port, over = answers(b"HTTP/1.1 200 OK\r\n" * 100, again_every=0.05)
    answered = post(f"http://127.0.0.1:{port}/", b"{}", "s", NOW, private=True, within=0.3)
    over.set()
    assert answered.said == "127.0.0.1 did not answer within 0.3 s"


@pytest.mark.parametrize(
    ("said", "because"),
    [(b"", "hung up without an answer"), (b"\x00\xff HELLO\r\n\r\n", "answered something that is no HTTP")],
)
def test_an_answer_that_is_none_says_what_is_wrong_with_it(said: bytes, because: str) -> None:
    port, _ = answers(said)
    assert post(f"http://127.0.0.1:{port}/", b"{}", "s", NOW, private=True).said == f"127.0.0.1 {because}"


def test_a_certificate_that_nobody_vouches_for_is_named_as_such(hook: Hook, own_certificate: Any) -> None:
    context = own_certificate.server_context()
    hook.server.socket = context.wrap_socket(hook.server.socket, server_side=True, do_handshake_on_connect=False)
    answered = post(hook.url.replace("http:", "https:"), b"{}", "s", NOW, private=True)
    assert "127.0.0.1 shows a certificate that is not trusted: self-signed certificate" in answered.said
    assert hook.told == []


def test_a_server_without_tls_is_named_as_such(hook: Hook) -> None:
    answered = post(hook.url.replace("http:", "https:"), b"{}", "s", NOW, private=True)
    assert answered.said == "127.0.0.1 could not be reached by TLS: no TLS is spoken there"


def test_where_nothing_listens_the_port_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    answered = post(f"http://127.0.0.1:{port}/", b"{}", "s", NOW, private=True)
    assert answered.said == f"127.0.0.1 could not be reached: nothing listens at its port {port}"


def found_at(*addresses: str) -> Callable[..., Any]:
    """A look-up that finds these addresses for a name."""

    def look_up(host: str, port: int, *_: Any, **__: Any) -> list[Any]:
        found = [host] if host in addresses else addresses
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in found]

    return look_up


def test_an_address_that_is_dead_keeps_nobody_from_the_next(hook: Hook, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.webhook.socket.getaddrinfo", found_at("127.0.0.2", "127.0.0.1"))
    url = hook.url.replace("127.0.0.1", "hook.example")
    assert post(url, b"{}", "s", NOW, private=True) == Answered(done=True, said="hook.example answered 204")
    assert len(hook.told) == 1


def test_a_name_that_leads_in_and_out_is_not_asked(hook: Hook, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.webhook.socket.getaddrinfo", found_at("8.8.8.8", "127.0.0.1"))
    answered = post(hook.url.replace("127.0.0.1", "hook.example"), b"{}", "s", NOW, private=False)
    assert (answered.for_good, hook.told) == (True, [])


def test_a_look_up_that_hangs_takes_no_longer_than_the_webhook_may(monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()
    monkeypatch.setattr("service.webhook.socket.getaddrinfo", lambda *_, **__: over.wait(20) and [])
    since = monotonic()
    answered = post("https://hook.example/", b"{}", "s", NOW, private=True, within=0.2)
    took = monotonic() - since
    over.set()
    assert answered.said == "hook.example could not be reached within 0.2 s"
    assert took < 3


def test_who_takes_all_the_time_to_be_reached_gets_none_to_answer_in(monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()
    connect = socket.create_connection

    def slowly(*arguments: Any) -> socket.socket:
        over.wait(0.4)
        return connect(*arguments)

    def drip(listener: socket.socket) -> None:
        with listener.accept()[0] as connection, suppress(OSError):
            for _ in range(100):
                connection.sendall(b"H")
                if over.wait(0.05):
                    return

    monkeypatch.setattr("service.webhook.socket.create_connection", slowly)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=drip, args=(listener,), daemon=True).start()
        since = monotonic()
        answered = post(f"http://127.0.0.1:{listener.getsockname()[1]}/", b"{}", "s", NOW, private=True, within=0.2)
        took = monotonic() - since
        over.set()
    assert not answered.done
    assert took < 3


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True), ("2001:4860:4860::8888", True), ("127.0.0.1", False), ("10.1.2.3", False), ("169.254.169.254", False),
        ("::1", False), ("fe80::1%eth0", False), ("::ffff:10.0.0.1", False), ("64:ff9b::10.0.0.1", False),
        ("2002:a00:1::", False), ("fd00::1", False), ("0.0.0.0", False), ("224.0.0.1", False), ("100.64.0.1", False),
    ],
)  # fmt: skip
def test_an_address_is_private_whatever_it_is_wrapped_in(address: str, public: bool) -> None:
    assert is_public(address) is public


@pytest.fixture
def call(database: Database) -> Any:
    """A call in the queue."""
    with database.writing() as session:
        row = ConversationRow(
            handle="a", mailbox="m@x.example", subject="", canonical_subject="", opened_at=NOW, updated_at=NOW
        )
        session.add(row)
        session.flush()
        target = TargetRow(
            conversation_id=row.id, kind="first", started_at=NOW, allowed_for=60, priority="high", marks=[]
        )
        session.add(target)
        session.flush()
        step = StepRow(target_id=target.id, step="l 50%", state="done", due_at=NOW, done_at=NOW, passed_for=4 * 3600)
        session.add(step)
        session.flush()
        added = CallRow(
            id=uuid7(), step_id=step.id, kind="webhook", step="l 50%", payload={"id": "x"}, due_at=NOW, created_at=NOW
        )
        session.add(added)
        return added.id


def row_of(database: Database, call: Any) -> CallRow:
    with database.reading() as session:
        return session.get_one(CallRow, call)


def test_a_call_is_tried_with_growing_pauses_and_then_given_up(database: Database, call: Any, clock: Any) -> None:
    tries = 0
    clock.set(NOW)

    def fails(_: Call) -> Answered:
        nonlocal tries
        tries += 1
        return Answered(done=False, said="away")

    for pause in PAUSES:
        assert call_due(database, fails, clock)["call_deferred"] == 1
        assert row_of(database, call).due_at == clock() + pause
        assert not any(call_due(database, fails, clock).values())
        clock.forward(seconds=pause.total_seconds())
    assert call_due(database, fails, clock)["call_given_up"] == 1
    assert (row_of(database, call).state, tries) == ("given up", len(PAUSES) + 1)


def test_a_call_that_is_done_is_made_no_more_and_one_that_was_killed_is_made_again(
    database: Database, call: Any
) -> None:
    def killed(_: Call) -> Answered:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        call_due(database, killed, lambda: NOW)
    seen: list[Call] = []

    def works(each: Call) -> Answered:
        seen.append(each)
        return Answered(done=True, said="200")

    call_due(database, works, lambda: NOW + timedelta(minutes=1))
    assert seen == []  # the lease of the one that was killed still runs
    for minutes in (3, 10):
        call_due(database, works, lambda minutes=minutes: NOW + timedelta(minutes=minutes))  # type: ignore[misc]
    assert [(each.attempt, each.payload) for each in seen] == [(2, {"id": "x"})]
    assert row_of(database, call).state == "done"


def test_a_call_that_waits_behind_slow_ones_is_made_by_one_process_alone(
    database: Database, call: Any, clock: Any
) -> None:
    clock.set(NOW)
    with database.writing() as session:
        first = session.get_one(CallRow, call)
        session.add(
            CallRow(
                id=uuid7(), step_id=first.step_id, kind="command", step="l 50%", payload={"id": "y"},
                due_at=NOW + timedelta(seconds=1), created_at=NOW,
            )
        )  # fmt: skip
    clock.forward(seconds=2)
    made: list[str] = []

    def quick(each: Call) -> Answered:
        made.append(each.payload["id"])
        return Answered(done=True, said="at once")

    def slow(each: Call) -> Answered:
        made.append(each.payload["id"])
        clock.forward(seconds=LEASE_FOR.total_seconds() - 1)
        call_due(database, quick, clock)  # as another process would
        return Answered(done=True, said="slowly")

    call_due(database, slow, clock)
    assert made == ["x", "y"]


def test_what_the_settings_name_no_more_is_not_called(hook: Hook) -> None:
    ladder = Ladder("l", (Step(share=0.5, tell=("agents",), webhook=hook.url),))
    call = Call(uuid7(), 1, "webhook", "l 50%", 1, {"handle": "anna"})
    asked = Caller((ladder,), "s", private=True, now=lambda: NOW)
    assert asked(call).done
    assert json.loads(hook.told[0][2]) == {"handle": "anna", "attempt": 1}
    gone = Caller((), "s", private=True, now=lambda: NOW)
    assert gone(call) == Answered(done=False, said="the settings name no webhook for this step any more", for_good=True)
