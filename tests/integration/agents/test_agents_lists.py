"""What agents find: the inbox, searches, handles, reasons, and who acts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event, text

from storage.errors import NotThere, WrongUse
from threads.agents import Login
from threads.arrive import Recorded

Arrives = Callable[..., Recorded]


def handles(rows: list[dict[str, Any]]) -> list[str]:
    return [row["handle"] for row in rows]


def some_conversations(desk: Any, arrives: Arrives, a_mail: Any) -> dict[str, str]:
    """Five conversations by what they are about; the priorities differ, one waits, one is closed."""
    made = {
        subject: arrives(a_mail(subject=subject, author=f"{subject} <{subject.lower()}@example.com>")).handle
        for subject in ("Alpha", "Beta", "Gamma", "Delta", "Epsilon")
    }
    desk.priority(made["Gamma"], "critical", "steht")
    desk.priority(made["Beta"], "low", "irgendwann")
    desk.reply(made["Delta"], "Erledigt?")
    desk.close_conversation(made["Epsilon"])
    return made


def test_the_inbox_is_in_order_of_priority_and_then_of_when_an_answer_is_due(
    desk: Any, arrives: Arrives, a_mail: Any
) -> None:
    made = some_conversations(desk, arrives, a_mail)
    newer = arrives(a_mail(subject="Zeta")).handle

    assert handles(desk.inbox()) == [made["Gamma"], made["Alpha"], newer, made["Beta"]]
    assert handles(desk.inbox(status="waiting")) == [made["Delta"]]
    assert handles(desk.inbox(everything=True))[-2:] == [made["Delta"], made["Epsilon"]]


@pytest.mark.parametrize("size", [1, 2, 3])
def test_pages_put_together_are_the_whole_list(desk: Any, arrives: Arrives, a_mail: Any, size: int) -> None:
    some_conversations(desk, arrives, a_mail)
    whole = handles(desk.inbox(everything=True))

    pages: list[str] = []
    while page := handles(desk.inbox(everything=True, limit=size, after=pages[-1] if pages else "")):
        pages += page

    assert pages == whole


def test_the_inbox_can_be_ones_own_or_of_one_mailbox(desk: Any, arrives: Arrives, a_mail: Any) -> None:
    made = some_conversations(desk, arrives, a_mail)
    desk.take(made["Beta"])

    assert handles(desk.inbox(mine=True)) == [made["Beta"]]
    assert handles(desk.acting_as("ben").inbox(mine=True)) == []
    assert len(desk.inbox(mailbox="Support@localhost")) == 3
    with pytest.raises(WrongUse, match=r"'other@localhost'; there is support@localhost"):
        desk.inbox(mailbox="other@localhost")


def test_a_held_message_beside_a_closed_conversation_is_not_hidden_by_a_full_page(
    desk: Any, arrives: Arrives, a_mail: Any
) -> None:
    made = some_conversations(desk, arrives, a_mail)
    with desk.database.writing() as session:
        session.execute(
            text(
                "UPDATE message SET held = true WHERE conversation_id = (SELECT id FROM conversation WHERE handle = :h)"
            ),
            {"h": made["Epsilon"]},
        )

    assert handles(desk.inbox(limit=2)) == [made["Gamma"], made["Epsilon"]]
    assert handles(desk.inbox(limit=9, after=made["Epsilon"])) == [made["Alpha"], made["Beta"]]
    assert [desk.remaining(made[name]) for name in ("Gamma", "Epsilon", "Alpha", "Beta")] == [3, 2, 1, 0]


def test_a_search_finds_words_beginnings_umlauts_names_addresses_and_handles(
    desk: Any, arrives: Arrives, a_mail: Any
) -> None:
    handle = arrives(
        a_mail(
            author="Jörg Groß <joerg@grosz.example>", subject="Rechnungsadresse", text="Die Straße heißt jetzt anders."
        )
    ).handle
    arrives(a_mail(subject="Anderes", text="Der Server steht."))

    for query in ("strasse", "STRASSE", "Straße heißt", "rechnungsadr", "jörg", "groß", "joerg@grosz", handle[:6]):
        assert handles(desk.search(query)) == [handle], query
    assert desk.search("strasse server") == []
    assert desk.search("gibtesnicht") == []


def test_a_search_gives_the_newest_first_a_page_at_a_time(desk: Any, arrives: Arrives, a_mail: Any) -> None:
    made = [arrives(a_mail(subject=f"Umzug {name}")).handle for name in ("Aachen", "Bonn", "Celle")]

    first = handles(desk.search("umzug", limit=2))

    assert first == [made[2], made[1]]
    assert handles(desk.search("umzug", limit=2, after=first[-1])) == [made[0]]


def test_answers_and_notes_are_found_by_their_words_too(desk: Any, arrives: Arrives, a_mail: Any) -> None:
    handle = arrives(a_mail()).handle
    desk.note(handle, "Kundin ruft wegen Zahlungsziel an")
    desk.reply(handle, "Wir haben die Kulanz geprüft.")

    assert handles(desk.search("zahlungsziel")) == handles(desk.search("kulanz")) == [handle]


@pytest.mark.parametrize("query", ["", "   ", "!!!", "%", "' OR 1=1 --", "\x00", "x" * 5000])
def test_no_query_breaks_a_search(desk: Any, arrives: Arrives, a_mail: Any, query: str) -> None:
    arrives(a_mail())

    if query.strip():
        assert desk.search(query) == []
    else:
        with pytest.raises(WrongUse, match="what is to be searched for"):
            desk.search(query)


def test_lists_and_searches_read_along_indexes(desk: Any, arrives: Arrives, a_mail: Any) -> None:
    arrives(a_mail())
    seen: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        seen.append((statement, values))

    event.listen(desk.database.engine, "before_cursor_execute", note)
    desk.search("rechnung frage")
    desk.inbox()
    event.remove(desk.database.engine, "before_cursor_execute", note)
    explain = "EXPLAIN QUERY PLAN" if desk.database.is_sqlite else "EXPLAIN"
    with desk.database.reading() as session:
        connection = session.connection()
        if not desk.database.is_sqlite:
            connection.exec_driver_sql("SET enable_seqscan = off")  # tables as small as these would be scanned anyway
        plans = [
            str(row[-1] if desk.database.is_sqlite else row[0])
            for statement, values in seen
            if statement.startswith("SELECT")
            for row in connection.exec_driver_sql(f"{explain} {statement}", values)
        ]

    assert plans
    scans = [
        plan for plan in plans if "Seq Scan" in plan or (plan.startswith("SCAN") and "ix_message_held" not in plan)
    ]
    assert not [plan for plan in scans if "agent" not in plan and "calendar" not in plan]  # both have a few rows


def test_a_name_is_an_exact_handle_or_a_beginning_or_an_address(desk: Any, arrives: Arrives, a_mail: Any) -> None:
    one = arrives(a_mail(subject="Rechnung")).handle
    other = arrives(a_mail(subject="Rechnungskopie")).handle
    assert (one, other) == ("anna-rechnung", "anna-rechnungskopie")

    assert handles(desk.show("anna-rechnung")) == [one]
    assert handles(desk.show("anna-rechnungs")) == [other]
    assert sorted(handles(desk.show("anna"))) == [one, other]
    assert sorted(handles(desk.show("anna@example.com"))) == [one, other]
    assert sorted(handles(desk.why("anna"))) == [one, other]
    assert sorted(handles(desk.suggest("anna"))) == [one, other]
    with pytest.raises(WrongUse, match="anna-rechnung, anna-rechnungskopie"):
        desk.close_conversation("anna")
    desk.close_conversation(other)
    assert desk.take("Anna@Example.com")["handle"] == one


@pytest.mark.parametrize("name", ["", "nobody", "x@y.example", "%", "\x00", "\ud800"])
def test_a_name_that_fits_nothing_is_not_there(desk: Any, arrives: Arrives, a_mail: Any, name: str) -> None:
    arrives(a_mail())
    said = "nobody with the address 'x@y.example'" if "@" in name else "no conversation is called"

    for act in (desk.show, desk.close_conversation, desk.why):
        with pytest.raises(NotThere, match=said):
            act(name)


def test_why_names_priority_place_and_kind_in_a_sentence_each(desk: Any, arrives: Arrives, a_mail: Any) -> None:
    handle = arrives(a_mail()).handle
    desk.priority(handle, "high", "ihr Laden steht")

    reasons = desk.why(handle)

    assert {"priority", "message", "kind"} <= {reason["about"] for reason in reasons}
    assert any("ihr Laden steht" in reason["because"] for reason in reasons)
    assert all(reason["decided"] for reason in reasons)
    assert "acknowledgement" in {reason["decided"] for reason in reasons}
    assert len({reason["because"] for reason in reasons}) == len(reasons)
    [code] = {reason["code"] for reason in reasons if reason["about"] == "kind" and reason["decided"] == "person"}
    assert {reason.get("code", code) for reason in desk.why(code)} == {code}


def test_show_has_the_shape_of_the_contract(desk: Any, arrives: Arrives, a_mail: Any) -> None:
    handle = arrives(a_mail()).handle

    [shown] = desk.show(handle)

    assert {"handle", "conversation", "customer", "subject", "status", "priority", "assignee", "due_at", "waiting_since",
            "messages", "participants", "timeline", "suggestions"} <= set(shown)  # fmt: skip
    assert all({"at", "kind"} <= set(entry) for entry in shown["timeline"])
    assert shown["messages"] == 1


# ---- who acts


def test_a_named_agent_acts_and_an_unknown_one_is_refused_everywhere(desk: Any, arrives: Arrives, a_mail: Any) -> None:
    handle = arrives(a_mail()).handle

    assert desk.acting_as("ben").take(handle)["assignee"] == "ben"
    carl = desk.acting_as("carl")
    for act, arguments in ((carl.inbox, ()), (carl.take, (handle,))):
        with pytest.raises(WrongUse, match="no agent is called 'carl'"):
            act(*arguments)


def test_without_a_name_the_login_decides_and_then_there_must_be_only_one(desk: Any) -> None:
    desk.wanted = None
    with pytest.raises(WrongUse, match=r"who are you.*ben, lena"):
        desk.me()

    desk.add_agent("lk", login="lk")
    assert desk.me() == "lk"

    desk.user = Login("somebody-else")
    desk.disable_agent("lk")
    desk.disable_agent("ben")
    assert desk.me() == "lena"


def test_a_desk_without_agents_makes_its_first_one_of_the_user(
    database: Any, policy: Any, tmp_path: Any, clock: Any
) -> None:
    from service.desk import Desk

    desk = Desk(database, lambda: policy, data=tmp_path, user=Login("Jörg.K!", "Jörg K"), clock=clock)

    assert desk.me() == "jrg.k"
    assert [(row["id"], row["name"], row["login"]) for row in desk.agents()] == [("jrg.k", "Jörg K", "Jörg.K!")]


@pytest.mark.parametrize("agent_id", ["", "Ä", "-x", "a b", "x" * 33, "../x"])
def test_an_agent_that_cannot_be_is_refused(desk: Any, agent_id: str) -> None:
    with pytest.raises(WrongUse, match="cannot be an agent's ID"):
        desk.add_agent(agent_id)


def test_what_is_taken_is_not_given_twice(desk: Any) -> None:
    desk.add_agent("carl", login="carl")

    with pytest.raises(WrongUse, match="already"):
        desk.add_agent("carl")
    with pytest.raises(WrongUse, match="belongs to the agent carl"):
        desk.add_agent("dora", login="carl")
    with pytest.raises(WrongUse, match="no mail address"):
        desk.add_agent("dora", email="not an address")


def test_a_disabled_agent_can_be_let_in_again(desk: Any) -> None:
    desk.disable_agent("ben")
    with pytest.raises(WrongUse, match="disabled"):
        desk.acting_as("ben").me()

    assert desk.add_agent("ben")["name"] == "Ben Otto"
    assert desk.acting_as("ben").me() == "ben"


def test_an_agents_address_can_be_given_later_and_taken_away(desk: Any) -> None:
    desk.add_agent("carl", name="Carl Ott", login="carl")
    assert desk.change_agent("carl", email="Carl@Desk.example")["email"] == "carl@desk.example"
    row = desk.change_agent("carl", email="", login="")
    assert (row["name"], row["email"], row["login"]) == ("Carl Ott", "", None)
    assert desk.change_agent("carl", name=" Carl  Otto ")["name"] == "Carl Otto"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, "what is to change"),
        ({"email": "not an address"}, "no mail address"),
        ({"name": "C" * 101}, "at most 100"),
        ({"login": "dora"}, "belongs to the agent dora"),
    ],
)
def test_what_an_agent_cannot_become_is_refused(desk: Any, changed: dict[str, str], said: str) -> None:
    desk.add_agent("carl", email="carl@desk.example")
    desk.add_agent("dora", login="dora")
    with pytest.raises(WrongUse, match=said):
        desk.change_agent("carl", **changed)
    with pytest.raises(WrongUse, match="no agent is called 'emil'"):
        desk.change_agent("emil", name="Emil")


def test_a_disabled_agent_is_not_taken_for_the_only_other_one(desk: Any) -> None:
    desk.add_agent("dora", login="dora")
    desk.disable_agent("dora")
    desk.disable_agent("ben")
    desk.user, desk.wanted = Login("dora"), None
    with pytest.raises(WrongUse, match="dora is disabled"):
        desk.me()


def test_the_desk_keeps_nothing_open_between_two_calls(desk: Any) -> None:
    desk.inbox()

    with desk.database.writing() as session:
        session.execute(text("SELECT 1"))
