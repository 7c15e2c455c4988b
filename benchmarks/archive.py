"""How much an archive costs that is brought in: CPU of a mail to that of merely parsing it, and mails an hour.

    python -m benchmarks.archive [--smoke] [--number N]

The archive is an mbox of conversations of five mails, in and out, in no order. One line of JSON each for the first time
that it is brought in and for the second, when all of it is there: what, n, median and p95 in milliseconds of CPU a mail,
the ratio to bare parsing of the same mails in the same run, mails an hour by the clock, and what a mail of the last tenth
costs to one of the first.
"""

from __future__ import annotations

import argparse
import json
import logging
import random
import statistics
import tempfile
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import islice
from pathlib import Path
from typing import Any

import structlog

from benchmarks.reading import cpu_of
from benchmarks.sample import MAILBOX, POLICY, a_mail, a_rich_mail, author, fresh_database, result
from mailgateway.archive import mails_in
from mailgateway.importing import BATCH, Spill, import_mails
from mailgateway.mime.parse import parse
from storage.database import Database

A_CONVERSATION = 5
"""Mails, the first and every other by the customer."""
PARSED = 5
"""Of so many mails one is parsed once more, to compare with."""
BEGUN = datetime(2020, 1, 6, 9, 0, tzinfo=UTC)


def of_archive(number: int) -> bytes:
    """The mail of a number: every third with HTML, a quotation and a file."""
    conversation, place = divmod(number, A_CONVERSATION)
    ours = place % 2 == 1
    customer = author(conversation % 400)
    before = [f"<{each}@mail.example>" for each in range(number - place, number)]
    head = {
        "From": MAILBOX.address if ours else customer,
        "To": customer if ours else MAILBOX.address,
        "Subject": f"{'Re: ' if place else ''}Frage {conversation} zu meinem Vertrag",
        "Date": format_datetime(BEGUN + timedelta(minutes=7 * number)),
        "Message-ID": f"<{number}@mail.example>",
        "In-Reply-To": before[-1] if before else "",
        "References": " ".join(before),
    }
    lines = [f"{name}: {value}" for name, value in head.items() if value]
    mail = a_mail(2048, number) if number % 3 else a_rich_mail(number)
    old, _, body = mail.partition(b"\r\n\r\n")
    kept = [line for line in old.split(b"\r\n") if line.lower().startswith((b"content-", b"mime-"))]
    return b"\r\n".join([*(line.encode() for line in lines), *kept, b"", body])


def an_mbox(number: int, file: Path) -> Path:
    """An archive of so many mails, which lie in no order."""
    order = list(range(number))
    random.Random(number).shuffle(order)
    with file.open("wb") as box:
        for each in order:
            box.write(b"From somebody@mail.example Mon Jan  6 09:00:00 2020\n")
            box.write(of_archive(each).replace(b"\r\n", b"\n") + b"\n\n")
    return file


def brought_in(what: str, database: Database, file: Path) -> dict[str, Any]:
    """Bring an archive in, and parse some of its mails between its transactions."""
    begun = time.perf_counter()
    spill = Spill(file.parent)
    for source, raw in mails_in(str(file)):
        spill.add(source, raw)
    number, seconds = len(spill), time.perf_counter() - begun
    times, parsing = [], []
    mails = spill.by_date()
    while batch := list(islice(mails, BATCH)):
        cpu, clock = time.process_time(), time.perf_counter()
        done = sum(1 for _ in import_mails(database, POLICY, batch, datetime.now(UTC)))
        times.append((time.process_time() - cpu) * 1000 / done)
        seconds += time.perf_counter() - clock
        parsing.append(cpu_of(parse, [raw for _, raw, _ in batch[::PARSED]]))
    spill.close()
    tenth = max(len(times) // 10, 1)
    return result(
        what, times, statistics.median(times) / statistics.median(parsing), n=number,
        an_hour=round(number / seconds * 3600), parsing=round(statistics.median(parsing), 3),
        last_tenth_to_first=round(statistics.mean(times[-tenth:]) / statistics.mean(times[:tenth]), 2),
    )  # fmt: skip


def main() -> None:
    """Measure, and print one line each."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--smoke", action="store_true", help="a few mails only: that it runs, not how fast")
    arguments.add_argument("--number", type=int, default=5000, help="mails of the archive")
    chosen = arguments.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    with tempfile.TemporaryDirectory() as folder:
        file = an_mbox(50 if chosen.smoke else chosen.number, Path(folder) / "archive.mbox")
        database = fresh_database(Path(folder))
        for what in ("an archive brought in, a mail of it to its parsing", "the same once more, all there already"):
            print(json.dumps(brought_in(what, database, file)), flush=True)
        database.close()


if __name__ == "__main__":
    main()
