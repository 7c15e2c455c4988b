"""German articles to search in: recombined from the documentation in Debian's packages, or from the sample FAQ without them."""

from __future__ import annotations

import random
import re
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import unescape
from pathlib import Path

from knowledge.article import Article
from knowledge.files import read_articles
from knowledge.markdown import to_text

PACKAGES = ("libreoffice-help-de", "debian-reference-de")
SAMPLE = Path(__file__).parent.parent / "knowledge" / "sample"
_TAG = re.compile(r"<[^<>]*>")
_SENTENCE = re.compile(r"[A-ZÄÖÜ][^.!?\n]{30,200}[.!?](?=\s|$)")


@dataclass(frozen=True, slots=True)
class Texts:
    """Sentences, and where they come from."""

    sentences: tuple[str, ...]
    source: str


def texts(folder: Path) -> Texts:
    """The sentences of Debian's German help, fetched and unpacked into a folder; where they cannot be had, those of the sample FAQ."""
    try:
        subprocess.run(["apt-get", "download", *PACKAGES], cwd=folder, capture_output=True, check=True, timeout=120)
        for each in folder.glob("*.deb"):
            subprocess.run(["dpkg-deb", "-x", str(each), str(folder)], capture_output=True, check=True, timeout=120)
        found = {one for page in sorted(folder.rglob("*.html")) for one in _sentences(page)}
        if len(found) > 1_000:
            return Texts(tuple(sorted(found)), " and ".join(PACKAGES))
    except (OSError, subprocess.SubprocessError):
        pass
    return sample_texts()


def sample_texts() -> Texts:
    """The sentences of the sample FAQ."""
    sample = [each for each in read_articles(SAMPLE) if isinstance(each, Article) and each.language == "de"]
    lines = {line for each in sample for line in to_text(each.answer).split("\n") if len(line) > 20}
    return Texts(tuple(sorted(lines)), "the sample FAQ")


def made(texts: Texts, count: int, dice: random.Random) -> Iterator[Article]:
    """Articles of recombined sentences; in each some words are joined to compounds that stand nowhere else."""
    nouns = _nouns(texts.sentences)
    for number in range(count):
        subject = dice.choice(nouns) + dice.choice(nouns).lower()
        body = [
            *dice.sample(texts.sentences, min(5, len(texts.sentences))),
            f"{subject} {dice.choice(nouns)}{dice.choice(nouns).lower()}.",
        ]
        question = f"Wie ändere ich {subject} und {dice.choice(nouns)} {dice.choice(nouns)}?"
        yield Article(f"a{number}", question, "\n\n".join(body), (f"Thema {number % 40}",), "", "de")


def mistyped(word: str, dice: random.Random) -> str:
    """A word with one mistake behind its first letter: two letters swapped, one left out, or one doubled."""
    at = dice.randrange(1, max(2, len(word) - 1))
    swapped = word[:at] + word[at + 1 : at + 2] + word[at : at + 1] + word[at + 2 :]
    return dice.choice([swapped, word[:at] + word[at + 1 :], word[:at] + word[at : at + 1] + word[at:]])


def _nouns(sentences: Sequence[str]) -> list[str]:
    words = {word for line in sentences for word in line.split()[1:]}
    return sorted(word for word in words if word.isalpha() and word[0].isupper() and 4 < len(word) < 25)


def _sentences(page: Path) -> Iterator[str]:
    for found in page.read_text("utf-8", "replace").split("</p>"):
        start = found.rfind("<p")
        if start >= 0:
            yield from _SENTENCE.findall(" ".join(unescape(_TAG.sub("", found[start:])).split()))
