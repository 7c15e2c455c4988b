"""How the tables came to be, one revision a file.

A change of the tables needs a new revision: `python -m storage.migrations.draft "what changed"` writes its draft, which a
person reads and mends; then its name is added to `REVISIONS`. A test compares the migrated tables with `storage.tables`.
"""

from __future__ import annotations

REVISIONS = ("0001",)
"""Every revision, the oldest first: so that a command need not load alembic to know whether the tables are its own."""
