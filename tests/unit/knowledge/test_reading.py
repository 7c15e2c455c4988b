"""Articles that two processes read are read as one would, whatever becomes of the second."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from typing import IO, Any

import pytest

from knowledge import reading
from knowledge.article import Article
from knowledge.documents import document, stored
from knowledge.reading import documents_of

LEARNT = {"7": {"beleg": 2}, "39": {"quittung": 1}}
ARTICLES = [
    Article(f"{number}", f"Wo steht die Rechnungsadresse {number}?", f"Unter *Kundenkonto* {number}.\n\n- Ä\n- 😀")
    for number in range(40)
]
ALONE = [document(each, LEARNT.get(each.id, {})) for each in ARTICLES]
TWO = len(os.sched_getaffinity(0)) > 1


def test_two_processes_read_what_one_reads(started: list[subprocess.Popen[bytes]]) -> None:
    assert list(documents_of(ARTICLES, LEARNT, many=10)) == ALONE
    assert [process.returncode for process in started] == [0] * TWO


def test_few_articles_are_read_by_one(started: list[subprocess.Popen[bytes]]) -> None:
    assert list(documents_of(ARTICLES, LEARNT)) == ALONE
    assert not started


@pytest.mark.parametrize(
    "said", [b"", b'{"question": "half', b'{"key": "22", "question": "broken off"', b"a warning\n"]
)
def test_what_an_ended_process_did_not_read_is_read_here(monkeypatch: pytest.MonkeyPatch, said: bytes) -> None:
    program = f"import os, signal, sys; sys.stdout.buffer.write({said!r}); sys.stdout.flush(); os.kill(os.getpid(), 9)"

    def ends(asked: IO[bytes], out: IO[bytes]) -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, "-c", program], stdin=asked, stdout=out)

    monkeypatch.setattr(reading, "_started", ends)
    assert list(documents_of(ARTICLES, LEARNT, many=10)) == ALONE


def test_where_no_process_can_be_had_one_reads_all(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(asked: IO[bytes], out: IO[bytes]) -> subprocess.Popen[bytes]:
        raise OSError

    monkeypatch.setattr(reading, "_started", refused)
    assert list(documents_of(ARTICLES, LEARNT, many=10)) == ALONE


def test_whoever_stops_reading_ends_the_process(started: list[subprocess.Popen[bytes]]) -> None:
    found = documents_of(ARTICLES * 200, LEARNT, many=10)
    assert next(found) == ALONE[0]
    found.close()
    assert [process.returncode for process in started] == [-signal.SIGKILL] * TWO


def test_whoever_is_to_stop_waits_for_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    def hangs(asked: IO[bytes], out: IO[bytes]) -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"], stdin=asked, stdout=out)

    monkeypatch.setattr(reading, "_started", hangs)
    stopped = threading.Event()
    stopped.set()
    assert list(documents_of(ARTICLES, LEARNT, stopped, many=10)) == ALONE


@pytest.mark.parametrize(("is_there", "lines"), [(True, 1), (False, 0)])
def test_the_process_ends_with_the_one_that_asked_it(is_there: bool, lines: int) -> None:
    asker = os.getpid() if is_there else os.getppid()  # who asked is its parent, as long as it is there
    given = f"{json.dumps([stored(ARTICLES[0]), {}])}\n".encode()
    command = [sys.executable, "-P", "-m", "knowledge.reading_child", str(asker)]
    done = subprocess.run(command, input=given, stdout=subprocess.PIPE, check=True)
    assert len(done.stdout.splitlines()) == lines


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[subprocess.Popen[bytes]]:
    """The processes that were started."""
    begun: list[subprocess.Popen[bytes]] = []
    start = reading.__dict__["_started"]

    def kept(*files: Any) -> subprocess.Popen[bytes]:
        begun.append(start(*files))
        return begun[-1]

    monkeypatch.setattr(reading, "_started", kept)
    return begun
