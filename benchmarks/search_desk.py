"""Two desks that share their data: how soon each finds an article that was changed, and how much memory one takes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from knowledge.article import Article
from knowledge.store import put_articles
from storage.database import Database

BRIEF = str(Path(sys.executable).with_name("brief"))
PATIENCE = 120.0
"""Seconds after which what was to be found counts as lost."""
ANYWHERE = {"BRIEF_WEB__LISTEN": "127.0.0.1:0", "BRIEF_SMTP__LISTEN": "127.0.0.1:0"}


def follow_and_memory(data: Path, database: Database, count: int) -> Iterator[dict[str, Any]]:
    """A line for when both found a changed article, and one for the memory of a desk that was searched in."""
    with _desk(data) as (one, address), _desk(data, "--only", "web") as (_, other):
        for site in (address, other):
            _found(site, "rechnung")
        word = "quittenmarmeladenglas"
        with database.writing() as session:
            put_articles(
                session, [Article("changed", f"Wohin mit dem {word}?", "Weg.", (), "", "de")], datetime.now(UTC)
            )
        changed = time.perf_counter()
        waiting, seconds = {address, other}, 0.0
        while waiting and seconds < PATIENCE:
            waiting -= {site for site in waiting if "changed" in _found(site, word)}
            seconds = time.perf_counter() - changed
        yield {"what": "a change is found by two desks", "n": count, "seconds": round(seconds, 2), "lost": len(waiting)}
        status = Path(f"/proc/{one}/status").read_text("ascii")
        memory = int(status.partition("VmRSS:")[2].split()[0]) / 1024
        yield {"what": "memory of a desk", "n": count, "MB": round(memory)}


@contextmanager
def _desk(data: Path, *arguments: str) -> Iterator[tuple[int, str]]:
    """A desk in a process of its own; its number, and where its website is."""
    command = [BRIEF, "--data", str(data), "serve", "--json", *arguments]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={**os.environ, **ANYWHERE}, text=True
    ) as process:
        try:
            assert process.stdout is not None
            said = json.loads(process.stdout.readline())
            yield process.pid, said["web"]
        finally:
            process.terminate()


def _found(site: str, word: str) -> list[str]:
    """The articles that a visitor finds."""
    with urlopen(f"{site.rstrip('/')}/api/search?language=de&q={word}", timeout=PATIENCE) as answer:
        return [each["article"] for each in json.load(answer)["results"]]
