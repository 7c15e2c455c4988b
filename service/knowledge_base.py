"""The knowledge base as the commands use it: its database and its index, open together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from faq.paths import Paths
from knowledge.article import Article, Found
from knowledge.embedder import WITHIN, Embedder, is_installed
from knowledge.index import Index
from knowledge.languages.open_thesaurus import Thesaurus, installed
from knowledge.meaning import Meaning
from service.opening import open_database_for, refuse_missing
from service.presence import listening
from service.settings import Settings
from storage.database import Database
from storage.errors import NotThere


@dataclass(frozen=True, slots=True)
class KnowledgeBase:
    """An open knowledge base."""

    database: Database
    index: Index
    site: str
    """Where the website lies, without a slash at the end."""
    languages: tuple[str, ...]

    def url(self, article: Article) -> str:
        """Where an article is read."""
        language = article.language if article.language in self.languages else self.languages[0]
        return self.site + Paths(language).article(article.id)

    def as_json(self, found: Found) -> dict[str, Any]:
        """A result as scripts rely on it."""
        return {
            "article": found.article.id,
            "question": found.article.question,
            "score": round(found.score, 4),
            "url": self.url(found.article),
            "excerpt": found.excerpt,
            "because": found.because,
        }


@contextmanager
def open_knowledge_base(settings: Settings, *, patience: float = 0.0) -> Iterator[KnowledgeBase]:
    """The knowledge base, its index up to date. Raises `NotThere` where there is no desk.

    `patience`: seconds that may be waited until articles can be compared by their meaning; with 0 they are not.
    """
    refuse_missing(settings)
    database = open_database_for(settings)
    meaning = meaning_of(settings, patience) if patience else None
    index = Index(settings.data / "index", database, meaning, thesaurus_of(settings))
    try:
        index.refresh()
        if index.meaning is not None:
            index.meaning.ready(patience)
        yield KnowledgeBase(database, index, website_address(settings), tuple(settings.web.languages))
    finally:
        index.close()
        database.close()


def meaning_of(settings: Settings, within: float = WITHIN) -> Meaning | None:
    """What compares by meaning, waiting so many seconds for it; None where the extra is not installed, or turned off."""
    if settings.faq.semantic == "off" or not is_installed():
        return None
    return Meaning(settings.data / "meaning", Embedder(within))


def thesaurus_of(settings: Settings) -> Thesaurus | None:
    """The thesaurus of the whole language; None where the machine has none, or it is turned off."""
    return None if settings.faq.open_thesaurus == "off" else installed()


def website_address(settings: Settings) -> str:
    """Where the website is: as set, else where a desk that runs has it open, else where it is to be."""
    opened = sorted(each.where for each in listening(settings.data) if each.door == "web")
    return (settings.web.url or f"http://{[*opened, settings.web.listen][0]}").rstrip("/")


def needed(article: Article | None, article_id: str) -> Article:
    """The article. Raises `NotThere` where there is none."""
    if article is None:
        raise NotThere(f'there is no article "{article_id}"; `brief faq list` shows all')
    return article


def article_json(article: Article, more: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """An article as scripts rely on it: the fields that it is imported with."""
    from knowledge.fields import as_fields

    return {**as_fields(article), **(more or {})}
