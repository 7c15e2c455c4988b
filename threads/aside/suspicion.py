"""A mail that may be spam or carry a virus is kept apart, not dropped: pure decisions.

On its own it is a conversation that no list shows unasked; where it belongs to one that is there it is held beside it.
Nothing goes out for it, nobody is told of it, and an agent lets it in.
"""

from __future__ import annotations

from dataclasses import replace

from threads.model import HELD, Placement, Suspicion


def kept_apart(placement: Placement, suspicion: Suspicion | None) -> Placement:
    """Where a mail is put that is suspected: nowhere among what people say to each other."""
    if suspicion is None or placement.held:
        return placement
    if placement.conversation is None:
        return replace(placement, ties=())
    return replace(
        placement,
        held=True,
        merges=(),
        ties=(),
        loose_with=None,
        because=f"{placement.because}{HELD}{suspicion.because}",
    )
