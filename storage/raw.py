"""Raw mail: the bytes as received, compressed, in chunks, and checked whenever they are read."""

from __future__ import annotations

import hashlib
import zlib
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from storage.errors import Lost
from storage.ids import uuid7
from storage.tables import RawChunkRow, RawRow

CHUNK = 256 * 1024
"""Bytes a row: no row grows so large that it hurts the ones beside it."""


def put_raw(session: Session, data: bytes, now: datetime) -> UUID:
    """Keep a raw mail, and give its key."""
    packed = zlib.compress(data, 1)
    compression, body = ("zlib", packed) if len(packed) < len(data) else ("", data)
    raw_id = uuid7()
    row = {"id": raw_id, "size": len(data), "sha256": hashlib.sha256(data).hexdigest(), "compression": compression}
    session.execute(insert(RawRow), [{**row, "created_at": now}])
    view = memoryview(body)
    for number, start in enumerate(range(0, len(body), CHUNK)):
        chunk = {"raw_id": raw_id, "number": number, "data": bytes(view[start : start + CHUNK])}
        session.execute(insert(RawChunkRow), [chunk])
    return raw_id


def get_raw(session: Session, raw_id: UUID) -> bytes:
    """A raw mail, byte for byte. Raises `Lost` where it was erased, or is not what was kept."""
    row = session.get(RawRow, raw_id)
    if row is None:
        raise Lost(f"there is no raw mail {raw_id}: it may lie in a backup")
    if row.erased_at is not None:
        raise Lost(f"the raw mail {raw_id} was erased at {row.erased_at:%Y-%m-%d %H:%M} UTC")
    query = select(RawChunkRow.data).where(RawChunkRow.raw_id == raw_id).order_by(RawChunkRow.number)
    data = _unpacked(row, b"".join(session.scalars(query)))
    if len(data) != row.size or hashlib.sha256(data).hexdigest() != row.sha256:
        raise Lost(f"the raw mail {raw_id} is damaged: its checksum differs; restore it from a backup")
    return data


def _unpacked(row: RawRow, body: bytes) -> bytes:
    if row.compression != "zlib":
        return body
    try:
        # bounded by what was kept: a damaged chunk must not unfold without end
        return zlib.decompressobj().decompress(body, row.size + 1)
    except zlib.error as error:
        raise Lost(f"the raw mail {row.id} is damaged: {error}; restore it from a backup") from error
