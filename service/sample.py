"""The sample FAQ of a small hosting company: something to try the desk with."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib import resources

from knowledge.article import Article
from knowledge.files import read_articles
from knowledge.store import newest_revision, put_articles
from storage.database import Database


def put_sample(database: Database) -> int:
    """Put the sample articles into a knowledge base that never had any; how many went in."""
    with resources.as_file(resources.files("knowledge").joinpath("sample")) as folder:
        articles = [each for each in read_articles(folder) if isinstance(each, Article)]
    with database.writing() as session:
        if newest_revision(session):
            return 0
        return put_articles(session, articles, datetime.now(UTC)).new
