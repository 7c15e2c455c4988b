"""What makes a mail suspected, and where it is put then."""

from __future__ import annotations

from typing import Any

import pytest

from mailgateway.origin.clamd import Scan
from mailgateway.origin.rspamd import Rating, rating_in
from mailgateway.origin.suspect import suspect
from storage.ids import uuid7
from threads.aside.suspicion import kept_apart
from threads.model import Placement, Suspicion

SPAM = Suspicion("rspamd gives it 17.0 points of 15.0: BAYES_SPAM")


@pytest.mark.parametrize(
    ("rating", "scan", "because"),
    [
        (
            Rating("reject", 17.04, 15, ("BAYES_SPAM", "URIBL")),
            None,
            "rspamd gives it 17.0 points of 15.0: BAYES_SPAM, URIBL",
        ),
        (Rating("add header", 8, 15), None, "rspamd gives it 8.0 points of 15.0"),
        (Rating("greylist", 5, 15), None, None),
        (Rating("soft reject", 5, 15), None, None),
        (Rating("no action", 1, 15), Scan(""), None),
        (Rating("reject", 17, 15), Scan("Eicar-Signature"), "clamd found Eicar-Signature in it"),
        (None, Scan("Eicar-Signature"), "clamd found Eicar-Signature in it"),
        (None, None, None),
    ],
)
def test_what_is_suspected_has_a_reason(rating: Rating | None, scan: Scan | None, because: str | None) -> None:
    found = suspect(rating, scan)
    assert (found.because if found else None) == because


@pytest.mark.parametrize(
    "answer",
    [
        None,
        [],
        {},
        {"action": 1},
        {"action": "reject", "score": "much"},
        {"action": "x", "symbols": {"A": {"score": []}}},
    ],
)
def test_an_answer_that_is_no_rating_is_none(answer: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        rating_in(answer)


def test_a_suspected_mail_is_held_beside_the_conversation_that_it_belongs_to() -> None:
    placed = kept_apart(Placement(uuid7(), "own id", "it answers"), SPAM)
    assert (placed.held, placed.because) == (True, f"it answers; held, because {SPAM.because}")
    assert not kept_apart(Placement(None, "new", "nothing"), SPAM).held
    assert not kept_apart(Placement(uuid7(), "own id", "it answers"), None).held
