"""What an agent is asked before an act that is easily done wrongly, and what is said after it: as it is typed."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click
import pytest
from sqlalchemy import select, update

from service.commands import options
from storage.database import open_database, sqlite_url
from storage.tables import ConversationRow, MessageRow

Brief = Callable[..., str]


@pytest.fixture
def brief(typed: Brief, tmp_path: Path, a_mail: Callable[..., bytes]) -> Brief:
    """Types `brief ...` at a desk where Carl's mail and one in Anna's name are held beside Anna's, and Bernd wrote of his own."""
    at = datetime.now(UTC) - timedelta(hours=3)
    first = {"subject": "Rechnung", "message_id": "<first@kunde.example>", "date": at}
    answer = {"subject": "Re: Rechnung", "in_reply_to": "<first@kunde.example>"}
    mails = [
        a_mail(author="Anna Beispiel <anna@kunde.example>", text="Wo ist sie?", **first),
        a_mail(author="Carl Dritt <carl@third.example>", text="Ich auch.", date=at + timedelta(hours=1), **answer),
        a_mail(author="Eve <eve@evil.example>", text="Neues Konto!", date=at + timedelta(hours=2), **answer),
        a_mail(author="Bernd Meier <bernd@other.example>", subject="Umzug", text="Wann?", date=at),
    ]
    (tmp_path / "archive").mkdir()
    for number, raw in enumerate(mails):
        (tmp_path / "archive" / f"{number}.eml").write_bytes(raw)
    typed("mail", "import", "archive")
    with changed(tmp_path) as session:
        forged = {"from_address": "anna@kunde.example", "from_name": "Anna Beispiel", "authenticity": "forged"}
        because = {"authenticity_because": "nobody has signed it"}
        eves = update(MessageRow).where(MessageRow.from_address == "eve@evil.example")
        session.execute(eves.values(**forged, **because))
    return typed


class changed:  # noqa: N801 - reads as a word in a `with`
    """The database of the desk, to be changed by hand."""

    def __init__(self, tmp_path: Path) -> None:
        self._database = open_database(sqlite_url(tmp_path / "var" / "desk.sqlite"))
        self._writing = self._database.writing()

    def __enter__(self) -> Any:
        return self._writing.__enter__()

    def __exit__(self, *raised: Any) -> None:
        self._writing.__exit__(*raised)
        self._database.close()


@pytest.fixture
def codes(brief: Brief, tmp_path: Path) -> dict[str, str]:
    """The code of each mail, by a word of its text."""
    with changed(tmp_path) as session:
        texts = dict(session.execute(select(MessageRow.text, MessageRow.code)).all())
    words = ("sie", "auch", "Konto", "Wann")
    return {word: code for word in words for text, code in texts.items() if word in text}


@pytest.fixture
def answering(monkeypatch: pytest.MonkeyPatch) -> Callable[[bool], list[str]]:
    """Somebody sits at a terminal and gives one answer to all questions; gives what they were asked."""

    def answer(said: bool) -> list[str]:
        asked: list[str] = []

        def confirm(question: str, **_: Any) -> bool:
            asked.append(question)
            return said

        monkeypatch.setattr(options, "asks", lambda: True)
        monkeypatch.setattr(click, "confirm", confirm)
        return asked

    return answer


def test_a_handle_beside_which_several_are_held_is_refused_with_each_of_them(
    brief: Brief, codes: dict[str, str]
) -> None:
    assert brief("accept", "anna-rechnung", ends=2) == (
        f"brief: anna-rechnung has 2 held messages: {codes['auch']} of carl@third.example, {codes['Konto']} of "
        "anna@kunde.example (may be forged); name the one that you mean\n"
    )


def test_a_handle_beside_which_one_is_held_means_that_one_and_names_it(brief: Brief, codes: dict[str, str]) -> None:
    brief("accept", codes["Konto"], "--new", "--yes")

    said = brief("accept", "anna-rechnung")

    assert f"let the message {codes['auch']} of carl@third.example in" in said
    assert brief("accept", "anna-rechnung", ends=2) == (
        "brief: nothing of anna-rechnung is held or suspected: there is nothing to let in\n"
    )


@pytest.mark.parametrize("new", [(), ("--new",)])
def test_a_mail_that_may_be_forged_is_not_let_in_unasked(
    brief: Brief, codes: dict[str, str], new: tuple[str, ...]
) -> None:
    doubt = (
        f"the mail {codes['Konto']} may be forged: it says that anna@kunde.example wrote it, but nobody has signed it"
    )
    for more in ((), ("--json",)):
        assert brief("accept", codes["Konto"], *new, *more, ends=2) == f"brief: {doubt}; --yes does it all the same\n"

    assert doubt in brief("accept", codes["Konto"], *new, "--yes")


@pytest.mark.parametrize("yes", [True, False])
def test_on_a_terminal_it_is_asked_about(
    brief: Brief, codes: dict[str, str], answering: Callable[[bool], list[str]], yes: bool
) -> None:
    asked = answering(yes)

    said = brief("accept", codes["Konto"], ends=0 if yes else 1)

    assert asked == ["Let it in all the same?"]
    assert ("let the message" in said, "nothing was changed" in said) == (yes, not yes)
    assert "may be forged" in said


def test_of_a_mail_that_is_in_already_nothing_is_asked(
    brief: Brief, codes: dict[str, str], answering: Callable[[bool], list[str]]
) -> None:
    brief("accept", codes["Konto"], "--yes")
    asked = answering(True)
    in_already = f"brief: the message {codes['Konto']} is not held: it stands in its conversation already\n"
    for new in ((), ("--new",), ("--yes",)):
        assert brief("accept", codes["Konto"], *new, ends=2) == in_already
    assert asked == []


def test_who_links_two_addresses_reads_which_held_mail_may_be_forged(brief: Brief, codes: dict[str, str]) -> None:
    brief("customer", "link", "anna@kunde.example", "carl@third.example", "--yes")
    for _ in range(2):
        said = brief("customer", "link", "carl@third.example", "anna@kunde.example")
        assert f"the mail {codes['Konto']} of anna@kunde.example, which may be forged, came before that" in said
    said = brief("customer", "link", "anna@kunde.example", "carl@third.example")
    assert f"the mail {codes['auch']} of carl@third.example came before that" in said


def test_what_is_held_goes_to_no_third_party(brief: Brief, codes: dict[str, str]) -> None:
    asks = ("forward", "anna-rechnung", "--to", "x@third.example", "-m", "Was meint ihr?")
    said = brief(*asks, "--message", codes["auch"], ends=2)
    assert said.startswith(
        f"brief: the message {codes['auch']} is held: it is not part of anna-rechnung yet; `brief accept "
    )


def test_two_who_are_called_otherwise_are_not_linked_unasked(brief: Brief, codes: dict[str, str]) -> None:
    pair = ("customer", "link", "anna@kunde.example", "carl@third.example")
    assert brief(*pair, ends=2) == (
        "brief: anna@kunde.example is Anna Beispiel, and carl@third.example is Carl Dritt; --yes does it all the same\n"
    )

    said = brief(*pair, "--yes")

    assert "are one person's: Anna Beispiel and Carl Dritt" in said
    assert f"the mail {codes['auch']} of carl@third.example came before that, and is still held" in said
    now = "carl@third.example took no part in it when it came, and does only since"
    assert now in " ".join(brief("why", codes["auch"]).split())
    assert now in brief("show", "anna-rechnung", "--json")
    brief("undo")
    assert "carl@third.example takes no part in it" in " ".join(brief("why", codes["auch"]).split())


def test_who_makes_one_of_two_customers_conversations_reads_who_gets_the_answer(brief: Brief) -> None:
    said = brief("merge", "bernd-umzug", "anna-rechnung")
    assert "two customers': the next answer goes to both, anna@kunde.example and bernd@other.example; " in said
    assert "`brief undo anna-rechnung` or `brief split anna-rechnung CODE` parts them" in said
    brief("undo")
    said = brief("merge", "anna-rechnung", "bernd-umzug")
    assert "the next answer goes to bernd@other.example, and to anna@kunde.example once they write again; " in said
    brief("undo")
    row = json.loads(brief("merge", "anna-rechnung", "bernd-umzug", "--json"))
    assert (row["other_customer"], row["answer_goes_to"]) == ("anna@kunde.example", ["bernd@other.example"])


def test_what_is_split_from_a_closed_conversation_is_said_to_be_closed(
    brief: Brief, codes: dict[str, str], tmp_path: Path
) -> None:
    brief("accept", codes["auch"])
    brief("close", "anna-rechnung")

    said = brief("split", "anna-rechnung", codes["auch"])

    with changed(tmp_path) as session:
        own = session.scalar(
            select(ConversationRow.handle).join(MessageRow).where(MessageRow.code == codes["auch"])
        )  # fmt: skip
    assert f"; it is closed, as anna-rechnung is: `brief reopen {own}` opens it" in said
    brief("undo")
    brief("reopen", "anna-rechnung")
    assert "closed" not in brief("split", "anna-rechnung", codes["auch"])


def test_where_nothing_can_be_taken_back_of_a_conversation_it_is_named(brief: Brief) -> None:
    assert brief("undo", "bernd", ends=1).startswith(
        "brief: you did nothing to bernd-umzug in the last days that could"
    )


def test_the_head_of_a_letter_says_that_it_is_held_or_forged_even_where_it_is_narrow(
    brief: Brief, codes: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "48")  # as narrow as it gets with a mail of yesterday: after midnight
    heads = {each.split()[-1]: each for each in brief("show", "anna-rechnung").splitlines() if each.startswith("▎")}
    assert heads[codes["sie"]].startswith("▎ Anna")
    assert heads[codes["auch"]].startswith("▎ held · ")
    assert heads[codes["Konto"]].startswith("▎ forged · held · ")


def test_the_list_of_customers_counts_what_each_of_them_shows(brief: Brief, codes: dict[str, str]) -> None:
    brief("accept", codes["auch"])  # Carl takes part in Anna's, and has one of his own
    brief("mail", "import", "archive")
    for each in map(json.loads, brief("customer", "list", "--json").splitlines()):
        shown = json.loads(brief("customer", "show", each["address"], "--json"))
        assert each["conversations"] == len(shown["conversations"]) + shown["more_conversations"] > 0


def test_who_splits_reads_what_went_and_what_answers_it_and_stays(
    brief: Brief, tmp_path: Path, a_mail: Callable[..., bytes]
) -> None:
    dora, ours = "Dora <dora@kunde.example>", "support@localhost"
    mails = {
        "one": a_mail(dora, subject="Domain", message_id="<one@kunde.example>", text="eins"),
        "two": a_mail(dora, in_reply_to="<one@kunde.example>", message_id="<two@kunde.example>", text="zwei"),
        "three": a_mail(ours, dora, in_reply_to="<two@kunde.example>", message_id="<three@localhost>", text="drei"),
    }
    for name, raw in mails.items():
        (tmp_path / f"{name}.eml").write_bytes(raw)
    brief("mail", "import", *(f"{name}.eml" for name in mails))
    with changed(tmp_path) as session:
        codes = dict(session.execute(select(MessageRow.text, MessageRow.code)).all())
    two, three = codes["zwei"], codes["drei"]

    said = brief("split", "dora-domain", two)

    assert said.startswith("dora-rechnung now holds 1 message of dora-domain: " + two)
    left = (
        f"; in dora-domain stays what answers it: {three} (`brief undo`, and again with --with-answers, takes it along)"
    )
    assert said.rstrip().endswith(left)
    brief("undo")
    assert f"{two}, {three}\n" in brief("split", "dora-domain", two, "--with-answers")


def test_what_is_neither_a_conversation_nor_a_message_is_said_to_be_neither(brief: Brief) -> None:
    for command in ("accept", "why"):
        said = brief(command, "zzzz", ends=1)
        assert said.startswith("brief: no conversation is called 'zzzz', and no message has that code; ")
    assert "no message" not in brief("show", "zzzz", ends=1)
    for command in ("show", "why"):
        assert brief(command, "x@y.example", ends=1).startswith(
            "brief: nobody with the address 'x@y.example' takes part"
        )


def test_who_changes_something_reads_what_and_whom_it_touches(brief: Brief, codes: dict[str, str]) -> None:
    both = brief("merge", "bernd-umzug", "anna-rechnung")
    assert both.startswith(
        "anna-rechnung now holds what bernd-umzug held, 2 mails in all; later mails to either come there"
    )
    brief("undo")
    assert "of carl@third.example in, who takes part from now on\n" in brief("accept", codes["auch"])
    assert "takes part" not in brief("accept", codes["Konto"], "--yes")
    assert "bernd-umzug is now high; an answer is due " in brief("priority", "bernd-umzug", "high")


def test_what_is_no_address_is_told_before_a_question_is_asked_for(
    brief: Brief, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.delenv("EDITOR", raising=False)

    assert "'xx'" in brief("forward", "anna-rechnung", "--to", "xx", ends=2)
    assert "-m TEXT or -F FILE" in brief("forward", "anna-rechnung", "--to", "xx@y.example", ends=1)


def test_an_import_of_nothing_new_says_no_rate(brief: Brief) -> None:
    assert brief("mail", "import", "archive").endswith("0 mails taken in, 4 were there already, 2 held for consent\n")


def test_a_path_that_is_not_there_is_said_without_the_words_of_the_system(brief: Brief, tmp_path: Path) -> None:
    assert brief("mail", "import", "nowhere.eml", ends=2) == "brief: nowhere.eml cannot be read: it is not there\n"
