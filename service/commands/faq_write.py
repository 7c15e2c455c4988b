"""`brief faq new`, `edit` and `remove`: articles written by agents."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from service.commands.options import json_option
from service.invocation import Invocation, print_json
from storage.errors import WrongUse
from storage.reasons import in_words

if TYPE_CHECKING:
    from knowledge.article import Article

ID_WORDS = 5
"""Words of a question that an article is called by where nobody says how."""

DRAFT = """---
id: {id}
question: {question}
category: []
language: {language}
---

"""


@click.command(short_help="Write an article.")
@click.argument("article_id", metavar="[ID]", required=False)
@click.option("-q", "--question", default="", help="The question that it answers.")
@click.option("-m", "--answer", help="The answer, in Markdown.")
@click.option("-F", "--file", "path", help="The answer, or a whole article with front matter, from a file or -.")
@click.option("--category", multiple=True, help="A category; may be given more than once.")
@click.option("--audience", default="", help="Whom it is for; everybody where it is not given.")
@click.option("--mailbox", metavar="ADDRESS", multiple=True, help="Only for mail to it; may be given more than once.")
@click.option("--language", help="Its language.  [default: de]")
@click.option("--from", "handle", metavar="HANDLE", help="Begin with the answer of a conversation.")
@click.option("--save", metavar="FILE", help="Write that draft into a file, or -, instead of the editor.")
@json_option
@click.pass_obj
def new(
    invocation: Invocation,
    article_id: str | None,
    question: str,
    answer: str | None,
    path: str | None,
    category: tuple[str, ...],
    audience: str,
    mailbox: tuple[str, ...],
    language: str | None,
    handle: str | None,
    save: str | None,
    as_json: bool,
) -> None:
    """Write an article, in $EDITOR unless its answer is given.

    With --from it begins with what an agent answered in a conversation: without greeting and signature, and with … where a
    name, an address or a long number stood. Read it before it is published.

    \b
    Example:
      brief faq new rechnung-finden -q "Wo finde ich meine Rechnung?" -m "Im Kundencenter unter Vertrag."
      brief faq new --from anna-rechnung
    """
    if save is not None and handle is None:
        raise WrongUse("--save goes with --from HANDLE")
    begun = (
        _begun(invocation, handle, article_id, question, language) if handle else _empty(article_id, question, language)
    )
    if save is not None:
        _save(begun.text, save)
        return
    given = _given(answer, path)
    if given is None:
        given = _edited(begun.text)
    fields = {
        "id": begun.id,
        "question": question,
        "category": list(category),
        "audience": audience,
        "mailboxes": list(mailbox),
        "language": begun.language,
    }
    article = _article(given, begun.id, lambda text: _from_fields({**fields, "answer": text}))

    def decide(known: Article | None) -> Article:
        if known is not None:
            raise WrongUse(f'there is an article "{known.id}" already; `brief faq edit {known.id}` changes it')
        return article

    _put(invocation, article.id, decide, "is new", as_json=as_json)


@click.command(short_help="Change an article.")
@click.argument("article_id", metavar="ID")
@click.option("-q", "--question", default="", help="The question that it answers.")
@click.option("-m", "--answer", help="The new answer, in Markdown.")
@click.option("-F", "--file", "path", help="The new answer, or a whole article with front matter, from a file or -.")
@click.option("--category", multiple=True, help='The categories, instead of those it has; "" is none.')
@click.option("--audience", help='Whom it is for; "" is everybody.')
@click.option(
    "--mailbox",
    metavar="ADDRESS",
    multiple=True,
    help='The mailboxes whose mail it is for, instead of those it has; "" is all.',
)
@click.option("--language", help="Its language.")
@click.option("--automatic/--not-automatic", default=None, help="Whether acknowledgements may quote it.")
@json_option
@click.pass_obj
def edit(
    invocation: Invocation,
    article_id: str,
    question: str,
    answer: str | None,
    path: str | None,
    category: tuple[str, ...],
    audience: str | None,
    mailbox: tuple[str, ...],
    language: str | None,
    automatic: bool | None,
    as_json: bool,
) -> None:
    """Change an article, in $EDITOR unless it is said what becomes of it. The former text stays as a revision.

    \b
    Example:
      brief faq edit rechnung-finden --category Rechnung
      brief faq edit rechnung-finden --mailbox ""
    """
    from knowledge.fields import as_fields

    said = {
        "question": question or None,
        "category": list(category) or None,
        "audience": audience,
        "mailboxes": list(mailbox) or None,
        "language": language or None,
        "automatic": automatic,
    }
    changes: dict[str, object] = {name: value for name, value in said.items() if value is not None}
    given = _given(answer, path)
    before = _known(invocation, article_id)
    if given is None and not changes:
        from knowledge.files import as_markdown

        given = _edited(as_markdown(before))
    fields = {**as_fields(before), **changes}
    wanted = (
        _article(given, article_id, lambda text: _from_fields({**fields, "answer": text}))
        if given is not None
        else _from_fields(fields)
    )
    if wanted.id != article_id:
        raise WrongUse(f'the id must stay "{article_id}"; `brief faq new` makes another article')

    def decide(known: Article | None) -> Article:
        if known != before:
            raise WrongUse(f'somebody else changed "{article_id}" meanwhile; nothing was changed, edit it again')
        return wanted

    _put(invocation, article_id, decide, "is changed", as_json=as_json)


@click.command(short_help="Take articles away.")
@click.argument("article_ids", metavar="ID...", nargs=-1, required=True)
@json_option
@click.pass_obj
def remove(invocation: Invocation, article_ids: tuple[str, ...], as_json: bool) -> None:
    """Take articles away: all that are named, or none where one of them is not there.

    What they said stays as revisions; importing them brings them back.

    \b
    Example:
      brief faq remove alter-tarif
    """
    from knowledge.store import remove_article
    from service.knowledge_base import needed

    named = tuple(dict.fromkeys(article_ids))
    with invocation.desk() as desk, desk.writing() as (session, agent):
        for article_id in named:
            if not remove_article(session, article_id, desk.clock(), agent):
                needed(None, article_id)
    for article_id in named:
        _told(article_id, "is gone", as_json=as_json)


def _put(
    invocation: Invocation, article_id: str, decide: Callable[[Article | None], Article], did: str, *, as_json: bool
) -> None:
    from dataclasses import replace

    from knowledge.store import article, put_articles

    with invocation.desk() as desk, desk.writing() as (session, agent):
        known = article(session, article_id)
        wanted = decide(known)
        same = known is not None and wanted == known
        if not same:
            # an article that an agent wrote is as fresh as today, unless they said otherwise
            dated = known is None or wanted.updated == known.updated
            wanted = (
                replace(wanted, updated=desk.clock().date())
                if dated and not (known is None and wanted.updated)
                else wanted
            )
            put_articles(session, [wanted], desk.clock(), agent)
    _told(article_id, "stays as it is" if same else did, as_json=as_json)


def _told(article_id: str, did: str, *, as_json: bool) -> None:
    if as_json:
        print_json({"article": article_id, "did": did})
    else:
        click.echo(f"{article_id} {did}")


def _known(invocation: Invocation, article_id: str) -> Article:
    from knowledge.store import article
    from service.knowledge_base import needed
    from service.opening import reading

    with reading(invocation.settings()) as session:
        return needed(article(session, article_id), article_id)


def _given(answer: str | None, path: str | None) -> str | None:
    if answer is not None and path is not None:
        raise WrongUse("give either -m or -F")
    if path is None:
        return answer
    try:
        return sys.stdin.buffer.read().decode() if path == "-" else Path(path).read_text("utf-8-sig")
    except OSError as error:
        raise WrongUse(f"{path} cannot be read: {in_words(error)}") from error
    except UnicodeDecodeError as error:
        raise WrongUse(f"{path} is not in UTF-8") from error


def _edited(draft: str) -> str:
    try:
        text = click.edit(draft, extension=".md")
    except FileNotFoundError:  # the editor took the file away
        text = None
    if text is None or text.strip() == draft.strip():
        raise WrongUse("nothing was written, so nothing is changed")
    return text


@dataclass(frozen=True, slots=True)
class _Begun:
    """The file that an article begins as."""

    id: str
    language: str
    text: str


def _empty(article_id: str | None, question: str, language: str | None) -> _Begun:
    if article_id is None:
        raise WrongUse("give the article an ID, or begin with an answer by --from HANDLE")
    spoken = language or "de"
    return _Begun(article_id, spoken, DRAFT.format(id=article_id, question=question or "?", language=spoken))


def _begun(invocation: Invocation, handle: str, article_id: str | None, question: str, language: str | None) -> _Begun:
    from faq.paths import slug
    from knowledge.article import Article
    from knowledge.files import as_markdown
    from service.desk_gaps import draft_from

    with invocation.desk(reading=True) as desk, desk.reading() as session:
        draft, spoken = draft_from(session, handle)
    asked = question or draft.question or "?"
    name = article_id or "-".join(slug(asked).split("-")[:ID_WORDS])
    article = Article(name, " ".join(asked.split()), draft.answer, language=language or spoken)
    return _Begun(article.id, article.language, as_markdown(article))


def _save(text: str, path: str) -> None:
    if path == "-":
        click.echo(text, nl=False)
        return
    try:
        Path(path).write_text(text, "utf-8")
    except OSError as error:
        raise WrongUse(f"{path} cannot be written: {in_words(error)}") from error
    click.echo(f"the draft is in {path}; `brief faq new ID -F {path}` takes it", err=True)


def _article(given: str, article_id: str, of_answer: Callable[[str], Article]) -> Article:
    """The article in a text: a whole one where it begins with front matter, else its answer."""
    if not re.match(r"---[ \t]*\r?\n", given):
        return of_answer(given)
    from knowledge.article import Wrong
    from knowledge.files import from_markdown

    try:
        return from_markdown(given, article_id)
    except Wrong as wrong:
        raise WrongUse(f"line {wrong.line}: {wrong}") from wrong


def _from_fields(fields: dict[str, object]) -> Article:
    from knowledge.article import Wrong
    from knowledge.fields import article_from

    try:
        return article_from(fields)
    except Wrong as wrong:
        raise WrongUse(str(wrong)) from wrong
