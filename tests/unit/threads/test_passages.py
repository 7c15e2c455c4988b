"""By which runs of words a mail is known again."""

from hypothesis import given
from hypothesis import strategies as st

from threads.passages import RUN, passages_of

WORDS = st.lists(st.sampled_from([f"wort{each}" for each in range(200)]), min_size=RUN, max_size=20)


@given(WORDS, WORDS, WORDS)
def test_what_is_chosen_of_a_run_does_not_hang_on_what_stands_around_it(
    before: list[str], said: list[str], after: list[str]
) -> None:
    whole = passages_of(" ".join((*before, *said, *after)))
    assert set(passages_of(" ".join(said))) <= set(whole)
    assert set(passages_of("\n> ".join(said).upper())) <= set(whole)


@given(st.text(max_size=400))
def test_a_passage_is_a_number_that_databases_hold(text: str) -> None:
    assert all(0 <= each < 1 << 63 for each in passages_of(text))


def test_fewer_words_than_a_run_are_no_passage() -> None:
    assert passages_of("eins zwei drei vier fünf") == ()
