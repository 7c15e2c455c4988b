"""What is learnt reaches the index, fades, and can be taken back, over each database; and how much it helps."""

from __future__ import annotations

import hashlib
import json
import random
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from knowledge import lessons, searches, store
from knowledge.article import Article
from knowledge.evaluate import Answer, Question, answered, read_questions
from knowledge.files import read_articles
from knowledge.index import Index
from knowledge.learning import HALF_LIFE, LATELY, LEVELS, MOST, Lesson, Source
from knowledge.plain_words import PlainWord, of_mail, of_search
from storage.database import Database
from storage.tables import HeardRow, LearntRow, SearchRow
from threads.agents import add

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
INVOICE = Article("rechnung", "Wo finde ich meine Rechnung?", "Im Kundencenter.", ("Zahlung",))
DOMAIN = Article("domain", "Wie ziehe ich mit der Domain um?", "Mit dem Authcode.")


def hashed(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]


@pytest.fixture
def index(database: Database, tmp_path: Path) -> Iterator[Index]:
    with database.writing() as session:
        store.put_articles(session, [INVOICE, DOMAIN], NOW)
    opened = Index(tmp_path / "index", database)
    opened.refresh()
    yield opened
    opened.close()


Teach = Callable[..., list[Lesson]]


@pytest.fixture
def teach(database: Database) -> Teach:
    """Teaches the invoice's article what somebody said."""

    def say(
        *words: str, who: str, now: datetime = NOW, source: Source = Source.SEARCH, plain: bool = True
    ) -> list[Lesson]:
        with database.writing() as session:
            said = [PlainWord(each, plain) for each in words]
            return lessons.teach(session, "rechnung", said, source=source, who=who, pseudonym=hashed, now=now)

    return say


def found(index: Index, query: str) -> list[str]:
    index.refresh()
    return [each.article.id for each in index.search(query) if each.because.startswith("met")]


def test_the_word_of_two_visitors_finds_the_article_and_that_of_one_does_not(index: Index, teach: Teach) -> None:
    teach("quittung", who="anna")
    assert found(index, "zettel") == []
    teach("zettel", who="anna")
    assert found(index, "zettel") == []
    teach("zettel", who="ben")
    assert found(index, "zettel") == ["rechnung"]


def test_what_one_person_used_stands_nowhere_in_letters(database: Database, index: Index, teach: Teach) -> None:
    teach("kowalczyk", who="anna")
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(LearntRow)) == 0
        rows = session.scalars(select(HeardRow)).all()
    assert len(rows) == 1
    assert "kowalczyk" not in rows[0].word
    assert "anna" not in rows[0].who


def test_one_visitor_who_comes_back_all_day_counts_once(index: Index, teach: Teach) -> None:
    teach("zettel", who="anna")
    teach("zettel", who="ben")
    for hour in range(1, 20):
        teach("zettel", who="ben", now=NOW + timedelta(hours=hour))
    with_both = teach("zettel", who="ben", now=NOW + timedelta(days=1, minutes=1))[0].learnt
    assert with_both is not None
    assert with_both.searches == 3


def test_who_was_not_helped_after_all_takes_back_what_they_taught(
    database: Database, index: Index, teach: Teach
) -> None:
    def unteach(who: str) -> list[Lesson]:
        with database.writing() as session:
            return lessons.unteach(session, "rechnung", who=who, pseudonym=hashed, now=NOW)

    teach("zettel", who="anna")
    assert unteach("anna") == []  # nothing was learnt yet, and that she used it is forgotten
    teach("zettel", who="ben")
    assert found(index, "zettel") == []
    teach("zettel", "beleg", who="anna")
    assert found(index, "zettel") == ["rechnung"]
    assert unteach("cleo") == []
    assert found(index, "zettel") == ["rechnung"]
    assert [each.word for each in unteach("anna")] == ["zettel"]
    assert found(index, "zettel") == []
    assert unteach("anna") == []
    teach("zettel", who="anna")
    assert found(index, "zettel") == ["rechnung"]


def test_a_word_fades_out_of_the_index_by_itself(database: Database, index: Index, teach: Teach) -> None:
    teach("zettel", who="anna")
    teach("zettel", who="ben")
    assert found(index, "zettel") == ["rechnung"]
    with database.writing() as session:
        assert not lessons.is_fading(session, NOW + HALF_LIFE / 100)
        for halves_gone in range(1, LEVELS + 1):
            lessons.fade(session, NOW + (HALF_LIFE + timedelta(minutes=1)) * halves_gone)
    assert found(index, "zettel") == []
    with database.reading() as session:
        assert not lessons.is_fading(session, NOW + HALF_LIFE * (LEVELS + 1))
        assert session.scalar(select(func.count()).select_from(LearntRow)) == 0
        assert session.scalar(select(func.count()).select_from(HeardRow)) == 0


def test_nothing_is_remembered_of_who_used_a_word_once_that_is_long_ago(
    database: Database, index: Index, teach: Teach
) -> None:
    teach("zettel", who="anna")
    teach("zettel", who="ben", now=NOW + LATELY + timedelta(minutes=1))
    assert found(index, "zettel") == []


def test_a_word_that_is_taken_back_finds_nothing_until_it_is_allowed(
    database: Database, index: Index, teach: Teach
) -> None:
    teach("zettel", who="anna")
    teach("zettel", who="ben")
    with database.writing() as session:
        add(session, "ben", now=NOW)
        assert lessons.bar(session, "rechnung", "zettel", "ben", NOW)
        assert not lessons.bar(session, "rechnung", "zettel", "ben", NOW)
    assert found(index, "zettel") == []
    teach("zettel", who="carla")
    teach("zettel", who="dora")
    assert found(index, "zettel") == []
    with database.writing() as session:
        assert lessons.allow(session, "rechnung", "zettel", NOW)
    assert found(index, "zettel") == ["rechnung"]


def test_an_article_that_is_changed_keeps_what_it_learnt_and_one_that_is_removed_learns_nothing(
    database: Database, index: Index, teach: Teach
) -> None:
    teach("zettel", who="anna")
    teach("zettel", who="ben")
    with database.writing() as session:
        store.put_articles(session, [Article("rechnung", "Wo liegt die Rechnung?", "Im Kundencenter.")], NOW)
    assert found(index, "zettel") == ["rechnung"]
    with database.writing() as session:
        store.remove_article(session, "rechnung", NOW)
    assert found(index, "zettel") == []
    assert teach("zettel", who="carla") == []


def test_an_index_that_is_built_anew_holds_what_was_learnt(index: Index, teach: Teach) -> None:
    teach("zettel", who="anna")
    teach("zettel", who="ben")
    index.rebuild()
    assert found(index, "zettel") == ["rechnung"]


def test_an_article_keeps_so_many_words_and_no_more(database: Database, index: Index, teach: Teach) -> None:
    many = [f"{'abcdefghij'[number // 10]}{'abcdefghij'[number % 10]}wort" for number in range(MOST + 5)]
    teach("zettel", who="anna")
    for who in ("ben", "carla", "dora"):
        teach("zettel", who=who)
    for who in ("anna", "ben"):
        teach(*many, who=who)
    with database.reading() as session:
        kept = [each.word for each in lessons.words_of(session, "rechnung")]
    assert len(kept) == MOST
    assert "zettel" in kept


def test_a_search_is_kept_in_the_words_that_may_be_kept(database: Database, index: Index) -> None:
    def search(query: str, who: str, **what: bool) -> str:
        said = of_search(query, "de", index.snapshot())
        with database.writing() as session:
            return searches.note(session, "de", said, who=who, pseudonym=hashed, now=NOW, **what)

    assert search("Kündigungsfrist Kowalczyk", "anna", found=False) == "kündigungsfrist"
    assert search("Kowalczyk", "anna", found=False) == ""
    assert search("Kündigungsfrist", "ben", found=False) == "kündigungsfrist"
    assert search("Kowalczyk", "carla", found=False) == "kowalczyk"
    search("Kündigungsfrist", "ben", clicked=True)
    with database.writing() as session:
        first = searches.searches(session, NOW)[0]
        assert (first.words, first.times, first.empty, first.clicks) == ("kündigungsfrist", 2, 2, 1)
        searches.forget(session, NOW + searches.KEPT)
        assert session.scalar(select(func.count()).select_from(SearchRow)) == 0


# ---------------------------------------------------------------- how much it helps

QUESTIONS = Path(__file__).parents[1] / "unit" / "knowledge" / "questions_learning.jsonl"
SAMPLE = Path(__file__).parents[2] / "knowledge" / "sample"


def halves(seed: int) -> tuple[list[Question], list[Question]]:
    """Of each article's questions one half to learn from, and the other to ask."""
    by_article: dict[str, list[Question]] = defaultdict(list)
    with QUESTIONS.open("rb") as lines:
        for each in read_questions(lines, "questions"):
            assert isinstance(each, Question)
            if len(each.relevant) == 1:
                by_article[min(each.relevant)].append(each)
    learnt, asked = [], []
    for of_article in by_article.values():
        random.Random(seed).shuffle(of_article)
        half = len(of_article) // 2
        learnt += of_article[:half]
        asked += of_article[half:] if half else []
    return learnt, asked


def recall(answers: Sequence[Answer], *, mail: bool) -> float:
    fit = [each for each in answers if each.question.is_mail == mail]
    return sum(1 <= each.rank <= 3 for each in fit) / len(fit)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_half_of_the_questions_teach_the_search_to_find_more_of_the_other_half(database: Database) -> None:
    articles = {each.id: each for each in read_articles(SAMPLE) if isinstance(each, Article)}
    learnt, asked = halves(seed=1)
    with database.writing() as session:
        store.put_articles(session, articles.values(), NOW)
    index = Index(None, database)
    index.refresh()
    before = list(answered(index, asked))
    snapshot = index.snapshot()
    with database.writing() as session:
        for number, each in enumerate(learnt):
            article = articles[min(each.relevant)]
            said = (
                of_mail(each.text, "", (), article.language, snapshot)
                if each.is_mail
                else of_search(each.text, article.language, snapshot)
            )
            source = Source.ANSWER if each.is_mail else Source.SEARCH
            for who in (f"a{number}", f"b{number}")[: 1 if each.is_mail else 2]:
                lessons.teach(session, article.id, said, source=source, who=who, pseudonym=hashed, now=NOW)
    index.refresh()
    after = list(answered(index, asked))
    index.close()
    figures = {
        kind: [round(recall(answers, mail=kind == "mail"), 3) for answers in (before, after)]
        for kind in ("search", "mail")
    }
    print("Recall@3 before and after:", json.dumps(figures))
    assert figures["search"][1] > figures["search"][0]
    assert figures["mail"][1] >= figures["mail"][0]
