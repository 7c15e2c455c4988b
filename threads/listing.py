"""Lists of conversations, a page at a time: the inbox, and what a search finds. Every query reads along an index."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, TextClause, and_, func, select, true, tuple_, union_all
from sqlalchemy.orm import Session, aliased

from storage.errors import WrongUse
from storage.tables import (
    AddressRow,
    ConversationRow,
    MessageRow,
    OrganisationRow,
    ParticipantRow,
    PersonRow,
    TagRow,
    WordRow,
)
from storage.tables.conversations import FORGED
from threads.aside import sides
from threads.callbacks.shown import open_in
from threads.conversation import summary
from threads.lookup import LAST
from threads.model import Priority, Status
from threads.words import fold

LARGEST_PAGE = 1000
MOST_UNDELIVERED = 20
_MOST_WORDS = 8
_ROW = ConversationRow


def undelivered(session: Session) -> list[str]:
    """The handles of closed conversations whose last answer did not reach somebody, the latest first."""
    marked = select(_ROW.handle).where(_ROW.undelivered_at.is_not(None), _ROW.status == Status.CLOSED)
    live = marked.where(_ROW.merged_into_id.is_(None))
    return list(session.scalars(live.order_by(_ROW.undelivered_at.desc()).limit(MOST_UNDELIVERED)))


def came_to(session: Session, mailbox: str) -> bool:
    """Whether any conversation came to an address."""
    return session.scalar(select(_ROW.id).where(_ROW.mailbox == mailbox.lower()).limit(1)) is not None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which conversations of the inbox are asked for. Without anything: those that wait for an answer of ours."""

    statuses: tuple[Status, ...] = (Status.OPEN,)
    held: bool = True
    """Also those of another status beside which a message is held."""
    assignee_id: str | None = None
    mailbox: str = ""
    department: str = ""
    tag: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of the inbox that is in order by itself: of one status and priority with or without a time, or ..."""

    status: Status | None
    """None: of any other status, with a message that is held."""
    others: tuple[Status, ...] = ()
    priority: Priority | None = None
    """None: the latest first, whatever the priority."""
    due: bool = False

    def holds(self, row: ConversationRow) -> bool:
        """Whether a conversation stands here (of held ones: might)."""
        if self.status is None:
            return row.status not in self.others
        same = row.status == self.status and self.priority in (None, row.priority)
        return same and (self.priority is None or self.due == (row.due_at is not None))

    def where(self) -> list[ColumnElement[bool]]:
        """The conditions of the query."""
        live = _ROW.merged_into_id.is_(None)
        if self.status is None:
            beside = select(MessageRow.conversation_id).where(MessageRow.held == true())
            return [live, _ROW.id.in_(beside), _ROW.status.not_in(self.others)]
        if self.priority is None:
            return [live, _ROW.status == self.status]
        due = _ROW.due_at.is_not(None) if self.due else _ROW.due_at.is_(None)
        return [live, _ROW.status == self.status, _ROW.priority == self.priority, due]

    def order(self) -> tuple[ColumnElement[Any], ...]:
        """What its conversations are sorted by."""
        if self.priority is None:
            return (_ROW.updated_at.desc(), _ROW.id.desc())
        return (_ROW.due_at.asc(), _ROW.id.asc()) if self.due else (_ROW.id.asc(),)

    def behind(self, last: ConversationRow) -> ColumnElement[bool]:
        """The condition for what comes after a conversation."""
        if self.priority is None:
            return tuple_(_ROW.updated_at, _ROW.id) < (last.updated_at, last.id)
        if self.due:
            return tuple_(_ROW.due_at, _ROW.id) > (last.due_at, last.id)
        return _ROW.id > last.id


def inbox(session: Session, wanted: Wanted, *, limit: int, after: UUID | None = None) -> list[dict[str, Any]]:
    """A page of the inbox: the most urgent first, then by when an answer is due; `after` is the last of the page before."""
    _check(limit)
    rows: list[ConversationRow] = []
    for query, section in _behind(session, wanted, after):
        rows += session.scalars(query.order_by(*section.order()).limit(limit - len(rows))).all()
        if len(rows) >= limit:
            break
    return summaries(session, rows)


def remaining(session: Session, wanted: Wanted, after: UUID) -> int:
    """How many conversations of the inbox stand behind one, counted up to the size of the largest page."""
    found = 0
    for query, _ in _behind(session, wanted, after):
        some = query.with_only_columns(_ROW.id).limit(LARGEST_PAGE - found).subquery()
        found += session.scalar(select(func.count()).select_from(some)) or 0
        if found >= LARGEST_PAGE:
            break
    return found


def _behind(session: Session, wanted: Wanted, after: UUID | None) -> Iterator[tuple[Select[ConversationRow], Section]]:
    """What finds each section of the inbox, from the one in which `after` stands, and of that one only what is behind it."""
    last = session.get(ConversationRow, after) if after else None
    for section, behind in _from(sections(wanted), last):
        query = select(_ROW).where(*section.where(), *_filters(wanted))
        yield query if behind is None else query.where(section.behind(behind)), section


def sections(wanted: Wanted) -> tuple[Section, ...]:
    """Each wanted status by priority and time, closed and suspected ones by their last change.

    Behind what is critical, so that no full page hides them, stand those of another status beside which a message is held.
    """
    by_status = [
        each
        for status in wanted.statuses
        for each in (
            (Section(status),)
            if status in (Status.CLOSED, Status.SUSPECTED)
            else tuple(Section(status, priority=priority, due=due) for priority in Priority for due in (True, False))
        )
    ]
    beside = Section(None, others=(*wanted.statuses, Status.SUSPECTED))
    first = sum(each.status is Status.OPEN and each.priority is Priority.CRITICAL for each in by_status)
    return (*by_status[:first], *((beside,) if wanted.held else ()), *by_status[first:])


def _from(
    all_sections: Sequence[Section], last: ConversationRow | None
) -> Iterator[tuple[Section, ConversationRow | None]]:
    """The sections from the one in which `last` stands; with that one, what it has to be behind."""
    place = 0
    if last is not None:
        place = next((n for n, each in enumerate(all_sections) if each.holds(last)), len(all_sections))
    for number, section in enumerate(all_sections[place:]):
        yield section, last if number == 0 else None


def _filters(wanted: Wanted) -> list[ColumnElement[bool]]:
    filters: list[ColumnElement[bool]] = []
    if wanted.assignee_id is not None:
        filters.append(_ROW.assignee_id == wanted.assignee_id)
    if wanted.mailbox:
        filters.append(_ROW.mailbox == wanted.mailbox.lower())
    if wanted.department:
        filters.append(_ROW.department == wanted.department)
    if wanted.tag:
        filters.append(_ROW.id.in_(select(TagRow.conversation_id).where(TagRow.tag == wanted.tag.lower())))
    return filters


def _check(limit: int) -> None:
    if not 1 <= limit <= LARGEST_PAGE:
        raise WrongUse(f"a page holds 1 to {LARGEST_PAGE} conversations")


def summaries(session: Session, rows: Sequence[ConversationRow]) -> list[dict[str, Any]]:
    """Plain values of several conversations, their customers and held messages read in one query each."""
    people = _people(session, {row.customer_id for row in rows if row.customer_id})
    keys = [row.id for row in rows]
    held, forged = _counted(session, keys, MessageRow.held == true()), _counted(session, keys, FORGED)
    beside, calls = sides.beside(session, rows), open_in(session, keys)
    return [
        summary(row, people.get(row.customer_id), held.get(row.id, 0), forged.get(row.id, 0))
        | asdict(beside[row.id])
        | {"callback": calls.get(row.id)}
        for row in rows
    ]


def search(
    session: Session, words: Sequence[str], query: str, *, limit: int, after: UUID | None = None
) -> list[dict[str, Any]]:
    """Conversations that hold every word (the last may be a beginning), or whose handle, address or organisation begins so.

    `words` are folded as those of the conversations are. The newest first; merged ones stand in the one they went into.
    """
    _check(limit)
    found = _matching(words[:_MOST_WORDS], query.strip().lower()[:200])
    if found is None:
        raise WrongUse("what is to be searched for? Give a word, a name, an address or a handle")
    page = select(_ROW).where(found, _ROW.merged_into_id.is_(None))
    if after:
        last = session.get(ConversationRow, after)
        page = page.where(tuple_(_ROW.updated_at, _ROW.id) < (last.updated_at, last.id)) if last else page
    return summaries(session, session.scalars(page.order_by(_ROW.updated_at.desc(), _ROW.id.desc()).limit(limit)).all())


def _matching(words: Sequence[str], query: str) -> ColumnElement[bool] | None:
    """The conversations that any way of looking leads to: put together, since PostgreSQL reads them all for an OR."""
    ways: list[Select[UUID]] = []
    if words:
        ways.append(_with_words(words))
    if query and " " not in query:
        ways.append(select(_ROW.id).where(_begins(_ROW.handle, query)))
        people = select(AddressRow.person_id).where(_begins(AddressRow.address, query))
        ways.append(select(ParticipantRow.conversation_id).where(ParticipantRow.person_id.in_(people)))
    if query:
        ways.append(_of_organisation(query))
    return _ROW.id.in_(union_all(*ways)) if ways else None


def _of_organisation(query: str) -> Select[UUID]:
    """The conversations of all who are of an organisation whose name begins so."""
    name = fold(" ".join(query.split()))
    theirs = select(PersonRow.id).join(OrganisationRow, OrganisationRow.id == PersonRow.organisation_id)
    persons = theirs.where(_begins(OrganisationRow.folded, name))
    return select(ConversationRow.id).where(ConversationRow.customer_id.in_(persons))


def _with_words(words: Sequence[str]) -> Select[UUID]:
    """The conversations that hold every word, of which the last may go on."""
    found = select(WordRow.conversation_id).where(_begins(WordRow.word, words[-1]))
    for word in words[:-1]:
        other = aliased(WordRow)
        found = found.where(WordRow.conversation_id.in_(select(other.conversation_id).where(other.word == word)))
    return found


def _begins(column: Any, text: str) -> ColumnElement[bool]:
    return and_(column >= text, column < text + LAST)


def _people(session: Session, ids: Iterable[UUID]) -> dict[UUID | None, PersonRow]:
    rows = session.scalars(select(PersonRow).where(PersonRow.id.in_(list(ids)))) if ids else ()
    return {row.id: row for row in rows}


def _counted(session: Session, ids: Sequence[UUID], which: ColumnElement[bool] | TextClause) -> dict[UUID, int]:
    """How many messages of some conversations are such as has an index of its own."""
    if not ids:
        return {}
    of_each = (
        select(MessageRow.conversation_id, func.count())
        .where(MessageRow.conversation_id.in_(ids), which)
        .group_by(MessageRow.conversation_id)
    )
    return {row[0]: row[1] for row in session.execute(of_each)}
