"""`brief faq`: the knowledge base. Articles in and out; asking stands in `faq_ask`, writing in `faq_write`."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from service.commands.faq_ask import language_option, search, suggest
from service.commands.faq_evaluate import evaluate
from service.commands.faq_gaps import gaps, stale
from service.commands.faq_words import words
from service.commands.faq_write import edit, new, remove
from service.commands.options import json_option, output, print_all
from service.invocation import Invocation, print_json, say
from storage.reasons import in_words
from templates.amounts import counted

if TYPE_CHECKING:
    from knowledge.article import Article
    from knowledge.files import BadRecord

SHOWN = 20
"""Bad records, or articles that are gone, that are named; of more it is said how many."""


@click.group(short_help="The knowledge base.")
def faq() -> None:
    """The knowledge base: articles that answer what customers ask.

    \b
    Example:
      brief faq import ./faq
      brief faq search "rechnung finden"
    """


@faq.command("import", short_help="Bring articles in.")
@click.argument("path")
@json_option
@click.pass_obj
def import_(invocation: Invocation, path: str, as_json: bool) -> None:
    """Bring articles in from Markdown, JSON Lines, a saved web page (.html), a folder of them, or - (JSON Lines).

    A web page, and Markdown without front matter, give an article for each question in them. Importing the same
    again changes nothing; a changed article becomes a new revision. What came from there before and is there no longer
    is named, and stays. A bad record is named by file and line, and the others still go in.

    \b
    Example:
      brief faq import ./faq
      brief faq import questions.html
    """
    from datetime import UTC, datetime

    from knowledge.files import BadRecord, read_records
    from knowledge.importing import bring_in
    from service.opening import open_database_for

    settings = invocation.settings()
    read = list(read_records(path, sys.stdin.buffer if path == "-" else None))
    bad = [each.found for each in read if isinstance(each.found, BadRecord)]
    database = open_database_for(settings)
    try:
        with database.writing() as session:
            tally, gone = bring_in(session, read, path, datetime.now(UTC))
    finally:
        database.close()
    _name(bad)
    if as_json:
        print_json({"new": tally.new, "changed": tally.changed, "same": tally.same, "bad": len(bad), "gone": gone})
    else:
        click.echo(f"{tally.new} new, {tally.changed} changed, {tally.same} the same")
        _tell_gone(gone, path)
    if bad:
        others = "the others are in" if len(bad) < len(read) else "nothing came in"
        raise click.ClickException(f"{len(bad)} of {len(read)} records could not be taken; {others}")


@faq.command(short_help="Write the articles into files.")
@click.argument("path")
@json_option
@click.pass_obj
def export(invocation: Invocation, path: str, as_json: bool) -> None:
    """Write all articles into a folder of Markdown files, a file that ends in .jsonl, or - (JSON Lines).

    \b
    Example:
      brief faq export ./faq
    """
    from knowledge.files import as_json_line, write_articles
    from storage.errors import Unavailable

    articles = _all(invocation)
    if path == "-":
        sys.stdout.writelines(as_json_line(each) for each in articles)
        return
    try:
        count = write_articles(articles, Path(path))
    except OSError as error:
        raise Unavailable(f"{path} cannot be written: {in_words(error)}") from error
    if as_json:
        print_json({"articles": count, "path": path})
    else:
        click.echo(f"{counted(count, 'article is', 'articles are')} in {path}")


@faq.command("list", short_help="All articles.")
@language_option
@click.option("--category", default="", help="Only of this category.")
@json_option
@click.pass_obj
def list_(invocation: Invocation, language: str, category: str, as_json: bool) -> None:
    """All articles, a line each.

    \b
    Example:
      brief faq list --language en
    """
    from service.knowledge_base import article_json

    articles = _all(invocation, language=language, category=category)
    if category and not articles:
        say(_no_category(category, {name for each in _all(invocation) for name in each.categories}))
    if as_json:
        print_all([article_json(each) for each in articles])
        return
    from service.terminal_articles import article_list

    article_list(output(listing=True), articles)


@faq.command(short_help="An article.")
@click.argument("article_id", metavar="ID")
@json_option
@click.pass_obj
def show(invocation: Invocation, article_id: str, as_json: bool) -> None:
    """An article, with what visitors said of it.

    \b
    Example:
      brief faq show rechnung-finden
    """
    from knowledge import store
    from service.knowledge_base import article_json, needed
    from service.opening import reading

    with reading(invocation.settings()) as session:
        article = needed(store.article(session, article_id), article_id)
        votes = store.votes(session, [article_id]).get(article_id, store.Votes())
        revisions = len(store.revisions(session, article_id))
    if as_json:
        more = {"helpful": votes.helpful, "unhelpful": votes.unhelpful, "revisions": revisions}
        print_json(article_json(article, more))
        return
    from service.terminal_articles import whole_article

    whole_article(output(), article, votes)


@faq.command(short_help="Build the search index anew.")
@json_option
@click.pass_obj
def rebuild(invocation: Invocation, as_json: bool) -> None:
    """Build the search index anew. The desk goes on answering meanwhile.

    \b
    Example:
      brief faq rebuild
    """
    from service.knowledge_base import open_knowledge_base

    with open_knowledge_base(invocation.settings()) as base:
        count = base.index.rebuild()
    if as_json:
        print_json({"articles": count})
    else:
        click.echo(f"the index holds {counted(count, 'article')}")


for command in (new, edit, remove, search, suggest, evaluate, words, gaps, stale):
    faq.add_command(command)


def _all(invocation: Invocation, *, language: str = "", category: str = "") -> list[Article]:
    from knowledge import store
    from service.opening import reading

    with reading(invocation.settings()) as session:
        return store.articles(session, language=language, category=category)


def _no_category(wanted: str, there: set[str]) -> str:
    """That a category is not there, and which ones are called nearly so."""
    import difflib

    if wanted in there:
        return f"no article of the category {wanted!r} is in this language"
    folded = {name.lower(): name for name in sorted(there)}
    low = wanted.lower()
    near = [name for key, name in folded.items() if low in key or key in low]
    near += [name for key in difflib.get_close_matches(low, folded) if (name := folded[key]) not in near]
    meant = f"did you mean {', '.join(near[:5])}?" if near else f"there is {', '.join(sorted(there)[:20]) or 'none'}"
    return f"there is no category {wanted!r}; {meant}"


def _tell_gone(gone: list[str], path: str) -> None:
    """Which articles came from a file or folder and are there no longer, and what takes them away."""
    if not gone:
        return
    more = f" (and {len(gone) - SHOWN} more, all with --json)" if len(gone) > SHOWN else ""
    click.echo(f"gone from {path}: {len(gone)}; remove them with `brief faq remove {shlex.join(gone[:SHOWN])}`{more}")


def _name(bad: list[BadRecord]) -> None:
    for each in bad[:SHOWN]:
        say(str(each))
    if len(bad) > SHOWN:
        say(f"... and {len(bad) - SHOWN} more")
