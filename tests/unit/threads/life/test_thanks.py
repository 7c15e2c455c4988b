import pytest

from threads.life.thanks import PHRASES, POLITE, is_thanks


@pytest.mark.parametrize(
    "text",
    ["Danke, das hilft", "Danke, das hilft!", "danke das hilft", "Vielen Dank, das hat geholfen :-)", "Thanks, that helps",
     "Thanks, solved 👍", "Hat sich erledigt.", "Hallo Support,\n\nDanke, das hilft.\n\nViele Grüße\nAnna Berger",
     "Danke!\nAnna", "Thank you so much, that worked!\n\nBest regards\nJo", "Thank you, that solved it.",
     "Sehr geehrte Damen und Herren,\n\nvielen Dank, das hilft.\n\nMit freundlichen Grüßen\nDr. Anna Berger",
     "Sehr geehrte Frau Dr. Weber,\nDanke!\nBeste Grüße aus Hamburg\nanna", "hallo liebes team,\ndanke\nlg anna"],
)  # fmt: skip
def test_a_thank_you_that_says_nothing_else_is_one(text: str) -> None:
    assert is_thanks(text, "Anna Berger")


@pytest.mark.parametrize(
    "text",
    ["hilft leider nicht", "Danke, aber es geht noch nicht", "Danke, das hilft nicht", "Danke, das hilft?", "",
     "Danke\ntrotzdem", "Danke, das hilft. Noch eine Frage: was kostet das", "Danke, das hilft\n\nPS: kommt noch was",
     "Thanks, but it is still down", "not solved", "Danke " * 100, "Viele Grüße\nAnna",
     "Hallo, das hilft nicht\n\nDanke", "HALLO, DAS HILFT NICHT\nDANKE", "Danke\nGruß, hilft aber nicht",
     "Danke\nViele Grüße\nhilft leider nicht", "Hi, still broken\nThanks", "Hallo, geht so\n\nDanke",
     "Danke\nViele Grüße\nruft mich an"],
)  # fmt: skip
def test_whoever_says_more_has_not_only_said_thanks(text: str) -> None:
    assert is_thanks(text, "Anna Berger") is None


@pytest.mark.parametrize("phrase", sorted(PHRASES))
def test_every_listed_phrase_is_found_as_it_stands(phrase: str) -> None:
    assert is_thanks(phrase) == phrase


def test_what_is_merely_polite_is_thanks_too() -> None:
    assert POLITE < PHRASES
