"""Mails on an IMAP server that are too large to be fetched: a conversation shows that each came, and where it lies."""

from __future__ import annotations

from functools import partial

from mailgateway.intake import Walk, claimed_of, show
from mailgateway.sources import imap_store as store
from mailgateway.sources.imap_into import Into
from mailgateway.sources.imap_store import Place
from mailgateway.suggesting import Suggesting
from storage.tables import EnvelopeRow


def show_too_large(into: Into, place: Place) -> None:
    """Show those that are not shown yet: each is said to be shown in the commit that does it, so no kill comes between."""
    with into.database.reading() as session:
        unshown = [
            (row.uidvalidity, row.uid, row.because, claimed_of(session.get_one(EnvelopeRow, row.envelope_id)))
            for row in store.unshown(session, place)
        ]
    walk = Walk(into.database, into.policy(), Suggesting(None), into.clock)
    for uidvalidity, uid, because, claimed in unshown:
        first = partial(store.settle_first, place=place, uidvalidity=uidvalidity, uid=uid, afterwards="left")
        show(walk, claimed, because, first)
