"""Opening what the desk stands on: its data directory and its database."""

from __future__ import annotations

import os
from pathlib import Path

from service.settings import Settings
from storage.database import Database, open_database
from storage.errors import BriefwechselError, Unavailable


def open_database_for(settings: Settings) -> Database:
    """The database, open, its tables made where it was empty.

    Raises `BriefwechselError` where the data belongs to another user, or the schema is not ours to use.
    """
    prepare_data(settings.data)
    database = open_database(settings.database_url)
    try:
        if database.is_empty():
            database.upgrade()
        database.check()
    except BaseException:
        database.close()
        raise
    return database


def prepare_data(data: Path) -> None:
    """Make the data directory where it is missing. Raises where it cannot be used, saying how to mend it."""
    try:
        if not data.exists():
            data.mkdir(mode=0o700, parents=True)
        owner = data.stat().st_uid
    except OSError as error:
        raise Unavailable(
            f"cannot make the data directory {data}: {error.strerror}; name another with --data DIR"
        ) from None
    if owner != os.geteuid():
        raise BriefwechselError(f"the data in {data} belongs to another user (uid {owner}); run brief as that user")
    if not data.is_dir():
        raise BriefwechselError(f"{data} is no directory; name another with --data DIR")
    if not os.access(data, os.W_OK | os.X_OK):
        raise Unavailable(f"the data directory {data} cannot be written; mend its permissions (chmod u+rwx {data})")
