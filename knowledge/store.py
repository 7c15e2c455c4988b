"""Articles, their revisions and votes in the database: the only SQL about the knowledge base.

A revision's number grows in the order of commits, so whoever has seen number n finds all that came later
with `revisions_after(n)`: this is how the index of each process follows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, func, select, update
from sqlalchemy.orm import Session

from knowledge.article import Article
from knowledge.origins import Origin
from storage.claim import serialise
from storage.tables import ArticleRow, RevisionRow, VoteRow


@dataclass(frozen=True, slots=True)
class Tally:
    """What came of bringing articles in."""

    new: int = 0
    changed: int = 0
    same: int = 0


@dataclass(frozen=True, slots=True)
class Revision:
    """What an article said from one moment on; a removal says nothing any more."""

    number: int
    article: Article
    removed: bool
    agent: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Votes:
    """How visitors judged an article."""

    helpful: int = 0
    unhelpful: int = 0


def put_articles(session: Session, articles: Iterable[Article], now: datetime, agent: str | None = None) -> Tally:
    """Bring articles in: what is new or changed becomes a revision, what is the same stays as it is."""
    serialise(session, "revisions")
    number, tally = newest_revision(session), Tally()
    for article in articles:
        row = session.get(ArticleRow, article.id)
        if row is None:
            tally = replace(tally, new=tally.new + 1)
        elif row.removed_at is None and _said(session, row) == article:
            tally = replace(tally, same=tally.same + 1)
            continue
        else:
            tally = replace(tally, changed=tally.changed + 1)
        number += 1
        _revise(session, row, _revision_row(article, number, now, agent))
    return tally


def remove_article(session: Session, article_id: str, now: datetime, agent: str | None = None) -> bool:
    """Take an article away, by a revision that says so; False where there is none."""
    serialise(session, "revisions")
    row = session.get(ArticleRow, article_id)
    if row is None or row.removed_at is not None:
        return False
    revision = _revision_row(_said(session, row), newest_revision(session) + 1, now, agent)
    revision.removed = True
    _revise(session, row, revision)
    return True


def origins(session: Session) -> dict[str, Origin]:
    """Where each article was imported from that stands and was imported from a file."""
    chosen = select(ArticleRow.id, ArticleRow.origin_file, ArticleRow.origin_page)
    rows = session.execute(chosen.where(ArticleRow.removed_at.is_(None), ArticleRow.origin_file != ""))
    return {row.id: Origin(row.origin_file, row.origin_page) for row in rows}


def note_origins(session: Session, read: Mapping[str, Origin]) -> None:
    """Note where articles were read; what came from no file stays as it was noted."""
    known = origins(session)
    news = [
        {"id": name, "origin_file": origin.file, "origin_page": origin.page}
        for name, origin in read.items()
        if origin.file and known.get(name) != origin
    ]
    if news:
        session.execute(update(ArticleRow), news)


def article(session: Session, article_id: str) -> Article | None:
    """The article as it stands, or None."""
    found = session.scalars(_standing().where(ArticleRow.id == article_id)).one_or_none()
    return None if found is None else _article_of(found)


def articles(session: Session, *, language: str = "", audience: str = "", category: str = "") -> list[Article]:
    """Every article as it stands, by id; a filter left "" is none."""
    # the columns alone: of very many articles the rows themselves take longer to make than all else
    rows: Iterable[Any] = session.execute(_standing().with_only_columns(*_SAID).order_by(ArticleRow.id))
    found = map(_article_of, rows)
    return [each for each in found if fits(each, language=language, audience=audience, category=category)]


def fits(article: Article, *, language: str = "", audience: str = "", category: str = "", mailbox: str = "") -> bool:
    """Whether an article passes the filters; one for everybody passes each audience, one for no mailbox in particular each mailbox.

    Audiences are compared without their case: agents write "Händler", headings give "händler".
    """
    return (
        (not language or article.language == language)
        and (not audience or article.audience.casefold() in ("", audience.casefold()))
        and (not category or category in article.categories)
        and (not mailbox or not article.mailboxes or mailbox.lower() in article.mailboxes)
    )


def newest_revision(session: Session) -> int:
    """The number of the newest revision of all, 0 where there is none."""
    return session.scalar(select(func.max(RevisionRow.number))) or 0


def revisions_after(session: Session, number: int, limit: int = 0) -> list[Revision]:
    """Every later revision, the oldest first; `limit` 0 is no limit."""
    chosen = select(RevisionRow).where(RevisionRow.number > number).order_by(RevisionRow.number)
    return [_revision_of(row) for row in session.scalars(chosen.limit(limit) if limit else chosen)]


def revisions(session: Session, article_id: str) -> list[Revision]:
    """All that an article ever said, the oldest first."""
    chosen = select(RevisionRow).where(RevisionRow.article_id == article_id).order_by(RevisionRow.number)
    return [_revision_of(row) for row in session.scalars(chosen)]


def written_at(session: Session) -> dict[str, datetime]:
    """When each article was written as it stands."""
    chosen = select(ArticleRow.id, RevisionRow.created_at).join(RevisionRow, ArticleRow.revision == RevisionRow.number)
    return {row.id: row.created_at for row in session.execute(chosen.where(ArticleRow.removed_at.is_(None)))}


def vote(session: Session, article_id: str, visitor: str, helpful: bool, now: datetime) -> bool:
    """Note whether a visitor was helped: one vote each, which may change. False where there is no such article."""
    serialise(session, f"vote {article_id}")
    row = session.get(ArticleRow, article_id)
    if row is None or row.removed_at is not None:
        return False
    session.merge(VoteRow(article_id=article_id, visitor=visitor, helpful=helpful, at=now))
    return True


def votes(session: Session, article_ids: Sequence[str] | None = None) -> dict[str, Votes]:
    """How visitors judged the articles (None is all of them); one without a vote is left out."""
    chosen = select(VoteRow.article_id, VoteRow.helpful, func.count()).group_by(VoteRow.article_id, VoteRow.helpful)
    if article_ids is not None:
        chosen = chosen.where(VoteRow.article_id.in_(article_ids))
    found: dict[str, Votes] = {}
    for article_id, helpful, count in session.execute(chosen):
        known = found.get(article_id, Votes())
        found[article_id] = replace(known, helpful=count) if helpful else replace(known, unhelpful=count)
    return found


_SAID = (
    RevisionRow.article_id,
    RevisionRow.question,
    RevisionRow.answer,
    RevisionRow.categories,
    RevisionRow.audience,
    RevisionRow.language,
    RevisionRow.updated,
    RevisionRow.automatic,
    RevisionRow.mailboxes,
)
"""What an article is made of."""


def _standing() -> Select[RevisionRow]:
    newest = select(RevisionRow).join(ArticleRow, ArticleRow.revision == RevisionRow.number)
    return newest.where(ArticleRow.removed_at.is_(None))


def _said(session: Session, row: ArticleRow) -> Article:
    return _article_of(session.get_one(RevisionRow, row.revision))


def _revise(session: Session, row: ArticleRow | None, revision: RevisionRow) -> None:
    if row is None:
        row = ArticleRow(id=revision.article_id, revision=revision.number, created_at=revision.created_at)
        session.add(row)
        session.flush()  # the revision points at it
    row.revision = revision.number
    row.removed_at = revision.created_at if revision.removed else None
    session.add(revision)
    session.flush()


def _revision_row(article: Article, number: int, now: datetime, agent: str | None) -> RevisionRow:
    return RevisionRow(
        number=number,
        article_id=article.id,
        question=article.question,
        answer=article.answer,
        categories=list(article.categories),
        audience=article.audience,
        language=article.language,
        updated=article.updated,
        automatic=article.automatic,
        mailboxes=list(article.mailboxes),
        removed=False,
        agent_id=agent,
        created_at=now,
    )


def _article_of(row: RevisionRow | Row[Any]) -> Article:
    return Article(
        id=row.article_id,
        question=row.question,
        answer=row.answer,
        categories=tuple(row.categories),
        audience=row.audience,
        language=row.language,
        updated=row.updated,
        automatic=row.automatic,
        mailboxes=tuple(row.mailboxes),
    )


def _revision_of(row: RevisionRow) -> Revision:
    return Revision(row.number, _article_of(row), row.removed, row.agent_id, row.created_at)
