"""What was learnt, in the database: the words of each article, who used one lately, and how they fade.

A lesson's number grows in the order of commits, as a revision's does: this is how each index follows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import Session

from knowledge.learning import LATELY, ONCE_IN, Heard, LearntWord, Lesson, Source, learn, take_back, too_many
from knowledge.plain_words import PlainWord
from storage.claim import serialise
from storage.tables import ArticleRow, HeardRow, LearntRow

Pseudonym = Callable[[str], str]
"""Makes a keyed hash, by which nobody and no word can be found."""
_AT_ONCE = 500
"""Words that fade in one go."""


def teach(
    session: Session,
    article_id: str,
    said: Iterable[PlainWord],
    *,
    source: Source,
    who: str,
    pseudonym: Pseudonym,
    now: datetime,
) -> list[Lesson]:
    """Learn from words that led somebody to an article; what came of each. Nothing where there is no such article."""
    serialise(session, "lessons")
    row = session.get(ArticleRow, article_id)
    if row is None or row.removed_at is not None:
        return []
    known = {each.word: each for each in words_of(session, article_id)}
    lessons = []
    for word in said:
        again, others = hear(session, article_id, word.text, who=who, pseudonym=pseudonym, now=now)
        heard = Heard(word.text, source, word.is_known, again, others, known.get(word.text))
        lessons.append(learn(heard, now))
    new = {each.word: each.learnt for each in lessons if each.learnt is not None}
    _keep(session, row, known, new, now)
    return lessons


def hear(
    session: Session, article_id: str, word: str, *, who: str, pseudonym: Pseudonym, now: datetime
) -> tuple[bool, int]:
    """Note that somebody used a word for an article: whether they did just before, and how many others lately."""
    hashed, person = pseudonym(f"word {word}"), pseudonym(f"learner {who}")
    others = _others(session, article_id, hashed, person, now)
    row = session.get(HeardRow, (article_id, hashed, person))
    again = row is not None and row.at > now - ONCE_IN
    if row is None:
        session.add(HeardRow(article_id=article_id, word=hashed, who=person, at=now))
    elif not again:
        row.at = now
    return again, others


def unteach(session: Session, article_id: str, *, who: str, pseudonym: Pseudonym, now: datetime) -> list[Lesson]:
    """Take back what somebody's last words taught an article, and forget that they used them: it did not help them."""
    serialise(session, "lessons")
    row, person = session.get(ArticleRow, article_id), pseudonym(f"learner {who}")
    said = session.scalars(select(HeardRow).where(HeardRow.article_id == article_id, HeardRow.who == person)).all()
    if row is None or not said:
        return []
    heard_at = {each.word: each.at for each in said}
    hashes = {pseudonym(f"word {each.word}"): each for each in words_of(session, article_id) if each.searches}
    done = []
    for hashed, word in hashes.items():
        if hashed in heard_at:
            others = _others(session, article_id, hashed, person, now)
            done.append(take_back(word, heard_at=heard_at[hashed], others=others, now=now))
    for each in said:
        session.delete(each)
    known = {word.word: word for word in hashes.values()}
    _keep(session, row, known, {each.word: each.learnt for each in done if each.learnt is not None}, now)
    return done


def _others(session: Session, article_id: str, hashed: str, person: str, now: datetime) -> int:
    """How many others used a word for an article lately."""
    about = (HeardRow.article_id == article_id, HeardRow.word == hashed, HeardRow.at > now - LATELY)
    return session.scalar(select(func.count()).select_from(HeardRow).where(*about, HeardRow.who != person)) or 0


def words_of(session: Session, article_id: str) -> list[LearntWord]:
    """The words that an article learnt, those taken back too, by their letters."""
    chosen = select(LearntRow).where(LearntRow.article_id == article_id).order_by(LearntRow.word)
    return [_word_of(row) for row in session.scalars(chosen)]


def bar(session: Session, article_id: str, word: str, agent: str, now: datetime) -> bool:
    """Take a word back for good, also one that was not learnt yet; False where that was so already."""
    serialise(session, "lessons")
    found = session.get(LearntRow, (article_id, word))
    if found is not None and found.barred_by:
        return False
    before = LearntWord(word, 0.0, now, now) if found is None else _word_of(found)
    _keep(session, session.get_one(ArticleRow, article_id), {}, {word: replace(before, barred_by=agent)}, now)
    return True


def allow(session: Session, article_id: str, word: str, now: datetime) -> bool:
    """Let a word that was taken back count again, as it would have faded; False where none was."""
    serialise(session, "lessons")
    found = session.get(LearntRow, (article_id, word))
    if found is None or not found.barred_by:
        return False
    again = replace(_word_of(found), barred_by="")
    _keep(session, session.get_one(ArticleRow, article_id), {word: again}, {word: again}, now)
    return True


def newest_lesson(session: Session) -> int:
    """The number of the newest change of learnt words, 0 where there is none."""
    return session.scalar(select(func.max(ArticleRow.lesson))) or 0


def taught_after(session: Session, number: int) -> list[str]:
    """The IDs of the articles whose words changed since."""
    standing = select(ArticleRow.id).where(ArticleRow.lesson > number, ArticleRow.removed_at.is_(None))
    return list(session.scalars(standing.order_by(ArticleRow.lesson)))


def indexed(session: Session, article_ids: Sequence[str] | None = None) -> dict[str, dict[str, int]]:
    """For articles (None is all) the words that stand in the index, each with how often."""
    chosen = select(LearntRow.article_id, LearntRow.word, LearntRow.level).where(LearntRow.level > 0)
    if article_ids is not None:
        chosen = chosen.where(LearntRow.article_id.in_(article_ids))
    found: dict[str, dict[str, int]] = {}
    for article_id, word, level in session.execute(chosen.order_by(LearntRow.article_id, LearntRow.word)):
        found.setdefault(article_id, {})[word] = level
    return found


def is_fading(session: Session, now: datetime) -> bool:
    """Whether a word falls to another level by now, or somebody's use of one is to be forgotten."""
    due = session.scalar(select(LearntRow.word).where(LearntRow.fades_at <= now).limit(1))
    return due is not None or session.scalar(select(HeardRow.word).where(_is_old(now)).limit(1)) is not None


def fade(session: Session, now: datetime) -> int:
    """Let words fall to the level that they have by now, and forget what is long ago; how many words changed."""
    serialise(session, "lessons")
    session.execute(delete(HeardRow).where(_is_old(now)))
    chosen = select(LearntRow).where(LearntRow.fades_at <= now).order_by(LearntRow.fades_at).limit(_AT_ONCE)
    rows = list(session.scalars(chosen))
    for article_id in {row.article_id for row in rows}:
        due = {row.word: _word_of(row) for row in rows if row.article_id == article_id}
        _keep(session, session.get_one(ArticleRow, article_id), due, due, now)
    return len(rows)


def _is_old(now: datetime) -> ColumnElement[bool]:
    return HeardRow.at <= now - LATELY


def _keep(
    session: Session,
    row: ArticleRow,
    known: Mapping[str, LearntWord],
    new: Mapping[str, LearntWord],
    now: datetime,
) -> None:
    """Write what changed of an article's words; its lesson has a new number where the index shows any of it."""
    weak = {each.word for each in too_many({**known, **new}.values(), now)}
    shows = False
    for word in weak | new.keys():
        found = session.get(LearntRow, (row.id, word))
        level = 0 if found is None else found.level
        wanted = new.get(word)
        if word in weak or wanted is None or wanted.is_forgotten(now):
            shows |= level > 0
            if found is not None:
                session.delete(found)
            continue
        shows |= level != wanted.level(now)
        session.merge(_row_of(row.id, wanted, now))
    if shows:
        session.flush()
        newest = newest_lesson(session)
        session.execute(update(ArticleRow).where(ArticleRow.id == row.id).values(lesson=newest + 1))


def _row_of(article_id: str, word: LearntWord, now: datetime) -> LearntRow:
    return LearntRow(
        article_id=article_id,
        word=word.word,
        weight=word.weight,
        weighed_at=word.weighed_at,
        level=word.level(now),
        fades_at=word.fades_at(now),
        searches=word.searches,
        answers=word.answers,
        last_at=word.last_at,
        barred_by=word.barred_by or None,
    )


def _word_of(row: LearntRow) -> LearntWord:
    return LearntWord(row.word, row.weight, row.weighed_at, row.last_at, row.searches, row.answers, row.barred_by or "")
