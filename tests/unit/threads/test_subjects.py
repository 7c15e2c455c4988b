import pytest
from hypothesis import given
from hypothesis import strategies as st

from threads.subjects import canonical, is_reply_subject, readable, reply_subject


@pytest.mark.parametrize(
    "subject",
    ["Rechnung", "Re: Rechnung", "AW: Re: RECHNUNG", "Antw:  Rechnung ", "SV: rechnung", "Re[2]: Rechnung",
     "RE (3) : Rechnung", "WG: Rechnung", "[EXTERN] AW: Rechnung", "***SPAM*** Rechnung", "Automatische Antwort: Rechnung",
     "Ответ: Rechnung", "回复：Rechnung"],
)  # fmt: skip
def test_prefixes_and_flags_make_no_other_subject(subject: str) -> None:
    assert canonical(subject) == "rechnung"


def test_the_tag_of_a_list_stays_wherever_the_prefix_stood() -> None:
    assert canonical("[users] Re: Hallo") == canonical("Re: [users] Hallo") == "[users] hallo"


def test_a_word_with_a_colon_is_no_prefix() -> None:
    assert canonical("Auto: kaputt") == "auto: kaputt"
    assert not is_reply_subject("Server: down")


def test_replies_and_forwards_are_told_apart() -> None:
    assert is_reply_subject("Ang: Re: Hallo")
    assert not is_reply_subject("Hallo")
    assert not is_reply_subject("Fwd: Hallo")


def test_an_answer_gets_one_prefix() -> None:
    assert reply_subject("Rechnung") == "Re: Rechnung"
    assert reply_subject("AW: Rechnung") == "AW: Rechnung"
    assert "\n" not in reply_subject("Rechnung\nBcc: all@example.org")


def test_an_empty_subject_stays_empty() -> None:
    assert canonical("") == canonical("Re: ") == canonical(" AW:  Re: ") == ""


def test_a_person_reads_the_subject_as_it_was_written() -> None:
    assert readable("AW: Re: Rechnung Nr. 7") == "Rechnung Nr. 7"


@given(st.text(max_size=300))
def test_a_prefix_more_changes_nothing(subject: str) -> None:
    assert canonical(f"Re: {subject}") == canonical(subject)


def test_a_huge_subject_is_read_at_once() -> None:
    assert len(canonical("Re:" * 200_000)) <= 400
    assert len(canonical("[" * 200_000)) <= 400
