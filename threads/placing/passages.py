"""By which words a mail is known again where another one quotes it: hashes of runs of words, whatever the line breaks.

A sample of the hashes is kept, chosen by their value, so that the same run is chosen in the mail and in what quotes a part of
it: "0 mod p" of "Winnowing: Local Algorithms for Document Fingerprinting" (Schleimer, Wilkerson, Aiken; SIGMOD 2003).
"""

from __future__ import annotations

from zlib import crc32

from threads.words import runs

RUN = 6
"""Words of a run."""
FEWEST = 2
"""So many shared passages show a quotation by somebody who takes part."""
PLENTY = 4
"""So many show it by anybody."""
MUCH = 6
"""So many are no turn of phrase, however long the text that they were taken from."""
_EVERY = 4
"""Of how many hashes one is kept, on average."""
_AT_MOST = 48
MOST_QUOTED = 120
"""Passages of a quotation that are looked up."""
COMMONPLACE = 20
"""What stands in as many messages is a turn of phrase, or a text that agents send to many: it leads nowhere."""
_MOST_WORDS = 3000
_LONGEST = 60_000
_PRIME = (1 << 61) - 1
_BASE = 0x1E3779B97F4A7C15
_PAST = pow(_BASE, RUN, _PRIME)
"""What a word weighs in a hash once it stands before the run."""


def passages_of(text: str) -> tuple[int, ...]:
    """The sampled hashes of a text's runs of words: whole numbers below 2^61, as databases hold them."""
    return tuple(sorted(_sampled(text))[:_AT_MOST])


def quoted_in(text: str, reply: str) -> tuple[int, ...]:
    """The passages of what a mail quotes: of its whole text without those that its writer has said anew."""
    if len(text) <= len(reply):
        return ()
    return tuple(sorted(_sampled(text) - _sampled(reply))[:MOST_QUOTED])


def _sampled(text: str) -> frozenset[int]:
    """The hash of each run is rolled on from the one before it (Karp and Rabin): made by itself it takes three times as long."""
    words = runs(text[:_LONGEST].casefold(), str.isalnum)[:_MOST_WORDS]
    numbers = [crc32(word.encode()) for word in words]
    rolled, found = 0, set[int]()
    for at, entering in enumerate(numbers):
        leaving = numbers[at - RUN] if at >= RUN else 0
        rolled = (rolled * _BASE + entering - leaving * _PAST) % _PRIME
        if rolled % _EVERY == 0 and at >= RUN - 1:
            found.add(rolled)
    return frozenset(found)
