"""How quickly mail is taken: accepted durably against a bare aiosmtpd sink, and the CPU of the whole walk.

    python -m benchmarks.intake [--smoke] [--results FILE]

Both servers run in this process, one after the other and several times in turn; the clients run in another.
Each result is one line of JSON: what, n, median and p95 in milliseconds, and the ratio to the baseline of the same run.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import structlog
from aiosmtpd.smtp import SMTP

from mailgateway.intake import walk_due
from mailgateway.mime.parse import parse
from mailgateway.receive import Keeper
from mailgateway.sources.smtp import SmtpDoor
from storage.database import Database, open_database, sqlite_url
from storage.group import GroupCommit
from threads.hours import Calendar
from threads.model import Envelope, Mailbox, Source
from threads.policy import Policy

MAILBOX = Mailbox("support@example.org")
POLICY = Policy(mailboxes=(MAILBOX,), calendar=Calendar("Mo-Fr 08:00-17:00", "Europe/Berlin", "DE"))
CONNECTIONS = 50
LOAD = Path(__file__).with_name("smtp_load.py")


@dataclass(frozen=True)
class Round:
    """One run of all clients against one server."""

    seconds: float
    waits: list[float]

    @property
    def per_second(self) -> float:
        """Mails a second."""
        return len(self.waits) / self.seconds


def a_mail(size: int, number: int = 0) -> bytes:
    """A mail of about so many bytes, different for each number."""
    head = (
        f"From: Person {number} <person{number}@kundin{number % 97}.example>\r\nTo: {MAILBOX.address}\r\n"
        f"Subject: Frage {number} zu meinem Vertrag\r\nDate: Tue, 24 Nov 2026 10:00:00 +0100\r\n"
        f"Message-ID: <{number}@kundin.example>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
        "Content-Transfer-Encoding: 8bit\r\n\r\n"
    ).encode()
    line = f"Guten Tag, dies ist Zeile {number} einer Frage über Größe und Gewicht.\r\n".encode()
    return head + line * max((size - len(head)) // len(line), 1)


# ------------------------------------------------------------ the servers


class Sink:
    """Takes every mail and keeps none."""

    async def handle_DATA(self, *_: Any) -> str:  # noqa: N802 - aiosmtpd's name
        return "250 OK"


@asynccontextmanager
async def bare(_folder: Path) -> AsyncIterator[tuple[str, int]]:
    """aiosmtpd as it comes."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(Sink(), hostname="sink", loop=loop), "127.0.0.1", 0, backlog=1024)
    yield server.sockets[0].getsockname()[:2]
    server.close()


@asynccontextmanager
async def durable(folder: Path) -> AsyncIterator[tuple[str, int]]:
    """Our door: a 250 once a mail is on disk."""
    database = fresh_database(folder)
    group = GroupCommit(database)
    door = SmtpDoor(Keeper(group, (MAILBOX,)))
    await door.start()
    yield door.address
    await door.stop()
    group.close()
    database.close()


def fresh_database(folder: Path) -> Database:
    """An empty SQLite database in a file of its own."""
    database = open_database(sqlite_url(folder / f"{time.time_ns()}.sqlite"))
    database.make_ready()
    return database


def our_loop() -> asyncio.AbstractEventLoop:
    """The loop that the desk runs on: uvloop where it is installed."""
    try:
        import uvloop
    except ImportError:
        return asyncio.new_event_loop()
    return uvloop.new_event_loop()


def one_round(server: Callable[[Path], Any], loop: Callable[[], Any], folder: Path, mails: Path) -> Round:
    """Send a folder of mails to a server; how long it took, and how long each waited."""

    async def run() -> Round:
        async with server(folder) as (host, port):
            process = await asyncio.create_subprocess_exec(
                sys.executable, str(LOAD), host, str(port), str(mails), str(CONNECTIONS), stdout=asyncio.subprocess.PIPE
            )
            out, _ = await process.communicate()
            if process.returncode:
                raise SystemExit("the clients failed")
            return Round(**json.loads(out))

    with asyncio.Runner(loop_factory=loop) as runner:
        return runner.run(run())


# ------------------------------------------------------------ what is measured


def acceptance(size: int, number: int, rounds: int, folder: Path) -> dict[str, Any]:
    """Mails a second accepted durably, to a bare sink in the same run."""
    mails = folder / f"mails-{size}"
    mails.mkdir()
    for each in range(number):
        (mails / f"{each:06}").write_bytes(a_mail(size, each))
    baseline: list[Round] = []
    ours: list[Round] = []
    for _ in range(rounds):
        baseline.append(one_round(bare, asyncio.new_event_loop, folder, mails))
        ours.append(one_round(durable, our_loop, folder, mails))
    waits = [wait * 1000 for each in ours for wait in each.waits]
    bare_rate = statistics.median(each.per_second for each in baseline)
    rate = statistics.median(each.per_second for each in ours)
    return result(
        f"accepted durably, {size // 1024} KB, {CONNECTIONS} connections", waits, rate / bare_rate,
        mails_a_second=round(rate), bare_mails_a_second=round(bare_rate),
    )  # fmt: skip


def walk(number: int, folder: Path) -> dict[str, Any]:
    """CPU of the whole walk of a mail, without suggestions, to that of parsing it alone."""
    database = fresh_database(folder)
    group = GroupCommit(database)
    keeper = Keeper(group, (MAILBOX,))
    now = datetime.now(UTC)
    mails = [a_mail(2048, each) for each in range(number)]
    for mail in mails:
        keeper.keep(Envelope(Source.SMTP, "a@b.example", (MAILBOX.address,), now, client="192.0.2.1"), mail).result()
    parsing = [parsing_of(mail) for mail in mails]
    walking = []
    while True:
        begun = time.process_time()
        tally = walk_due(database, POLICY, None, now)
        if not tally:
            break
        walking.append((time.process_time() - begun) * 1000 / sum(tally.values()))
    group.close()
    database.close()
    alone = statistics.median(parsing)
    whole = statistics.median(walking)
    return result("CPU of the whole walk of a mail", walking, whole / alone, n=number, parsing_alone=round(alone, 3))


def parsing_of(mail: bytes) -> float:
    """Milliseconds of CPU that parsing a mail takes."""
    begun = time.process_time()
    parse(mail)
    return (time.process_time() - begun) * 1000


def result(what: str, times: Sequence[float], ratio: float, *, n: int = 0, **more: float) -> dict[str, Any]:
    """One line of results; times in milliseconds."""
    ordered = sorted(times)
    return {
        "what": what,
        "n": n or len(ordered),
        "median": round(statistics.median(ordered), 3),
        "p95": round(ordered[int(len(ordered) * 0.95)], 3),
        "ratio": round(ratio, 2),
        **more,
    }


def main() -> None:
    """Measure, and print one line each."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--smoke", action="store_true", help="a few mails only: that it runs, not how fast")
    arguments.add_argument("--results", type=Path, help="add the lines to this file too")
    chosen = arguments.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    with tempfile.TemporaryDirectory() as folder:
        for line in measured(Path(folder), smoke=chosen.smoke):
            print(json.dumps(line), flush=True)
            if chosen.results:
                with chosen.results.open("a") as file:
                    file.write(json.dumps({"at": datetime.now(UTC).date().isoformat(), **line}) + "\n")


def measured(folder: Path, *, smoke: bool) -> Sequence[dict[str, Any]]:
    """Everything that is measured."""
    number, rounds = (50, 1) if smoke else (2000, 3)
    return [
        acceptance(2 * 1024, number, rounds, folder),
        acceptance(20 * 1024, max(number // 2, 50), rounds, folder),
        walk(10 if smoke else 500, folder),
    ]


if __name__ == "__main__":
    main()
