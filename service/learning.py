"""What a running desk learns: from visitors whom a search led to what helped them, and from what agents answered."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import structlog

from faq.paths import linked_articles
from knowledge import lessons, searches, store
from knowledge.article import Article
from knowledge.cited import Cited, cited
from knowledge.index import Index
from knowledge.learning import Lesson, Source
from knowledge.lessons import Pseudonym
from knowledge.plain_words import UNFINISHED, of_mail, of_search
from storage.claim import serialise
from storage.database import Database
from storage.errors import Unavailable
from storage.facts import get_fact, set_fact
from threads.store.answered import Answered, answers, times_of

log = structlog.get_logger()

FOUND = 20
"""Results of a search that a visitor can have come from: those that a page shows."""
NEAR = 10
"""Articles that an answer is compared with, beside those that it links."""
SETTLED = timedelta(seconds=10)
"""After its hold an answer is out, and the transaction that wrote it is over."""
AT_ONCE = 20
"""Answers that are looked at in one round."""
FACT = "answers learnt until"


class Learning:
    """Learns into a database. Threads may share it."""

    def __init__(self, database: Database, index: Index, pseudonym: Pseudonym) -> None:
        self._database, self._index, self._pseudonym = database, index, pseudonym

    def searched(self, query: str, language: str, visitor: str, *, found: bool) -> None:
        """A visitor searched. Raises nothing, as the others: they were answered already."""
        self._noted(query, language, visitor, found=found)

    def clicked(self, query: str, language: str, visitor: str) -> None:
        """A visitor went on from a search to an article."""
        self._noted(query, language, visitor, clicked=True)

    def _noted(self, query: str, language: str, visitor: str, *, found: bool = True, clicked: bool = False) -> None:
        try:
            words = of_search(query, language, self._index.snapshot())
            with self._database.writing() as session:
                searches.note(
                    session, language, words, who=f"visitor {visitor}", pseudonym=self._pseudonym,
                    now=datetime.now(UTC), found=found, clicked=clicked,
                )  # fmt: skip
        except Unavailable as error:
            log.warning("what a visitor searched for was not noted", because=str(error))

    def helped(self, article_id: str, query: str, visitor: str, patience: float) -> list[Lesson]:
        """A search led a visitor to an article that helped; what came of each of its words.

        `patience`: seconds that what a sentence meant is waited for; with 0 the search is repeated by its words.
        """
        try:
            return self._helped(article_id, query, visitor, patience)
        except Unavailable as error:
            log.warning("what helped a visitor was not learnt", because=str(error))
            return []

    def unhelped(self, article_id: str, visitor: str) -> list[Lesson]:
        """A visitor says that an article did not help; what came of the words that they had taught it before."""
        try:
            with self._database.writing() as session:
                return lessons.unteach(
                    session, article_id, who=f"visitor {visitor}", pseudonym=self._pseudonym, now=datetime.now(UTC)
                )
        except Unavailable as error:
            log.warning("what helped a visitor no more was not taken back", because=str(error))
            return []

    def _helped(self, article_id: str, query: str, visitor: str, patience: float) -> list[Lesson]:
        with self._database.reading() as session:
            article = store.article(session, article_id)
        # anybody can post any words: only what does find the article can have led there
        if article is None or not self._leads_to(query, article, patience):
            return []
        words = of_search(query, article.language, self._index.snapshot())
        with self._database.writing() as session:
            return lessons.teach(
                session, article_id, words, source=Source.SEARCH, who=f"visitor {visitor}", pseudonym=self._pseudonym,
                now=datetime.now(UTC),
            )  # fmt: skip

    def _leads_to(self, query: str, article: Article, patience: float) -> bool:
        typing, query = query.endswith(UNFINISHED), query.removesuffix(UNFINISHED)
        found = self._index.search(query, language=article.language, limit=FOUND, typing=typing, patience=patience)
        return any(each.article.id == article.id for each in found)

    def follow(self, now: datetime, undo_for: timedelta) -> Mapping[str, int]:
        """Learn from the answers that have gone out since, and let fade what is old; how many words each changed."""
        until = now - undo_for - SETTLED
        with self._database.reading() as session:
            fact = get_fact(session, FACT)
            after = datetime.fromisoformat(fact) if fact else datetime.min.replace(tzinfo=UTC)
            times = times_of(session, after, until, AT_ONCE)
            due = answers(session, after, times[-1]) if times else []
            fading = lessons.is_fading(session, now) or searches.is_forgetting(session, now)
        taught = self._answered(due, fact, times[-1]) if times else 0
        faded = 0
        if fading:
            with self._database.writing() as session:
                faded = lessons.fade(session, now)
                searches.forget(session, now)
        return {"learnt": taught, "faded": faded}

    def _answered(self, due: list[Answered], fact: str | None, last: datetime) -> int:
        given = [(each, one.article) for each in due for one in given_in(each, self._index)]
        snapshot = self._index.snapshot() if given else None
        taught = 0
        with self._database.writing() as session:
            serialise(session, "lessons")
            if get_fact(session, FACT) != fact:
                return 0  # another process was quicker
            for each, article in given:
                assert snapshot is not None  # noqa: S101 - for the type checker: something was given
                words = of_mail(each.asked, each.subject, each.names, article.language, snapshot)
                done = lessons.teach(
                    session, article.id, words, source=Source.ANSWER, who=f"customer {each.address}",
                    pseudonym=self._pseudonym, now=each.at,
                )  # fmt: skip
                taught += sum(one.learnt is not None for one in done)
            set_fact(session, FACT, last.isoformat())
        return taught


def given_in(answer: Answered, index: Index) -> list[Cited]:
    """The articles that an agent's answer links or quotes."""
    links = linked_articles(answer.text)
    near = [each.article for each in index.search(answer.text, limit=NEAR)]
    others = set(links) - {each.id for each in near}
    linked = [each for each in index.snapshot().articles.values() if each.id in others] if others else []
    return cited(answer.text, [*near, *linked], links)
