"""What the knowledge base lacks, and what of it is stale: from searches, answers and votes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from knowledge import searches, store
from knowledge.answer_draft import Draft, draft
from knowledge.article import Article
from knowledge.gaps import Gap, Wish, gaps
from knowledge.index import Index
from knowledge.languages.chains import chain
from knowledge.plain_words import of_mail
from knowledge.stale import Signs, Stale, stale
from service.learning import given_in
from storage.errors import NotThere
from threads import lookup
from threads.store.answered import Answered, answer_of, answers


def gaps_since(session: Session, index: Index, since: datetime, now: datetime) -> list[Gap]:
    """What was wanted since a time and no article said."""
    wishes = [_searched(each) for each in searches.searches(session, since) if not each.clicks and each.times]
    unsaid = [each for each in answers(session, since, now, imported=True) if not given_in(each, index)]
    wishes += [_written(each, index) for each in unsaid]
    return gaps(each for each in wishes if each.terms)


def _searched(found: searches.Searched) -> Wish:
    words = tuple(found.words.split(" "))
    return Wish(words, _terms(words, found.language), found.language, found.last_at, searches=found.times)


def _written(answered: Answered, index: Index) -> Wish:
    language = answered.language or "de"
    said = of_mail(answered.asked, answered.subject, answered.names, language, index.snapshot())
    words = tuple(each.text for each in said)
    return Wish(words, _terms(words, language), language, answered.at, mails=1, handle=answered.handle)


def _terms(words: Iterable[str], language: str) -> frozenset[str]:
    reader = chain(language)
    return frozenset(term for word in words for term in reader.terms(word)[:1])


def draft_from(session: Session, name: str) -> tuple[Draft, str]:
    """The draft of an article from a conversation's first answer, and its language. Raises `NotThere` where nobody answered."""
    row = lookup.one(session, name)
    found = answer_of(session, row.id)
    if found is None:
        raise NotThere(f"nobody has answered {row.handle} yet; `brief faq new ID` begins with an empty article")
    return draft(found.asked, found.subject, found.text, found.names), found.language or row.language


def gap_json(gap: Gap, session: Session) -> dict[str, Any]:
    """A gap as scripts rely on it, with the latest answer as a draft."""
    handle = next(iter(gap.handles), "")
    answer = draft_from(session, handle)[0].answer if handle else ""
    return {
        "words": list(gap.words),
        "searches": gap.searches,
        "mails": gap.mails,
        "last": gap.last_at.isoformat(),
        "handles": list(gap.handles),
        "answer": answer,
        "because": gap.because,
    }


def stale_since(session: Session, index: Index, since: datetime, now: datetime) -> list[Stale]:
    """The articles to look at again, by what was answered since a time."""
    quoted, edited = Counter[str](), Counter[str]()
    for each in answers(session, since, now):
        for one in given_in(each, index):
            quoted[one.article.id] += one.share > 0
            edited[one.article.id] += one.is_edited
    votes = store.votes(session)
    written = store.written_at(session)

    def signs(article: Article) -> Signs:
        changed = article.updated or written[article.id].date()
        found = votes.get(article.id, store.Votes())
        return Signs(article, changed, found, quoted[article.id], edited[article.id])

    return stale((signs(each) for each in store.articles(session)), now.date())


def stale_json(found: Stale) -> dict[str, Any]:
    """An article to look at again, as scripts rely on it."""
    signs = found.signs
    return {
        "article": signs.article.id,
        "question": signs.article.question,
        "changed": signs.changed.isoformat(),
        "helpful": signs.votes.helpful,
        "unhelpful": signs.votes.unhelpful,
        "quoted": signs.quoted,
        "edited": signs.edited,
        "because": list(found.because),
    }
