"""The agents' commands through the real program: what they print, and how they end."""

from __future__ import annotations

import io
import json
import mailbox
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO

import pytest

import cli
import service.commands.inbox as inbox_command
from service.invocation import run

BRIEF = str(Path(sys.executable).with_name("brief"))


@dataclass(frozen=True)
class Ended:
    """How a command ended, and what it printed."""

    returncode: int
    stdout: str
    stderr: str


@dataclass
class Terminal:
    """A person in a folder who types `brief ...`; within this process, or (`binary`) as a process of its own."""

    folder: Path
    binary: bool = False

    def type(self, *arguments: str, stdin: str = "", editor: str = "false") -> Ended:
        """Run a command to its end."""
        settings = {"COLUMNS": "80", "EDITOR": editor, "VISUAL": "", "NO_COLOR": "1"}
        ended = self._as_process(arguments, stdin, settings) if self.binary else self._here(arguments, stdin, settings)
        assert "Traceback" not in ended.stderr, ended.stderr
        return ended

    def _as_process(self, arguments: tuple[str, ...], stdin: str, settings: dict[str, str]) -> Ended:
        ended = subprocess.run(
            [BRIEF, *arguments],
            cwd=self.folder,
            env={**os.environ, **settings},
            input=stdin,
            capture_output=True,
            text=True,
        )
        return Ended(ended.returncode, ended.stdout, ended.stderr)

    def _here(self, arguments: tuple[str, ...], stdin: str, settings: dict[str, str]) -> Ended:
        taken = [io.BytesIO(), io.BytesIO()]
        out, err = (io.TextIOWrapper(each, "utf-8", write_through=True) for each in taken)
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(self.folder)
            for name, value in settings.items():
                patch.setenv(name, value)
            patch.setattr(sys, "argv", ["brief", *arguments])
            patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode()), "utf-8"))
            patch.setattr(sys, "stdout", out)
            patch.setattr(sys, "stderr", err)
            patch.setattr(signal, "signal", lambda *_: None)
            returncode = run(cli.brief)
        printed, said = (each.getvalue().decode() for each in taken)
        return Ended(returncode, printed, said)

    def __call__(self, *arguments: str, stdin: str = "", editor: str = "false") -> str:
        """What a command printed, which must have worked."""
        ended = self.type(*arguments, stdin=stdin, editor=editor)
        assert ended.returncode == 0, (arguments, ended.stdout, ended.stderr)
        return ended.stdout

    def objects(self, *arguments: str) -> list[dict[str, Any]]:
        """The JSON values that a command printed, one a line, in ASCII."""
        printed = self(*arguments)
        assert printed.isascii()
        return [json.loads(each) for each in printed.splitlines()]


@pytest.fixture
def brief(tmp_path: Path, a_mail: Callable[..., bytes]) -> Terminal:
    """A desk in a fresh folder, with one mail of today that has a file attached."""
    mail = a_mail(
        author="Jörg Groß <joerg@kunde.example>",
        subject="Rechnung",
        date=datetime.now(UTC),
        message_id="<first@kunde.example>",
        attachments=(("../../Böse.pdf", "application/pdf", b"%PDF\x00"),),
    )
    (tmp_path / "mail.eml").write_bytes(mail)
    terminal = Terminal(tmp_path)
    terminal("mail", "import", "mail.eml", "--json")
    return terminal


def test_the_real_program_answers_and_takes_back(brief: Terminal) -> None:
    brief.binary = True

    sent = json.loads(brief("reply", "joerg@kunde.example", "-F", "-", "--json", stdin="Gern geschehen, Jörg.\n"))
    [undone] = brief.objects("undo", "--json")

    assert (sent["status"], undone["status"], undone["text"]) == ("waiting", "open", "Gern geschehen, Jörg.")


def test_a_conversation_is_read_answered_taken_back_and_closed(brief: Terminal) -> None:
    [row] = brief.objects("inbox", "--json")
    handle = row["handle"]
    assert row["customer"] == {"name": "Jörg Groß", "address": "joerg@kunde.example"}
    assert "Jörg Groß" in brief("inbox")
    shown = brief("show", handle)
    assert "wo finde ich meine Rechnung?" in shown
    assert "\x1b" not in shown

    sent = json.loads(brief("reply", "joerg@kunde.example", "-F", "-", "--json", stdin="Gern geschehen, Jörg.\n"))
    assert (sent["status"], sent["held_for"]) == ("waiting", 10)
    assert brief.objects("inbox", "--json") == []
    [undone] = brief.objects("undo", "--json")
    assert undone["text"] == "Gern geschehen, Jörg."
    assert Path(undone["draft"]).read_text() == "Gern geschehen, Jörg."

    # what was taken back is where the editor begins
    edited = brief("reply", handle, "--close", editor="sed -i 1s/Gern/Sehr.gern/")
    assert "answered" in edited
    [closed] = brief.objects("show", handle, "--json")
    assert closed["status"] == "closed"
    assert closed["timeline"][-1]["reply"] == "Sehr.gern geschehen, Jörg."
    assert not list((brief.folder / "var" / "drafts").iterdir())


def test_a_message_is_split_off_moved_back_and_each_says_where_it_is(
    brief: Terminal, a_mail: Callable[..., bytes]
) -> None:
    mail = a_mail(
        author="Jörg Groß <joerg@kunde.example>",
        subject="AW: Rechnung",
        text="Zum Umzug: wann?",
        in_reply_to="<first@kunde.example>",
        date=datetime.now(UTC),
    )
    (brief.folder / "more.eml").write_bytes(mail)
    brief("mail", "import", "more.eml")
    [row] = brief.objects("inbox", "--json")
    handle = row["handle"]
    [shown] = brief.objects("show", handle, "--json")
    code = [each["code"] for each in shown["timeline"] if "code" in each][-1]

    [made] = brief.objects("split", handle, code, "--json")
    assert (made["from"], made["moved"], made["messages"]) == (handle, [code], 1)
    moved = brief("move", code, handle)
    assert f"{handle} now holds 1 message of {made['handle']}: {code}\n" in moved
    assert f"moved it here from {made['handle']}." in brief("why", code)
    assert brief("undo", made["handle"]).startswith(f"{handle}: taken back (")
    assert {each["handle"] for each in brief.objects("inbox", "--json")} == {handle, made["handle"]}


def test_a_third_party_is_asked_in_the_editor_and_what_was_taken_back_is_where_the_next_one_begins(
    brief: Terminal,
) -> None:
    copied = brief.folder / "seen.txt"
    editor = f"sh -c 'cp $0 {copied}; printf \"Ist sie frei?\" > $0'"
    asked = brief("forward", "joerg@kunde.example", "--to", "Ben <ben@registry.example>", editor=editor)
    assert "asked ben@registry.example about joerg-rechnung: it goes out in 10 s; the answer comes into ben-" in asked
    seen = copied.read_text()
    assert "# To:      Ben <ben@registry.example>\n" in seen
    assert "# Without: " in seen
    assert "# > " in seen
    assert "joerg@kunde.example" not in seen
    [row] = brief.objects("inbox", "--json")
    assert (row["handle"], row["asked"]) == ("joerg-rechnung", 1)
    shown = brief("show", "joerg-rechnung")
    assert "waits for the third party" in " ".join(shown.split())

    undone = brief("undo")
    assert "`brief forward joerg-rechnung --to ben@registry.example` begins with it" in " ".join(undone.split())
    editor = f"sh -c 'cp $0 {copied}'"
    again = brief("forward", "joerg-rechnung", "--to", "ben@registry.example", "--with-attachments", editor=editor)
    assert "asked ben@registry.example" in again
    seen = copied.read_text()
    assert seen.startswith("Ist sie frei?\n")
    assert "# With:    " in seen
    refused = brief.type("forward", "joerg-rechnung", "--to", "joerg@kunde.example", "-m", "?")
    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)


def test_a_note_lies_in_a_draft_until_it_is_written_down(brief: Terminal) -> None:
    [row] = brief.objects("inbox", "--json")
    drafts = brief.folder / "var" / "drafts"

    def note(handle: str, editor: str) -> int:
        ours, theirs = os.openpty()
        try:
            settings = {**os.environ, "EDITOR": editor, "VISUAL": ""}
            command = [BRIEF, "note", handle]
            return subprocess.run(command, cwd=brief.folder, env=settings, stdin=theirs, capture_output=True).returncode
        finally:
            os.close(ours)
            os.close(theirs)

    assert note("nobody", "false") == 1
    assert not drafts.exists()  # no editor opens on what is not there
    assert note(row["handle"], "sh -c 'printf Ruft. >> $0; exit 1'") == 1
    assert [each.read_text() for each in drafts.iterdir()] == ["Ruft."]
    assert note(row["handle"], "sh -c 'printf an >> $0'") == 0
    assert list(drafts.iterdir()) == []
    assert brief.objects("show", row["handle"], "--json")[0]["timeline"][-1]["text"] == "Ruft.an"


def test_wrong_use_ends_with_2_and_what_is_not_there_with_1_each_in_one_line(brief: Terminal) -> None:
    [row] = brief.objects("inbox", "--json")
    handle = row["handle"]
    code = brief.objects("show", handle, "--json")[0]["timeline"][0]["code"]
    wrong = {
        ("show", "nobody"): 1,
        ("close", "nobody"): 1,
        ("reply", handle, "-m", "  "): 2,
        ("reply", handle, "-m", "x", "-F", "-"): 2,
        ("reply", handle, "-m", "x", "--close", "--open"): 2,
        ("reply", handle): 1,  # the editor fails
        ("reply", handle, "-F", "/no/such/file"): 2,
        ("reply", handle, "-m", "x", "--answer", "no-such-article"): 1,
        ("snooze", handle, "gestern"): 2,
        ("priority", handle, "urgent"): 2,
        ("assign", handle): 2,
        ("assign", handle, "nobody"): 2,
        ("merge", handle, handle): 2,
        ("accept", code): 2,
        ("split", handle, code): 2,
        ("split", handle, "nocode"): 1,
        ("split", handle): 2,
        ("move", code, handle): 2,
        ("move", "nocode", handle): 1,
        ("accept", "nocode"): 1,
        ("undo", handle): 1,
        ("inbox", "--limit", "0"): 2,
        ("agent", "add", "Not An Id!"): 2,
        ("--as", "carl", "inbox"): 2,
        ("show", handle, "--attachment", "nonsense"): 2,
        ("show", handle, "--attachment", f"{code}:7"): 1,
    }
    for arguments, exit_code in wrong.items():
        ended = brief.type(*arguments)
        assert ended.returncode == exit_code, (arguments, ended.stderr)
        assert ended.stderr.strip()
        assert ended.stdout == ""


def test_without_a_terminal_and_an_editor_an_answer_wants_its_text(brief: Terminal) -> None:
    brief.binary = True

    ended = brief.type("reply", "joerg@kunde.example", editor="")

    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == "brief: there is no terminal for an editor; say -m TEXT or -F FILE\n"


def test_what_an_editor_prints_is_not_taken_for_the_result(brief: Terminal) -> None:
    brief.binary = True

    editor = "sh -c 'echo noise; echo Gern. >\"$0\"'"
    sent = json.loads(brief("reply", "joerg@kunde.example", "--json", editor=editor))

    assert sent["status"] == "waiting"


def test_a_file_out_of_a_mail_is_saved_harmlessly_and_never_over_another(brief: Terminal) -> None:
    [row] = brief.objects("inbox", "--json")
    [letter] = [
        each for each in brief.objects("show", row["handle"], "--json")[0]["timeline"] if each["kind"] == "message"
    ]
    which = f"{letter['code']}:1"

    brief("show", row["handle"], "--attachment", which)

    [saved] = brief.folder.glob("*.pdf")
    assert saved.name.endswith("Böse.pdf")
    assert saved.read_bytes() == b"%PDF\x00"
    again = brief.type("show", row["handle"], "--attachment", which)
    assert (again.returncode, saved.read_bytes()) == (1, b"%PDF\x00")
    brief("show", row["handle"], "--raw", letter["code"], "-o", "raw.eml")
    assert (brief.folder / "raw.eml").read_bytes() == (brief.folder / "mail.eml").read_bytes()


def test_mail_that_came_while_the_editor_was_open_is_said_however_long_it_was_under_way(
    brief: Terminal, a_mail: Callable[..., bytes]
) -> None:
    later = a_mail(
        author="Jörg Groß <joerg@kunde.example>",
        subject="Re: Rechnung",
        text="Hat sich erledigt.",
        message_id="<later@kunde.example>",
        in_reply_to="<first@kunde.example>",
        date=datetime.now(UTC) - timedelta(minutes=5),
    )
    (brief.folder / "later.eml").write_bytes(later)
    editor = brief.folder / "editor"
    editor.write_text(f'#!/bin/sh\n{BRIEF} mail import later.eml >&2 </dev/null && echo "Gern." >"$1"\n')
    editor.chmod(0o700)

    ended = brief.type("reply", "joerg@kunde.example", editor=str(editor))

    assert ended.returncode == 0, ended.stderr
    assert "a new mail came from joerg@kunde.example" in ended.stderr


@pytest.fixture
def full(brief: Terminal, a_mail: Callable[..., bytes]) -> Terminal:
    """A desk with 52 conversations: more than a terminal shows at once."""
    with closing(mailbox.mbox(brief.folder / "many.mbox")) as many:
        for number in range(51):
            mail = a_mail(
                author=f"Kunde <k{number}@kunde.example>",
                subject=f"Frage {number}",
                message_id=f"<{number}@kunde.example>",
                date=datetime.now(UTC),
            )
            many.add(mail)
    brief("mail", "import", "many.mbox")
    return brief


@pytest.mark.parametrize("which", [(), ("--all",)])
def test_for_a_pipe_and_a_program_the_inbox_is_whole_unless_a_limit_is_said(
    full: Terminal, monkeypatch: pytest.MonkeyPatch, which: tuple[str, ...]
) -> None:
    monkeypatch.setattr(inbox_command, "LARGEST_PAGE", 26)  # so that the last page is full

    whole = [row["handle"] for row in full.objects("inbox", *which, "--json")]

    assert len(whole) == len(set(whole)) == 52
    assert [line.split()[0] for line in full("inbox", *which).splitlines()] == whole
    assert [row["handle"] for row in full.objects("inbox", *which, "--json", "--limit", "3")] == whole[:3]
    assert [row["handle"] for row in full.objects("inbox", *which, "--json", "--after", whole[1])] == whole[2:]


def test_a_terminal_shows_a_page_of_the_inbox_and_says_how_many_more_there_are(full: Terminal) -> None:
    ours, theirs = os.openpty()
    with open(ours, "rb") as screen, ThreadPoolExecutor(1) as reader:
        shown = reader.submit(_all_of, screen)
        ended = subprocess.run([BRIEF, "inbox"], cwd=full.folder, stdout=theirs, stderr=subprocess.PIPE, text=True)
        os.close(theirs)
        subjects = shown.result().count(b"Frage ") + shown.result().count(b"Rechnung")

    assert subjects == 50
    assert ended.stderr.startswith("2 more: --after ")


def _all_of(screen: BinaryIO) -> bytes:
    """What was printed on a terminal until nobody has it open any more."""
    printed = b""
    with suppress(OSError):  # Linux ends a terminal so
        while more := screen.read1():  # type: ignore[attr-defined]
            printed += more
    return printed
