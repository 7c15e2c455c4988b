import pytest
from hypothesis import given
from hypothesis import strategies as st

from threads.subjects import canonical, is_forwarded_subject, is_reply_subject, readable, reply_subject, untagged


@pytest.mark.parametrize(
    "subject",
    ["Rechnung", "Re: Rechnung", "AW: Re: RECHNUNG", "Antw:  Rechnung ", "SV: rechnung", "Re[2]: Rechnung",
     "RE (3) : Rechnung", "WG: Rechnung", "[EXTERN] AW: Rechnung", "***SPAM*** Rechnung", "Automatische Antwort: Rechnung",
     "Ответ: Rechnung", "回复：Rechnung"],
)  # fmt: skip
def test_prefixes_and_flags_make_no_other_subject(subject: str) -> None:
    assert canonical(subject) == "rechnung"


@pytest.mark.parametrize(
    "prefix",
    ["Re", "AW", "Antw", "SV", "VS", "RE", "Rif", "RES", "Rv", "Réf", "Odp", "Vá", "Odg", "YNT", "ΑΠ", "ΣΧΕΤ", "Ответ", "Отв",
     "Відп", "Отг", "ATS", "Atb", "Vast", "回复", "答覆", "返信", "답장", "Trả lời", "BLS", "ตอบกลับ", "תגובה", "رد", "پاسخ"],
)  # fmt: skip
def test_a_reply_is_known_in_thirty_languages(prefix: str) -> None:
    assert is_reply_subject(f"{prefix}: Rechnung")
    assert canonical(f"{prefix}: Rechnung") == "rechnung"


@pytest.mark.parametrize(
    "prefix",
    ["WG", "Fwd", "TR", "ENC", "Doorst", "VB", "PD", "Továbbítás", "İLT", "ΠΡΘ", "转发", "転送", "전달", "הועבר"],
)
def test_a_forwarded_mail_is_known_however_it_was_answered_since(prefix: str) -> None:
    assert is_forwarded_subject(f"AW: {prefix}: Rechnung")
    assert canonical(f"AW: {prefix}: Rechnung") == "rechnung"
    assert not is_forwarded_subject("AW: Rechnung")


def test_tags_make_no_other_matter() -> None:
    assert untagged(canonical("AW: [support] [extern] Rechnung")) == "rechnung"
    assert untagged("[alles]") == "[alles]"


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
