"""A backup of either database is put back into either."""

from __future__ import annotations

import gzip
import io
import json
import stat
import tarfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from service.backup import Manifest, Member, back_up
from service.drafts import draft_file
from service.keys import open_keys
from service.restore import restore_from
from service.settings import Settings, read_settings
from storage.database import Database, open_database, sqlite_url
from storage.errors import BriefwechselError, Lost, OutOfStep, WrongUse
from storage.ids import uuid7
from storage.raw import get_raw, put_raw
from storage.tables import Base, ConversationRow, RawRow


def settings_for(data: Path, url: str = "", monkeypatch: pytest.MonkeyPatch | None = None) -> Settings:
    if url and monkeypatch:
        monkeypatch.setenv("BRIEF_DATABASE__URL", url)
    elif monkeypatch:
        monkeypatch.delenv("BRIEF_DATABASE__URL", raising=False)
    return read_settings(None, data)


@pytest.fixture
def desk_url(database_url: str) -> str:
    return database_url


def fill(database: Database, now: datetime) -> None:
    """Rows of every sort: times, keys, bytes, JSON, and one that refers to a later one of its own table."""
    with database.writing() as session:
        put_raw(session, b"Guten Tag\r\n" * 50, now)
        first, second = uuid7(), uuid7()
        for key, handle in ((second, "anna-später"), (first, "anna")):
            session.add(
                ConversationRow(
                    id=key, handle=handle, mailbox="support@localhost", subject="Ä", canonical_subject="ä",
                    opened_at=now, updated_at=now,
                )
            )  # fmt: skip
        session.flush()
        session.get_one(ConversationRow, first).merged_into_id = second


def everything(database: Database) -> dict[str, list[tuple[object, ...]]]:
    with database.reading() as session:
        return {
            table.name: sorted((tuple(row) for row in session.connection().execute(select(table))), key=repr)
            for table in Base.metadata.sorted_tables
        }


@pytest.mark.parametrize("target", ["sqlite", "postgresql"])
def test_a_backup_of_either_database_is_put_back_into_either(
    desk_url: str,
    target: str,
    tmp_path: Path,
    clock: Callable[[], datetime],
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:
    data = tmp_path / "data"
    database = open_database(desk_url)
    fill(database, clock())
    open_keys(data, database)
    (data / "sent" / "new").mkdir(parents=True)
    (data / "sent" / "new" / "1.brief").write_text("a mail")
    draft_file(data, "a conversation", "lena").write_text("Guten Tag")
    (data / "tokens").mkdir()
    (data / "tokens" / ("0a" * 16)).write_text("a refresh token")
    before = everything(database)
    database.close()
    file = tmp_path / "backup.tar.gz"
    manifest = back_up(settings_for(data, desk_url, monkeypatch), file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert not any("index" in name for name in manifest.members)
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith(".")) == []

    url = request.getfixturevalue("empty_postgresql_url") if target == "postgresql" else ""
    settings = settings_for(tmp_path / "new", url, monkeypatch)
    restore_from(settings, file)
    restored = open_database(settings.database_url)
    assert everything(restored) == before
    with restored.reading() as session:
        assert get_raw(session, session.scalars(select(RawRow.id)).one()) == b"Guten Tag\r\n" * 50
    open_keys(settings.data, restored)
    restored.check()
    restored.close()
    assert (settings.data / "sent" / "new" / "1.brief").read_text() == "a mail"
    assert draft_file(settings.data, "a conversation", "lena").read_text() == "Guten Tag"
    assert (settings.data / "tokens" / ("0a" * 16)).read_text() == "a refresh token"
    assert not [path for path in settings.data.iterdir() if path.name.startswith(".")]


@pytest.fixture
def small_backup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    settings = settings_for(tmp_path / "data", "", monkeypatch)
    database = open_database(settings.database_url)
    database.make_ready()
    open_keys(settings.data, database)
    database.close()
    file = tmp_path / "small.tar.gz"
    back_up(settings, file)
    return file


def test_a_backup_is_made_while_another_writes(small_backup: Path, tmp_path: Path) -> None:
    settings = read_settings(None, tmp_path / "data")
    database = open_database(settings.database_url)
    with database.writing() as session:
        put_raw(session, b"not yet committed", datetime.now().astimezone())
        back_up(settings, tmp_path / "second.tar.gz")
    database.close()
    restore_from(read_settings(None, tmp_path / "new"), tmp_path / "second.tar.gz")
    restored = open_database(sqlite_url(tmp_path / "new" / "desk.sqlite"))
    with restored.reading() as session:
        assert list(session.scalars(select(RawRow))) == []
    restored.close()


def test_a_file_that_is_there_is_not_written_over(small_backup: Path, tmp_path: Path) -> None:
    before = small_backup.read_bytes()
    with pytest.raises(WrongUse, match="there already"):
        back_up(read_settings(None, tmp_path / "data"), small_backup)
    assert small_backup.read_bytes() == before


def test_a_backup_is_never_put_over_a_desk(small_backup: Path, tmp_path: Path) -> None:
    with pytest.raises(WrongUse, match="not empty"):
        restore_from(read_settings(None, tmp_path / "data"), small_backup)


def test_a_desk_that_is_not_there_cannot_be_backed_up(tmp_path: Path) -> None:
    with pytest.raises(OutOfStep, match="no desk yet"):
        back_up(read_settings(None, tmp_path / "nothing"), tmp_path / "x.tar.gz")
    assert not (tmp_path / "x.tar.gz").exists()


@pytest.mark.parametrize("cut", [0, 10, 200, 2000])
def test_a_backup_that_was_cut_short_is_refused_and_leaves_nothing(
    small_backup: Path, tmp_path: Path, cut: int
) -> None:
    small_backup.write_bytes(small_backup.read_bytes()[:cut])
    with pytest.raises(BriefwechselError, match="backup"):
        restore_from(read_settings(None, tmp_path / "new"), small_backup)
    assert list((tmp_path / "new").iterdir()) == []


def packed(file: Path, manifest: Manifest, *members: tuple[tarfile.TarInfo, bytes]) -> Path:
    head = tarfile.TarInfo("manifest.json")
    with gzip.open(file, "wb") as out, tarfile.open(fileobj=out, mode="w|") as tar:
        for info, data in [(head, manifest.as_bytes()), *members]:
            info.size = len(data) if info.isreg() else 0
            tar.addfile(info, io.BytesIO(data))
    return file


def a_manifest(names: tuple[str, ...] = (), data: bytes = b"", form: int = 1, revision: str = "0001") -> Manifest:
    import hashlib

    member = Member(len(data), hashlib.sha256(data).hexdigest())
    return Manifest(form, "0.1.0", revision, "2026-11-24T09:00:00+00:00", dict.fromkeys(names, member))


@pytest.mark.parametrize(
    "name",
    [
        "../keys",
        "/etc/passwd",
        "sent/new/../../../x",
        "sent/new/.hidden",
        "sent/other/x",
        "tokens/../../x",
        "index/pickle",
        "rows/nosuch.jsonl",
        "sent/new/a\nb",
    ],
)
def test_no_member_can_lead_out_of_the_data_directory(tmp_path: Path, name: str) -> None:
    file = packed(tmp_path / "b.tar.gz", a_manifest((name,), b"x"), (tarfile.TarInfo(name), b"x"))
    with pytest.raises(Lost, match="no backup"):
        restore_from(read_settings(None, tmp_path / "new"), file)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.tar.gz", "new"]
    assert list((tmp_path / "new").iterdir()) == []


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE])
def test_only_plain_files_are_taken(tmp_path: Path, kind: bytes) -> None:
    info = tarfile.TarInfo("keys")
    info.type, info.linkname = kind, "/etc/passwd"
    file = packed(tmp_path / "b.tar.gz", a_manifest(("keys",)), (info, b""))
    with pytest.raises(Lost, match="not what the manifest says"):
        restore_from(read_settings(None, tmp_path / "new"), file)


def test_a_member_that_was_changed_is_noticed(tmp_path: Path) -> None:
    file = packed(tmp_path / "b.tar.gz", a_manifest(("keys",), b"aa"), (tarfile.TarInfo("keys"), b"ab"))
    with pytest.raises(Lost, match="checksum"):
        restore_from(read_settings(None, tmp_path / "new"), file)


def test_a_member_that_is_missing_is_noticed(tmp_path: Path) -> None:
    file = packed(tmp_path / "b.tar.gz", a_manifest(("keys",), b"aa"))
    with pytest.raises(Lost, match="missing"):
        restore_from(read_settings(None, tmp_path / "new"), file)


@pytest.mark.parametrize("manifest", [a_manifest(form=2), a_manifest(revision="9999")])
def test_a_backup_of_a_newer_brief_is_refused(tmp_path: Path, manifest: Manifest) -> None:
    file = packed(tmp_path / "b.tar.gz", manifest)
    with pytest.raises(OutOfStep, match="newer"):
        restore_from(read_settings(None, tmp_path / "new"), file)


@pytest.mark.parametrize("text", [b"", b"{}", b"[]", b'{"members": {"a": 1}}', b"[" * 100_000])
def test_a_manifest_that_cannot_be_read_is_refused(tmp_path: Path, text: bytes) -> None:
    info = tarfile.TarInfo("manifest.json")
    info.size = len(text)
    with gzip.open(tmp_path / "b.tar.gz", "wb") as out, tarfile.open(fileobj=out, mode="w|") as tar:
        tar.addfile(info, io.BytesIO(text))
    with pytest.raises(Lost, match="no backup"):
        restore_from(read_settings(None, tmp_path / "new"), tmp_path / "b.tar.gz")


def test_a_row_that_cannot_be_read_is_named_and_nothing_is_kept(tmp_path: Path) -> None:
    names = tuple(f"rows/{table.name}.jsonl" for table in Base.metadata.sorted_tables)
    data = json.dumps({"name": "x"}).encode()
    members = [(tarfile.TarInfo(name), data) for name in names]
    file = packed(tmp_path / "b.tar.gz", a_manifest(names, data), *members)
    with pytest.raises(Lost, match="line 1"):
        restore_from(read_settings(None, tmp_path / "new"), file)
    assert list((tmp_path / "new").iterdir()) == []


def test_a_backup_that_is_not_there_is_wrong_use(tmp_path: Path) -> None:
    with pytest.raises(WrongUse, match="no file"):
        restore_from(read_settings(None, tmp_path / "new"), tmp_path / "none.tar.gz")
