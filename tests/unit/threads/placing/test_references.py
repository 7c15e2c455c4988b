import base64
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage.ids import uuid7
from threads.model import InboundMail
from threads.placing.known import Known, KnownGhost, KnownMessage
from threads.placing.references import (
    MOST_NEAR,
    exchange_header,
    exchange_root,
    is_telling,
    referred_to,
    traces,
    unseen,
)

Written = Callable[..., InboundMail]
ROOT = bytes(range(1, 23))
REPLY = ROOT + b"\x00\x01\x02\x03\x04"


def indexed(index: bytes | str) -> tuple[tuple[str, str], ...]:
    return (("thread-index", index if isinstance(index, str) else base64.b64encode(index).decode()),)


def test_all_mails_of_an_exchange_conversation_share_its_root(written: Written) -> None:
    first, reply = (exchange_root(written(headers=indexed(each))) for each in (ROOT, REPLY))
    assert first == reply == f"<{ROOT.hex()}@thread-index>"


def test_our_answer_stays_in_the_exchange_conversation(written: Written) -> None:
    [(name, value)] = exchange_header(exchange_root(written(headers=indexed(REPLY))))
    assert exchange_root(written(headers=((name.lower(), value),))) == exchange_root(written(headers=indexed(ROOT)))
    assert exchange_header(None) == exchange_header("<x\r\nBcc: all@example.org@thread-index>") == ()


@pytest.mark.parametrize("index", ["", "no base64 !", base64.b64encode(b"short").decode(), "A" * 44, "ä" * 40])
def test_what_is_no_thread_index_is_none(written: Written, index: str) -> None:
    assert exchange_root(written(headers=indexed(index))) is None


@given(index=st.text(max_size=200))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])  # `written` keeps nothing
def test_no_thread_index_raises(written: Written, index: str) -> None:
    exchange_root(written(headers=indexed(index)))


def test_the_nearest_mail_comes_first(written: Written) -> None:
    mail = written(in_reply_to=("<c@x>",), references=("<a@x>", "<b@x>", "<c@x>"))
    assert referred_to(mail) == ("<c@x>", "<b@x>", "<a@x>")


def test_of_ten_thousand_references_the_first_and_the_newest_are_looked_at(written: Written) -> None:
    references = tuple(f"<{number}@x>" for number in range(10_000))
    found = referred_to(written(references=references))
    assert len(found) == MOST_NEAR + 1
    assert (found[0], found[-1]) == ("<9999@x>", "<0@x>")


def test_what_was_seen_is_no_ghost(written: Written) -> None:
    here = uuid7()
    known = Known(messages=(KnownMessage("<seen@x>", here, "a"),), ghosts=(KnownGhost("<there@x>", here),))
    mail = written(in_reply_to=("<seen@x>",), references=("<there@x>", "<new@x>", "<seen@x>"), headers=indexed(ROOT))
    assert unseen(mail, known, here) == ("<new@x>", f"<{ROOT.hex()}@thread-index>")


def test_a_word_in_place_of_an_id_tells_little() -> None:
    assert is_telling("<a@b>")
    assert not is_telling("<yes>")


def test_a_mail_that_names_nothing_leaves_no_trace(written: Written) -> None:
    assert traces(written(in_reply_to=("<>", "none", " "), references=("<null>",))) == ()
