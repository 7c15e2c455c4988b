"""What a third party gets to see, and what their answer does to the conversation that they were asked about."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.errors import WrongUse
from storage.ids import uuid7
from storage.tables import MessageRow
from threads.aside.forwarding import HIDDEN, enclosed_of, refuse_files, without, without_reply_addresses
from threads.aside.sides import answered_aside
from threads.conversation import State
from threads.model import Priority, Status
from threads.tokens import new_token

ADDRESS = st.from_regex(r"[a-z0-9.+_-]{1,12}@[a-z0-9]{1,12}\.example", fullmatch=True)


@pytest.fixture
def state(now: datetime) -> State:
    """A conversation whose customer was told that somebody else is asked."""
    return State(Status.WAITING, Priority.NORMAL, "", "", "lena", None, None, None, None)


@pytest.mark.parametrize("status", [Status.WAITING, Status.SNOOZED])
def test_what_waited_for_the_answer_comes_back_and_the_customer_waits_for_us_from_then_on(
    state: State, now: datetime, status: Status
) -> None:
    due_at = now + timedelta(hours=8)
    change = answered_aside(replace(state, status=status, snoozed_until=now), "Ben", "ben-domain", now, due_at)
    assert change.fields == {"status": Status.OPEN, "snoozed_until": None, "waiting_since": now, "due_at": due_at}
    assert change.because == f"Ben answered in ben-domain, so it is open again (it was {status.value})"


@pytest.mark.parametrize("status", [Status.OPEN, Status.CLOSED, Status.SUSPECTED])
def test_what_is_open_or_closed_stays_as_it_is_and_says_that_an_answer_came(
    state: State, now: datetime, status: Status
) -> None:
    change = answered_aside(replace(state, status=status), "Ben", "ben-domain", now, now)
    assert (change.fields, change.because) == ({}, "Ben answered in ben-domain")


def test_who_waits_already_goes_on_waiting_since_then(state: State, now: datetime) -> None:
    since = now - timedelta(days=1)
    change = answered_aside(replace(state, waiting_since=since), "Ben", "ben-domain", now, now)
    assert change.fields["waiting_since"] == since


@given(address=ADDRESS, before=st.text(max_size=30), after=st.text(max_size=30))
def test_an_address_cannot_be_read_however_it_is_spelt(address: str, before: str, after: str) -> None:
    for spelt in (address, address.upper(), address.title()):
        shown = without(f"{before}{spelt}{after}", [address, "other@x.example"])
        assert address not in shown.lower()
        assert HIDDEN in shown
    assert without(before, []) == before


@given(before=st.text(max_size=30))
def test_a_reply_address_leads_nowhere_once_its_token_is_gone(before: str) -> None:
    token = new_token()
    text = f"{before} Support+{token.upper()}@desk.example, info+{token}@desk.example"
    shown = without_reply_addresses(text, ["support@desk.example"])
    assert "Support@desk.example" in shown
    assert shown.endswith(f"info+{token}@desk.example")  # no mailbox of ours


def test_files_go_along_from_where_they_came_and_none_with_a_virus() -> None:
    raw, earlier = uuid7(), uuid7()
    file = {"name": "a.pdf", "type": "application/pdf", "size": 3, "part": 2}
    message = MessageRow(code="k3x9q2m", raw_id=raw, virus="", attachments=[file, {**file, "raw": str(earlier)}])
    assert [(each.raw_id, each.part) for each in enclosed_of(message)] == [(str(raw), 2), (str(earlier), 2)]
    refuse_files(message, [])
    message.virus = "Eicar"
    with pytest.raises(WrongUse, match="Eicar was found"):
        refuse_files(message, [])


def test_who_wants_files_of_a_mail_without_any_hears_which_other_has_some() -> None:
    none = MessageRow(code="k3x9q2m", virus="", attachments=[])
    file = {"name": "a.pdf", "type": "application/pdf", "size": 3, "part": 2}
    ill, well = (
        MessageRow(code=code, raw_id=uuid7(), virus=virus, kind="person", attachments=[file])
        for code, virus in (("aaaaaaa", "Eicar"), ("bbbbbbb", ""))
    )
    with pytest.raises(
        WrongUse, match="has no attachment; bbbbbbb has: name that one with --message bbbbbbb, or leave"
    ):
        refuse_files(none, [none, ill, well])
    with pytest.raises(WrongUse, match="has no attachment; leave --with-attachments out"):
        refuse_files(none, [none, ill])
