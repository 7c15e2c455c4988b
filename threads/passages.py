"""By which words a mail is known again where another one quotes it: hashes of runs of words, whatever the line breaks.

A sample of the hashes is kept, chosen by their value, so that the same run is chosen in the mail and in what quotes a part of
it: "0 mod p" of "Winnowing: Local Algorithms for Document Fingerprinting" (Schleimer, Wilkerson, Aiken; SIGMOD 2003).
"""

from __future__ import annotations

import re
from hashlib import blake2b

RUN = 6
"""Words of a run."""
FEWEST = 2
"""So many shared passages show a quotation by somebody who takes part."""
PLENTY = 4
"""So many show it by anybody."""
_EVERY = 4
"""Of how many hashes one is kept, on average."""
_AT_MOST = 48
_MOST_QUOTED = 120
_MOST_WORDS = 3000
_LONGEST = 60_000
_WORD = re.compile(r"[^\W_]+")
_SIGNED = 1 << 63


def passages_of(text: str) -> tuple[int, ...]:
    """The sampled hashes of a text's runs of words: whole numbers of 64 bits, with a sign, as databases hold them."""
    return tuple(sorted(_sampled(text))[:_AT_MOST])


def quoted_in(text: str, reply: str) -> tuple[int, ...]:
    """The passages of what a mail quotes: of its whole text without those that its writer has said anew."""
    if len(text) <= len(reply):
        return ()
    return tuple(sorted(_sampled(text) - _sampled(reply))[:_MOST_QUOTED])


def _sampled(text: str) -> frozenset[int]:
    words = [found[0] for found in _WORD.finditer(text[:_LONGEST].casefold())][:_MOST_WORDS]
    runs = (" ".join(words[at : at + RUN]) for at in range(len(words) - RUN + 1))
    hashes = (int.from_bytes(blake2b(run.encode(), digest_size=8).digest(), "big") for run in runs)
    return frozenset(each - _SIGNED for each in hashes if each % _EVERY == 0)
