"""Articles, search results and figures on the terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from knowledge.article import Article
from knowledge.markdown import to_text
from knowledge.store import Votes
from service.harmless import line, safe


def article_list(to: Console, articles: Sequence[Article]) -> None:
    """A line for each article."""
    if not articles:
        to.print(Text("There is no article yet; `brief faq import PATH` brings some in."))
        return
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), expand=True, header_style="quiet")
    table.add_column("article", no_wrap=True, overflow="ellipsis", max_width=28)
    table.add_column("", width=2, no_wrap=True)
    table.add_column("question", no_wrap=True, overflow="ellipsis", ratio=2)
    table.add_column("category", no_wrap=True, overflow="ellipsis", ratio=1)
    table.add_column("updated", no_wrap=True, width=10)
    for each in articles:
        updated = each.updated.isoformat() if each.updated else ""
        table.add_row(
            Text(line(each.id), "handle"),
            Text(line(each.language), "quiet"),
            Text(line(each.question)),
            Text(line(", ".join(each.categories)), "quiet"),
            Text(updated, "quiet"),
        )
    to.print(table)


def whole_article(to: Console, article: Article, votes: Votes) -> None:
    """An article as it is read."""
    to.print(Text(line(article.question), "bold"))
    facts = [article.id, article.language, ", ".join(article.categories), article.audience]
    facts.append(f"updated {article.updated.isoformat()}" if article.updated else "")
    facts.append(f"helpful {votes.helpful}, not {votes.unhelpful}" if votes != Votes() else "")
    facts.append("" if article.automatic else "never quoted by itself")
    to.print(Text(line(" · ".join(each for each in facts if each)), "quiet"))
    to.print()
    to.print(Text(safe(to_text(article.answer))))


def results(to: Console, rows: Sequence[Mapping[str, Any]], *, empty: str) -> None:
    """Search results or suggestions, the best first."""
    if not rows:
        to.print(Text(empty))
        return
    for number, row in enumerate(rows, 1):
        head = Text(f"{number:>2}  ")
        head.append(line(row["question"]), "bold")
        head.append(f"  {line(row['article'])}", "handle")
        if "probability" in row:
            head.append(f"  {row['probability']:.0%}{' sure' if row['sure'] else ''}", "quiet")
        to.print(head)
        to.print(Padding(Text(line(row["excerpt"])), (0, 0, 0, 4)))
        to.print(Padding(Text(f"{line(row['url'])}  ({line(row['because'])})", "quiet"), (0, 0, 1, 4)))


def evaluation(to: Console, figures: Mapping[str, Mapping[str, float | int | None]]) -> None:
    """The figures of each kind of question in a table."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="quiet")
    table.add_column("kind", no_wrap=True)
    names = ("n", "recall@1", "recall@3", "mrr@10", "suggested", "right", "wrong")
    for name in names:
        table.add_column(name, justify="right")
    for kind, row in figures.items():
        table.add_row(Text(line(kind), "handle"), *(Text(_figure(row[name])) for name in names))
    to.print(table)


def _figure(value: float | int | None) -> str:
    if value is None:
        return "-"
    return f"{value:.3f}" if isinstance(value, float) else str(value)
