"""Opening what the desk stands on: its data directory and its database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from service.keys import FILE as KEYS
from service.settings import Settings
from storage.database import Database, open_database
from storage.errors import NotThere, OutOfStep
from storage.private import private_folder

GONE = (
    "{file} is missing, and the keys of a desk lie beside it: put the file back, or a backup into a new place "
    "with `brief --data NEW restore FILE`, or begin anew with `brief database upgrade`"
)
NONE = "there is no desk in {data}; go to the folder of yours or name it with --data, or begin one here: `brief serve`"


def open_database_for(settings: Settings) -> Database:
    """The database, open, its tables made where it was empty.

    Raises `BriefwechselError` where the data belongs to another user, the tables are not this version's, or the file is
    gone.
    """
    private_folder(settings.data)
    if is_gone(settings):
        raise OutOfStep(GONE.format(file=settings.database_file))
    database = open_database(settings.database_url)
    try:
        database.make_ready()
    except BaseException:
        database.close()
        raise
    return database


def refuse_missing(settings: Settings) -> None:
    """Raise `NotThere` where no desk was begun yet: whoever only looks is in the wrong place, or early."""
    if settings.is_sqlite and not settings.database_file.exists() and not is_gone(settings):
        raise NotThere(NONE.format(data=settings.data))


def is_gone(settings: Settings) -> bool:
    """Whether the database's file is missing beside the keys of a desk that was here."""
    return settings.is_sqlite and not settings.database_file.exists() and (settings.data / KEYS).exists()


@contextmanager
def reading(settings: Settings) -> Iterator[Session]:
    """A session for one look at the desk of some settings. Raises `NotThere` where there is none."""
    refuse_missing(settings)
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
