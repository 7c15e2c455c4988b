"""`brief reply` and `brief note`: what an agent writes."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from service.commands import texts
from service.commands.options import asks, handle_argument, json_option, told
from service.harmless import line
from service.invocation import Invocation, say
from storage.errors import BriefwechselError, WrongUse

if TYPE_CHECKING:
    from service.desk import Desk


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked for on the command line."""

    text: str | None
    """None: to be written in the editor."""
    answer: str | None
    cc: tuple[str, ...]
    afterwards: str
    to_reply_to: bool
    anyway: bool
    only_customer: bool
    quiet: bool
    """Nothing but the result may stand on stdout."""


@click.command(short_help="Answer the customer.")
@handle_argument
@click.option(
    "-m", "--message", "messages", multiple=True, metavar="TEXT", help="The text; more than once: paragraphs."
)
@click.option(
    "-F", "--file", type=click.Path(path_type=Path, allow_dash=True), help="The text from a file, - is stdin."
)
@click.option("--answer", metavar="ARTICLE", help="Put an article's answer in: its ID, or its number in `suggest`.")
@click.option("--cc", multiple=True, metavar="ADDRESS", help="Somebody else who gets it, and takes part from now on.")
@click.option("--only-customer", is_flag=True, help="No copy to another who takes part and wrote last.")
@click.option("--wait", is_flag=True, help="Then it waits for the customer  [default]")
@click.option("--close", is_flag=True, help="Then it is closed.")
@click.option("--open", "stay_open", is_flag=True, help="It stays open: there is more to come from us.")
@click.option("--anyway", is_flag=True, help="Send even to an address that mail failed for for good.")
@click.option(
    "--to-reply-to", is_flag=True, help="To the Reply-To of the customer's mail; that is remembered for later answers."
)
@json_option
@click.pass_obj
def reply(
    invocation: Invocation,
    handle: str,
    messages: tuple[str, ...],
    file: Path | None,
    answer: str | None,
    cc: tuple[str, ...],
    only_customer: bool,
    wait: bool,
    close: bool,
    stay_open: bool,
    to_reply_to: bool,
    anyway: bool,
    as_json: bool,
) -> None:
    """Answer the customer. Without -m and -F your editor opens ($VISUAL, $EDITOR).

    Whoever takes part and wrote last gets a copy, unless --only-customer is said. The answer is held back for some
    seconds, in which `brief undo` takes it back, with the Reply-To that was confirmed.

    \b
    Example:
      brief reply anna-rechnung
      brief reply anna-rechnung -m "Gern geschehen." --close
      brief reply anna-rechnung -m "Guten Tag Frau Weber," --answer 1
    """
    text = texts.given(messages, file, needed=not answer)
    afterwards = _afterwards(wait=wait, close=close, stay_open=stay_open)
    wish = Wish(text, answer, cc, afterwards, to_reply_to, anyway, only_customer, quiet=as_json)
    with invocation.desk() as desk:
        begun = desk.begin_reply(handle)
        try:
            row = _send_given(desk, begun, wish) if wish.text is not None else _send_edited(desk, begun, wish)
        finally:
            desk.end_reply(begun["conversation"])
    to = ", ".join(each["address"] for each in [*row["to"], *row["cc"]])
    when = f"in {row['held_for']:g} s" if row["held_for"] else "now"
    told(row, f"answered {row['handle']}: it goes to {to} {when}", as_json=as_json, undoable=row["held_for"] > 0)


@click.command(short_help="Write down something only agents see.")
@handle_argument
@click.option(
    "-m", "--message", "messages", multiple=True, metavar="TEXT", help="The text; more than once: paragraphs."
)
@click.option(
    "-F", "--file", type=click.Path(path_type=Path, allow_dash=True), help="The text from a file, - is stdin."
)
@json_option
@click.pass_obj
def note(invocation: Invocation, handle: str, messages: tuple[str, ...], file: Path | None, as_json: bool) -> None:
    """Write down something only agents see. The customer never does.

    \b
    Example:
      brief note anna-rechnung -m "ruft morgen an"
    """
    text = texts.given(messages, file)
    if text is None and not sys.stdin.isatty():
        text = sys.stdin.read(texts.LARGEST_FILE)
    with invocation.desk() as desk:
        row = desk.note(handle, text) if text is not None else _note_edited(desk, handle, quiet=as_json)
    told(row, f"noted at {row['handle']}", as_json=as_json)


def _note_edited(desk: Desk, handle: str, *, quiet: bool) -> dict[str, Any]:
    """Open the editor on a draft, and write down what was written; the draft stays until that has worked."""
    from service import editor
    from service.drafts import own_draft

    conversation = desk.show(handle)[0]["conversation"]
    with own_draft(desk.data, f"note {conversation}", desk.me()) as file:
        file.touch(0o600)
        editor.edit(file, quiet=quiet)
        text = file.read_text("utf-8", "replace")
        if not text.strip():
            file.unlink()
            raise WrongUse("the note is empty; nothing was written down")
        try:
            row = desk.note(handle, text)
        except BriefwechselError:
            say(f"what you wrote is in {file}; `brief note HANDLE -F {file}` takes it")
            raise
        file.unlink()
    return row


def _afterwards(*, wait: bool, close: bool, stay_open: bool) -> str:
    """What becomes of the conversation; only one of them can be said."""
    if wait + close + stay_open > 1:
        raise WrongUse(
            "after an answer a conversation waits, is closed or stays open: say one of --wait, --close, --open"
        )
    return "closed" if close else "open" if stay_open else "waiting"


def _send_given(desk: Desk, begun: Mapping[str, Any], wish: Wish) -> dict[str, Any]:
    """Send a text from the command line; what is doubtful is said, or asked about on a terminal."""
    text = _with_answer(desk, begun, wish.text or "", wish.answer)
    doubts = _doubts(desk, begun["warnings"])
    if doubts and text.strip() and asks() and not _goes_on(doubts, "Send it all the same?"):
        raise BriefwechselError("nothing was sent")
    if not asks():
        _say_all(doubts)
    return _send(desk, begun, wish, text)


def _send(desk: Desk, begun: Mapping[str, Any], wish: Wish, text: str) -> dict[str, Any]:
    confirms = _confirmed_reply_to(begun, wish)
    writer = begun["last_writer"]
    if writer and not wish.only_customer:
        say(f"{line(writer['address'])} wrote last and gets a copy (--only-customer leaves them out)")
    return desk.reply(
        begun["handle"],
        text,
        cc=wish.cc,
        afterwards=wish.afterwards,
        anyway=wish.anyway or (asks() and _is_stopped(begun)),  # who was asked has said so
        only_customer=wish.only_customer,
        confirms=confirms,
    )


def _send_edited(desk: Desk, begun: Mapping[str, Any], wish: Wish) -> dict[str, Any]:
    """Open the editor on a draft, and send what was written; the draft stays until that has worked."""
    from service.drafts import own_draft

    doubts = _doubts(desk, begun["warnings"])
    if doubts and asks() and not _goes_on(doubts, "Write an answer all the same?"):
        raise BriefwechselError("nothing was sent")
    facts = [*([] if wish.only_customer else _copied(begun)), *doubts]
    with own_draft(desk.data, begun["conversation"], begun["agent"]) as file:
        text = _edited(desk, begun, wish, file, facts)
        try:
            _check_news(desk, begun)
            row = _send(desk, begun, wish, text)
        except (BriefwechselError, click.Abort, KeyboardInterrupt):
            say(f"what you wrote is in {file}; `brief reply {begun['handle']}` begins with it")
            raise
        file.unlink(missing_ok=True)
    return row


def _edited(desk: Desk, begun: Mapping[str, Any], wish: Wish, file: Path, facts: list[str]) -> str:
    """What the agent wrote, beginning with what lay there. Raises `WrongUse` where that is nothing."""
    from service import editor
    from storage.private import write_private

    before = editor.written(file.read_text("utf-8", "replace")) if file.exists() else ""
    write_private(file, editor.template(begun, _with_answer(desk, begun, before, wish.answer), facts).encode())
    editor.edit(file, quiet=wish.quiet)
    text = editor.written(file.read_text("utf-8", "replace"))
    if not text.strip():
        file.unlink(missing_ok=True)
        raise WrongUse("the answer is empty; nothing was sent")
    return text


def _copied(begun: Mapping[str, Any]) -> list[str]:
    writer = begun["last_writer"]
    return [f"Cc:      {line(writer['address'])}, who wrote last"] if writer else []


def _check_news(desk: Desk, begun: Mapping[str, Any]) -> None:
    """Say what came while the editor was open; on a terminal ask whether to send all the same."""
    news = _doubts(
        desk,
        [
            each
            for each in desk.news(begun["conversation"], begun["seen"])
            if each["kind"] not in ("failing", "stopped")
        ],
    )
    if news and asks() and not _goes_on(news, "Send it all the same?"):
        raise BriefwechselError("nothing was sent")
    if not asks():
        _say_all(news)


def _with_answer(desk: Desk, begun: Mapping[str, Any], text: str, answer: str | None) -> str:
    if not answer:
        return text
    return "\n\n".join(part for part in (text.strip(), desk.article(begun["handle"], answer)) if part)


def _confirmed_reply_to(begun: Mapping[str, Any], wish: Wish) -> str:
    """The Reply-To that the customer's mail asks for, where an agent says that answers go there; else ""."""
    reply_to = str(begun["unconfirmed_reply_to"])
    if not reply_to:
        return ""
    question = f"Their mail asks for answers to {line(reply_to)}. Shall they go there from now on, instead of {line(begun['to']['address'])}?"
    if wish.to_reply_to or (asks() and click.confirm(question, default=False, err=True)):
        return reply_to
    if not asks():
        say(
            f"their mail asks for answers to {reply_to}; this one goes to {begun['to']['address']} (--to-reply-to confirms it)"
        )
    return ""


def _doubts(desk: Desk, warnings: list[dict[str, Any]]) -> list[str]:
    from service.terminal import parse_time, when

    now = desk.clock()
    return [_doubt(each, when(at, now, desk.zone)) for each in warnings if (at := parse_time(each["at"]))]


def _doubt(warning: Mapping[str, Any], at: str) -> str:
    kind = warning["kind"]
    if kind == "writing":
        return f"{warning['agent']} is writing an answer here (since {at})"
    if kind == "answered":
        return f"{warning['agent']} answered {at} (message {warning['code']})"
    if kind == "new mail":
        return f"a new mail came from {warning['from']} {at} (message {warning['code']})"
    if kind == "stopped":
        return f"mail to {warning['address']} failed for good: {warning['because']}"
    return f"mail to {warning['address']} could not be delivered, {at}"


def _is_stopped(begun: Mapping[str, Any]) -> bool:
    """Whether the agent was told that mail does not reach the customer."""
    return any(each["kind"] == "stopped" for each in begun["warnings"])


def _goes_on(doubts: list[str], question: str) -> bool:
    _say_all(doubts)
    return click.confirm(question, default=False, err=True)


def _say_all(doubts: list[str]) -> None:
    for doubt in doubts:
        say(line(doubt))
