"""What was learnt, what nobody answers yet, and which articles are stale, on the terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

from service.harmless import line, safe
from service.terminal import READABLE, cut, hang, hint
from service.terminal_grid import Column, grid
from templates.amounts import counted


def learnt_words(to: Console, rows: Sequence[Mapping[str, Any]]) -> None:
    """The words of an article, the strongest first; those taken back last."""
    if not rows:
        to.print(
            Text("It learnt no word yet: that takes two visitors who searched and were helped, or an answer with it.")
        )
        return
    columns = [Column("word", 12, 40), Column("counts", right=True), Column("led there by", 16), Column("last")]
    cells = [
        [
            Text(line(row["word"]), "handle" if not row["taken_back_by"] else "quiet"),
            Text(f"{row['counts']:.1f}"),
            Text(_led(row), "quiet"),
            Text(row["last"][:10], "quiet"),
        ]
        for row in rows
    ]
    grid(to, columns, cells, headed=True)


def _led(row: Mapping[str, Any]) -> str:
    if row["taken_back_by"]:
        return f"taken back by {line(row['taken_back_by'])}"
    searches, answers = row["searches"], row["answers"]
    found = [counted(searches, "search", "searches") if searches else "", counted(answers, "answer") if answers else ""]
    return ", ".join(each for each in found if each)


def gap_list(to: Console, rows: Sequence[Mapping[str, Any]]) -> None:
    """What no article says, what was wanted most first, with the latest answer."""
    if not rows:
        to.print(Text("Nothing was searched for in vain, and nothing was answered without an article."))
        return
    for row in rows:
        hang(to, Text(), Text(line(" ".join(row["words"])), "bold"), widest=READABLE)
        hang(to, _INSET, Text(line(row["because"]), "quiet"), widest=READABLE)
        if row["handles"]:
            hang(to, _INSET, Text(", ".join(row["handles"][:_HANDLES]), "handle"), widest=READABLE)
        if row["answer"]:
            hang(to, _INSET, Text(safe(cut(row["answer"], _ANSWER))), widest=READABLE)
        to.print()
    if handle := next((row["handles"][0] for row in rows if row["handles"]), ""):
        hint(to, f"brief faq new --from {handle}    begins an article with that answer")


def stale_list(to: Console, rows: Sequence[Mapping[str, Any]]) -> None:
    """Articles to look at again, each with why."""
    if not rows:
        to.print(Text("No article is old, found unhelpful, or said otherwise in answers."))
        return
    for row in rows:
        head = Text().append(line(row["article"]), "handle").append(f"  {line(row['question'])}")
        hang(to, Text(), head, widest=READABLE)
        hang(to, _INSET, Text(line("; ".join(row["because"])), "quiet"), widest=READABLE)


_INSET = Text("    ")
_HANDLES, _ANSWER = 5, 400
