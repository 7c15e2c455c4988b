"""The desk as agents use it: plain values in, plain values out, every call one short transaction."""

from __future__ import annotations

import os
import pwd
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from service import desk_answers, desk_consent, desk_forwarding, desk_inbox, desk_phone, desk_placing, desk_undoing
from service.desk_callbacks import Callbacks
from service.desk_charges import Charges
from service.desk_forwarding import Wanted
from service.desk_people import People
from service.desk_sla import Sla
from service.opening import open_database_for
from service.setting_types import zone_of
from service.settings import Settings
from storage.database import Database
from storage.errors import NotThere
from storage.tables import ConversationRow
from threads import agents, departments, listing, lookup, timeline
from threads.agents import Login
from threads.conversation import Change, apply, due_for, hold_all_places, locked, state_of
from threads.escalation.taken import taken_by
from threads.life import changes
from threads.life.until import until
from threads.model import Priority
from threads.regroup.tally import unanswered_since
from threads.sla.following import follow
from threads.store.letters import said_in
from threads.store.words import add_words_of
from threads.why import reasons
from threads.words import words_of

if TYPE_CHECKING:
    from knowledge.meaning import Meaning
    from threads.policy import Policy

Row = dict[str, Any]


class Desk:
    """What an agent can do. `wanted` is the agent named on the command line, None where the desk is to find out who acts."""

    def __init__(
        self,
        database: Database,
        policy: Callable[[], Policy],
        *,
        data: Path,
        user: Login,
        wanted: str | None = None,
        zone: str = "Europe/Berlin",
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        meaning: Callable[[], Meaning | None] = lambda: None,
    ) -> None:
        self.database, self.data = database, data
        self.meaning = meaning
        self._policy = policy
        self.user, self.wanted, self.clock = user, wanted, clock
        self.zone = ZoneInfo(zone)

    def __enter__(self) -> Desk:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the database."""
        self.database.close()

    @cached_property
    def policy(self) -> Policy:
        """How the desk wants things done; made when it is first asked for."""
        from threads.store.calendars import with_history  # slow to import, and most commands need no calendar

        policy = self._policy()
        with self.database.reading() as session:
            return with_history(session, policy, self.clock())

    # ---- reading

    def me(self) -> str:
        """The agent who acts. Raises `WrongUse` where nobody can be told."""
        with self.database.writing() as session:
            return agents.who_acts(session, self.wanted, self.user, self.clock())

    def undelivered(self) -> list[str]:
        """The handles of closed conversations whose last answer did not reach somebody, the latest first."""
        with self.reading() as session:
            return listing.undelivered(session)

    def inbox(self, *, limit: int = 50, after: str = "", **asked: Unpack[desk_inbox.Asked]) -> list[Row]:
        """A page of the conversations that wait for an answer, or of those that are asked for."""
        return desk_inbox.page(self, asked, limit, after)

    def remaining(self, after: str, **asked: Unpack[desk_inbox.Asked]) -> int:
        """How many conversations of the inbox stand behind one, a thousand at most."""
        return desk_inbox.remaining(self, asked, after)

    def search(self, query: str, *, limit: int = 20, after: str = "") -> list[Row]:
        """Conversations that hold the words, or whose handle or address begins so; the newest first."""
        with self.reading() as session:
            last = lookup.one(session, after).id if after else None
            return listing.search(session, words_of(query), query, limit=limit, after=last)

    def show(self, name: str) -> list[Row]:
        """The one conversation that is meant, whole; or a line of each where the name fits several."""
        with self.reading() as session:
            found = lookup.some(session, name)
            if len(found) > 1:
                return listing.summaries(session, found[: lookup.MOST])
            return [timeline.whole(session, found[0])]

    def why(self, name: str) -> list[Row]:
        """Each decision about a conversation, or about the message with a code, in a sentence."""
        with self.reading() as session:
            try:
                return reasons.why_of_message(session, lookup.message(session, name))
            except NotThere:
                found = lookup.some(session, name, or_code=True)
            if len(found) > 1:
                return listing.summaries(session, found[: lookup.MOST])
            return reasons.why(session, found[0])

    def suggest(self, name: str, *, limit: int = 3) -> list[Row]:
        """Articles that may answer: those found when the customer's mail came, or where there are none, asked for now.

        A line of each conversation instead where the name fits several.
        """
        with self.reading() as session:
            found = lookup.some(session, name)
            if len(found) > 1:
                return listing.summaries(session, found[: lookup.MOST])
        return desk_answers.suggest(self, name, limit)

    def raw(self, code: str, within: str = "") -> bytes:
        """A message as it was received, or as it went out; one of the conversation `within`, where that is said."""
        return desk_answers.raw(self, code, within)

    def attachment(self, code: str, number: int, *, within: str = "", infected: bool = False) -> tuple[str, bytes]:
        """The name and the bytes of an attached file, counted from 1; of a mail with a virus only where `infected` is said."""
        return desk_answers.attachment(self, code, number, within=within, infected=infected)

    # ---- answering

    def begin_reply(self, name: str) -> Row:
        """Say that this agent writes now, and what they have to know: to whom, on what, and who else is at it."""
        return desk_answers.begin(self, name)

    def end_reply(self, conversation: str) -> None:
        """This agent writes no more."""
        desk_answers.end(self, conversation)

    def news(self, conversation: str, seen: str) -> list[Row]:
        """What came behind the message that was `seen` last, and what else an agent should know before an answer goes."""
        return desk_answers.news(self, conversation, seen)

    def article(self, name: str, which: str) -> str:
        """An article's answer as plain text: by its ID, or by its rank among the suggestions for a conversation."""
        return desk_answers.article(self, name, which)

    def reply(
        self,
        name: str,
        text: str,
        *,
        cc: Sequence[str] = (),
        afterwards: str = "waiting",
        anyway: bool = False,
        only_customer: bool = False,
        confirms: str = "",
    ) -> Row:
        """Answer the customer, to a stopped address only `anyway`. The mail is held for a while, in which `undo` takes it back.

        Somebody else who takes part and wrote last gets a copy, unless `only_customer`. `confirms` is the Reply-To of the
        customer's last mail, to which answers go from now on.
        """
        return desk_answers.reply(
            self, name, text, cc, afterwards, anyway=anyway, only_customer=only_customer, confirms=confirms
        )

    def begin_forward(self, name: str, wanted: Wanted) -> Row:
        """What an agent has to know who asks a third party: to whom, on what, and what goes along."""
        return desk_forwarding.begin(self, name, wanted)

    def forward(self, name: str, text: str, wanted: Wanted) -> Row:
        """Ask a third party, in a side conversation that the customer never sees. Held for a while, as an answer."""
        return desk_forwarding.forward(self, name, text, wanted)

    # ---- changing

    def note(self, name: str, text: str) -> Row:
        """Write down something only agents see."""
        with self._changing(name) as (session, row, agent_id):
            event = apply(session, row, changes.noted(text), actor=agent_id, now=self.clock())
            add_words_of(session, event, text)
            return self.result(session, row, event.because)

    def phone(self, name: str, text: str, **more: Unpack[desk_phone.Rang]) -> Row:
        """Write down what was said in a call; with a subject it opens a conversation of the customer with the address `name`."""
        return desk_phone.note(self, name, text, **more)

    def assign(self, name: str, assignee: str | None) -> Row:
        """Give a conversation to an agent, or (None) to nobody."""
        with self._changing(name) as (session, row, agent_id):
            to = agents.agent(session, assignee).id if assignee else None
            return self._apply(session, row, changes.assigned(state_of(row), agent_id, to), agent_id)

    def move_to(self, name: str, department: str) -> Row:
        """Give a conversation to another department; the customer hears nothing of it. Raises `WrongUse` where there is none."""
        to = departments.named(self.policy.departments, department)
        with self._changing(name) as (session, row, agent_id):
            return self._apply(session, row, changes.moved_to(state_of(row), agent_id, to), agent_id)

    def take(self, name: str) -> Row:
        """Give a conversation to the agent who acts, which ends its escalation."""
        with self._changing(name) as (session, row, agent_id):
            already = taken_by(session, row, row.waiting_since or row.opened_at) == agent_id
            return self._apply(session, row, changes.taken(agent_id, already=already), agent_id)

    def close_conversation(self, name: str) -> Row:
        """Close a conversation."""
        with self._changing(name) as (session, row, agent_id):
            return self._apply(session, row, changes.closed(state_of(row), self.clock(), agent_id), agent_id)

    def reopen(self, name: str) -> Row:
        """Open a conversation again; it waits since the customer's last mail that nobody answered."""
        with self._changing(name) as (session, row, agent_id):
            since = unanswered_since(said_in(session, row.id))
            due_at = due_for(row, Priority(row.priority), since, self.policy)
            return self._apply(session, row, changes.reopened(state_of(row), agent_id, since, due_at), agent_id)

    def snooze(self, name: str, text: str) -> Row:
        """Put a conversation aside until a time, said as people say it."""
        at = until(text, self.clock(), self.zone)
        with self._changing(name) as (session, row, agent_id):
            return self._apply(session, row, changes.snoozed(state_of(row), agent_id, at), agent_id)

    def priority(self, name: str, priority: str, reason: str = "") -> Row:
        """Change how urgent a conversation is; when an answer is due follows."""
        with self._changing(name) as (session, row, agent_id):
            wanted = Priority(priority)
            due_at = due_for(row, wanted, row.waiting_since, self.policy)
            return self._apply(session, row, changes.ranked(state_of(row), agent_id, wanted, reason, due_at), agent_id)

    def merge(self, name: str, into: str) -> Row:
        """Move everything of one conversation into another; later mails to either come there."""
        return desk_placing.merge(self, name, into)

    def split(self, name: str, codes: Sequence[str], *, with_answers: bool = False) -> Row:
        """Make a conversation of its own of some messages of another; `with_answers` with all that answers them."""
        return desk_placing.split(self, name, codes, with_answers=with_answers)

    def move(self, code: str, into: str, *, with_answers: bool = False) -> Row:
        """Put a message into another conversation; `with_answers` with all that answers it."""
        return desk_placing.move(self, code, into, with_answers=with_answers)

    def forgery(self, name: str) -> desk_consent.Doubt:
        """What speaks against letting a mail in that `accept` would: that it may be forged."""
        return desk_consent.forgery(self, name)

    def accept(self, name: str, *, new: bool = False, anyway: str = "") -> Row:
        """Let in a held message, or make it a conversation, or a suspected conversation; forged only the code `anyway`."""
        return desk_consent.accept(self, name, new=new, anyway=anyway)

    def undo(self, name: str = "") -> Row:
        """Take back what this agent did last, or did last to one conversation."""
        return desk_undoing.undo(self, name)

    # ---- people

    @property
    def people(self) -> People:
        """What agents can do about customers and organisations."""
        return People(self)

    @property
    def callbacks(self) -> Callbacks:
        """Customers who wish to be called."""
        return Callbacks(self)

    @property
    def charges(self) -> Charges:
        """What is charged, and what not."""
        return Charges(self)

    @property
    def sla(self) -> Sla:
        """By when something is owed, and what became of it."""
        return Sla(self)

    # ---- agents

    def agents(self) -> list[Row]:
        """Every agent."""
        with self.database.reading() as session:
            return agents.listing(session)

    def add_agent(self, agent_id: str, *, name: str = "", email: str = "", login: str = "") -> Row:
        """Make an agent, or let a disabled one in again."""
        with self.database.writing() as session:
            return agents.add(session, agent_id, name=name, email=email, login=login, now=self.clock())

    def change_agent(self, agent_id: str, **changed: str | None) -> Row:
        """Another `name`, `email` or `login` for an agent."""
        with self.database.writing() as session:
            return agents.change(session, agent_id, **changed)

    def disable_agent(self, agent_id: str) -> Row:
        """Let an agent act no more."""
        with self.database.writing() as session:
            return agents.disable(session, agent_id, self.clock())

    # ---- how

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session for reading; an agent that was named wrongly is refused here too."""
        with self.database.reading() as session:
            if self.wanted:
                agents.agent(session, self.wanted)
            yield session

    @contextmanager
    def writing(self) -> Iterator[tuple[Session, str]]:
        """A session for writing, with the agent who acts."""
        with self.database.writing() as session:
            yield session, agents.who_acts(session, self.wanted, self.user, self.clock())
            self._follow(session)

    @contextmanager
    def placing(self) -> Iterator[tuple[Session, str]]:
        """The same, to change where messages stand or whose they are: no mail is placed meanwhile."""
        with self.writing() as (session, agent_id):
            hold_all_places(session)
            yield session, agent_id

    def _follow(self, session: Session) -> None:
        """Put the clocks right of what was changed."""
        follow(session, lambda: self.policy, self.clock())

    @contextmanager
    def _changing(self, name: str) -> Iterator[tuple[Session, ConversationRow, str]]:
        """The one conversation that is meant, held for this change."""
        with self.writing() as (session, agent_id):
            yield session, locked(session, lookup.one(session, name).id), agent_id

    def _apply(self, session: Session, row: ConversationRow, change: Change | None, agent_id: str) -> Row:
        if change is not None:
            apply(session, row, change, actor=agent_id, now=self.clock())
        return self.result(session, row, change.because if change else "it was so already", changed=change is not None)

    def result(self, session: Session, row: ConversationRow, because: str, *, changed: bool = True) -> Row:
        """What a changing command gives back: the conversation as it is now, and what was done."""
        self._follow(session)
        return {**listing.summaries(session, [row])[0], "changed": changed, "did": because}


def open_desk(settings: Settings, agent: str | None = None) -> Desk:
    """The desk of some settings, open; an empty one is made where there is none."""
    return Desk(
        open_database_for(settings),
        settings.policy,
        data=settings.data,
        user=current_user(),
        wanted=agent,
        zone=own_zone(settings.hours.zone),
        meaning=lambda: _meaning_of(settings),
    )


def _meaning_of(settings: Settings) -> Meaning | None:
    from service.knowledge_base import meaning_of

    return meaning_of(settings, desk_answers.PATIENCE)


def own_zone(otherwise: str) -> str:
    """The time zone that the agent's TZ names; one written in another way (a path, a rule) is passed over."""
    wanted = os.environ.get("TZ", "").lstrip(":")
    return wanted if wanted and zone_of(wanted) else otherwise


def current_user() -> Login:
    """The user of the operating system who runs this."""
    try:
        entry = pwd.getpwuid(os.geteuid())
    except KeyError:
        return Login(str(os.geteuid()))
    return Login(entry.pw_name, entry.pw_gecos.split(",")[0].strip())
