"""Which folders of an account are brought in: by their flags, or else by their names."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgateway.sources.imap_folders import Folder, Use, choices, used


def folders(*named: str | tuple[str, str], delimiter: str = "/") -> list[Folder]:
    pairs = [(each, "") if isinstance(each, str) else each for each in named]
    return [Folder(name, frozenset(flags.lower().split()), delimiter) for name, flags in pairs]


def taken(*named: str | tuple[str, str], delimiter: str = "/", all_is_all: bool = False) -> list[str]:
    chosen = choices(folders(*named, delimiter=delimiter), all_is_all=all_is_all)
    return [each.folder.name for each in chosen if each.taken]


def test_all_but_trash_junk_and_drafts_is_taken_by_their_flags() -> None:
    assert taken(
        "INBOX", "Kunden", ("Weg", "\\Trash"), ("Müll", "\\Junk"), ("Halb fertig", "\\Drafts"), ("Raus", "\\Sent")
    ) == ["INBOX", "Kunden", "Raus"]


@pytest.mark.parametrize(
    ("name", "use"),
    [
        ("Papierkorb", Use.TRASH),
        ("Gelöschte Objekte", Use.TRASH),
        (unicodedata.normalize("NFD", "Gelöschte Elemente"), Use.TRASH),
        ("Spam", Use.JUNK),
        ("Junk-E-Mail", Use.JUNK),
        ("Entwürfe", Use.DRAFTS),
        ("Gesendet", Use.SENT),
        ("Gesendete Objekte", Use.SENT),
        ("Sent Items", Use.SENT),
        ("INBOX/Entwürfe", Use.DRAFTS),
        ("[Gmail]/Spam", Use.JUNK),
    ],
)
def test_where_no_flag_says_it_the_name_does(name: str, use: Use) -> None:
    assert used(folders("INBOX", name)) == {name: use}
    assert taken("INBOX", name) == (["INBOX", name] if use is Use.SENT else ["INBOX"])


def test_a_name_says_nothing_where_a_flag_names_another_folder() -> None:
    assert taken("INBOX", "Spam", ("Müll", "\\Junk")) == ["INBOX", "Spam"]


def test_a_name_further_below_says_nothing() -> None:
    assert taken("INBOX", "Kunden/Spam", "Kunden/Entwürfe") == ["INBOX", "Kunden/Spam", "Kunden/Entwürfe"]


def test_what_lies_below_a_folder_that_is_left_is_left_too() -> None:
    assert taken("INBOX", "Papierkorb", "Papierkorb/2024", "Papierkorb/2024/Mai", "Papierkorbleerung") == [
        "INBOX",
        "Papierkorbleerung",
    ]
    assert taken("INBOX", "INBOX.Trash", "INBOX.Trash.Alt", delimiter=".") == ["INBOX"]


def test_what_cannot_hold_mail_is_not_named() -> None:
    assert taken("INBOX", ("[Gmail]", "\\Noselect \\HasChildren"), ("Fort", "\\NonExistent")) == ["INBOX"]


def test_the_mails_behind_many_labels_are_fetched_once() -> None:
    gmail = (
        "INBOX", "Kunden", ("[Gmail]", "\\Noselect"), ("[Gmail]/Alle Nachrichten", "\\All"),
        ("[Gmail]/Gesendet", "\\Sent"), ("[Gmail]/Papierkorb", "\\Trash"), ("[Gmail]/Spam", "\\Junk"),
    )  # fmt: skip
    assert taken(*gmail, all_is_all=True) == ["[Gmail]/Alle Nachrichten"]
    assert taken(*gmail) == ["INBOX", "Kunden", "[Gmail]/Alle Nachrichten", "[Gmail]/Gesendet"]
    assert taken("INBOX", "Kunden", all_is_all=True) == ["INBOX", "Kunden"]


@given(
    st.lists(
        st.builds(
            Folder,
            st.text(alphabet="ab/.Spam Ü", max_size=12),
            st.frozensets(st.sampled_from(["\\sent", "\\trash", "\\all", "\\noselect", "\\odd"])),
            st.sampled_from(["/", ".", ""]),
        ),
        max_size=8,
    ),
    st.booleans(),
)
def test_each_folder_that_can_hold_mail_has_a_choice_with_its_reason(listed: list[Folder], all_is_all: bool) -> None:
    found = choices(listed, all_is_all=all_is_all)
    assert [each.folder for each in found] == [each for each in listed if each.selectable]
    assert all(each.because for each in found)
