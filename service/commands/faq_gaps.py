"""`brief faq gaps` and `stale`: what the knowledge base lacks, and what of it somebody should look at again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from service.commands.options import json_option, output, print_all
from service.invocation import Invocation

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from knowledge.index import Index

Rows = list[dict[str, Any]]

days_option = click.option(
    "--days", metavar="N", default=90, show_default=True, type=click.IntRange(1, 3650), help="Of the last so many days."
)
limit_option = click.option(
    "--limit", metavar="N", default=20, show_default=True, type=click.IntRange(1, 1000), help="How many at most."
)


@click.command(short_help="What people want to know and no article says.")
@days_option
@limit_option
@json_option
@click.pass_obj
def gaps(invocation: Invocation, days: int, limit: int, as_json: bool) -> None:
    """Searches that led nobody to an article, and mails that agents answered without one; what is alike stands together.

    What was wanted most comes first, each with the customers' words, the conversations, and the latest answer as a draft,
    without greeting, signature and names. `brief faq new --from HANDLE` begins an article with it.

    \b
    Example:
      brief faq gaps
    """
    from service.desk_gaps import gap_json, gaps_since

    def read(session: Session, index: Index, now: datetime) -> Rows:
        return [gap_json(each, session) for each in gaps_since(session, index, now - timedelta(days=days), now)[:limit]]

    rows = _read(invocation, read)
    if as_json:
        print_all(rows)
        return
    from service.terminal_learning import gap_list

    gap_list(output(listing=True), rows)


@click.command(short_help="Articles that somebody should look at again.")
@days_option
@limit_option
@json_option
@click.pass_obj
def stale(invocation: Invocation, days: int, limit: int, as_json: bool) -> None:
    """Articles that nobody changed for a year, that visitors found unhelpful, or that agents say otherwise in their answers.

    Each with why; --days says how far back answers are looked at.

    \b
    Example:
      brief faq stale
    """
    from service.desk_gaps import stale_json, stale_since

    def read(session: Session, index: Index, now: datetime) -> Rows:
        return [stale_json(each) for each in stale_since(session, index, now - timedelta(days=days), now)[:limit]]

    rows = _read(invocation, read)
    if as_json:
        print_all(rows)
        return
    from service.terminal_learning import stale_list

    stale_list(output(listing=True), rows)


def _read(invocation: Invocation, read: Callable[[Session, Index, datetime], Rows]) -> Rows:
    from service.knowledge_base import open_knowledge_base

    with open_knowledge_base(invocation.settings()) as base, base.database.reading() as session:
        return read(session, base.index, datetime.now(UTC))
