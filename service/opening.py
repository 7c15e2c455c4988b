"""Opening what the desk stands on: its data directory and its database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from service.settings import Settings
from storage.database import Database, open_database
from storage.private import private_folder


def open_database_for(settings: Settings) -> Database:
    """The database, open, its tables made where it was empty.

    Raises `BriefwechselError` where the data belongs to another user, or the tables are not this version's.
    """
    private_folder(settings.data)
    database = open_database(settings.database_url)
    try:
        database.make_ready()
    except BaseException:
        database.close()
        raise
    return database


@contextmanager
def reading(settings: Settings) -> Iterator[Session]:
    """A session for one look at the desk of some settings; an empty one is made where there is none."""
    database = open_database_for(settings)
    try:
        with database.reading() as session:
            yield session
    finally:
        database.close()


@contextmanager
def writing(settings: Settings) -> Iterator[Session]:
    """A session for one change at the desk of some settings; an empty one is made where there is none."""
    database = open_database_for(settings)
    try:
        with database.writing() as session:
            yield session
    finally:
        database.close()
