"""Decisions as a person would say them."""

from __future__ import annotations

import pytest

from threads.model import Authenticity, Kind
from threads.why.sentences import of_act, of_kind, of_origin, of_place, of_priority, of_suspicion

HELD = "its In-Reply-To names <a@b>; held, because carl@x.example takes no part in it"


@pytest.mark.parametrize(
    ("signal", "because", "says"),
    [
        ("in-reply-to", "its In-Reply-To names <a@b>", "It stands here, because its In-Reply-To names <a@b>."),
        ("new", "nothing in it refers to one", "It opened this conversation: nothing in it refers to one."),
        ("agent", "lena moved it here from anna-umzug", "lena moved it here from anna-umzug."),
        ("agent", "it answers <a@b>, which lena put there", "It stands here, because it answers <a@b>, which lena put there."),
        ("", "a person opened a conversation", "It went out by itself: a person opened a conversation."),
    ],
)  # fmt: skip
def test_why_a_message_stands_where_it_does(signal: str, because: str, says: str) -> None:
    assert of_place(signal, because, held=False, code="k3x9q2m") == says


def test_what_is_held_says_why_and_what_an_agent_can_do() -> None:
    assert of_place("in-reply-to", HELD, held=True, code="k3x9q2m") == (
        "It is held beside this conversation, because carl@x.example takes no part in it. "
        "What led it here: its In-Reply-To names <a@b>. "
        "`brief accept k3x9q2m` lets it in; with --new it becomes a conversation of its own."
    )


def test_what_was_let_in_says_why_it_was_held() -> None:
    assert of_place("in-reply-to", HELD, held=False, code="k3x9q2m") == (
        "It stands here, because its In-Reply-To names <a@b>. "
        "It was held at first, because carl@x.example takes no part in it."
    )


def test_what_the_desk_merged_says_how_it_is_taken_apart_and_by_whom_it_was() -> None:
    because = "its References name <a@b>"
    said = of_act("merged", "", because, handle="anna-nachtrag")
    assert (
        said
        == "The desk merged anna-nachtrag into it: its References name <a@b>. `brief undo anna-nachtrag` takes it apart."
    )
    undone = of_act("merged", "", because, handle="anna-nachtrag", undone_by="lena")
    assert undone.endswith("<a@b>. lena took it apart.")


def test_what_an_agent_did_begins_with_their_name_as_it_is_written() -> None:
    assert of_act("status", "lena", "lena closed it") == "lena closed it."
    assert of_act("status", "lena", "lena closed it", undone_by="lena") == "lena closed it. lena took it back."
    assert of_act("status", "", "a person wrote, so it is open again") == "A person wrote, so it is open again."


@pytest.mark.parametrize(
    ("kind", "because"),
    [
        ("answered aside", "ben@registry.example answered in anna-domain"),
        ("answered aside", "van Dyk answered in anna-domain"),
        ("opened", "anna-rechnung goes on here"),
    ],
)
def test_a_name_an_address_or_a_handle_begins_a_sentence_as_it_is_written(kind: str, because: str) -> None:
    assert of_act(kind, "", because) == f"{because}."


def test_what_the_desk_moved_away_begins_with_no_code() -> None:
    said = of_act("moved off", "", "ngyqrty stood here by its subject alone: to anna-umzug")
    assert said == "The desk moved something away: ngyqrty stood here by its subject alone: to anna-umzug."
    undone = of_act("moved off", "", "ngyqrty stood here", undone_by="lena")
    assert undone.endswith("stood here. lena took it apart.")
    assert of_act("moved off", "lena", "lena moved ngyqrty to anna-umzug") == "lena moved ngyqrty to anna-umzug."


def test_that_a_person_wrote_it_is_said_once() -> None:
    assert of_kind(Kind.PERSON, "a person wrote it, but over a list") == "A person wrote it, but over a list."


def test_what_may_be_spam_says_how_it_is_let_in_while_it_is_kept_apart() -> None:
    assert of_suspicion("it is spam", kept_apart=True, code="k3x").endswith("spam. `brief accept k3x` lets it in.")
    assert of_suspicion("it is spam", kept_apart=False, code="k3x") == "It was kept apart: it is spam."


@pytest.mark.parametrize("kind", [*Kind, "reply", "acknowledgement"])
def test_every_kind_is_said_in_words(kind: str) -> None:
    assert of_kind(kind, "why").endswith(": why.")
    assert "-" not in of_kind(kind, "why")


@pytest.mark.parametrize("word", [*Authenticity, ""])
def test_every_origin_is_said_in_words(word: str) -> None:
    assert of_origin(word, "nobody signed it").lower().endswith("nobody signed it.")


def test_how_urgent_it_is_is_said_with_the_reason() -> None:
    assert of_priority("high", "lena decided it: eilt") == "Its priority is high: lena decided it: eilt."
