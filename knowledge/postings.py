"""The postings of a term, decoded: block by block, as Whoosh keeps them, where its own way is a few calls for each document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray


def postings(reader: Any, field: str, term: str) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """The documents that hold a term in a field, without those that were deleted, and how often each does."""
    numbers, often = list[int](), list[float]()
    for leaf, before in reader.leaf_readers():
        if (field, term) not in leaf:
            continue
        for places, weights in _blocks(leaf.postings(field, term)):
            if deleted := leaf.deleted_docs_set:
                kept = [pair for pair in zip(places, weights, strict=True) if pair[0] not in deleted]
                places, weights = [place for place, _ in kept], [weight for _, weight in kept]
            numbers.extend(before + place for place in places) if before else numbers.extend(places)
            often.extend(weights)
    return np.array(numbers, np.int32), np.array(often, np.float32)


def _blocks(matcher: Any) -> Iterator[tuple[Sequence[int], Sequence[float]]]:
    from whoosh.codec.whoosh3 import W3LeafMatcher
    from whoosh.matching.wrappers import FilterMatcher

    if isinstance(matcher, FilterMatcher):
        matcher = matcher.child
        matcher.reset()  # it stands already at the first document that the filter lets pass
    whole = isinstance(matcher, W3LeafMatcher)
    while matcher.is_active():
        place, weight = matcher.id(), matcher.weight()
        if whole:  # both have read their block
            yield matcher._ids, matcher._weights
            matcher._next_block()
        else:
            yield (place,), (weight,)
            matcher.next()
