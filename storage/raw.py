"""Raw mail: the bytes as received, compressed, in chunks, and checked whenever they are read."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from storage.errors import Lost
from storage.ids import uuid7
from storage.rows import put, rows_of
from storage.tables import RawChunkRow, RawRow

CHUNK = 256 * 1024
"""Bytes a row: no row grows so large that it hurts the ones beside it."""


@dataclass(frozen=True, slots=True)
class Packed:
    """A raw mail as it will lie in the database."""

    size: int
    sha256: str
    compression: str
    body: bytes


def packed(data: bytes) -> Packed:
    """A raw mail compressed and reckoned up: of a large one before a transaction is opened that others wait for."""
    smaller = zlib.compress(data, 1)
    compression, body = ("zlib", smaller) if len(smaller) < len(data) else ("", data)
    return Packed(len(data), hashlib.sha256(data).hexdigest(), compression, body)


def put_raw(session: Session, data: bytes | Packed, now: datetime, *, write: Callable[..., None] = put) -> UUID:
    """Keep a raw mail, and give its key. `write` is how its rows are written; a large one is written at once."""
    mail = packed(data) if isinstance(data, bytes) else data
    raw_id, body = uuid7(), mail.body
    write = write if len(body) <= CHUNK else put
    row = {"id": raw_id, "size": mail.size, "sha256": mail.sha256, "compression": mail.compression}
    write(session, RawRow, {**row, "created_at": now})
    view = memoryview(body)
    for number, start in enumerate(range(0, len(body), CHUNK)):
        write(session, RawChunkRow, {"raw_id": raw_id, "number": number, "data": bytes(view[start : start + CHUNK])})
    return raw_id


_KEPT = (
    select(RawRow.id, RawRow.size, RawRow.sha256, RawRow.compression, RawRow.erased_at, RawChunkRow.data)
    .outerjoin(RawChunkRow, RawChunkRow.raw_id == RawRow.id)
    .where(RawRow.id == bindparam("raw_id"))
    .order_by(RawChunkRow.number)
)
"""A raw mail with its chunks in order; one row without data where it has none."""


def get_raw(session: Session, raw_id: UUID) -> bytes:
    """A raw mail, byte for byte. Raises `Lost` where it was erased, or is not what was kept."""
    rows = rows_of(session, _KEPT, raw_id=raw_id)
    if not rows:
        raise Lost(f"there is no raw mail {raw_id}: it may lie in a backup")
    row = rows[0]
    if row.erased_at is not None:
        raise Lost(f"the raw mail {raw_id} was erased at {row.erased_at:%Y-%m-%d %H:%M} UTC")
    data = _unpacked(row, b"".join(each.data or b"" for each in rows))
    if len(data) != row.size or hashlib.sha256(data).hexdigest() != row.sha256:
        raise Lost(f"the raw mail {raw_id} is damaged: its checksum differs; restore it from a backup")
    return data


def _unpacked(row: Row[UUID, int, str, str, datetime | None, bytes], body: bytes) -> bytes:
    if row.compression != "zlib":
        return body
    try:
        # bounded by what was kept: a damaged chunk must not unfold without end
        return zlib.decompressobj().decompress(body, row.size + 1)
    except zlib.error as error:
        raise Lost(f"the raw mail {row.id} is damaged: {error}; restore it from a backup") from error
