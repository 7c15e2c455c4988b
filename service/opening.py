"""Opening what the desk stands on: its data directory and its database."""

from __future__ import annotations

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
