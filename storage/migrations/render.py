"""How our column types are written in a migration."""

from __future__ import annotations

from typing import Any, Literal


def render_item(kind: str, item: Any, _context: object) -> str | Literal[False]:
    """The Python of one of our own types; False for what alembic renders itself."""
    name = type(item).__name__
    return f"types.{name}()" if kind == "type" and name in ("CleanText", "CleanJson", "UtcTime") else False
