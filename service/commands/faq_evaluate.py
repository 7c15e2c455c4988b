"""`brief faq evaluate`: how well the knowledge base answers, and whether it does so better than before."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from service.commands.faq_ask import language_option
from service.commands.options import json_option, output
from service.invocation import Invocation, print_json, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from knowledge.comparison import Comparison
    from knowledge.evaluate import Answer, Question
    from knowledge.files import BadRecord

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
PATIENCE = 600.0
"""Seconds that are waited at most until articles can be compared by their meaning: figures made halfway mean nothing."""
_SHOWN = 20
"""Bad records that are named."""


@click.command(short_help="Measure answers against labelled questions.")
@click.argument("file", type=_FILE)
@language_option
@click.option("--compare", "former", type=_FILE, help="What --json printed before: say what changed since.")
@json_option
@click.pass_obj
def evaluate(invocation: Invocation, file: Path, language: str, former: Path | None, as_json: bool) -> None:
    """Measure search and suggestions against labelled questions in JSON Lines.

    \b
    A line: {"id": "1", "kind": "search", "query": "rechnung", "relevant": ["rechnung-finden"]}
            "mail" instead of "query" for the text of a whole mail; "relevant": [] where nothing fits

    Below each share stands the interval that it lies in with 95 %. Before a change of articles, synonyms or program
    keep what --json prints: --compare then says what became better or worse, and whether that is more than chance.

    \b
    Example:
      brief faq evaluate questions.jsonl --json > before.jsonl
      brief faq evaluate questions.jsonl --compare before.jsonl
    """
    from knowledge.comparison import compared, read_answers
    from knowledge.evaluate import Question, read_questions

    with file.open("rb") as lines:
        read = list(read_questions(lines, str(file)))
    bad = [each for each in read if not isinstance(each, Question)]
    if len(bad) == len(read):
        _name(bad, len(read))
    before = None
    if former is not None:
        with former.open("rb") as kept:
            before = read_answers(kept, str(former))
    answers = _asked(invocation, [each for each in read if isinstance(each, Question)], language, as_json=as_json)
    _told(answers, None if before is None else compared(answers, before), as_json=as_json)
    _name(bad, len(read))


def _asked(invocation: Invocation, questions: Sequence[Question], language: str, *, as_json: bool) -> list[Answer]:
    """What each question is answered; as JSON each is printed as soon as it is there."""
    from knowledge.evaluate import answered
    from service.knowledge_base import open_knowledge_base

    answers = []
    with open_knowledge_base(invocation.settings(), patience=PATIENCE) as base:
        for answer in answered(base.index, questions, language=language, patience=PATIENCE):
            answers.append(answer)
            if as_json:
                print_json(answer.as_json())
    return answers


def _told(answers: Sequence[Answer], comparison: Comparison | None, *, as_json: bool) -> None:
    from knowledge.comparison import comparison_json
    from knowledge.evaluate import summary

    if as_json:
        print_json({"summary": summary(answers)})
        if comparison is not None:
            print_json({"comparison": comparison_json(comparison)})
        return
    from service.terminal_evaluation import difference, evaluation

    evaluation(output(), answers)
    if comparison is not None:
        difference(output(), comparison)


def _name(bad: Sequence[BadRecord], read: int) -> None:
    """Name the questions that could not be read. Raises `ClickException` where there are any."""
    for wrong in bad[:_SHOWN]:
        say(str(wrong))
    if bad:
        others = "the others were asked" if len(bad) < read else "nothing was asked"
        raise click.ClickException(f"{len(bad)} of {read} questions could not be read; {others}")
