"""That a 250 means "on disk" is seen from outside: by what the process asks of the kernel, and in which order.

A kill does not show it, for what the kernel holds survives the process; the order of the system calls does.
"""

from __future__ import annotations

import re
import smtplib
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

TRACED = "trace=fsync,fdatasync,write,writev,sendto,sendmsg"
CALL = re.compile(r"(?P<thread>\d+)\s+(?:<\.\.\. )?(?P<name>\w+)(?P<rest>.*)")
ANSWER = re.compile(r'\((?P<socket>\d+)<[^>]*>.*?"(?P<text>[^"]{0,80})')


@dataclass(frozen=True)
class Event:
    """A sync that ended well ("synced", with where it began), or an answer to a client."""

    what: str
    at: int
    began: int = 0
    socket: str = ""


def events(lines: Iterable[str]) -> Iterator[Event]:
    """What strace saw, in order."""
    begun: dict[str, tuple[int, bool]] = {}
    for at, line in enumerate(lines):
        call = CALL.match(line)
        if call is None:
            continue
        name, rest, thread = call["name"], call["rest"], call["thread"]
        if name in {"fsync", "fdatasync"}:
            if "resumed>" not in rest:
                begun[thread] = (at, "desk.sqlite" in rest)
            began, ours = begun.get(thread, (at, False))
            if ours and rest.rstrip().endswith("= 0"):
                yield Event("synced", at, began)
        elif "resumed>" not in rest and (said := ANSWER.match(rest)):
            code = said["text"][:3]
            if code in {"354", "250"} and ("kept" in said["text"]) == (code == "250"):
                yield Event(code, at, socket=said["socket"])


def unproven(trace: Iterable[Event]) -> tuple[int, list[Event]]:
    """How many mails were accepted, and those answers before which no sync that began after the 354 had ended."""
    asked: dict[str, int] = {}
    newest_began = -1
    accepted, wrong = 0, []
    for event in trace:
        if event.what == "synced":
            newest_began = max(newest_began, event.began)
        elif event.what == "354":
            asked[event.socket] = event.at
        else:
            accepted += 1
            if newest_began < asked[event.socket]:
                wrong.append(event)
    return accepted, wrong


@pytest.mark.needs("strace")
@pytest.mark.parametrize(
    "number", [pytest.param(40, id="sample"), pytest.param(2000, id="all", marks=pytest.mark.prove)]
)
def test_between_every_354_and_its_250_a_sync_to_disk_is_completed(
    desk_process: Any, wait_until: Callable[..., Any], a_mail: Callable[..., bytes], number: int, tmp_path: Path
) -> None:
    trace = tmp_path / "trace"
    desk_process.under = ("strace", "-D", "-f", "-q", "-y", "-s", "40", "-e", TRACED, "-o", str(trace))
    desk_process.settings += f'[lmtp]\nlisten = "unix:{tmp_path}/lmtp"\n'
    desk_process.start("--only", "smtp,lmtp")
    with ThreadPoolExecutor(10) as clients:
        list(clients.map(lambda each: _send(desk_process, a_mail, each, number // 10), range(10)))
    assert desk_process.stop() == 0
    ended = re.compile(rf"^{desk_process.process.pid} +\+\+\+ exited with 0", re.MULTILINE)  # a short pid is padded
    wait_until(lambda: ended.search(trace.read_text(errors="replace")))
    accepted, wrong = unproven(events(trace.read_text(errors="replace").splitlines()))
    assert accepted == number
    assert wrong == []


def _send(desk: Any, a_mail: Callable[..., bytes], client: int, number: int) -> None:
    lmtp = client % 2
    with smtplib.LMTP(desk.said["lmtp"].removeprefix("unix:")) if lmtp else smtplib.SMTP(*desk.smtp) as connection:
        for each in range(number):
            raw = a_mail(message_id=f"<{client}-{each}@kundin.example>")
            connection.sendmail("anna@kundin.example", ["support@localhost"], raw)


def test_an_answer_that_came_before_its_sync_is_seen() -> None:
    """The proof itself can fail: a 250 whose mail's sync began before the 354, or ended after the 250."""
    too_early = """\
7 fdatasync(9</d/desk.sqlite-wal> <unfinished ...>
5 write(11<socket:[1]>, "354 End data", 12) = 12
7 <... fdatasync resumed>) = 0
5 write(11<socket:[1]>, "250 2.0.0 kept", 14) = 14
7 fdatasync(9</d/desk.sqlite-wal>) = 0
"""
    right = """\
5 write(11<socket:[1]>, "354 End data", 12) = 12
7 fdatasync(9</d/desk.sqlite-wal>) = 0
5 write(11<socket:[1]>, "250 2.0.0 kept", 14) = 14
"""
    assert [len(unproven(events(each.splitlines()))[1]) for each in (too_early, right)] == [1, 0]
