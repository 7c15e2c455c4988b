"""Archives of every form give their mails, one at a time."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from mailgateway.archive import is_from_line, mails_in, mails_to_keep
from storage.errors import WrongUse

FROM = b"From a@example.org Sun Nov 22 10:00:00 2026\n"


def test_an_mbox_is_split_and_unquoted(tmp_path: Path) -> None:
    box = tmp_path / "alt.mbox"
    box.write_bytes(
        FROM + b"Subject: a\n\nx\n\nFrom here on it is text\n>From x\n>>From y\n\n" + FROM + b"Subject: b\n\ny\n\n"
    )
    first, second = mails_in(str(box))
    assert first == (f"{box}#1", b"Subject: a\n\nx\n\nFrom here on it is text\nFrom x\n>From y\n")
    assert second == (f"{box}#2", b"Subject: b\n\ny\n")


def test_a_file_named_eml_is_one_mail(tmp_path: Path) -> None:
    file = tmp_path / "a.eml"
    file.write_bytes(FROM + b"Subject: a\n\nx\n\n" + FROM + b"y\n")
    assert [source for source, _ in mails_in(str(file))] == [str(file)]


def test_a_folder_is_sorted_by_name_with_its_folders(tmp_path: Path) -> None:
    for name in ("b.eml", "a/2.eml", "a/1.eml", ".hidden.eml", "picture.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    found = [str(Path(source).relative_to(tmp_path)) for source, _ in mails_in(str(tmp_path))]
    assert found == ["a/1.eml", "a/2.eml", "b.eml"]


def test_a_maildir_gives_cur_and_new(tmp_path: Path) -> None:
    for name in ("cur/2:2,S", "new/1", "tmp/3"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(name.encode())
    assert [raw for _, raw in mails_in(str(tmp_path))] == [b"new/1", b"cur/2:2,S"]


def test_a_path_that_is_not_there_is_wrong_use(tmp_path: Path) -> None:
    with pytest.raises(WrongUse, match="cannot be read"):
        list(mails_in(str(tmp_path / "nirgends")))


@pytest.mark.parametrize(
    ("line", "begins"),
    [
        (FROM, True),
        (b"From anna@example.org  Mon Jan  5 9:07 2026 +0100\r\n", True),
        (b"From - Sun Nov 22\n", True),
        (b"From MAILER-DAEMON\n", True),
        (b"From here on it is text\n", False),
        (b"From 10:00 on we are there\n", False),
        (b">From a@example.org Sun Nov 22 10:00:00 2026\n", False),
    ],
)
def test_only_a_line_with_a_time_and_a_year_begins_a_mail(line: bytes, begins: bool) -> None:
    assert is_from_line(line) is begins


def test_a_long_line_that_nearly_begins_a_mail_costs_no_time() -> None:
    before = time.process_time()
    assert not is_from_line(b"From " + b"1:11" * 250_000)
    assert time.process_time() - before < 1.0


PASSWORDS = b"root:x:0:0:root:/root:/bin/bash\nmail:x:8:8:mail:/var/mail:/usr/sbin/nologin\n"


def passed_over(path: Path) -> tuple[list[bytes], list[str]]:
    """The mails to keep of a path, and what is told of the others."""
    told: list[str] = []
    return [raw for _, raw in mails_to_keep(str(path), told.append)], told


@pytest.mark.parametrize("data", [PASSWORDS, b"", b"\x89PNG\r\n\x1a\n\0\0", b"Dear all,\n\nSubject: x"])
def test_a_named_file_without_any_header_is_not_kept_as_a_mail_and_still_read(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "passwd"
    file.write_bytes(data)
    with pytest.raises(WrongUse, match=f"{file} is no mail: "):
        passed_over(file)
    assert list(mails_in(str(file))) == [(str(file), data)]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.eml", PASSWORDS),
        ("cur/1:2,S", PASSWORDS),
        ("mail.txt", b"no field\nX-Mailer: y\nSUBJECT: x\n"),
        ("mail", b"received: from x\n\n"),
        ("box", FROM + b"\nno header\n"),
    ],
)
def test_a_mail_is_kept_however_broken_it_is(tmp_path: Path, name: str, data: bytes) -> None:
    file = tmp_path / name
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(data)
    assert len(passed_over(file)[0]) == 1
    assert len(passed_over(tmp_path)[0]) == 1


@pytest.mark.parametrize("name", ["a.eml", "mail", "cur/1:2,S"])
@pytest.mark.parametrize("data", [b"", b"\r\n \n"])
def test_a_named_file_that_is_empty_is_no_mail(tmp_path: Path, name: str, data: bytes) -> None:
    file = tmp_path / name
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(data)
    with pytest.raises(WrongUse, match=f"{file} is no mail: it is empty"):
        passed_over(file)


def test_what_is_empty_in_a_folder_or_an_mbox_is_told_and_passed_over(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(b"Subject: a\n\nx\n")
    (tmp_path / "b.eml").write_bytes(b"")
    (tmp_path / "c.mbox").write_bytes(FROM + b"\n" + FROM + b"Subject: c\n\ny\n")
    kept, told = passed_over(tmp_path)
    assert kept == [b"Subject: a\n\nx\n", b"Subject: c\n\ny\n"]
    assert told == [f"{tmp_path}/b.eml: it is empty", f"{tmp_path}/c.mbox#1: it is empty"]


@pytest.mark.parametrize("names", [[], ["b.eml"], ["box.mbox"], ["picture.png"]])
def test_a_folder_without_any_mail_is_refused(tmp_path: Path, names: list[str]) -> None:
    for name in names:
        (tmp_path / name).write_bytes(b"")
    with pytest.raises(WrongUse, match=f"{tmp_path} holds no mail"):
        passed_over(tmp_path)
