"""How well the desk tells conversations apart: `python -m tests.desk [--mails 2000] [--show 5] [KIND ...]`."""

from __future__ import annotations

import argparse
import logging
import tempfile
import time
from pathlib import Path

import structlog

from storage.database import open_database, sqlite_url
from tests.desk.archive import Archive, archive, brought_in, link
from tests.desk.damage import KINDS
from tests.desk.outcome import Placed, astray, line, outcome


def main() -> None:
    """Print a table, and the first letters that went astray."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--mails", type=int, default=2000)
    arguments.add_argument("--seed", type=int, default=4)
    arguments.add_argument("--show", type=int, default=0)
    arguments.add_argument("kinds", nargs="*", choices=[[], *KINDS])
    chosen = arguments.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    made = archive(chosen.seed, number=chosen.mails)
    for kind in chosen.kinds or KINDS:
        begun = time.perf_counter()
        placed = _placed(made, kind)
        print(f"{line(kind, outcome(placed))}   {time.perf_counter() - begun:.0f} s", flush=True)
        by_matter = {each.letter.conversation: (what, each) for what, each in reversed(astray(placed))}
        for what, each in list(by_matter.values())[::-1][: chosen.show]:
            print(_told(what, each, placed))


def _placed(made: Archive, kind: str) -> list[Placed]:
    with tempfile.TemporaryDirectory() as folder:
        database = open_database(sqlite_url(Path(folder) / "desk.sqlite"))
        database.make_ready()
        link(database, made.people)
        placed = brought_in(database, made.damaged(KINDS[kind]))
        database.close()
    return placed


def _told(what: str, astray: Placed, placed: list[Placed]) -> str:
    """One letter that went astray, and the others of its matter."""
    it = astray.letter
    others = "".join(
        f"\n      {'*' if each is astray else ' '} {each.letter.number} {each.letter.at:%F %R} {each.letter.address} answers {each.letter.answers}"
        f" in {str(each.conversation)[-4:]}{' held' if each.held else ''}: {each.because}"
        for each in placed
        if each.letter.conversation == it.conversation or each.conversation == astray.conversation
    )
    return f"  {what}: letter {it.number}, matter {it.conversation}{others}"


if __name__ == "__main__":
    main()
