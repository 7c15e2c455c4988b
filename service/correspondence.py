"""The customers' view: mails them the link to their correspondence, and opens what the link leads to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy.orm import Session

from faq.paths import Paths
from mailgateway.mbox import mbox_entry
from mailgateway.mime.parse import attachment as cut_out
from service.desk_answers import mail_of
from service.files import harmless_name
from service.keys import Keys
from service.links import CORRESPONDENCE, FILE, Pass, pass_of, token_of
from service.settings import WebSettings
from storage.database import Database
from storage.errors import Lost, WrongUse
from storage.outbox import enqueue
from storage.outgoing import Mailable, OutgoingMail
from storage.raw import get_raw
from storage.tables import ConversationRow, MessageRow
from threads.people import customers
from threads.people.correspondence import PAGE, Closed, Reader, View, Written
from threads.people.link_letter import link_letter
from threads.policy import Policy
from threads.store.correspondence import (
    matters,
    may_read,
    newest_readable,
    note_link,
    readable,
    reader_at,
    reader_of,
)
from threads.store.stops import stopped

_THIS_MACHINE = frozenset({"127.0.0.1", "::1", "localhost"})


def unavailable(web: WebSettings) -> str:
    """Why the website shows no correspondence; "" where it does.

    A link is made from the settings alone: the name that a visitor's request was sent to may be anybody's.
    """
    if not web.correspondence:
        return "[web] correspondence is off; set it to true"
    url = urlsplit(web.url)
    if url.scheme != "https" and url.hostname not in _THIS_MACHINE:
        return "the link has to lead to the website, and over TLS: set [web] url, with https://"
    return ""


def reader_named(session: Session, name: str) -> Reader:
    """The customer whom an agent means, by an address of theirs or by conversations. Raises `NotThere` or `WrongUse`."""
    person = customers.find(session, name)
    reader = reader_at(session, name.strip()) if "@" in name else reader_of(session, person.id)
    if reader is None:
        raise WrongUse(f"{name.strip()[:80]!r} has no address on record to which a correspondence could go")
    return reader


class Correspondence:
    """Made once for a website or a command; threads may share it."""

    def __init__(
        self,
        database: Database,
        keys: Keys,
        policy: Policy,
        web: WebSettings,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._database, self._keys, self._policy, self._web, self._clock = database, keys, policy, web, clock

    # ---- the link

    def ask(self, address: str, language: str) -> bool:
        """Mail the link to an address that a visitor named, where somebody here has it and there is something to read."""
        with self._database.reading() as session:
            reader = reader_at(session, address)
        return reader is not None and not self.mail_link(reader, language=language)

    def mail_link(self, reader: Reader, *, language: str = "", agent_id: str = "") -> str:
        """Put the mail with the link into the outbox: for an agent, or for a visitor. Why that cannot be; "" where it was."""
        now = self._clock()
        with self._database.reading() as session:  # while one writes all others wait, so nothing is looked up then
            newest = _newest(session, reader)
        if isinstance(newest, str):
            return newest
        mail = self._letter(reader, newest, language or newest.language, now, by_visitor=not agent_id)
        who = f"{agent_id} had" if agent_id else "a visitor who entered the address had"
        because = f"{who} the link to the whole correspondence mailed to {reader.address}"
        with self._database.writing() as session:
            # no loop can come of it, since no mail asks for one: the breaker need not count it, nor keep back others for it
            enqueue(session, mail, purpose="link", conversation_id=None, message_id=None, due_at=now, now=now)
            note_link(session, newest.id, agent_id, because, now)
        return ""

    def _letter(
        self, reader: Reader, newest: ConversationRow, spoken: str, now: datetime, *, by_visitor: bool
    ) -> OutgoingMail:
        mailbox = self._policy.mailbox_for(newest.mailbox)
        until = now + self._web.correspondence_for
        return link_letter(
            mailbox=mailbox,
            to=Mailable(reader.address, reader.name),
            link=self._link(reader, until, spoken),
            until=until.astimezone(self._policy.zone_of(mailbox)),
            language=spoken,
            by_visitor=by_visitor,
            html=self._policy.html,
            now=now,
        )

    def _link(self, reader: Reader, until: datetime, language: str) -> str:
        languages = self._web.languages
        paths = Paths(language if language in languages else languages[0])
        token = token_of(self._keys, CORRESPONDENCE, Pass(reader.person, reader.address, until))
        return self._web.url + paths.correspondence_of(token)

    # ---- what it leads to

    def view(self, token: str, page: int) -> View | Closed:
        """A page of what a link shows; the last one for a number beyond it."""
        with self._database.reading() as session:
            held = self._held(session, CORRESPONDENCE, token)
            if isinstance(held, Closed):
                return held
            shown, reader = held
            letters, zone = readable(session, reader), self._policy.calendar.zone
            pages = max(1, -(-len(letters) // PAGE))
            page = min(max(1, page), pages)
            on_page = letters[(page - 1) * PAGE : page * PAGE]

            def named(message: UUID, number: int) -> str:
                return token_of(self._keys, FILE, replace(shown, message=message, number=number))

            return View(matters(session, on_page, zone, named), page, pages, shown.until.astimezone(zone))

    def file(self, token: str) -> tuple[str, bytes] | Closed:
        """The name and the bytes of an attached file."""
        with self._database.reading() as session:
            held = self._held(session, FILE, token)
            if isinstance(held, Closed):
                return held
            shown, reader = held
            if shown.message is None or not may_read(session, reader, shown.message):
                return Closed.OVER
            return _file(session.get_one(MessageRow, shown.message), shown.number, session) or Closed.OVER

    def archive(self, token: str) -> Iterator[bytes] | Closed:
        """All of it as an mbox, mail by mail."""
        with self._database.reading() as session:
            held = self._held(session, CORRESPONDENCE, token)
            if isinstance(held, Closed):
                return held
            letters = readable(session, held[1])
        return self.mbox(letters)

    def mbox(self, letters: Sequence[Written]) -> Iterator[bytes]:
        """Letters as they came and went out, the oldest first; left out are those with a virus, and what was erased."""
        for each in sorted(letters, key=lambda letter: (letter.at, letter.message)):
            with self._database.reading() as session:
                mail = _mail(session, each)
            if mail is not None:
                yield mbox_entry(mail, each.author, each.at)

    def _held(self, session: Session, purpose: str, token: str) -> tuple[Pass, Reader] | Closed:
        """The pass of a token, and who reads by it now."""
        shown = pass_of(self._keys, purpose, token)
        if shown is None:
            return Closed.UNKNOWN
        if shown.until <= self._clock():
            return Closed.OVER
        reader = reader_at(session, shown.address, shown.person)
        return (shown, reader) if reader is not None else Closed.OVER


def _newest(session: Session, reader: Reader) -> ConversationRow | str:
    """The conversation of the newest letter that somebody may read; or why no link is mailed to them."""
    letter = newest_readable(session, reader)
    if letter is None:
        return f"there is nothing for {reader.address} to read: they are the customer of no conversation"
    failed = stopped(session, [reader.address]).get(reader.address)
    if failed is not None:
        return f"mail does not reach {reader.address}: {failed} (`brief outbox stops lift {reader.address}`)"
    return session.get_one(ConversationRow, letter.conversation)


def _mail(session: Session, letter: Written) -> bytes | None:
    message = session.get_one(MessageRow, letter.message)
    try:
        return None if message.virus else mail_of(session, message)
    except Lost:
        return None


def _file(message: MessageRow, number: int, session: Session) -> tuple[str, bytes] | None:
    """An attached file of a letter; None where it is not given out, or gone."""
    if message.virus or message.raw_id is None or not 0 <= number < len(message.attachments):
        return None
    wanted = message.attachments[number]
    try:
        data = cut_out(get_raw(session, message.raw_id), int(wanted["part"]))
    except Lost:
        return None
    return (harmless_name(str(wanted["name"])), data) if data is not None else None
