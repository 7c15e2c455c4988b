"""What the README and the quickstart tell people to type is typed here, against a real desk: they cannot go stale."""

from __future__ import annotations

import re
import sys
import textwrap
from collections.abc import Callable
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from service.settings import Settings

pytestmark = pytest.mark.timeout(300)
"""A dozen programs start one after the other, also on a machine with much else to do."""
ROOT = Path(__file__).resolve().parents[2]
README, QUICKSTART = (ROOT / "README.md").read_text("utf-8"), (ROOT / "docs" / "quickstart.md").read_text("utf-8")
LATER = "600"
"""Seconds for which an answer is held back here, so that no slow machine sends it before it is taken back."""
EDITOR = "sed -i 1i\\Erledigt."
ARCHIVE = "From lena@localhost Mon Jan  5 10:00:00 2026\n{mail}\n"


def blocks(text: str, heading: str) -> list[str]:
    """What stands as code below a heading, fenced or set in."""
    below = text.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    assert below, heading
    fenced = re.split(r"^```(?:sh)?\n", below, flags=re.MULTILINE)
    inset = re.findall(r"(?:^    .+\n)+", "".join(fenced[::2]), flags=re.MULTILINE)
    return fenced[1::2] + [textwrap.dedent(each) for each in inset]


def calls(block: str) -> list[str]:
    """The lines of a block without what is said about them."""
    return [line.partition("  #")[0].strip() for line in block.splitlines() if line.strip()]


def sent(desk: Any) -> list[EmailMessage]:
    """What went out, in order."""
    mails = [
        message_from_bytes(path.read_bytes(), policy=policy.default) for path in desk.folder.glob("var/sent/new/*")
    ]
    return sorted(mails, key=lambda mail: mail["date"].datetime)


def a_reply(mail: EmailMessage, text: str) -> bytes:
    reply = EmailMessage()
    reply["From"] = "Anna Weber <anna@kundin.example>"
    reply["To"] = str(mail["reply-to"])
    reply["Subject"] = f"Re: {mail['subject']}"
    reply["Message-ID"] = "<danke@kundin.example>"
    reply["In-Reply-To"] = str(mail["message-id"])
    reply.set_content(text)
    return reply.as_bytes()


@pytest.fixture
def desk(desk_process: Any) -> Any:
    """A desk as `make run` starts one: no settings, nobody known; only its ports are free ones."""
    desk_process.settings = ""
    desk_process.environment = {"BRIEF_SMTP__LISTEN": "127.0.0.1:0", "BRIEF_WEB__LISTEN": "127.0.0.1:0"}
    (desk_process.folder / ".venv").symlink_to(sys.prefix)
    return desk_process


def test_the_readme_leads_from_a_first_mail_to_a_conversation_that_thanks_close(
    desk: Any, wait_until: Callable[..., Any]
) -> None:
    desk.start("--sample")
    [mail] = blocks(README, "A first mail")
    assert "2525" in mail
    desk.shell(mail.replace("2525", str(desk.smtp[1])))
    [acknowledgement] = wait_until(lambda: sent(desk))
    assert "Rechnungsanschrift" in acknowledgement.get_body(("plain",)).get_content()

    [block] = blocks(README, "The first answer")
    activate, *typed = calls(block)
    assert activate == "source .venv/bin/activate"
    said = {
        call.split()[1]: desk.shell(f"{activate}\n{call}", EDITOR=EDITOR, BRIEF_REPLY__UNDO_FOR=LATER) for call in typed
    }
    assert re.search(r"acknowledgement +anna-rechnungsadresse +Re: Neue Rechnungs", said["outbox"])
    assert "anna-rechnungsadresse" in said["inbox"]
    assert "Wir sind umgezogen" in said["show"]
    assert "Wie ändere ich meine Rechnungsadresse?" in said["show"]
    assert "it goes to anna@kundin.example in 600 s" in said["reply"]
    assert "taken back" in said["undo"]
    assert Settings().reply.undo_for == timedelta(seconds=10), "the README says ten seconds"

    # the README says which words close it
    thanks = re.search(r"When Anna answers \*(.+?)\*, the conversation closes", README)
    assert thanks
    desk.send(a_reply(acknowledgement, thanks[1]))
    wait_until(lambda: desk.objects("show", "anna-rechnungsadresse", "--json")[0]["status"] == "closed")

    [website] = blocks(README, "The website")
    exported, imported, found = (desk.shell(call) for call in calls(website))
    assert "articles are in my-faq" in exported
    assert imported.startswith("0 new, 0 changed, ")
    assert "rechnungsadresse-aendern" in found.splitlines()[0]
    assert desk.stop() == 0


def test_the_readme_names_what_make_can_do() -> None:
    [block] = blocks(README, "Two commands")
    targets = {call.removeprefix("make ") for call in calls(block)}
    assert targets == {"run", "test"}
    assert all(f"\n{target}:" in (ROOT / "Makefile").read_text() for target in targets)


def test_a_real_mailbox_is_set_up_and_filled_as_it_is_told(desk: Any, a_mail: Callable[..., bytes]) -> None:
    [block] = blocks(README, "A real mailbox")
    assert calls(block) == calls(blocks(QUICKSTART, "5. Connect a real mailbox")[0])
    *typed, serve = calls(block)
    assert serve == "brief serve"
    said = [desk.shell(call, EDITOR="sed -i s/support@[a-z.]*/hilfe@kiebitz.example/") for call in typed]
    assert "hilfe@kiebitz.example" in said[-1]
    assert "✗" not in said[-1]

    [block] = blocks(QUICKSTART, "6. Bring your own FAQ and your old mail")
    articles, archive = calls(block)
    (desk.folder / "my-faq").mkdir()
    (desk.folder / "my-faq" / "umzug.md").write_text("---\nquestion: Wie ziehe ich um?\n---\nSagen Sie es uns.\n")
    (desk.folder / "archive.mbox").write_text(ARCHIVE.format(mail=a_mail().decode()))
    assert desk.shell(articles) == "1 new, 0 changed, 0 the same\n"
    assert "1 mail taken in" in desk.shell(archive)
    assert f"`{archive}`" in README


def test_the_quickstart_leads_from_the_start_to_an_answer(desk: Any, wait_until: Callable[..., Any]) -> None:
    said = desk.start_talking("--sample")
    [_, told] = blocks(QUICKSTART, "1. Start it")
    assert [line.split()[0] for line in told.splitlines()] == [line.split()[0] for line in said.splitlines()[:4]]
    assert told.splitlines()[0] in said
    [hint] = [line for line in said.splitlines() if line.startswith("python3 -c ")]
    desk.shell(hint)
    desk.shell(blocks(QUICKSTART, "2. Send it a mail")[0].replace("2525", str(desk.smtp[1])))
    wait_until(lambda: len(sent(desk)) == 2)
    [row] = [row for row in desk.objects("outbox", "--json") if row["handle"] == "anna-rechnungsadresse"]

    [seen] = blocks(QUICKSTART, "3. See what went out by itself")
    activate, *typed = calls(seen)
    assert activate == "source .venv/bin/activate"
    listed, shown = (desk.shell(f"{activate}\n{call.replace('CODE', row['code'])}") for call in typed)
    assert row["code"] in listed
    assert "Wie ändere ich meine Rechnungsadresse?" in shown

    [answer] = blocks(QUICKSTART, "4. Answer")
    inbox, whole, reply = (desk.shell(call, EDITOR=EDITOR, BRIEF_REPLY__UNDO_FOR=LATER) for call in calls(answer))
    assert len(inbox.splitlines()) == 2
    assert "Wir sind umgezogen" in whole
    assert "answered anna-rechnungsadresse" in reply
    for call in ("brief undo", "brief why anna-rechnungsadresse"):
        assert f"`{call}`" in QUICKSTART
        desk.shell(call)
    assert desk.stop() == 0
