"""The real program: a desk in a process of its own, and its agents at the terminal."""

from __future__ import annotations

import json
import os
import re
import signal
import smtplib
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import pytest

BRIEF = str(Path(sys.executable).with_name("brief"))


@dataclass
class DeskProcess:
    """`brief serve` with its settings and data in one folder."""

    folder: Path
    settings: str = ""
    smtp: tuple[str, int] = ("", 0)
    web: str = ""
    said: dict[str, Any] = field(default_factory=dict)
    """What it said of itself when it started."""
    under: tuple[str, ...] = ()
    """A program that it runs under, such as strace."""
    process: subprocess.Popen[str] | None = None
    environment: dict[str, str] = field(default_factory=dict)

    def start(self, *arguments: str) -> None:
        """Start it, and wait until it says where it listens."""
        line = self._spawn("--json", *arguments).readline()
        assert line, (self.folder / "serve.log").read_text()
        self.said = json.loads(line)
        host, _, port = (self.said["smtp"] or ":0").rpartition(":")
        self.smtp, self.web = (host, int(port)), self.said["web"] or ""

    def start_talking(self, *arguments: str) -> str:
        """Start it as a person does; what it says to them."""
        said = ""
        for line in self._spawn(*arguments):
            said += line
            if "Ctrl-C" in line:
                break
        found = re.search(r"smtp://(\S+):(\d+)\s.*?(http://\S+)", said, re.DOTALL)
        assert found, (said, (self.folder / "serve.log").read_text())
        self.smtp, self.web = (found[1], int(found[2])), found[3]
        return said

    def _spawn(self, *arguments: str) -> IO[str]:
        (self.folder / "brief.toml").write_text(self.settings, encoding="utf-8")
        self.end()
        with (self.folder / "serve.log").open("a") as log:
            self.process = subprocess.Popen(
                [*self.under, BRIEF, "serve", *arguments],
                cwd=self.folder,
                env=self._environment(),
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        assert self.process.stdout
        return self.process.stdout

    def stop(self) -> int:
        """End it as Ctrl-C would; its exit code."""
        assert self.process
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(30)

    def end(self) -> None:
        """See to it that nothing of it is left."""
        if self.process and self.process.poll() is None:
            self.kill()
        if self.process and self.process.stdout:
            self.process.stdout.close()

    def kill(self) -> None:
        """End it as a power cut would."""
        assert self.process
        self.process.kill()
        self.process.wait(30)

    def brief(self, *arguments: str, stdin: str | None = None, code: int = 0) -> str:
        """Run a command of an agent; what it printed."""
        done = subprocess.run(
            [BRIEF, *arguments],
            cwd=self.folder,
            env=self._environment(),
            input=stdin,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == code, (arguments, done.returncode, done.stdout, done.stderr)
        assert "Traceback" not in done.stderr
        return done.stdout

    def shell(self, script: str, **environment: str) -> str:
        """Run what somebody pastes into their shell, in its folder; what it printed on either stream."""
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        done = subprocess.run(
            ["bash", "-e", "-c", script],
            cwd=self.folder,
            env={**self._environment(), "PATH": path, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, (script, done.returncode, done.stdout)
        assert "Traceback" not in done.stdout
        return done.stdout

    def objects(self, *arguments: str) -> list[dict[str, Any]]:
        """The JSON objects that a command printed."""
        return [json.loads(line) for line in self.brief(*arguments).splitlines()]

    def send(self, raw: bytes, *, sender: str = "anna@kundin.example", to: str = "support@localhost") -> None:
        """Hand a mail to its door as a mail server would."""
        with smtplib.SMTP(*self.smtp, timeout=30) as client:
            client.sendmail(sender, [to], raw)

    def _environment(self) -> dict[str, str]:
        return {**os.environ, "NO_COLOR": "1", "COLUMNS": "80", **self.environment}


@pytest.fixture
def desk_process(tmp_path: Path) -> Iterator[DeskProcess]:
    """A desk on free ports that is not started yet; ended with the test."""
    folder = tmp_path / "desk"
    folder.mkdir()
    settings = '[[mailbox]]\naddress = "support@localhost"\nname = "Nordlicht Support"\n'
    settings += '[smtp]\nlisten = "127.0.0.1:0"\n[web]\nlisten = "127.0.0.1:0"\n[reply]\nundo_for = 0\n'
    desk = DeskProcess(folder, settings, environment={"BRIEF_AGENT": "lena"})
    yield desk
    desk.end()


class Siege:
    """A desk that is attacked, its other clients, and what has to hold meanwhile and afterwards."""

    longest_wait = 10.0
    """Seconds that another client's whole session may take, on any machine; the benchmark measures it strictly."""

    def __init__(self, desk: DeskProcess, wait_until: Callable[..., Any]) -> None:
        self.desk = desk
        self.wait_until = wait_until
        self.accepted = 0
        """Mails that were answered with 250."""

    @contextmanager
    def attack(self, name: str, size: int = 0) -> Iterator[None]:
        """While an attack of so many bytes lasts others send mail; afterwards everything adds up."""
        process = self.desk.process
        assert process
        status = Path(f"/proc/{process.pid}/status")
        Path(f"/proc/{process.pid}/clear_refs").write_text("5")  # the peak is counted from here on
        before = _kilobytes(status, "VmRSS")
        waits: list[float] = []
        over = threading.Event()
        other = threading.Thread(target=self._send_all_the_time, args=(waits, over))
        other.start()
        began = time.monotonic()
        try:
            yield
        finally:
            took = time.monotonic() - began
            over.set()
            other.join(60)
        assert process.poll() is None, "the desk is gone"
        self.wait_until(self._adds_up, within=120)
        grown = 1024 * (_kilobytes(status, "VmHWM") - before)
        figures = {"attack": name, "size": size, "took": round(took, 2), "taken_in": round(time.monotonic() - began, 2)}
        print(json.dumps({**figures, "longest_wait": round(max(waits), 3), "grown": grown, "others": len(waits)}))
        assert "Traceback" not in (log := (self.desk.folder / "serve.log").read_text()), log[-4000:]
        assert max(waits) < self.longest_wait, f"another client waited {max(waits):.1f} s"
        assert grown <= 5 * size + 100_000_000, f"it took {grown // 1_000_000} MB for {size // 1_000_000}"

    def hand_over(self, raw: bytes, door: tuple[str, int] | None = None) -> int:
        """Hand a mail over just as it is; the code of the answer."""
        with smtplib.SMTP(*(door or self.desk.smtp), timeout=60) as client:
            client.ehlo("c.example")
            client.mail("")
            client.rcpt("support@localhost")
            assert client.docmd("DATA")[0] == 354
            client.send(raw.replace(b"\r\n.", b"\r\n..") + b"\r\n.\r\n")
            code, _ = client.getreply()
        self.accepted += code == 250
        return code

    def _send_all_the_time(self, waits: list[float], over: threading.Event) -> None:
        """Another client, from its greeting to its 250, again and again."""
        while True:
            began = time.monotonic()
            assert (
                self.hand_over(b"From: bo@other.example\r\nSubject: Frage %d\r\n\r\nEine Frage.\r\n" % len(waits))
                == 250
            )
            waits.append(time.monotonic() - began)
            if over.wait(0.1):
                return

    def _adds_up(self) -> bool:
        """Whether every mail that was accepted is in a conversation. One that is lost never waits for long."""
        said = json.loads(self.desk.brief("mail", "prove", "--read", "--json").splitlines()[-1])
        assert said["difference"] == 0, said
        assert said["accepted"] == self.accepted, (said, self.accepted)
        outcomes = {outcome for found in said["by_source"].values() for outcome in found}
        assert outcomes <= {"conversation", "duplicate", "waiting"}, said
        return "waiting" not in outcomes


def _kilobytes(status: Path, name: str) -> int:
    return next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith(f"{name}:"))


@pytest.fixture
def siege(desk_process: DeskProcess, own_certificate: Any, wait_until: Callable[..., Any]) -> Callable[..., Siege]:
    """Starts a desk that is to be attacked, with all doors for mail open."""

    def begin(smtp: str = "") -> Siege:
        asked = f'listen = "127.0.0.1:0"\ntls_listen = "127.0.0.1:0"\ncertificate = "{own_certificate.file}"\n'
        asked += f'key = "{own_certificate.key}"\n{smtp}\n[lmtp]\nlisten = "127.0.0.1:0"'
        desk_process.settings = desk_process.settings.replace('listen = "127.0.0.1:0"', asked, 1)
        desk_process.start()
        return Siege(desk_process, wait_until)

    return begin
