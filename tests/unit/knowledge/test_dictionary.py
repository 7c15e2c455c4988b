"""The dictionary's file: made once, never believed where it is broken or another's, never needed."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest

from knowledge.languages import dictionary as made
from knowledge.languages.dictionary import Dictionary, dictionary
from knowledge.languages.dictionary_file import fill, write

WORDS = [("rechnungen", "rechnung"), ("ändern", ""), ("adresse", "")]


@pytest.fixture
def makings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """A few words in place of the language's, a cache folder of its own; gives which languages were made."""
    found: list[str] = []

    def fill(file: IO[bytes], language: str) -> None:
        found.append(language)
        write(file, WORDS)

    monkeypatch.setattr(made, "fill", fill)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    dictionary.cache_clear()
    yield found
    dictionary.cache_clear()


def kept(folder: Path) -> Path:
    (file,) = (folder / "briefwechsel").iterdir()
    return file


def test_it_is_made_once_and_then_read(makings: list[str], tmp_path: Path) -> None:
    assert dictionary("de").lemma("rechnungen") == "rechnung"
    assert dictionary("de").lemma("andern") == "ändern"
    dictionary.cache_clear()
    assert dictionary("de").lemma("adresse") == "adresse"
    assert "the" not in dictionary("de")
    assert makings == ["de"]
    assert kept(tmp_path).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("broken", [b"", b"adresse\t\n", b"\xff\xfe" * 1000])
def test_a_broken_file_is_made_anew(makings: list[str], tmp_path: Path, broken: bytes) -> None:
    dictionary("de")
    kept(tmp_path).write_bytes(broken)
    dictionary.cache_clear()
    assert "rechnungen" in dictionary("de")
    assert makings == ["de", "de"]


def test_a_file_that_others_could_write_is_made_anew(makings: list[str], tmp_path: Path) -> None:
    dictionary("de")
    kept(tmp_path).chmod(0o666)
    dictionary.cache_clear()
    dictionary("de")
    assert makings == ["de", "de"]
    assert kept(tmp_path).stat().st_mode & 0o022 == 0


def test_a_link_in_its_place_is_not_followed(makings: list[str], tmp_path: Path) -> None:
    dictionary("de")
    file = kept(tmp_path)
    file.rename(tmp_path / "elsewhere")
    file.symlink_to(tmp_path / "elsewhere")
    dictionary.cache_clear()
    assert "rechnungen" in dictionary("de")
    assert makings == ["de", "de"]
    assert not file.is_symlink()


def unused(file: Path) -> Path:
    """A file that nobody has opened for so long that none of ours will."""
    file.touch()
    os.utime(file, (file.stat().st_atime, time.time() - made.UNUSED_FOR - 60))
    return file


def test_dictionaries_that_no_process_opens_any_more_go_when_one_is_made(makings: list[str], tmp_path: Path) -> None:
    dictionary("de")
    current = kept(tmp_path)
    old, lately = unused(current.with_name("words-de-1.0-3.txt")), current.with_name("words-de-1.1-3.txt")
    lately.touch()
    others = unused(current.with_name("notes.txt"))
    unused(current)
    dictionary.cache_clear()
    dictionary("de")
    dictionary("en")
    assert current.exists()
    assert lately.exists()
    assert others.exists()
    assert not old.exists()


def test_a_making_that_is_interrupted_leaves_nothing(
    makings: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(file: IO[bytes], language: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(made, "fill", interrupted)
    with pytest.raises(KeyboardInterrupt):
        dictionary("de")
    assert list((tmp_path / "briefwechsel").iterdir()) == []


def test_no_place_to_keep_it_is_no_hindrance(
    makings: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    for home in (str(tmp_path / "file"), "/proc/nowhere"):
        monkeypatch.setenv("XDG_CACHE_HOME", home)
        dictionary.cache_clear()
        assert dictionary("de").lemma("rechnungen") == "rechnung"


def test_of_two_that_need_it_at_once_one_makes_it(makings: list[str], tmp_path: Path) -> None:
    path = tmp_path / "briefwechsel" / "words"
    found = []

    def need() -> None:
        with made._kept(path, "de") or open(os.devnull, "rb") as file:
            file.seek(0)
            found.append(file.read())

    both = [threading.Thread(target=need) for _ in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert found[0] == found[1] != b""
    assert makings == ["de"]


def test_it_is_made_by_another_process_whose_memory_goes_with_it(tmp_path: Path) -> None:
    script = f"""
import resource
from knowledge.languages.dictionary_file import fill
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
with open({str(tmp_path / "words")!r}, "w+b") as file:
    fill(file, "en")
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, text=True)
    assert int(said.stdout) < 10_000
    with (tmp_path / "words").open("rb") as file:
        assert Dictionary(file).lemma("mailboxes") == "mailbox"


def test_where_no_other_process_can_be_had_this_one_makes_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/proc/nowhere")
    with (tmp_path / "words").open("w+b") as file:
        fill(file, "en")
        assert Dictionary(file).lemma("mailboxes") == "mailbox"
