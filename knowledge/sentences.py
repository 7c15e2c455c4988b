"""What a visitor has finished typing, searched by its meaning beside its words: what may be, and what nearness counts."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from knowledge.impacts import Floats
from knowledge.meaning import Near
from knowledge.query import Asked
from knowledge.ranking import best

COMPARED_FROM, SENTENCE_FROM = 2, 4
"""Words that are compared by their meaning, and those of a whole sentence. One word alone means itself; what two or three
mean found more on two FAQs, and took nothing away."""
COUNTS = 125.0
"""What nearness counts beside words. Learnt from the sentences of two FAQs: from 100 to 150 is as good on both."""
NEAREST = 5
"""Articles that are found by their meaning alone."""


def is_compared(asked: Asked) -> bool:
    """Whether somebody said what may be said in other words, too, and is not about to type more."""
    return len(asked.words) >= COMPARED_FROM and not any(each.unfinished for each in asked.words)


def is_sentence(asked: Asked) -> bool:
    """Whether somebody wrote a whole sentence, and is not about to type more."""
    return len(asked.words) >= SENTENCE_FROM and is_compared(asked)


def by_meaning(near: Mapping[int, Near], room: int) -> Floats:
    """What its nearness counts for each article: how much nearer it is than the usual one."""
    counts = np.zeros(room, np.float32)
    for place, each in near.items():
        counts[place] = COUNTS * max(0.0, each.apart)
    return counts


def together(words: Floats, meaning: Floats) -> tuple[Floats, list[int]]:
    """The scores by words and by meaning added up, and the places of the nearest.

    A score by words is not made relative: where it is great, it leads, and where a sentence shares only common words
    with every article, meaning does.
    """
    nearest = best(meaning, NEAREST)
    kept = words > 0
    kept[nearest] = True
    return np.where(kept, words + meaning, 0.0).astype(np.float32), nearest
