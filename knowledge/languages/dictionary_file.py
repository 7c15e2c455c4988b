"""The file of a dictionary, as it is made once from simplemma's data: sorted lines, then a map of bits, then its end.

    echo de | python -m knowledge.languages.dictionary_file > file

The desk has it made by a process of its own: what that takes in memory meanwhile, over 100 MB, is given back with its end.
"""

from __future__ import annotations

import gc
import subprocess
import sys
from collections.abc import Iterable, Iterator
from typing import IO
from zlib import crc32

from knowledge.languages.words import folded

LONGEST = 24
"""Letters of a word in the dictionary; longer ones are compounds, which are split."""
BITS = 1 << 24
"""Of a map in which each word sets one: of the texts that are no words, which splitting asks for most, it knows 19 in 20 at once."""
END = b"\xff\tthe end\n"
"""The last line of a whole file: behind every word, as no word in UTF-8 begins so."""


def fill(file: IO[bytes], language: str) -> None:
    """Have a process write the dictionary into an empty file; where that fails, this one writes it."""
    if not _written_elsewhere(file, language):
        file.seek(0)
        file.truncate()
        write(file, entries(language))


def write(file: IO[bytes], words: Iterable[tuple[str, str]]) -> None:
    """Write words with their lemmas, "" where that is the word itself; each is also found without its umlauts."""
    lemmas = dict(words)
    for word, lemma in list(lemmas.items()):
        if (plain := folded(word)) != word:
            lemmas.setdefault(plain, lemma or word)
    file.writelines(sorted(f"{word}\t{lemma}\n".encode() for word, lemma in lemmas.items()))
    file.write(_map_of(lemmas))
    file.write(END)
    file.flush()


def entries(language: str) -> Iterator[tuple[str, str]]:
    """The words of a language ("de" or "en"), in lower case, with their lemmas."""
    from simplemma.strategies.dictionaries.dictionary_factory import DefaultDictionaryFactory

    # those written small come last and stay: of "Laden" and "laden" the verb brings more forms together
    pairs = DefaultDictionaryFactory().get_dictionary(language).items()
    small = []
    for form, lemma in pairs:
        if len(form) > LONGEST or not form.isalpha() or not lemma.isalpha():
            continue
        word, base = form.lower(), lemma.lower()
        if form[0].islower():
            small.append((word, "" if word == base else base))
        else:
            yield word, "" if word == base else base
    yield from small


def _written_elsewhere(file: IO[bytes], language: str) -> bool:
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "knowledge.languages.dictionary_file"],
            input=language.encode(),
            stdout=file,
            stderr=subprocess.DEVNULL,
            check=False,
        )
    except OSError:
        return False
    return done.returncode == 0


def _map_of(words: Iterable[str]) -> bytes:
    bits = bytearray(BITS // 8)
    for word in words:
        bit = crc32(word.encode()) % BITS
        bits[bit >> 3] |= 1 << (bit & 7)
    return bytes(bits)


if __name__ == "__main__":
    gc.disable()  # among a million new words it finds no garbage, and takes a third of the time
    write(sys.stdout.buffer, entries(sys.stdin.read().strip()))
