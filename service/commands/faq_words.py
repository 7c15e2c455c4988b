"""`brief faq words`: what an article learnt from the words of visitors and customers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from service.commands.options import json_option, output, print_all
from service.invocation import Invocation
from storage.errors import NotThere, WrongUse

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from knowledge.learning import LearntWord

LONGEST = 64
"""Letters of a word."""


@click.command(short_help="The words that an article learnt.")
@click.argument("article_id", metavar="ID")
@click.option("--remove", multiple=True, metavar="WORD", help="Take a word back: it is not learnt again.")
@click.option("--allow", multiple=True, metavar="WORD", help="Let a word that was taken back count again.")
@json_option
@click.pass_obj
def words(
    invocation: Invocation, article_id: str, remove: tuple[str, ...], allow: tuple[str, ...], as_json: bool
) -> None:
    """The words with which visitors found an article that helped them, or that agents answered with it.

    Each with what it counts now, how often it led there and from what. The words of one person alone are not among them.

    \b
    Example:
      brief faq words rechnung-finden
      brief faq words rechnung-finden --remove zettel
    """
    with invocation.desk(reading=not (remove or allow)) as desk:
        if remove or allow:
            with desk.writing() as (session, agent):
                _refuse_missing(session, article_id)
                _change(session, article_id, remove, allow, agent, desk.clock())
        with desk.reading() as session:
            _refuse_missing(session, article_id)
            rows = _rows(session, article_id, desk.clock())
    if as_json:
        print_all(rows)
        return
    from service.terminal_learning import learnt_words

    learnt_words(output(listing=True), rows)


def _change(
    session: Session, article_id: str, remove: tuple[str, ...], allow: tuple[str, ...], agent: str, now: datetime
) -> None:
    from knowledge.lessons import allow as let
    from knowledge.lessons import bar

    for word in remove:
        bar(session, article_id, _as_kept(word), agent, now)
    for word in allow:
        if not let(session, article_id, _as_kept(word), now):
            raise NotThere(f'"{word[:LONGEST]}" was not taken back from "{article_id}"')


def _as_kept(word: str) -> str:
    from knowledge.languages.words import normal

    kept = normal(word.strip())
    if not kept or len(kept) > LONGEST or any(letter.isspace() for letter in kept):
        raise WrongUse(f"one word at a time, not {word[:LONGEST]!r}")
    return kept


def _rows(session: Session, article_id: str, now: datetime) -> list[dict[str, Any]]:
    from knowledge.lessons import words_of

    found = sorted(words_of(session, article_id), key=lambda each: (-each.counts(now), each.word))
    return [_row(each, now) for each in found]


def _row(word: LearntWord, now: datetime) -> dict[str, Any]:
    return {
        "word": word.word,
        "counts": round(word.counts(now), 2),
        "searches": word.searches,
        "answers": word.answers,
        "last": word.last_at.isoformat(),
        "taken_back_by": word.barred_by or None,
    }


def _refuse_missing(session: Session, article_id: str) -> None:
    from knowledge.store import article
    from service.knowledge_base import needed

    needed(article(session, article_id), article_id)
