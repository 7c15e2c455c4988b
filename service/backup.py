"""Everything of a desk in one file, made while it runs.

The file is a gzipped tar: `manifest.json` first (what made it, and the SHA-256 of every member), then `desk.sqlite` (a
consistent copy) or `rows/<table>.jsonl` (from PostgreSQL), `keys`, the keys in `dkim`, the `drafts`, refresh tokens
in `tokens`, `brief.toml` and the Maildir `sent`. The search index is left out: it is derived, and holds a pickle, which
is never taken from outside.
"""

from __future__ import annotations

import gzip
import hashlib
import importlib.metadata
import io
import json
import os
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from service.keys import FILE as KEYS
from service.rows import rows_as_lines
from service.settings import Settings
from storage.database import Database, open_database
from storage.errors import WrongUse
from storage.migrations import REVISIONS
from storage.private import cannot, sync_folder
from storage.tables import Base

FORM = 1
"""Of the backup file; another one is refused."""
MANIFEST = "manifest.json"
COPY = "desk.sqlite"
"""The member that holds the copy of an SQLite database."""
SETTINGS = "brief.toml"


@dataclass(frozen=True, slots=True)
class Member:
    """A file in a backup."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds."""

    form: int
    version: str
    revision: str
    made_at: str
    members: dict[str, Member]

    def as_bytes(self) -> bytes:
        """As it lies in the backup."""
        return json.dumps(asdict(self), indent=1).encode()


def back_up(settings: Settings, file: Path) -> Manifest:
    """Write a backup, wholly or not at all; a file that is there is not touched."""
    if file.exists():
        raise WrongUse(f"{file} is there already; name another file, or move that one away")
    database = open_database(settings.database_url)
    try:
        database.check()
        with _work_folder(file.absolute().parent) as folder:
            members = _collect(settings, database, folder)
            manifest = _manifest(members)
            _pack(manifest, members, folder / "backup")
            (folder / "backup").replace(file)
        sync_folder(file.absolute().parent)
    except OSError as error:
        raise cannot("write", file, error) from error
    finally:
        database.close()
    return manifest


@contextmanager
def _work_folder(beside: Path) -> Iterator[Path]:
    """A private folder on the disk where the backup will lie."""
    folder = Path(tempfile.mkdtemp(prefix=".brief-backup-", dir=beside))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _collect(settings: Settings, database: Database, folder: Path) -> dict[str, Path]:
    """The files of a backup, by their names in it; the database is copied into the folder."""
    members = {name: path for name, path in _plain_files(settings) if path.is_file()}
    if database.is_sqlite:
        members[COPY] = _sqlite_copy(database, folder / COPY)
        return members
    with database.engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        for table in Base.metadata.sorted_tables:
            path = folder / f"{table.name}.jsonl"
            with path.open("w", encoding="ascii") as out:
                out.writelines(rows_as_lines(connection, table))
            members[f"rows/{table.name}.jsonl"] = path
    return members


def _plain_files(settings: Settings) -> Iterator[tuple[str, Path]]:
    yield KEYS, settings.data / KEYS
    dkim = settings.data / "dkim"
    for path in sorted(dkim.glob("*/*.pem")) if dkim.is_dir() else ():
        yield f"dkim/{path.parent.name}/{path.name}", path
    drafts = settings.data / "drafts"
    for path in sorted(drafts.glob("[a-z0-9]*.txt")) if drafts.is_dir() else ():
        yield f"drafts/{path.name}", path
    for path in sorted(settings.tokens.glob("[0-9a-f]*")) if settings.tokens.is_dir() else ():
        yield f"tokens/{path.name}", path
    if settings.file is not None:
        yield SETTINGS, settings.file
    for part in ("new", "cur"):
        folder = settings.data / "sent" / part
        for path in sorted(folder.iterdir()) if folder.is_dir() else ():
            yield f"sent/{part}/{path.name}", path


def _sqlite_copy(database: Database, path: Path) -> Path:
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    driver = database.engine.raw_connection()
    try:
        driver.execute("VACUUM INTO ?", (str(path),))  # outside any transaction
    finally:
        driver.close()
    return path


def _manifest(members: dict[str, Path]) -> Manifest:
    described = {name: Member(path.stat().st_size, sha256_of(path)) for name, path in members.items()}
    return Manifest(
        form=FORM,
        version=importlib.metadata.version("briefwechsel"),
        revision=REVISIONS[-1],
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        members=described,
    )


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _pack(manifest: Manifest, members: dict[str, Path], target: Path) -> None:
    descriptor = os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "wb") as raw:
        with (
            gzip.GzipFile(fileobj=raw, mode="wb", compresslevel=6, mtime=0) as packed,
            tarfile.open(fileobj=packed, mode="w|", format=tarfile.PAX_FORMAT) as tar,
        ):
            head = manifest.as_bytes()
            tar.addfile(_info(MANIFEST, len(head)), io.BytesIO(head))
            for name, member in manifest.members.items():
                with members[name].open("rb") as file:
                    tar.addfile(_info(name, member.size), file)
        raw.flush()
        os.fsync(descriptor)


def _info(name: str, size: int) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o600
    return info
