"""How much CPU it takes to read a mail, and to walk it to its conversation, beside the standard library on the same mails."""

from __future__ import annotations

import email.policy
import statistics
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.sample import MAILBOX, POLICY, a_mail, a_rich_mail, author, fresh_database, result
from mailgateway.intake import walk_due
from mailgateway.mime.contents import contents_of
from mailgateway.mime.parse import Reading, parse
from mailgateway.mime.parts import tree_of
from mailgateway.receive import Keeper
from storage.group import GroupCommit
from threads.model import Envelope, Source

BATCH = 16
HEADERS = ("from", "to", "subject", "date")


def by_the_library(mail: bytes) -> None:
    """Read the usual headers and the text by `email.policy.default`."""
    message = email.message_from_bytes(mail, policy=email.policy.default)
    for name in HEADERS:
        str(message[name])
    body = message.get_body(("plain", "html"))
    if body is not None:
        body.get_content()


def by_our_mime(mail: bytes) -> None:
    """Read the same by our own MIME reader."""
    tree = tree_of(mail)
    contents = contents_of(tree)
    reading = Reading(tree, contents, [])
    reading.addresses("from")
    reading.addresses("to")
    for name in HEADERS[2:]:
        reading.text(name)
    _ = contents.text


def reading(number: int) -> list[dict[str, Any]]:
    """The speed of reading, as so many times that of `email.policy.default`: MIME alone, and all that we read of a mail."""
    batches = [
        [a_rich_mail(each) if each % 2 else a_mail(2048, each) for each in range(at, at + BATCH)]
        for at in range(0, number, BATCH)
    ]
    taken = [[cpu_of(read, batch) for read in (by_the_library, by_our_mime, parse)] for batch in batches]
    theirs, mime, whole = zip(*taken, strict=True)
    return [
        result("reading MIME alone, times the speed of policy.default", mime, _times(theirs, mime), n=number),
        result("reading a mail wholly, times the speed of policy.default", whole, _times(theirs, whole), n=number),
    ]


def walk(number: int, folder: Path) -> dict[str, Any]:
    """CPU of the whole walk of a mail and its acknowledgement, without suggestions, to a parse by `email.policy.default`."""
    database = fresh_database(folder)
    group = GroupCommit(database)
    keeper = Keeper(group, (MAILBOX,))
    now = datetime.now(UTC)
    mails = [a_mail(2048, each) for each in range(number)]
    for each, mail in enumerate(mails):
        to = (MAILBOX.address,)
        keeper.keep(Envelope(Source.SMTP, author(each), to, now, client="192.0.2.1"), mail).result()
    theirs, ours, walking = [], [], []
    while True:
        begun = time.process_time()
        tally = walk_due(database, POLICY, None, now)
        if not tally:
            break
        walking.append((time.process_time() - begun) * 1000 / sum(tally.values()))
        theirs.append(cpu_of(by_the_library, mails[:BATCH]))
        ours.append(cpu_of(parse, mails[:BATCH]))
    group.close()
    database.close()
    return result(
        "CPU of the whole walk of a mail, to a parse by policy.default", walking, 1 / _times(theirs, walking), n=number,
        policy_default=round(statistics.median(theirs), 3), parsing_alone=round(statistics.median(ours), 3),
    )  # fmt: skip


def cpu_of(read: Callable[[bytes], object], mails: Sequence[bytes]) -> float:
    """Milliseconds of CPU that a mail takes."""
    begun = time.process_time()
    for mail in mails:
        read(mail)
    return (time.process_time() - begun) * 1000 / len(mails)


def _times(theirs: Sequence[float], ours: Sequence[float]) -> float:
    return statistics.median(theirs) / statistics.median(ours)
