"""rspamd and clamd themselves are asked; servers that hang, close or talk nonsense hold nothing up."""

from __future__ import annotations

import os
import socket
import socketserver
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from mailgateway.mime.parse import parse
from mailgateway.origin.checks import Checks
from mailgateway.origin.clamd import Clamd
from mailgateway.origin.rspamd import Rspamd
from storage.errors import Unavailable
from threads.model import Envelope, Source

SIGN = b"a sign by which this harm is known"
GTUBE = "XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"
ENVELOPE = Envelope(
    Source.SMTP,
    "anna@kundin.example",
    ("support@localhost",),
    datetime(2026, 11, 24, tzinfo=UTC),
    "203.0.113.7",
    "mx.example",
)
_CLAMD = """\
DatabaseDirectory {folder}/signs
LocalSocket {folder}/clamd.sock
TemporaryDirectory {folder}
StreamMaxLength 1M
Foreground yes
"""
_RSPAMD = """\
options {{
  pidfile = "{folder}/pid"; tempdir = "{folder}"; control_socket = "{folder}/control mode=0600";
  history_file = "{folder}/history"; dynamic_conf = "{folder}/dynamic"; url_tld = "{folder}/tld";
  filters = ""; disable_hyperscan = true; dns {{ nameserver = ["127.0.0.1:9"]; timeout = 0.1s; retransmits = 1; }}
}}
logging {{ type = "console"; level = "error"; }}
actions {{ reject = 15; add_header = 6; greylist = 4; }}
worker "normal" {{ type = "normal"; bind_socket = "127.0.0.1:{port}"; count = 1; }}
"""


@contextmanager
def running(command: list[str], ping: Callable[[], None], wait_until: Callable[..., Any]) -> Iterator[None]:
    """A program of its own, from when it answers until it is ended."""

    def answers() -> bool:
        assert program.poll() is None, f"{command[0]} has ended"
        try:
            ping()
        except Unavailable:
            return False
        return True

    program = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_until(answers, within=60)
        yield
    finally:
        program.terminate()
        program.wait(30)


@pytest.fixture(scope="module")
def clamd(tmp_path_factory: pytest.TempPathFactory, wait_until: Callable[..., Any]) -> Iterator[Clamd]:
    """clamd with one sign that it knows: ours."""
    folder = tmp_path_factory.mktemp("clamd")
    (folder / "signs").mkdir()
    (folder / "signs" / "ours.ndb").write_text(f"Brief.Test:0:*:{SIGN.hex()}\n")
    settings = folder / "clamd.conf"
    settings.write_text(_CLAMD.format(folder=folder) + ("User root\n" if os.geteuid() == 0 else ""))
    asked = Clamd(str(folder / "clamd.sock"), within=20)
    with running(["clamd", "--foreground", f"--config-file={settings}"], asked.ping, wait_until):
        yield asked


@pytest.fixture(scope="module")
def rspamd(tmp_path_factory: pytest.TempPathFactory, wait_until: Callable[..., Any]) -> Iterator[Rspamd]:
    """rspamd without any rule but the one for its own test mail."""
    folder = tmp_path_factory.mktemp("rspamd")
    (folder / "tld").write_text("com\nexample\n")
    with socket.create_server(("127.0.0.1", 0)) as one:
        port = one.getsockname()[1]
    settings = folder / "rspamd.conf"
    settings.write_text(_RSPAMD.format(folder=folder, port=port))
    asked = Rspamd(f"http://127.0.0.1:{port}", within=20)
    as_root = ["-i", "-u", "root", "-g", "root"] if os.geteuid() == 0 else []
    with running(["rspamd", "-f", *as_root, "-c", str(settings)], asked.ping, wait_until):
        yield asked


@pytest.mark.needs("clamd")
def test_clamd_finds_what_it_knows_in_an_attachment_and_nothing_else(clamd: Clamd, a_mail: Any) -> None:
    harmful = a_mail(attachments=(("rechnung.pdf", "application/pdf", SIGN * 3000),))
    assert clamd.scan(harmful).virus == "Brief.Test.UNOFFICIAL"
    assert clamd.scan(a_mail()).virus == ""


@pytest.mark.needs("clamd")
def test_clamd_that_refuses_a_mail_has_not_checked_it(clamd: Clamd) -> None:
    with pytest.raises(Unavailable, match="clamd at "):
        clamd.scan(b"x" * 20_000_000)


@pytest.mark.needs("rspamd")
def test_rspamd_tells_spam_from_mail(rspamd: Rspamd, a_mail: Any) -> None:
    assert (rspamd.rate(a_mail(text=GTUBE), ENVELOPE).action, rspamd.rate(a_mail(), ENVELOPE).action) == (
        "reject",
        "no action",
    )


@pytest.mark.needs("rspamd", "clamd")
def test_what_either_of_them_suspects_is_suspected(rspamd: Rspamd, clamd: Clamd, a_mail: Any) -> None:
    checks = Checks(rspamd=rspamd, clamd=clamd)
    found = []
    for raw in (a_mail(), a_mail(text=GTUBE), a_mail(attachments=(("x.bin", "application/octet-stream", SIGN),))):
        checked = checks.begin(parse(raw), raw, ENVELOPE).wait()
        assert checked.failed == ()
        found.append(checked.suspicion)
    checks.close()
    assert found[0] is None
    assert found[1] is not None
    assert (found[1].because, found[1].virus) == ("rspamd gives it 15.0 points of 15.0", "")
    assert found[2] is not None
    assert found[2].virus == "Brief.Test.UNOFFICIAL"


@pytest.mark.parametrize("source", [Source.FORM, Source.FILE])
def test_a_form_and_an_archive_are_not_shown_to_them(source: Source, closed_port: int, a_mail: Any) -> None:
    raw, checks = a_mail(), Checks(rspamd=Rspamd(f"http://127.0.0.1:{closed_port}"))
    form = Envelope(source, None, (), ENVELOPE.received_at)
    assert checks.begin(parse(raw), raw, form).wait().failed == ()


def test_a_mail_that_is_too_large_is_not_shown_to_them(closed_port: int, a_mail: Any) -> None:
    raw, checks = a_mail(text="x" * 5000), Checks(clamd=Clamd(f"127.0.0.1:{closed_port}", largest=1000))
    assert checks.begin(parse(raw), raw, ENVELOPE).wait().failed == ()


# ---------------------------------------------------------------- servers that are none


class Odd(socketserver.ThreadingTCPServer):
    """Takes a connection and then does what it is told: a text to say, or None for nothing at all."""

    daemon_threads = True

    def __init__(self, says: bytes | None) -> None:
        super().__init__(("127.0.0.1", 0), _Odd)
        self.says, self.released = says, threading.Event()


class _Odd(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        server: Any = self.server
        if server.says is None:
            server.released.wait(60)
        else:
            self.request.recv(100)
            self.request.sendall(server.says)


@contextmanager
def odd(says: bytes | None) -> Iterator[str]:
    with Odd(says) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield f"127.0.0.1:{server.server_address[1]}"
        server.released.set()
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    "says",
    [None, b"", b"\0", b"nonsense", b"x" * 100_000, b"HTTP/1.1 500 No\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\nno json",
     b"HTTP/1.1 200 OK\r\n\r\n[]", b"HTTP/1.1 200 OK\r\nContent-Length: 9999999\r\n\r\n" + b"[" * 2_000_000,
     b"UNKNOWN COMMAND\0", b"stream: \0"],
)  # fmt: skip
def test_a_server_that_is_none_leaves_a_mail_unchecked_and_says_so(
    says: bytes | None, a_mail: Any, log: list[Any]
) -> None:
    raw = a_mail()
    with odd(says) as where:
        checks = Checks(rspamd=Rspamd(f"http://{where}", within=0.5), clamd=Clamd(where, within=0.5))
        checked = checks.begin(parse(raw), raw, ENVELOPE).wait()
        checks.close()
    assert (checked.suspicion, sorted(checked.failed)) == (None, ["clamd", "rspamd"])
    assert sorted(checks.failing) == ["clamd", "rspamd"]
    assert {each["by"] for each in log if each["event"] == "a mail was not checked"} == {"clamd", "rspamd"}


@pytest.mark.parametrize(
    ("at_once", "drop"),
    [(b"", b"H"), (b"HTTP/1.1 200 OK\r\nX: ", b"x"), (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
     (b"HTTP/1.1 200 OK\r\n\r\n", b" "), (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"0")],
    ids=["status", "header", "interim answers", "body", "length of a chunk"],
)  # fmt: skip
def test_rspamd_that_answers_drop_by_drop_is_left_when_its_time_is_over(at_once: bytes, drop: bytes) -> None:
    released, dripped_out = threading.Event(), threading.Event()

    class Dripping(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.recv(1000)
            self.request.sendall(at_once)
            for _ in range(120):
                if released.wait(0.05):
                    return
                try:
                    self.request.sendall(drop)
                except OSError:
                    return
            dripped_out.set()

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Dripping) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        with pytest.raises(Unavailable, match="timed out"):
            Rspamd(f"http://127.0.0.1:{server.server_address[1]}", within=0.3).ping()
        assert not dripped_out.is_set()
        released.set()
        thread.join()


def test_who_answers_again_is_no_longer_named(closed_port: int, a_mail: Any) -> None:
    raw = a_mail()
    checks = Checks(clamd=Clamd(f"127.0.0.1:{closed_port}"))
    assert checks.begin(parse(raw), raw, ENVELOPE).wait().failed == ("clamd",)
    assert "clamd at 127.0.0.1" in checks.failing["clamd"]
    with odd(b"stream: OK\0") as where:
        checks.clamd = Clamd(where)
        assert checks.begin(parse(raw), raw, ENVELOPE).wait().failed == ()
    assert checks.failing == {}
    checks.close()


def test_a_value_of_the_envelope_writes_no_header_of_its_own(a_mail: Any) -> None:
    raw = a_mail()
    seen: list[bytes] = []

    class Recording(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            lines = iter(self.rfile.readline, b"\r\n")
            seen.extend(line.split(b":")[0] for line in lines)
            self.wfile.write(b'HTTP/1.1 200 OK\r\n\r\n{"action": "no action"}')

    with socketserver.TCPServer(("127.0.0.1", 0), Recording) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        envelope = Envelope(
            Source.SMTP,
            "a@b.example\r\nX-Evil: 1",
            ("support@localhost",),
            ENVELOPE.received_at,
            "203.0.113.7",
            "ü.example",
        )
        rating = Rspamd(f"http://127.0.0.1:{server.server_address[1]}").rate(raw, envelope)
        thread.join()
    assert rating.action == "no action"
    assert [name for name in seen if name in {b"IP", b"From", b"Helo", b"Rcpt", b"X-Evil"}] == [b"IP", b"Rcpt"]


def test_the_path_of_a_socket_and_a_port_are_told_apart(tmp_path: Path, closed_port: int) -> None:
    for address in (str(tmp_path / "none.sock"), f"127.0.0.1:{closed_port}"):
        with pytest.raises(Unavailable, match="does not answer"):
            Clamd(address).ping()
