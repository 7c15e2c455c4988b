"""By which words a mail is known again where another one quotes it: hashes of runs of words, whatever the line breaks.

A sample of the hashes is kept, chosen by their value, so that the same run is chosen in the mail and in what quotes a part of
it: "0 mod p" of "Winnowing: Local Algorithms for Document Fingerprinting" (Schleimer, Wilkerson, Aiken; SIGMOD 2003).
"""

from __future__ import annotations

import re
import struct
from hashlib import blake2b

RUN = 6
"""Words of a run."""
FEWEST = 3
"""Fewer shared hashes prove nothing: a sentence in the same words."""
PLENTY = 5
"""So many shared hashes show a part of a long text, however little of the whole it is."""
_EVERY = 8
"""Of how many hashes one is kept, on average."""
_AT_LEAST, _AT_MOST = 8, 64
_SHARE = 0.6
_MOST_WORDS = 3000
_LONGEST = 60_000
_WORD = re.compile(r"[^\W_]+")


def fingerprint(text: str) -> bytes | None:
    """A sample of the hashes of a text's runs of words, None where it is too short to be known again."""
    runs = sorted(runs_of(text))
    kept = [each for each in runs if each % _EVERY == 0][:_AT_MOST]
    if len(kept) < _AT_LEAST:
        kept = runs[:_AT_LEAST]
    return struct.pack(f">{len(kept)}Q", *kept) if len(kept) >= FEWEST else None


def runs_of(text: str) -> frozenset[int]:
    """The hashes of all runs of words of a text, without regard to letter case, punctuation and quotation marks."""
    words = [found[0] for found in _WORD.finditer(text[:_LONGEST].casefold())][:_MOST_WORDS]
    runs = (" ".join(words[at : at + RUN]) for at in range(len(words) - RUN + 1))
    return frozenset(int.from_bytes(blake2b(run.encode(), digest_size=8).digest(), "big") for run in runs)


def quoted(runs: frozenset[int], mark: bytes) -> int:
    """How many of a fingerprint's hashes stand in a text with these runs; 0 where they are too few to be a quotation."""
    kept = struct.unpack(f">{len(mark) // 8}Q", mark[: len(mark) // 8 * 8])
    met = sum(each in runs for each in kept)
    return met if met >= FEWEST and (met >= PLENTY or met >= _SHARE * len(kept)) else 0
