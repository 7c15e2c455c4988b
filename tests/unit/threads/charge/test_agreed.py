"""What a customer says to the question whether it may be charged."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from threads.charge.agreed import agreed, names_charge

YES = [
    "Ja", "ja!", "Ja, bitte sofort anfangen.", "Hallo Frau Weber,\n\nja bitte.\n\nViele Grüße\nAnna", "kostenpflichtig: ja",
    "Kostenpflichtig ja", "„kostenpflichtig: ja“", "Ja, kostenpflichtig.", "Einverstanden.", "Ja. Wann meldet sich jemand?",
    "hiermit bestätigen wir den kostenpflichtigen Einsatz", "Wir bestätigen das.", "Das geht in Ordnung.", "charge: yes",
    "Actually, charge: yes", "Der Shop ist noch immer nicht erreichbar!\n\nkostenpflichtig: ja\n\nGruß\nEva", "Ich stimme zu.",
    "kostenpflichtig: ja\n\nWir können nicht arbeiten.", "Wir stimmen dem zu.", "Genehmigt!", "Yes, please charge us.", "Yes – go ahead", "Go ahead!", "I confirm.", "Dear team,\nyes, please start now.",
]  # fmt: skip
NO = [
    "Nein", "Nein danke", "nein, dann warten wir.", "Kostenpflichtig: nein", "Danke, nein.", "Bitte nicht.", "Nicht nötig.",
    "Auf gar keinen Fall.", "Dann lieber nicht.", "Es eilt nicht.\nkostenpflichtig: nein", "Auf keinen Fall!", "Keine Kosten bitte", "No, thanks", "Please don't.", "charge: no",
]  # fmt: skip
NEITHER = [
    "Was soll das?\n\nDann antworten Sie bitte auf diese E-Mail mit\n„kostenpflichtig: ja“. Bis dahin kümmern wir uns", "kostenpflichtig: ja/nein?",
    "kostenpflichtig: ja, nicht warten", "Ich antworte nicht mit kostenpflichtig: ja", "kostenpflichtig: ja\naber nur bis 100 Euro",
    "Was heißt das?\n„kostenpflichtig: ja“.", "kostenpflichtig: ja\nkostenpflichtig: nein", "", "Ja, aber was kostet das?", "Ja, hat sich erledigt", "Ja, läuft wieder", "Wie teuer wäre das?", "Ok danke",
    "Ja, wenn es unter 100 Euro bleibt", "Ja, wie hoch sind die Kosten?", "Das Problem besteht weiter.",
    "Jahresabschluss im Anhang", "Janine hier, ich frage nach", "Yes, but how much is it?", "Yes if it is free",
    "Yesterday it worked", "Bitte rufen Sie mich an.", "Nochmal: der Export ist falsch", "Yes, it works again",
]  # fmt: skip


@pytest.mark.parametrize(("text", "said"), [*((each, True) for each in YES), *((each, False) for each in NO)])
def test_a_clear_word_counts(text: str, said: bool) -> None:
    assert agreed(text) is said


@pytest.mark.parametrize("text", NEITHER)
def test_a_condition_a_question_about_the_price_or_anything_else_is_no_word(text: str) -> None:
    assert agreed(text) is None


def test_only_what_repeats_the_question_answers_nothing_else() -> None:
    assert names_charge("Hallo,\nkostenpflichtig: ja")
    assert names_charge("charge: yes")
    assert names_charge("Ja, kostenpflichtig")
    assert not names_charge("Ja, bitte.")


@given(st.text(max_size=3000))
def test_any_text_is_read(text: str) -> None:
    assert agreed(text) in (True, False, None)
    assert agreed(f"Nein. {text}") is not True
    assert agreed(f"Nein.\n{text}\nkostenpflichtig: ja") is not True
