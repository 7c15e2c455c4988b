"""Articles, search results and figures on the terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

from knowledge.article import Article
from knowledge.markdown import to_text
from knowledge.store import Votes
from service.harmless import line, safe
from service.terminal import READABLE, hang
from service.terminal_grid import Column, grid

_INSET = Text("    ")


def article_list(to: Console, articles: Sequence[Article]) -> None:
    """A line for each article."""
    if not articles:
        to.print(Text("There is no article yet; `brief faq import PATH` brings some in."))
        return
    wide = to.width >= READABLE
    category = [Column("category", 8, 40)] if wide else []
    columns = [Column("article", 30, 60), Column(""), Column("question", 20), *category, Column("updated")]
    rows = [
        [
            Text(line(each.id), "handle"),
            Text(line(each.language), "quiet"),
            Text(line(each.question)),
            *([Text(line(", ".join(each.categories)), "quiet")] if wide else []),
            Text(each.updated.isoformat() if each.updated else "", "quiet"),
        ]
        for each in articles
    ]
    grid(to, columns, rows)


def whole_article(to: Console, article: Article, votes: Votes) -> None:
    """An article as it is read."""
    hang(to, Text(), Text(line(article.question), "bold"))
    facts = [article.id, article.language, ", ".join(article.categories), article.audience]
    facts.append(f"updated {article.updated.isoformat()}" if article.updated else "")
    facts.append(f"helpful {votes.helpful}, not {votes.unhelpful}" if votes != Votes() else "")
    facts.append("" if article.automatic else "never quoted by itself")
    facts.append(f"only for mail to {', '.join(article.mailboxes)}" if article.mailboxes else "")
    hang(to, Text(), Text(line(" · ".join(each for each in facts if each)), "quiet"))
    to.print()
    hang(to, Text(), Text(safe(to_text(article.answer))), widest=READABLE)


def results(to: Console, rows: Sequence[Mapping[str, Any]], *, empty: str) -> None:
    """Search results or suggestions, the best first."""
    if not rows:
        to.print(Text(empty))
        return
    for number, row in enumerate(rows, 1):
        if number > 1:
            to.print()
        head = Text().append(line(row["question"]), "bold")
        head.append(f"  {line(row['article'])}", "handle")
        if "probability" in row:
            head.append(f"  {row['probability']:.0%}{' sure' if row['sure'] else ''}", "quiet")
        hang(to, Text(f"{number:>2}  "), head, widest=READABLE)
        hang(to, _INSET, Text(line(row["excerpt"])), widest=READABLE)
        to.print(Text.assemble(_INSET, (line(row["url"]), "quiet")), soft_wrap=True)  # an address stays whole
        hang(to, _INSET, Text(line(row["because"]), "quiet"), widest=READABLE)
