"""Whether a mail is kept apart: a pure decision over what rspamd and clamd said."""

from __future__ import annotations

from mailgateway.origin.clamd import Scan
from mailgateway.origin.rspamd import Rating
from threads.model import Suspicion

SPAM = frozenset({"add header", "rewrite subject", "reject", "discard", "quarantine"})
"""What rspamd would do with spam. To put a mail off ("greylist", "soft reject") says nothing of it yet."""


def suspect(rating: Rating | None, scan: Scan | None) -> Suspicion | None:
    """Why a mail is kept apart, None where nothing speaks against it; None for what was not asked, or did not answer."""
    if scan is not None and scan.virus:
        return Suspicion(f"clamd found {scan.virus} in it", scan.virus)
    if rating is not None and rating.action in SPAM:
        weighty = f": {', '.join(rating.symbols)}" if rating.symbols else ""
        return Suspicion(f"rspamd gives it {rating.score:.1f} points of {rating.required:.1f}{weighty}")
    return None
