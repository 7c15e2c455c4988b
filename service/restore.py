"""A backup put back: checked wholly before anything of it is used."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import re
import shutil
import tarfile
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from sqlalchemy import Connection, select

from service.backup import COPY, FORM, MANIFEST, SETTINGS, Manifest, Member
from service.keys import FILE as KEYS
from service.rows import insert_lines, rows_as_lines
from service.settings import Settings
from storage.database import Database, begin, open_database, sqlite_url, translated
from storage.errors import DiskFull, Lost, OutOfStep, WrongUse
from storage.migrations import REVISIONS
from storage.private import cannot, private_folder, sync_folder
from storage.schema import Schema
from storage.tables import Base
from templates.amounts import size

_LARGEST_MANIFEST = 64 * 1024 * 1024
_BLOCK = 1024 * 1024
_SENT = re.compile(r"sent/(?:new|cur)/[A-Za-z0-9_][\w.,:=+@-]{0,200}\Z", re.ASCII)
_DKIM = re.compile(r"dkim/[a-z0-9_][a-z0-9._-]{0,252}/[a-z0-9_][a-z0-9._-]{0,252}\.pem\Z", re.ASCII)
_DRAFT = re.compile(r"drafts/[a-z0-9][a-z0-9._-]{0,80}\.txt\Z", re.ASCII)
_TOKEN = re.compile(r"tokens/[0-9a-f]{32}\Z", re.ASCII)
_FREE = (_SENT, _DKIM, _DRAFT, _TOKEN)
_FIXED = {COPY, KEYS, SETTINGS} | {f"rows/{table}.jsonl" for table in Base.metadata.tables}


def restore_from(settings: Settings, file: Path) -> Manifest:
    """Put a backup into an empty data directory and an empty database. Nothing is changed where anything is wrong."""
    data = private_folder(settings.data)
    if any(data.iterdir()):
        raise WrongUse(f"{data} is not empty: restore into another place with --data, or move it away first")
    folder = Path(tempfile.mkdtemp(prefix=".restore-", dir=data))
    try:
        manifest = _unpacked(file, folder)
        _put_database(settings, manifest, folder)
        _put_files(manifest, folder, data)
    except OSError as error:
        raise cannot("restore into", data, error) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return manifest


def _unpacked(file: Path, folder: Path) -> Manifest:
    """Unpack a backup into a folder, and check all of it."""
    try:
        with gzip.open(file, "rb") as packed, tarfile.open(fileobj=packed, mode="r|") as tar:
            members = iter(tar)
            manifest = _manifest(tar, next(members, None))
            _check_room(manifest, folder)
            _unpack_members(tar, members, manifest, folder)
    except FileNotFoundError:
        raise WrongUse(f"there is no file {file}") from None
    except (tarfile.TarError, gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise Lost(f"{file} is no whole backup of brief: {error}") from error
    return manifest


def _manifest(tar: tarfile.TarFile, info: tarfile.TarInfo | None) -> Manifest:
    stream = tar.extractfile(info) if info is not None and info.isreg() else None
    if info is None or stream is None or info.name != MANIFEST or info.size > _LARGEST_MANIFEST:
        raise Lost("this is no backup of brief: it does not begin with a manifest")
    try:
        values = json.loads(stream.read())
        members = {name: Member(int(each["size"]), str(each["sha256"])) for name, each in values["members"].items()}
        manifest = Manifest(
            int(values["form"]), str(values["version"]), str(values["revision"]), str(values["made_at"]), members
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Lost("this is no backup of brief: its manifest cannot be read") from error
    if manifest.form != FORM or manifest.revision not in REVISIONS:
        raise OutOfStep(
            f"the backup was made by brief {manifest.version}, which is newer: restore it with that version"
        )
    wrong = [name for name in members if name not in _FIXED and not any(each.match(name) for each in _FREE)]
    if wrong or any(member.size < 0 for member in members.values()):
        raise Lost(f"this is no backup of brief: it names {wrong[0]!r}" if wrong else "this is no backup of brief")
    return manifest


def _check_room(manifest: Manifest, folder: Path) -> None:
    needed = sum(member.size for member in manifest.members.values())
    if needed > shutil.disk_usage(folder).free:
        raise DiskFull(f"the backup needs {size(needed)}, and there is less room; make room on the disk")


def _unpack_members(tar: tarfile.TarFile, infos: Iterator[tarfile.TarInfo], manifest: Manifest, folder: Path) -> None:
    missing = dict.fromkeys(manifest.members)
    for info in infos:
        stream = tar.extractfile(info) if info.isreg() and info.name in missing else None
        if stream is None or info.size != manifest.members[info.name].size:
            raise Lost(f"the backup is damaged: {info.name!r} is not what the manifest says")
        del missing[info.name]
        if _copied(stream, _place(folder, info.name)) != manifest.members[info.name].sha256:
            raise Lost(f"the backup is damaged: the checksum of {info.name!r} differs; take another backup")
    if missing:
        raise Lost(f"the backup is damaged: {next(iter(missing))!r} is missing")


def _place(folder: Path, name: str) -> Path:
    """Where a member lies while it is checked: under a name of our own, so that no name can lead elsewhere."""
    return folder / hashlib.sha256(name.encode()).hexdigest()


def _copied(stream: IO[bytes], path: Path) -> str:
    """Write a stream to a private file; its SHA-256."""
    digest = hashlib.sha256()
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as out:
        while block := stream.read(_BLOCK):
            digest.update(block)
            out.write(block)
        out.flush()
        os.fsync(out.fileno())
    return digest.hexdigest()


def _put_database(settings: Settings, manifest: Manifest, folder: Path) -> None:
    """Bring the rows into the database that is set. An SQLite file of the data directory is made aside, then moved."""
    copy = _place(folder, COPY) if COPY in manifest.members else None
    if not settings.is_sqlite:
        _fill(settings.database_url, manifest, folder, copy)
        return
    made = copy or folder / "made.sqlite"
    if copy is None:
        _fill(sqlite_url(made), manifest, folder, None)
    with _opened(sqlite_url(made)) as checked:
        checked.upgrade()
    made.replace(settings.database_file)


def _fill(url: str, manifest: Manifest, folder: Path, copy: Path | None) -> None:
    with _opened(url) as target:
        if not _is_vacant(target):
            raise WrongUse("the database is not empty: restore into an empty one")
        target.upgrade()
        with translated(), target.engine.begin() as connection:
            begin(connection, writing=True)
            if copy is not None:
                _from_copy(copy, connection)
            else:
                _from_lines(manifest, folder, connection)


def _is_vacant(database: Database) -> bool:
    """Whether there are no tables, or no row in any: a restore that failed leaves the latter."""
    schema = database.schema()
    if schema is not Schema.CURRENT:
        return schema is Schema.EMPTY
    with database.reading() as session:
        return not any(session.execute(select(table).limit(1)).first() for table in Base.metadata.sorted_tables)


@contextmanager
def _opened(url: str) -> Iterator[Database]:
    database = open_database(url)
    try:
        yield database
    finally:
        database.close()


def _from_copy(copy: Path, target: Connection) -> None:
    with _opened(sqlite_url(copy)) as source:
        source.upgrade()
        with source.engine.connect() as connection:
            for table in Base.metadata.sorted_tables:
                insert_lines(target, table, rows_as_lines(connection, table))


def _from_lines(manifest: Manifest, folder: Path, target: Connection) -> None:
    if manifest.revision != REVISIONS[-1]:
        raise OutOfStep(f"the backup was made by brief {manifest.version}: restore it with that version, then upgrade")
    for table in Base.metadata.sorted_tables:
        name = f"rows/{table.name}.jsonl"
        if name not in manifest.members:
            raise Lost(f"the backup is damaged: {name!r} is missing")
        with _place(folder, name).open("rb") as lines:
            insert_lines(target, table, lines)


def _put_files(manifest: Manifest, folder: Path, data: Path) -> None:
    if any(name.startswith("dkim/") for name in manifest.members):
        private_folder(data / "dkim")
    for name in manifest.members:
        if name == KEYS or name.startswith(("sent/", "dkim/", "drafts/", "tokens/")):
            _move(_place(folder, name), data / name)
        elif name == SETTINGS:
            # beside, never in the place of settings: those of this host may be others
            _move(_place(folder, name), data / f"{SETTINGS}.restored")
    if any(name.startswith("sent/") for name in manifest.members):
        for part in ("new", "cur", "tmp"):
            private_folder(data / "sent" / part)
    sync_folder(data)


def _move(source: Path, target: Path) -> None:
    private_folder(target.parent)
    source.replace(target)
