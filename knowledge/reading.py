"""Articles read into what is indexed of them: many of them by two processes, where the machine has two processors."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from tempfile import TemporaryFile
from typing import IO

from knowledge.article import Article
from knowledge.documents import document, stored

MANY = 1000
"""Articles from which on a second process reads along: it takes half a second to start, and reads a thousand in one."""
SHARE = 0.45
"""Of the articles it reads so many, since it starts later."""
WITHIN = 300.0
"""Seconds that are waited for it after one's own share is read."""
_LOOKS_EVERY = 0.1

Learnt = Mapping[str, Mapping[str, int]]
"""How often each word led to an article, by the article's ID."""
Document = Mapping[str, str]


def documents_of(
    articles: Sequence[Article], learnt: Learnt, stopped: threading.Event | None = None, *, many: int = MANY
) -> Generator[Document]:
    """What is indexed of each article, in their order; from `many` on a second process reads along.

    Once `stopped` is set that one is not waited for.
    """
    helped = len(articles) >= many and len(os.sched_getaffinity(0)) > 1
    mine = round(len(articles) * (1 - SHARE)) if helped else len(articles)
    read = 0
    with ExitStack() as ended:
        said = ended.enter_context(_begun(articles[mine:], learnt, stopped or threading.Event())) if helped else ()
        yield from _read(articles[:mine], learnt)
        for read, found in enumerate(said, 1):  # noqa: B007 - how many there were is asked below
            yield found
    yield from _read(articles[mine + read :], learnt)


def _read(articles: Iterable[Article], learnt: Learnt) -> Iterator[Document]:
    for each in articles:
        yield document(each, learnt.get(each.id, {}))


@contextmanager
def _begun(articles: Sequence[Article], learnt: Learnt, stopped: threading.Event) -> Iterator[Iterator[Document]]:
    """Have some articles read by another process; what it says of the first ones, or of all: it may be ended by anything."""
    with ExitStack() as ended:
        process: subprocess.Popen[bytes] | None = None
        said: IO[bytes] | None = None
        with suppress(OSError):  # no process or no file can be had: all is read here
            asked, said = ended.enter_context(TemporaryFile()), ended.enter_context(TemporaryFile())
            asked.writelines(json.dumps([stored(each), learnt.get(each.id, {})]).encode() + b"\n" for each in articles)
            asked.seek(0)
            process = ended.enter_context(_started(asked, said))
            ended.callback(process.kill)
        yield _heard(process, said, stopped) if process and said else iter(())


def _heard(process: subprocess.Popen[bytes], said: IO[bytes], stopped: threading.Event) -> Iterator[Document]:
    until = time.monotonic() + WITHIN
    while time.monotonic() < until and not stopped.is_set():
        with suppress(subprocess.TimeoutExpired):
            process.wait(_LOOKS_EVERY)
            break
    process.kill()
    said.seek(0)
    for line in said:
        if not line.endswith(b"\n"):
            return  # it was ended while it wrote this one
        try:
            found = json.loads(line)
        except ValueError:
            return  # something else in that process wrote there, too
        yield found


def _started(asked: IO[bytes], said: IO[bytes]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 - our own module, and a number
        [sys.executable, "-P", "-m", "knowledge.reading_child", str(os.getpid())],
        stdin=asked,
        stdout=said,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C in a terminal is for the desk, which ends this process
    )
