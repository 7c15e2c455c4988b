"""By which words a mail is known again where another one quotes it: hashes of runs of words, whatever the line breaks.

A sample of the hashes is kept, chosen by their value, so that the same run is chosen in the mail and in what quotes a part of
it: "0 mod p" of "Winnowing: Local Algorithms for Document Fingerprinting" (Schleimer, Wilkerson, Aiken; SIGMOD 2003).
"""

from __future__ import annotations

from zlib import crc32

from threads.words import words_of

RUN = 6
"""Words of a run."""
FEWEST = 2
"""So many shared passages show a quotation by somebody who takes part."""
PLENTY = 4
"""So many show it by anybody."""
MUCH = 6
"""So many are no turn of phrase, however long the text that they were taken from."""
_BITS = 60
"""Of a hash: a word has left it once it was shifted so far."""
_A_WORD = _BITS // RUN
_WHOLE = (1 << _BITS) - 1
_MIXES = 0x9E3779B97F4A7C1
"""Makes the upper bits, by which hashes are chosen, depend on every word of the run."""
_KEPT_BELOW = 1 << _BITS - 2
"""Of all hashes a quarter."""
_AT_MOST = 48
MOST_QUOTED = 120
"""Passages of a quotation that are looked up."""
COMMONPLACE = 20
"""What stands in as many messages is a turn of phrase, or a text that agents send to many: it leads nowhere."""
_MOST_WORDS = 3000
_LONGEST = 60_000


def passages_of(text: str) -> tuple[int, ...]:
    """The sampled hashes of a text's runs of words: whole numbers that databases hold."""
    return tuple(sorted(_sampled(text))[:_AT_MOST])


def quoted_in(text: str, reply: str) -> tuple[int, ...]:
    """The passages of what a mail quotes: of its whole text without those that its writer has said anew."""
    if len(text) <= len(reply):
        return ()
    return tuple(sorted(_sampled(text) - _sampled(reply))[:MOST_QUOTED])


def _sampled(text: str) -> frozenset[int]:
    """Each word shifts the hash on, and out of it the word that stood before the run: made by itself each takes thrice as long."""
    words = words_of(text[:_LONGEST])[:_MOST_WORDS]
    rolled, found = 0, set[int]()
    for at, word in enumerate(words, start=1):
        rolled = ((rolled << _A_WORD) + crc32(word.encode())) & _WHOLE
        mixed = rolled * _MIXES & _WHOLE
        if mixed < _KEPT_BELOW and at >= RUN:
            found.add(mixed)
    return frozenset(found)
