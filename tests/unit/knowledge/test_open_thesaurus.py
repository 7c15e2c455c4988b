"""OpenThesaurus: a file in the form of MyThes that a machine may have, of our own making here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from knowledge.article import BY_LETTERS, Article
from knowledge.languages.open_thesaurus import SENSES, Thesaurus, Unreadable, installed
from knowledge.suggest import suggest
from tests.unit.knowledge.conftest import Shelf

ENTRIES = {
    "löhnung": ["-|Bezahlung (ugs.)|Löhnung|(das) Entgelt|Schulden (Antonym)|Geld (Oberbegriff)|Sold bekommen"],
    "bude": ["-|Bude|Wohnung", "-|Beutel (ugs.)|Bude|Wohnung"],
    "zug": [f"-|Zug|Firma{number}" for number in range(SENSES + 1)],
    "anfang": ["-|Anfang|Beginn"],
    "zylinder": ["-|Hut|Zylinder"],
}


def a_thesaurus(folder: Path, entries: Mapping[str, Sequence[str]] = ENTRIES, encoding: str = "UTF-8") -> Thesaurus:
    """The two files, the index sorted."""
    data, index = f"{encoding}\n".encode(), list[bytes]()
    for word in sorted(entries, key=lambda word: word.encode(encoding)):
        index.append(f"{word}|{len(data)}\n".encode(encoding))
        data += "\n".join([f"{word}|{len(entries[word])}", *entries[word], ""]).encode(encoding)
    (folder / "th_de_DE_v2.dat").write_bytes(data)
    (folder / "th_de_DE_v2.idx").write_bytes(f"{encoding}\n{len(index)}\n".encode() + b"".join(index))
    found = installed(folder)
    assert found is not None
    return found


def an_article(name: str, question: str, answer: str = "So geht es.") -> Article:
    return Article(name, question, answer)


@pytest.mark.parametrize("encoding", ["UTF-8", "ISO8859-1"])
def test_each_word_is_found_wherever_it_stands_in_the_index(tmp_path: Path, encoding: str) -> None:
    many = {f"wort{number}ä": [f"-|Wort|Anderes{'x' * number}"] for number in range(200)}
    thesaurus = a_thesaurus(tmp_path, many, encoding)
    assert [thesaurus.senses(word) for word in many] == [(("wort", f"anderes{'x' * number}"),) for number in range(200)]
    assert [thesaurus.senses(word) for word in ("", "aaa", "wort", "wort1", "zzz", "日本")] == [()] * 6


def test_antonyms_broader_words_and_phrases_are_left_out_and_remarks_are_taken_off(tmp_path: Path) -> None:
    assert a_thesaurus(tmp_path).senses("löhnung") == (("bezahlung", "entgelt"),)


def test_a_word_of_too_many_meanings_leads_nowhere(tmp_path: Path) -> None:
    assert a_thesaurus(tmp_path).senses("zug") == ()


def test_a_machine_without_it_has_none(tmp_path: Path) -> None:
    assert installed(tmp_path) is None


@pytest.mark.parametrize("broken", [b"", b"\xff\xfe\n", b"no encoding\nanfang|1\n-|a|b\n"])
def test_a_broken_file_is_named_and_leads_nowhere(tmp_path: Path, broken: bytes) -> None:
    thesaurus = a_thesaurus(tmp_path)
    thesaurus.path.write_bytes(broken)
    assert thesaurus.senses("anfang") == ()
    with pytest.raises(Unreadable):
        thesaurus.check()


def test_a_file_that_is_too_large_is_named_and_leads_nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    thesaurus = a_thesaurus(tmp_path)
    thesaurus.check()
    monkeypatch.setattr("knowledge.languages.open_thesaurus.LARGEST", 10)
    assert thesaurus.senses("anfang") == ()
    with pytest.raises(Unreadable, match="too large"):
        thesaurus.check()


def test_an_index_that_belongs_to_another_file_leads_nowhere(tmp_path: Path) -> None:
    thesaurus = a_thesaurus(tmp_path)
    thesaurus.path.write_bytes(b"UTF-8\n# one line more\n" + thesaurus.path.read_bytes()[6:])
    assert [thesaurus.senses(word) for word in ENTRIES] == [()] * len(ENTRIES)


def test_a_line_that_is_too_long_is_passed_over(tmp_path: Path) -> None:
    thesaurus = a_thesaurus(tmp_path, {"wort": [f"-|{'x' * 5000}|Anderes", "-|Ausdruck|Wort"]})
    assert thesaurus.senses("wort") == (("ausdruck",),)


def test_a_search_finds_an_article_by_a_word_of_it_and_names_the_word_that_was_typed(
    tmp_path: Path, shelf: Shelf
) -> None:
    articles = [an_article("entgelt", "Wann kommt das Entgelt?"), an_article("hut", "Wo hängt die Jacke?")]
    plain = shelf(articles)
    index = shelf(articles, a_thesaurus(tmp_path))
    assert [each.because for each in plain.search("Löhnung", language="de")] in ([], [BY_LETTERS])
    found = index.search("Löhnungen", language="de")
    assert [(each.article.id, each.because) for each in found] == [("entgelt", "met: löhnungen")]


def test_what_was_typed_counts_more_than_what_may_mean_it(tmp_path: Path, shelf: Shelf) -> None:
    articles = [an_article("wohnung", "Wohnung Wohnung?"), an_article("bude", "Wem gehört hier die Bude im Hof?")]
    index = shelf(articles, a_thesaurus(tmp_path))
    assert [each.article.id for each in index.search("Bude", language="de")] == ["bude", "wohnung"]


def test_of_two_words_the_one_that_shares_more_meanings_counts_more(tmp_path: Path, shelf: Shelf) -> None:
    articles = [an_article("beutel", "Wo liegt der Beutel?"), an_article("wohnung", "Wo liegt die Wohnung?")]
    index = shelf(articles, a_thesaurus(tmp_path))
    found = index.search("Bude", language="de")
    assert [each.article.id for each in found] == ["wohnung", "beutel"]
    assert found[0].score > 1.5 * found[1].score


def test_no_offer_goes_by_it(tmp_path: Path, shelf: Shelf) -> None:
    articles = [an_article("entgelt", "Wann kommt das Entgelt?")]
    mail = "Guten Tag, wann kommt die Löhnung?"
    offered = suggest(shelf(articles, a_thesaurus(tmp_path)), mail, language="de")
    assert offered == suggest(shelf(articles), mail, language="de")
