"""Each step of the chains, and what the whole of them does to words."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product
from math import inf

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from knowledge.languages.chains import chain
from knowledge.languages.compounds import LINKS, SHORTEST, splitter
from knowledge.languages.synonyms import Synonyms, groups_in
from knowledge.languages.typos import TWO_FROM, Vocabulary, damerau
from knowledge.languages.verbs import joined
from knowledge.languages.words import Word, fold, folded, normal, without, words


def german(text: str) -> list[str]:
    return chain("de").terms(text)


@pytest.mark.parametrize("spelling", ["E-Mail", "e-mail", "Email", "e mail", "EMAIL"])
def test_every_spelling_of_email_is_one(spelling: str) -> None:
    assert normal(spelling) == "email"


def test_full_width_letters_and_ligatures_are_plain_ones() -> None:
    assert normal("ＳＳＬ ﬁnden") == "ssl finden"


@pytest.mark.parametrize("code", ["5.1.1", "0x80070005", "php8.3", "192.168.0.1", "c++"])
def test_codes_and_product_names_are_kept_whole(code: str) -> None:
    assert words(code)[0] == Word(code, whole=True)
    assert german(code)[0] == code


def test_a_hyphenated_word_is_itself_joined_and_its_parts() -> None:
    assert [word.text for word in words("Rechnungs-Adresse")] == ["rechnungsadresse", "rechnungs", "adresse"]


@pytest.mark.parametrize(
    ("typed", "plain"),
    [("ändern", "andern"), ("aendern", "andern"), ("straße", "strasse"), ("neue", "neue"), ("dauer", "dauer"),
     ("bequem", "bequem"), ("café", "cafe"), ("über", "uber"), ("ueber", "uber")],
)  # fmt: skip
def test_umlauts_are_folded_however_they_are_typed(typed: str, plain: str) -> None:
    assert folded(typed) == plain


def test_folding_leaves_codes_alone() -> None:
    assert fold([Word("ä1", whole=True), Word("ä")]) == [Word("ä1", whole=True), Word("a")]


def test_stop_words_are_dropped_with_and_without_umlaut() -> None:
    drop = without(frozenset({"fur"}))
    assert drop([Word("für"), Word("fur"), Word("domain")]) == [Word("domain")]


@pytest.mark.parametrize(
    "polite", ["Vielen Dank im Voraus", "Mit freundlichen Grüßen", "Sehr geehrte Damen und Herren"]
)
def test_words_of_politeness_say_nothing(polite: str) -> None:
    assert german(polite) == []


@pytest.mark.parametrize(
    ("compound", "parts"),
    [
        ("rechnungsadresse", ("rechnung", "adresse")),
        ("kundenkontopasswort", ("kunden", "konto", "passwort")),
        ("mahngebühr", ("mahnen", "gebühr")),
        ("domainumzug", ("domain", "umzug")),
        ("passwort", ()),
        ("enterprise", ()),
        ("xyzzyplugh", ()),
    ],
)
def test_compounds_are_split_at_their_linking_letters(compound: str, parts: tuple[str, ...]) -> None:
    known = {
        "rechnung",
        "adresse",
        "kunden",
        "konto",
        "passwort",
        "pass",
        "wort",
        "mahnen",
        "gebühr",
        "domain",
        "umzug",
        "ente",
        "prise",
    }
    assert splitter(Listed(known), {"enterprise"})(compound) == parts


class Listed(frozenset[str]):
    """A dictionary of few words."""

    def first(self, words: Iterable[str]) -> str:
        return next((word for word in words if word in self), "")


STEMS = ("abca", "bcab", "cabca", "abcab", "bcabcen", "cabcan")


@given(st.lists(st.sampled_from([*STEMS, "s", "en", "a"]), min_size=2, max_size=5).map("".join))
def test_a_compound_is_split_into_as_few_parts_as_can_be(word: str) -> None:
    split = splitter(Listed(STEMS))

    def fewest(text: str) -> float:
        """By trying each way to cut, with what stands between parts taken from the code."""
        cuts = range(SHORTEST, len(text) - SHORTEST + 1)
        longer = (1 + fewest(text[cut:]) for cut in cuts if is_first(text[:cut]))
        return 1 if text in STEMS else min(longer, default=inf)

    def is_first(text: str) -> bool:
        bare = [text.removesuffix(link) for link in LINKS] + [text + "en", text + "n"]
        return any(len(each) >= SHORTEST and each in STEMS for each in [text, *bare])

    least = fewest(word)
    assert len(split(word)) == (0 if word in STEMS or least == inf else least)


def test_a_word_without_end_is_not_split() -> None:
    assert splitter(Listed({"rechnung"}))("rechnung" * 50) == ()


@pytest.mark.parametrize(
    "forms",
    [
        ("ändern", "aendern", "andern", "geändert"),
        ("kündigen", "Kündigung", "gekündigt", "kuendigen", "kundigung"),
        ("Haus", "Häuser", "Haeuser"),
        ("Passwort", "Passwörter", "passworter"),
        ("Rechnung", "Rechnungen"),
    ],
)
def test_german_forms_of_a_word_become_one_term(forms: tuple[str, ...]) -> None:
    assert len({german(form)[0] for form in forms}) == 1


@pytest.mark.parametrize(
    "spelling", ["Rechnungsadresse", "Rechnungs Adresse", "Rechnungs-Adresse", "rechnungsadressen"]
)
def test_a_compound_is_found_however_it_is_written(spelling: str) -> None:
    assert {"rechnung", "adress"} <= set(german(spelling))


@pytest.mark.parametrize("forms", [("cancel", "cancelled", "cancelling"), ("run", "ran"), ("invoice", "invoices")])
def test_english_forms_of_a_word_become_one_term(forms: tuple[str, ...]) -> None:
    stems = [chain("en").terms(f"domain {form}")[1:] for form in forms if form not in chain("en").stop]
    assert len({tuple(stem) for stem in stems}) == 1


def test_another_language_is_folded_and_stemmed() -> None:
    assert chain("fr").terms("Résiliation") == chain("fr").terms("résiliations")
    assert chain("xx").terms("Žluťoučký") == ["zlutoucky"]


@pytest.mark.parametrize(
    ("one", "other", "distance"),
    [
        ("rechnung", "rechnug", 1),
        ("rechnung", "rechnugn", 1),
        ("rechnung", "rechung", 1),
        ("a", "a", 0),
        ("konto", "kante", 2),
    ],
)
def test_distance_counts_swapped_letters_once(one: str, other: str, distance: int) -> None:
    assert damerau(one, [other]).tolist() == [distance]


def by_the_book(one: str, other: str) -> int:
    """The distance cell by cell, as it is defined."""
    table = {(row, 0): row for row in range(len(one) + 1)} | {(0, column): column for column in range(len(other) + 1)}
    for row, column in product(range(1, len(one) + 1), range(1, len(other) + 1)):
        cost = one[row - 1] != other[column - 1]
        steps = [table[row - 1, column] + 1, table[row, column - 1] + 1, table[row - 1, column - 1] + cost]
        if row > 1 and column > 1 and one[row - 2 : row] == other[column - 2 : column][::-1]:
            steps.append(table[row - 2, column - 2] + 1)
        table[row, column] = min(steps)
    return table[len(one), len(other)]


@given(st.text(alphabet="abcä", max_size=9), st.lists(st.text(alphabet="abcä", max_size=9), max_size=12))
def test_the_distances_of_many_words_at_once_are_those_of_each(one: str, others: list[str]) -> None:
    assert damerau(one, others).tolist() == [by_the_book(one, other) for other in others]


def test_short_words_are_corrected_by_one_letter_and_long_ones_by_two() -> None:
    vocabulary = Vocabulary(["konto", "nameserver", "rechnung"])
    assert vocabulary.nearest("kontp") == [("konto", 1)]
    assert vocabulary.nearest("komtp") == []
    assert vocabulary.nearest("namsrver") == [("nameserver", 2)]
    assert vocabulary.nearest("abc") == []


@given(
    st.text(alphabet="abcdeä", min_size=4, max_size=11),
    st.lists(st.text(alphabet="abcdeä", min_size=3, max_size=12), max_size=20),
)
def test_no_word_within_the_distance_is_passed_over(word: str, others: list[str]) -> None:
    nearest = Vocabulary(others).nearest(word, limit=100)
    most = 2 if len(word) >= TWO_FROM else 1
    within = {other: distance for other in others if (distance := by_the_book(word, other)) <= most}
    best = min(within.values(), default=0)
    assert {other for other, _ in nearest} == {other for other, distance in within.items() if distance == best}


@given(st.text(alphabet="abcdefghä", min_size=10, max_size=14), st.data())
def test_a_long_word_is_found_through_any_two_mistakes(word: str, data: st.DataObject) -> None:
    mistaken = word
    for _ in range(2):
        at = data.draw(st.integers(0, len(mistaken) - 2))
        head, pair, tail = mistaken[:at], mistaken[at : at + 2], mistaken[at + 2 :]
        middle = data.draw(st.sampled_from([pair[::-1], pair[:1], f"x{pair}", f"x{pair[1:]}"]))
        mistaken = head + middle + tail
    assume(by_the_book(word, mistaken) <= 2)  # a swap within what was changed before counts as three
    assert [other for other, _ in Vocabulary([word]).nearest(mistaken)] == [word]


def test_synonyms_are_found_by_any_form_of_a_word() -> None:
    synonyms = Synonyms(chain("de"), groups_in("Kennwort, Passwort # the same\n# a remark\nallein"))
    assert synonyms.of(german("Kennwörter")[0]) == ("passwort",)
    assert synonyms.of("allein") == ()


@pytest.mark.parametrize(
    "sentence",
    ["Ich will mein Geld zurück!", "Wann bekomme ich das zurück, das Geld?", "zurück mit meinem Geld", "GELD ZURÜCK"],
)
def test_a_phrase_is_met_in_any_order_and_form(sentence: str) -> None:
    synonyms = Synonyms(chain("de"), groups_in("Geld zurück, Erstattung"))
    met = list(synonyms.phrases([word.text for word in words(sentence)]))
    assert met == [("Geld zurück", tuple(german("Erstattung")))]


@pytest.mark.parametrize("sentence", ["Geld", "zurück", f"Geld {'oder so ' * 5} zurück", ""])
def test_a_phrase_is_met_by_all_of_its_words_near_one_another_alone(sentence: str) -> None:
    synonyms = Synonyms(chain("de"), groups_in("Geld zurück, Erstattung"))
    assert not list(synonyms.phrases([word.text for word in words(sentence)]))


def test_what_customers_say_leads_to_what_articles_say_and_not_back() -> None:
    synonyms = Synonyms(chain("de"), groups_in("Kohle, weg damit > Erstattung # a remark\n > nothing\nnothing >"))
    assert synonyms.of(german("Kohle")[0]) == tuple(german("Erstattung"))
    assert synonyms.of(german("Erstattung")[0]) == ()


@pytest.mark.parametrize(
    ("sentence", "verbs"),
    [
        ("Wie melde ich mich an?", ["anmelden"]),
        ("Ich komm nimmer rein, was nun?", ["reinkommen"]),
        ("Lade die Datei hoch und klicke auf Speichern.", ["hochladen"]),
        ("wo trag ich sie ein", ["eintragen"]),
        ("schick mir das bitte zurück", ["zurückschicken"]),
        ("Sie nahm teil und brachte Kuchen mit.", ["teilnehmen", "mitbringen"]),
        ("Ich fahre mit dem Auto an das Meer.", []),
        ("Where do I sign up?", []),
        ("an", []),
        ("", []),
    ],
)
def test_a_verb_whose_prefix_stands_apart_is_joined(sentence: str, verbs: list[str]) -> None:
    assert list(joined(sentence)) == verbs


@given(st.text(max_size=300))
def test_verbs_are_looked_for_in_any_text(text: str) -> None:
    assert all(verb == verb.lower() for verb in joined(text))


def test_an_article_and_a_question_meet_in_a_separable_verb() -> None:
    assert german("anmelden")[0] in german("Melde dich im Kundencenter an.")


@given(st.text(max_size=300))
def test_any_text_becomes_terms_without_blanks(text: str) -> None:
    for language in ("de", "en", "fr"):
        assert all(term and " " not in term for term in chain(language).terms(text))
