"""Makes docs/pictures/conversation.svg: a real desk, two mails, an answer, and what `brief show` prints of them.

python docs/pictures/make.py [WIDTH] [inbox]
"""

from __future__ import annotations

import io
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import TerminalTheme

from knowledge.article import Article, Found, Suggestion
from mailgateway.mime.parse import parse
from service.desk import Desk
from service.terminal import THEME
from service.terminal_conversation import conversation
from service.terminal_lists import conversations
from storage.database import open_database, sqlite_url
from storage.outbox import Sent, lease_due, settle
from storage.raw import put_raw
from storage.tables import EnvelopeRow
from threads.agents import Login
from threads.arrive import Found as Read
from threads.arrive import arrive
from threads.hours import Calendar
from threads.model import Authenticity, Classification, Envelope, Kind, Mailbox, Source, Verdict
from threads.policy import Policy

PAPER = TerminalTheme(
    (24, 26, 33),
    (216, 218, 226),
    [(46, 49, 60), (240, 113, 120), (140, 203, 128), (240, 190, 110), (110, 160, 245), (200, 140, 230), (95, 200, 210), (216, 218, 226)],
    [(125, 130, 148), (255, 130, 140), (160, 220, 150), (255, 210, 130), (140, 185, 255), (220, 165, 245), (130, 220, 230), (245, 245, 250)],
)  # fmt: skip
BEGIN = datetime(2026, 11, 24, 8, 12, tzinfo=UTC)
SUPPORT = Mailbox("support@nordlicht.example", "Nordlicht Support", signature="Nordlicht Hosting")
ADDRESS = Article("rechnungsadresse", "Wie ändere ich meine Rechnungsadresse?", "", ("Rechnungen",))
MOVED = "Guten Tag,\n\nwir sind umgezogen: Wie kommt die neue Adresse auf unsere Rechnungen?\nDie letzte ging noch in die Hafenstraße.\n\nViele Grüße\nAnna Weber\n"
ANSWER = "Guten Tag Frau Weber,\n\ndie neue Adresse steht jetzt in Ihrem Kundenkonto und gilt ab der\nnächsten Rechnung. Die vom November habe ich Ihnen neu ausgestellt."
THANKS = "Wunderbar, danke! Gilt das auch für die zweite Domain?\n\nAm 24.11.2026 um 10:31 schrieb Nordlicht Support:\n> die neue Adresse steht jetzt in Ihrem Kundenkonto\n"


class Story:
    """A desk on which things happen at chosen times."""

    def __init__(self, folder: Path) -> None:
        self.now = BEGIN
        policy = Policy((SUPPORT,), Calendar("Mo-Fr 08:00-17:00", "Europe/Berlin", ""), undo_for=timedelta(0))
        database = open_database(sqlite_url(folder / "desk.sqlite"))
        database.upgrade()
        self.desk = Desk(
            database, lambda: policy, data=folder, user=Login("lena"), wanted="lena", clock=lambda: self.now
        )
        self.desk.add_agent("lena", name="Lena Kruse")
        self.desk.add_agent("ben", name="Ben Otto")

    def at(self, hour: int, minute: int) -> Desk:
        """The desk at a time of this day in Berlin."""
        self.now = BEGIN.replace(hour=hour - 1, minute=minute)
        return self.desk

    def mail(self, author: str, subject: str, text: str, *, attachment: str = "", suggests: float = 0) -> str:
        """A mail arrives; the handle of its conversation."""
        mail = EmailMessage(policy=SMTP)
        mail["From"], mail["To"], mail["Subject"] = author, SUPPORT.address, subject
        mail["Message-ID"], mail["Date"] = f"<{abs(hash((author, text)))}@mail.example>", self.now
        mail.set_content(text)
        if attachment:
            mail.add_attachment(b"x" * 48_213, maintype="application", subtype="pdf", filename=attachment)
        with self.desk.database.writing() as session:
            raw_id = put_raw(session, bytes(mail), self.now)
            read = parse(bytes(mail))
            sender = read.author.address if read.author else ""
            row = EnvelopeRow(
                raw_id=raw_id, source="smtp", mail_from=sender, recipients=[], received_at=self.now, due_at=self.now
            )
            session.add(row)
            session.flush()
            found = Read(
                row.id,
                raw_id,
                Envelope(Source.SMTP, sender, (SUPPORT.address,), self.now),
                read,
                Classification(Kind.PERSON, acknowledge=True, because="a person wrote it"),
                Verdict(Authenticity.GENUINE, ""),
                (SUPPORT,),
                (
                    Suggestion(
                        Found(ADDRESS, 9, "Im Kundenbereich unter Rechnungen.", "Rechnungen, Adresse"),
                        suggests,
                        sure=False,
                    ),
                )
                if suggests
                else (),
            )
            return arrive(session, found, self.desk.policy, self.now).handle

    def send_all(self) -> None:
        """A relay takes every mail that waits."""
        with self.desk.database.writing() as session:
            for each in lease_due(session, self.now, timedelta(minutes=5), 100):
                settle(session, each, Sent("250 taken"), self.now)


@contextmanager
def told() -> Iterator[tuple[Story, str]]:
    """The story of one morning, and the handle of the conversation that the picture shows."""
    with tempfile.TemporaryDirectory() as folder:
        story = Story(Path(folder))
        handle = story.mail(
            "Anna Weber <anna@kundin.example>",
            "Rechnungsadresse geändert",
            MOVED,
            attachment="Rechnung Oktober.pdf",
            suggests=0.86,
        )
        story.at(9, 40).note(handle, "Alte Adresse stand noch im zweiten Vertrag, ist geändert.")
        story.at(10, 31).reply(handle, ANSWER)
        story.at(11, 2)
        story.mail("Anna Weber <anna@kundin.example>", "Re: Rechnungsadresse geändert", THANKS)
        story.at(11, 5)
        story.mail(
            "Jörg Groß <joerg@handwerk.example>",
            "Unser Server ist seit heute früh nicht erreichbar!",
            "Bitte schnell, der Server ist down.",
        )
        story.mail(
            "Théo Müller-Lüdenscheidt <theo@shop.example>", "Domain zu Ihnen umziehen", "Wie ziehe ich meine Domain um?"
        )
        kai = story.mail("Kai Petersen <kai@verein.example>", "Mailpostfach voll", "Mein Postfach ist voll.")
        story.at(11, 8).take(kai)
        story.at(11, 20)
        story.send_all()
        yield story, handle
        story.desk.close()


def picture(width: int, *, inbox: bool) -> str:
    """The SVG, without anything that would be fetched from elsewhere."""
    to = Console(record=True, width=width, file=io.StringIO(), theme=THEME, force_terminal=True, color_system="standard", highlight=False, markup=False, emoji=False)  # fmt: skip
    with told() as (story, handle):
        desk = story.desk
        if inbox:
            conversations(
                to, desk.inbox(), story.now, desk.zone, empty="", hints=("brief show HANDLE", "brief reply HANDLE")
            )
        else:
            conversation(to, desk.show(handle)[0], story.now, desk.zone)
    command = "brief inbox" if inbox else f"brief show {handle}"
    svg = to.export_svg(title=command, theme=PAPER, unique_id="brief", font_aspect_ratio=0.6)
    return re.sub(r"@font-face \{[^}]*\}\s*", "", svg).replace("Fira Code", "DejaVu Sans Mono")


if __name__ == "__main__":
    columns = next((int(each) for each in sys.argv[1:] if each.isdigit()), 84)
    name = "inbox" if "inbox" in sys.argv else "conversation"
    target = Path(__file__).with_name(f"{name}.svg")
    target.write_text(picture(columns, inbox=name == "inbox"), encoding="utf-8")
    print(target)
