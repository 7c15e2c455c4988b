"""What a hostile mail costs the desk that takes and walks it: memory to its size, and how long other clients wait.

    python -m benchmarks.hostile KIND BYTES FOLDER NUMBER-OF-SMALL-MAILS

In a process of its own, for the memory. As in `brief serve` one thread walks what the door has kept; a client sends the
hostile mail, while another sends small ones one after the other.
"""

from __future__ import annotations

import asyncio
import json
import logging
import resource
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import structlog

from benchmarks.sample import HOSTILE, MAILBOX, POLICY, a_hostile_mail, a_mail, fresh_database, result
from mailgateway.intake import walk_due
from mailgateway.mime.parse import parse
from mailgateway.receive import Keeper
from mailgateway.sources.smtp import SmtpDoor
from storage.database import Database
from storage.group import GroupCommit

LOAD = Path(__file__).with_name("smtp_load.py")


def hostile(size: int, folder: Path, small: int, kinds: Iterable[str] = HOSTILE) -> list[dict[str, Any]]:
    """One line for each kind of hostile mail beside so many small ones; the ratio is that of its memory to its size."""
    lines = []
    for kind in kinds:
        command = [sys.executable, "-m", "benchmarks.hostile", kind, str(size), str(folder), str(small)]
        done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[1])
        lines.append(json.loads(done.stdout))
    return lines


def measured(kind: str, size: int, folder: Path, beside: int) -> dict[str, Any]:
    """Take one hostile mail beside small ones, walk all of them, and say what it cost."""
    large, small = folder / f"large {kind}", folder / f"small {kind}"
    for each in (large, small):
        each.mkdir()
    (large / "0").write_bytes(a_hostile_mail(kind, size))
    for number in range(beside):
        (small / f"{number:04}").write_bytes(a_mail(2048, number))
    database = fresh_database(folder)
    parse(a_mail(2048))
    before = peak()
    waits = asyncio.run(_taken(database, large, small, beside + 1))
    memory = peak() - before
    database.close()
    begun = time.process_time()
    parse((large / "0").read_bytes())
    return result(
        f"a hostile mail of {size // 1_000_000} MB, {kind}: memory to its size, and what others wait",
        [wait * 1000 for wait in waits], memory / size,
        longest=round(max(waits) * 1000, 1), parsing_seconds=round(time.process_time() - begun, 2),
    )  # fmt: skip


async def _taken(database: Database, large: Path, small: Path, number: int) -> list[float]:
    """How long each of the small mails waited while the large one was taken and walked."""
    group = GroupCommit(database)
    door = SmtpDoor(Keeper(group, (MAILBOX,)))
    await door.start()
    walking = threading.Thread(target=_walk, args=(database, number))
    walking.start()
    _, out = await asyncio.gather(_sent(door.address, large), _sent(door.address, small))
    await asyncio.to_thread(walking.join)
    await door.stop()
    group.close()
    waits: list[float] = json.loads(out)["waits"]
    return waits


async def _sent(address: tuple[str, int], mails: Path) -> bytes:
    """Send a folder of mails over one connection, by another process."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(LOAD), address[0], str(address[1]), str(mails), "1", stdout=asyncio.subprocess.PIPE
    )
    out, _ = await process.communicate()
    if process.returncode:
        raise SystemExit("the clients failed")
    return out


def _walk(database: Database, number: int) -> None:
    """Walk until so many mails are done."""
    done: Counter[str] = Counter()
    while done.total() < number:
        tally = walk_due(database, POLICY, None, datetime.now(UTC))
        done += tally
        if not tally:
            time.sleep(0.01)


def peak() -> int:
    """The most memory that this process has held, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


if __name__ == "__main__":
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    print(json.dumps(measured(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4]))))
