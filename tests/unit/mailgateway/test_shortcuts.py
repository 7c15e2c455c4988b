"""What is looked at quickly gives what looking closely gives: the checks that spare most lines their examination change nothing."""

from __future__ import annotations

import re
from unittest.mock import patch

from hypothesis import example, given
from hypothesis import strategies as st

from mailgateway.bodies import attributions, header_blocks, quotes, signatures
from mailgateway.bodies.forwarded import forwarded
from mailgateway.bodies.quote_phrases import (
    DIVIDERS,
    FORWARD_STARTS,
    HISTORY,
    OPENERS,
    REPLY_ABOVE,
    VERBS,
    VERBS_WITHIN,
)
from mailgateway.bodies.written import written
from mailgateway.language import is_letter
from mailgateway.mime import fingerprint, transfer
from threads.words import fold, runs

PARTS = [
    *(
        "Am 5. Januar 2026 um 10:00",
        "On Mon, Jan 5, 2026 at 10:00 AM",
        "① Anna",
        "schrieb Anna <anna@example.org>:",
        "wrote:",
    ),
    *(
        "anna@example.org",
        "Anna",
        "> ",
        ">",
        "-- ",
        "--",
        "- -",
        "__________",
        "-----",
        "：",
        ":",
        ":>",
        "```",
        "_" * 3,
    ),
    *(
        "Von: Anna <anna@example.org>",
        "Gesendet: Montag, 5. Januar 2026 10:00",
        "An: support@example.org",
        "Betreff: Frage",
    ),
    *(
        "Der Drucker geht nicht.",
        "Viele Grüße",
        "Von meinem iPhone gesendet",
        "mailing list",
        "x" * 450,
        "\ue000",
        "\ue001",
    ),
    *("\ue002", "\u00a0", "*", "İ", "ΣΑΣ"),
]
PHRASES = sorted({*DIVIDERS, *FORWARD_STARTS, *HISTORY, *OPENERS, *REPLY_ABOVE, *VERBS, *VERBS_WITHIN})
LINES = st.lists(st.sampled_from(PARTS) | st.sampled_from(PHRASES), max_size=4).map(" ".join) | st.lists(
    st.sampled_from(PARTS), max_size=3
).map("".join)
TEXTS = st.lists(LINES, min_size=1, max_size=14).map("\n".join)


class AnyBeginning:
    """A set that holds every beginning of a line."""

    def __contains__(self, _beginning: object) -> bool:
        return True


@given(text=TEXTS, subject=st.sampled_from(["Frage", "Re: Frage", "WG: Frage"]))
def test_what_the_writer_wrote_is_the_same_without_the_shortcuts(text: str, subject: str) -> None:
    quick = written(text, "", subject), forwarded(subject, text)
    with (
        patch.object(attributions, "_may_end", lambda *_: True),
        patch.object(header_blocks, "field", header_blocks._field),
        patch.object(quotes, "_may_have_history", lambda _: True),
        patch.object(quotes, "_SIGNATURE_BEGINS", ("",)),
        patch.object(quotes, "_DIVIDER_ENDS", ("",)),
        patch.object(signatures, "_FOOTERS_BEGIN", AnyBeginning()),
    ):
        assert (written(text, "", subject), forwarded(subject, text)) == quick


@given(text=st.text("aßÄöüéñŁøÅæœ\u0308 İя\n"))
def test_umlauts_are_folded_one_by_one_as_if_at_once(text: str) -> None:
    assert fold(text).isascii() or "я" in text
    assert not set(fold(text)) & set("äöüßæœøåł")


def test_folding_is_done_where_nothing_is_ascii() -> None:
    assert fold("Größe ŁÓDŹ Ærø cœur Ångström Ё") == "groesse lodz aeroe coeur angstroem е"


@given(body=st.lists(st.sampled_from([b"\r", b"\n", b"\r\n", b"a", b" "]), max_size=30).map(b"".join))
def test_a_body_is_the_same_in_pieces_as_at_once(body: bytes) -> None:
    with patch.object(fingerprint, "PIECE", 4):
        assert b"".join(fingerprint.body_pieces(body, 0)) == body.replace(b"\r\n", b"\n").rstrip(b"\n")


@given(
    data=st.lists(
        st.sampled_from(
            [b"begin 644 a.txt\n", b"x begin 644 b\r\n", b"#86)C\n", b"`\n", b"end\n", b"x\n", b"\n", b"begin"]
        ),
        max_size=10,
    ).map(b"".join)
)
def test_an_enclosed_file_begins_only_with_a_line(data: bytes) -> None:
    for each in transfer.enclosed(data):
        assert data[each.start :].startswith(b"begin ")
        assert each.start == 0 or data[each.start - 1 : each.start] == b"\n"


@given(text=st.text() | st.text("aZ09_-.\t\x1c\x85\u00a0²½٣é\ud800\U0001f600 ä"))
@example(text="Zürich".join(map(chr, range(0x2190, 0x21FF))))
def test_words_are_found_as_by_a_regular_expression(text: str) -> None:
    assert runs(text, str.isalnum) == re.findall(r"[^\W_]+", text)
    assert runs(text, is_letter) == re.findall(r"[^\W\d_]+", text)
