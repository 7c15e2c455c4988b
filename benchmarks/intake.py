"""How quickly mail is taken: accepted durably against a bare aiosmtpd sink, read and walked against the standard library.

    python -m benchmarks.intake [--smoke] [--results FILE]

Both servers run in this process, one after the other and several times in turn; the clients run in another.
Each result is one line of JSON: what, n, median and p95 in milliseconds, and the ratio to the baseline of the same run.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import os
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import structlog
from aiosmtpd.smtp import SMTP
from sqlalchemy import event

from benchmarks.hostile import hostile
from benchmarks.postfix import postfix, why_not
from benchmarks.reading import reading, walk
from benchmarks.sample import MAILBOX, a_mail, fresh_database, result
from mailgateway.receive import Keeper
from mailgateway.sources.smtp import SmtpDoor
from storage.group import GroupCommit

CONNECTIONS = 50
LOAD = Path(__file__).with_name("smtp_load.py")
SLOWER = 0.005
"""Seconds that are added to each commit where the disk is to be slow."""
Server = Callable[[Path], Any]


@dataclass(frozen=True)
class Round:
    """One run of all clients against one server."""

    seconds: float
    waits: list[float]

    @property
    def per_second(self) -> float:
        """Mails a second."""
        return len(self.waits) / self.seconds


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
async def durable(folder: Path, *, slower: float = 0) -> AsyncIterator[tuple[str, int]]:
    """Our door: a 250 once a mail is on disk."""
    database = fresh_database(folder)
    if slower:
        event.listen(database.engine, "commit", lambda _: time.sleep(slower))
    group = GroupCommit(database)
    door = SmtpDoor(Keeper(group, (MAILBOX,)))
    await door.start()
    yield door.address
    await door.stop()
    group.close()
    database.close()


def durable_slowly(folder: Path) -> Any:
    """Our door on a slow disk: the writer sleeps before each commit, which syncs the log once. Checkpoints, which sync more, are as they are."""
    return durable(folder, slower=SLOWER)


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


def acceptance(
    size: int,
    number: int,
    rounds: int,
    folder: Path,
    *,
    ours: Server = durable,
    baseline: Server = bare,
    note: str = "",
) -> dict[str, Any]:
    """Mails a second accepted durably, to what takes them in the same run: a bare sink, or another server."""
    mails = folder / f"mails-{size}-{number}"
    if not mails.exists():
        mails.mkdir()
        for each in range(number):
            (mails / f"{each:06}").write_bytes(a_mail(size, each))
    of_baseline: list[Round] = []
    of_ours: list[Round] = []
    servers = ((baseline, asyncio.new_event_loop, of_baseline), (ours, our_loop, of_ours))
    for server, loop, taken in servers * rounds:
        if rounds > 1:  # one round says that it runs, not how fast
            os.sync()  # what the server before it has left to be written is not this one's
        taken.append(one_round(server, loop, folder, mails))
    waits = [wait * 1000 for each in of_ours for wait in each.waits]
    baseline_rate = statistics.median(each.per_second for each in of_baseline)
    rate = statistics.median(each.per_second for each in of_ours)
    return result(
        f"accepted durably, {size // 1024} KB, {CONNECTIONS} connections{note}", waits, rate / baseline_rate,
        mails_a_second=round(rate), baseline_mails_a_second=round(baseline_rate),
    )  # fmt: skip


def beside_postfix(size: int, number: int, rounds: int, folder: Path) -> dict[str, Any]:
    """Acceptance to that of a Postfix, which also keeps each mail on disk before its 250."""
    note, because = ", to Postfix", why_not()
    if because:
        return {"what": f"accepted durably{note}", "left_out": because}
    return acceptance(size, number, rounds, folder, baseline=postfix, note=note)


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


def measured(folder: Path, *, smoke: bool) -> Iterator[dict[str, Any]]:
    """Everything that is measured."""
    number, rounds = (50, 1) if smoke else (2000, 3)
    yield acceptance(2 * 1024, number, rounds, folder)
    yield acceptance(20 * 1024, max(number // 2, 50), rounds, folder)
    yield acceptance(1024 * 1024, number // 10, rounds, folder)
    yield acceptance(2 * 1024, number, rounds, folder, ours=durable_slowly, note=", each sync 5 ms slower")
    yield beside_postfix(2 * 1024, number, rounds, folder)
    yield from reading(32 if smoke else 640)
    yield walk(10 if smoke else 500, folder)
    yield from hostile(1_000_000, folder, 20, ["short words"]) if smoke else hostile(50_000_000, folder, 200)


if __name__ == "__main__":
    main()
