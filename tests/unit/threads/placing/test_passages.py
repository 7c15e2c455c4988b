import pytest
from hypothesis import given
from hypothesis import strategies as st

from threads.placing.passages import FEWEST, RUN, passages_of, quoted_in

OURS = """Sehr geehrte Frau Berger,

die Rechnung für den Oktober liegt im Kundenkonto unter dem Menüpunkt Belege als PDF bereit. Wenn Sie dort nichts finden, ist
vermutlich noch die alte Adresse hinterlegt: Bitte prüfen Sie unter Stammdaten, ob die neue schon übernommen wurde, und laden
Sie die Seite danach noch einmal. Bis zum Monatsende berichtigen wir den Beleg kostenlos.
"""
NEW = "Danke, dort liegt sie leider nicht, auch nach dem Neuladen der Seite."


def cited(text: str, width: int = 40) -> str:
    """As a program quotes it: broken anew, a mark before each line."""
    words, lines = text.split(), [""]
    for word in words:
        if len(lines[-1]) + len(word) > width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return "\n".join(f"> {line}" for line in lines)


def test_a_quotation_holds_the_passages_of_what_it_quotes() -> None:
    quoted = quoted_in(f"{NEW}\n\n{cited(OURS)}", NEW)
    assert set(passages_of(OURS)) <= set(quoted)


def test_a_part_of_it_is_known_again() -> None:
    part = cited(OURS.partition("Wenn Sie")[2])
    assert len(set(passages_of(OURS)) & set(quoted_in(f"{part}\n{NEW}", NEW))) >= FEWEST


def test_what_the_writer_says_anew_is_no_quotation() -> None:
    assert quoted_in(OURS, OURS) == ()
    assert not set(passages_of(OURS)) & set(quoted_in(f"{OURS}\n{cited(NEW)}", OURS))


def test_other_words_share_nothing() -> None:
    other = "Ihr Server wurde heute Nacht um vier Uhr wegen eines Stromausfalls im Rechenzentrum neu gestartet und läuft wieder."
    assert not set(passages_of(OURS)) & set(quoted_in(f"{NEW}\n{cited(other)}", NEW))


@pytest.mark.parametrize("place", range(RUN))
def test_a_run_is_another_whichever_of_its_words_is_another(place: int) -> None:
    words = [f"wort{number * 7919 % 1000}" for number in range(300)]
    others = [f"{word}x" if number % RUN == place else word for number, word in enumerate(words)]
    assert not set(quoted_in(" ".join(words), "")) & set(quoted_in(" ".join(others), ""))


def test_of_the_runs_of_a_text_about_a_quarter_is_kept() -> None:
    of = 300
    kept = len(quoted_in(" ".join(f"wort{number * 7919 % 1000}" for number in range(of + RUN - 1)), ""))
    assert of * 0.15 < kept < of * 0.35


@given(st.text(max_size=2000))
def test_any_text_has_few_passages_that_a_database_can_hold(text: str) -> None:
    passages = passages_of(text)
    assert len(passages) <= 48
    assert all(-(1 << 63) <= each < 1 << 63 for each in passages)


def test_a_huge_text_is_read_in_bounded_time() -> None:
    assert len(passages_of("wort " * 2_000_000)) <= 48
