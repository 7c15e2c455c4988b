"""`brief faq search` and `suggest`: what the knowledge base answers."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from service.commands.options import json_option, output, print_all
from service.invocation import Invocation, say
from storage.errors import WrongUse
from storage.reasons import in_words

LARGEST = 50 * 1024 * 1024
"""Bytes of a mail or text that are read."""
PATIENCE = 10.0
"""Seconds that are waited at most until articles can be compared by their meaning: a desk that runs has all ready."""
_HEAD = 64 * 1024
"""Bytes in which the headers of a mail are looked for."""

_FILE = click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path)
language_option = click.option(
    "--language", default="", callback=lambda _, __, code: code.lower(), help="Only articles of this language."
)
mailbox_option = click.option(
    "--mailbox", metavar="ADDRESS", default="", help="Only articles for mail to this mailbox, or to all."
)


@click.command(short_help="Find articles by words.")
@click.argument("query", nargs=-1, required=True)
@click.option(
    "--limit", metavar="N", default=10, show_default=True, type=click.IntRange(1, 100), help="How many at most."
)
@language_option
@click.option("--audience", default="", help="Only articles for this audience, or for all.")
@click.option("--category", default="", help="Only articles of this category.")
@mailbox_option
@json_option
@click.pass_obj
def search(
    invocation: Invocation,
    query: tuple[str, ...],
    limit: int,
    language: str,
    audience: str,
    category: str,
    mailbox: str,
    as_json: bool,
) -> None:
    """Find articles by a visitor's words, the best first.

    \b
    Example:
      brief faq search rechnungsadresse ändern
    """
    from knowledge.query import typed
    from knowledge.sentences import is_compared
    from service.knowledge_base import open_knowledge_base

    words = " ".join(query)
    patience = PATIENCE if is_compared(typed(words)) else 0.0
    filters = {"language": language, "audience": audience, "category": category, "mailbox": mailbox}
    with open_knowledge_base(invocation.settings(), patience=patience) as base:
        found = base.index.search(
            words,
            language=language,
            audience=audience,
            category=category,
            mailbox=mailbox,
            limit=limit,
            patience=patience,
        )
        rows = [base.as_json(each) for each in found]
        some_pass = bool(rows) or base.index.snapshot().mask(**filters).any()
    if not some_pass and any(filters.values()):
        say("no article passes these filters; `brief faq list` shows what there is")
        return
    if as_json:
        print_all(rows)
        return
    from service.terminal_articles import results

    results(output(), rows, empty="No article holds any of these words.")


@click.command(short_help="Articles that answer a mail, or nothing.")
@click.argument("source", required=False, metavar="[-]")
@click.option("--mail", type=_FILE, help="A mail: an .eml file, or - for standard input.")
@click.option("--text", type=_FILE, help="A text file, or - for standard input.")
@language_option
@click.option("--audience", default="", help="Only articles for this audience, or for all.")
@mailbox_option
@click.option("--all", "everything", is_flag=True, help="Also those that only agents are shown.")
@json_option
@click.pass_obj
def suggest(
    invocation: Invocation,
    source: str | None,
    mail: Path | None,
    text: Path | None,
    language: str,
    audience: str,
    mailbox: str,
    everything: bool,
    as_json: bool,
) -> None:
    """Articles that an acknowledgement would quote for a mail; nothing where none is likely to help.

    The mail is an .eml file (--mail), its text (--text), or what comes on standard input (-): a mail where that begins
    with a mail's headers, else its text.

    \b
    Example:
      brief faq suggest --mail question.eml
    """
    from knowledge.suggest import suggest as ask
    from service.knowledge_base import open_knowledge_base

    subject, said = _said(source, mail, text)
    with open_knowledge_base(invocation.settings(), patience=PATIENCE) as base:
        found = ask(base.index, said, subject=subject, language=language, audience=audience, mailbox=mailbox)
        rows = [
            {**base.as_json(each.found), "probability": round(each.probability, 4), "sure": each.sure}
            for each in found
            if each.sure or everything
        ]
    if as_json:
        print_all(rows)
        return
    from service.terminal_articles import results

    results(output(), rows, empty="No article is likely to answer this.")


def _said(source: str | None, mail: Path | None, text: Path | None) -> tuple[str, str]:
    if sum(each is not None for each in (source, mail, text)) != 1 or source not in (None, "-"):
        raise WrongUse("give one of --mail FILE, --text FILE, or - for standard input")
    raw = _bytes(mail or text or Path("-"))
    if mail is not None or (text is None and _begins_with_headers(raw)):
        from mailgateway.mime.parse import parse

        read = parse(raw)
        return ("", "") if read.is_sealed else (read.subject, read.reply or read.text)
    return "", raw.decode("utf-8", "replace")


def _begins_with_headers(raw: bytes) -> bool:
    """Whether bytes begin as a mail does: with lines of headers only, From and another that every mail has among them."""
    head = raw[:_HEAD].replace(b"\r\n", b"\n").removeprefix(b"\xef\xbb\xbf").partition(b"\n\n")[0]
    lines = [each for each in head.split(b"\n") if not each.startswith((b" ", b"\t", b"From "))]
    names = {name.lower() for name, colon, _ in (each.partition(b":") for each in lines) if colon}
    wellformed = all(b" " not in each.partition(b":")[0] and b":" in each for each in lines[:-1])
    return wellformed and b"from" in names and bool(names & {b"subject", b"date", b"message-id", b"received", b"to"})


def _bytes(path: Path) -> bytes:
    if str(path) == "-":
        return sys.stdin.buffer.read(LARGEST)
    try:
        with path.open("rb") as file:
            return file.read(LARGEST)
    except OSError as error:
        raise WrongUse(f"{path} cannot be read: {in_words(error)}") from error
