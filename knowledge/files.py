"""Articles as files: Markdown, JSON Lines, saved web pages. What is wrong is named by file and line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from html import unescape
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

import yaml

from knowledge.article import Article, Wrong
from knowledge.fields import article_from, as_fields, refuse_mistyped
from knowledge.front_matter import line_of, split
from knowledge.origins import Origin
from knowledge.pages.articles import from_page
from knowledge.pages.encoding import decoded
from knowledge.pages.markdown_page import from_markdown_page
from storage.errors import WrongUse
from storage.reasons import in_words
from templates.amounts import size

LARGEST = 1_000_000
"""Bytes of one record; a larger one is refused."""
LARGEST_PAGE = 5 * 1024 * 1024
"""Bytes of a web page, as it was saved."""
WEB_PAGES = (".html", ".htm", ".xhtml")
_BESIDE = ("_files", "-Dateien", "_Dateien", "-filer")
"""How browsers call the folder of what a page holds."""
SUFFIXES = (".md", ".jsonl", *WEB_PAGES)
_OF_ALL = ("audience", "automatic", "category", "language", "mailboxes", "updated")
"""What the front matter of a page says of all of its articles."""
_TAG = re.compile(r"<[^<>\n]*>")


@dataclass(frozen=True, slots=True)
class BadRecord:
    """A record that cannot be taken, and why."""

    source: str
    line: int
    because: str

    def __str__(self) -> str:
        return f"{self.source}:{self.line}: {self.because}"


@dataclass(frozen=True, slots=True)
class Record:
    """What stands at a place: an article, or what is wrong with it."""

    found: Article | BadRecord
    place: str
    """The file, and the line where that is known."""
    origin: Origin


def read_articles(path: str | Path, stream: IO[bytes] | None = None) -> Iterator[Article | BadRecord]:
    """Each article of a file or folder in order, or what is wrong with it, as `read_records` has them."""
    return (each.found for each in read_records(path, stream))


def read_records(path: str | Path, stream: IO[bytes] | None = None) -> Iterator[Record]:
    """All that stands in a file or folder, in order, with where it stands. `stream` is read as JSON Lines instead.

    A folder gives its `.md`, `.jsonl` and `.html` files, also in folders below, sorted by name. Raises `WrongUse` where there is
    nothing to read. A web page, and Markdown without front matter, give an article for each of their questions.
    """
    lines: dict[str, str] = {}
    for each in _records(Path(path), stream):
        if isinstance(each.found, Article):
            name = each.found.id
            if name in lines:
                each = replace(each, found=_bad(each.place, f'the id "{name}" stands already in {lines[name]}'))
            else:
                lines[name] = each.place
        yield each


def from_markdown(text: str, name: str = "") -> Article:
    """The article in a Markdown file; without an id it has the file's name. Raises `Wrong`."""
    return _one_article(text, *split(text), name)


def _one_article(text: str, fields: Mapping[str, Any], body: str, name: str) -> Article:
    with _of_front_matter(text):
        return article_from({"id": name, **fields, "answer": body})


@contextmanager
def _of_front_matter(text: str) -> Iterator[None]:
    """What is wrong with a field is wrong in its line of the front matter."""
    try:
        yield
    except Wrong as wrong:
        raise Wrong(str(wrong), line_of(text, str(wrong).split('"')[1])) from wrong


def as_markdown(article: Article) -> str:
    """The article as a Markdown file with front matter."""
    fields = {**as_fields(article), "updated": article.updated}
    del fields["answer"]
    if article.updated is None:
        del fields["updated"]
    front = yaml.safe_dump(fields, allow_unicode=True, sort_keys=False, width=1_000_000)
    return f"---\n{front}---\n\n{article.answer}\n"


def as_json_line(article: Article) -> str:
    """The article as one JSON line, in ASCII."""
    return json.dumps(as_fields(article), ensure_ascii=True) + "\n"


def write_articles(articles: Iterable[Article], path: Path) -> int:
    """Write articles into a file that ends in .jsonl, else into a folder of Markdown files by language; how many."""
    count = 0
    if path.suffix == ".jsonl":
        with path.open("w", encoding="ascii", newline="\n") as file:
            for article in articles:
                file.write(as_json_line(article))
                count += 1
        return count
    path.mkdir(parents=True, exist_ok=True)  # also where there is nothing to put in
    for article in articles:
        count += 1
        folder = path / quote(article.language, safe="")
        folder.mkdir(parents=True, exist_ok=True)
        name = quote(article.id, safe="").replace(".", "%2E")
        (folder / f"{name}.md").write_text(as_markdown(article), encoding="utf-8", newline="\n")
    return count


def _records(path: Path, stream: IO[bytes] | None) -> Iterator[Record]:
    if stream is not None:
        yield from _json_lines(stream, "standard input", Origin())
        return
    for file in _files(path):
        source, origin = str(file), Origin(str(file.resolve()))
        name = file.relative_to(path if path.is_dir() else path.parent).with_suffix("").as_posix()
        try:
            if file.suffix in (".md", *WEB_PAGES):
                yield from _text_file(file, name, origin)
                continue
            with file.open("rb") as lines:
                yield from _json_lines(lines, source, origin)
        except OSError as error:
            yield Record(BadRecord(source, 1, f"it cannot be read: {in_words(error)}"), source, origin)


def _files(path: Path) -> list[Path]:
    if not path.exists():
        raise WrongUse(
            f"{path} is not there; give a Markdown file, a .jsonl file, a saved web page or a folder of them"
        )
    if not path.is_dir():
        return [path]
    found = sorted(
        each for each in path.rglob("*") if each.suffix in SUFFIXES and each.is_file() and not _is_beside(each, path)
    )
    if not found:
        raise WrongUse(f"{path} holds no .md, .jsonl or .html file")
    return found


def _is_beside(file: Path, path: Path) -> bool:
    """Whether a browser put a file there with a page: its frames, its advertisements."""
    return any(part.endswith(_BESIDE) for part in file.relative_to(path).parts[:-1])


def _text_file(file: Path, name: str, origin: Origin) -> Iterator[Record]:
    """The articles of a Markdown file or a web page; without front matter it is a page that is called `name`."""
    source, is_page = str(file), file.suffix in WEB_PAGES
    most = LARGEST_PAGE if is_page else LARGEST
    if file.stat().st_size > most:
        yield Record(BadRecord(source, 1, f"it is larger than {size(most)}"), source, origin)
        return
    raw = file.read_bytes()
    try:
        if is_page:
            text = decoded(raw)
            yield from _of_page(from_page(text, name), text, source, origin)
        elif (text := raw.decode("utf-8-sig").replace("\r\n", "\n")).partition("\n")[0].rstrip() != "---":
            yield from _of_page(from_markdown_page(text, name), text, source, origin)
        elif (parts := split(text))[0].keys() & {"id", "question"}:
            yield Record(_one_article(text, *parts, file.stem), source, origin)
        else:
            yield from _of_page(_of_many(text, *parts, name), text, source, origin)
    except UnicodeDecodeError:
        yield Record(BadRecord(source, 1, "it is not in UTF-8"), source, origin)
    except Wrong as wrong:
        yield Record(BadRecord(source, wrong.line, str(wrong)), source, origin)


def _of_many(text: str, front: Mapping[str, Any], body: str, name: str) -> Iterator[dict[str, Any]]:
    """The articles below front matter, which speaks for all of them; what stands above one of them alone comes first."""
    with _of_front_matter(text):
        refuse_mistyped(front)
    for each in from_markdown_page(body, name):
        its_own = {field for field in ("audience", "category") if each.get(field)}
        yield {**each, **{field: front[field] for field in _OF_ALL if field in front and field not in its_own}}


def _of_page(found: Iterable[Mapping[str, Any]], text: str, source: str, origin: Origin) -> Iterator[Record]:
    """The articles that a page holds; what one of them lacks stops no other."""
    seen = unescape(_TAG.sub("", text))
    for fields in found:
        at = max(0, seen.find(fields["question"][:30]))
        line = seen.count("\n", 0, at) + 1
        place = f"{source}:{line}"
        there = replace(origin, page=fields.get("page", ""))
        try:
            yield Record(_answering(fields), place, there)
        except Wrong as wrong:
            yield Record(_bad(place, str(wrong)), place, there)


def _answering(fields: Mapping[str, Any]) -> Article:
    if not fields["answer"]:
        raise Wrong(f'"{fields["question"][:100]}" has no answer here; write one below it, or take the question out')
    return article_from(fields)


def _json_lines(file: IO[bytes], source: str, origin: Origin) -> Iterator[Record]:
    number = 0
    while line := file.readline(LARGEST + 1):
        number += 1
        place = f"{source}:{number}"
        if len(line) > LARGEST:
            yield Record(_bad(place, f"the line is longer than {size(LARGEST)}"), place, origin)
            while line and not line.endswith(b"\n"):
                line = file.readline(LARGEST)
        elif line.strip():
            yield Record(_json_line(line, place, first=number == 1), place, origin)


def _json_line(line: bytes, place: str, *, first: bool) -> Article | BadRecord:
    try:
        fields = json.loads(line.decode("utf-8-sig" if first else "utf-8"))
        return (
            article_from(fields) if isinstance(fields, dict) else _bad(place, "a line must be an object such as {...}")
        )
    except Wrong as wrong:
        return _bad(place, str(wrong))
    except UnicodeDecodeError:
        return _bad(place, "the line is not in UTF-8")
    except json.JSONDecodeError as error:
        return _bad(
            place,
            f'the line is no JSON from its character {error.pos + 1} on; an object such as {{"id": ...}} is meant',
        )
    except (ValueError, RecursionError):  # a number of thousands of digits, thousands of brackets
        return _bad(place, "the line is no JSON that can be read: a number is too long, or it is nested too deeply")


def _bad(place: str, because: str) -> BadRecord:
    source, _, line = place.rpartition(":")
    return BadRecord(source, int(line), because) if source and line.isdigit() else BadRecord(place, 1, because)
