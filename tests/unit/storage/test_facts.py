"""Facts about the desk as a whole."""

from __future__ import annotations

from storage.database import Database
from storage.facts import fact_once, get_fact, set_fact


def test_a_fact_is_remembered_and_replaced(database: Database) -> None:
    with database.writing() as session:
        assert get_fact(session, "colour") is None
        set_fact(session, "colour", "red")
        set_fact(session, "colour", "blue")
    with database.reading() as session:
        assert get_fact(session, "colour") == "blue"


def test_of_two_who_decide_a_fact_the_first_one_does(database: Database) -> None:
    with database.writing() as session:
        assert fact_once(session, "keys", "mine") == "mine"
    with database.writing() as session:
        assert fact_once(session, "keys", "yours") == "mine"
