from hypothesis import given
from hypothesis import strategies as st

from threads.model import Mailbox
from threads.tokens import new_code, new_message_id, new_token, opaque_id, opaque_ids, reply_address, token_in


def test_a_token_survives_its_address_in_any_letter_case() -> None:
    token = new_token()
    address = reply_address("support@desk.example", token)
    assert token_in(address, ["support@desk.example"]) == token
    assert token_in(address.upper(), [Mailbox("Support@Desk.example")]) == token


def test_tokens_and_ids_are_never_the_same_twice() -> None:
    assert len({new_token() for _ in range(500)} | {new_message_id("x") for _ in range(500)}) == 1000
    assert len({new_code() for _ in range(200)}) == 200


def test_an_address_of_another_mailbox_or_with_a_word_of_its_own_holds_no_token() -> None:
    assert token_in(f"support+{new_token()}@elsewhere.example", ["support@desk.example"]) is None
    assert token_in("support+newsletter@desk.example", ["support@desk.example"]) is None
    assert token_in("support@desk.example", ["support@desk.example"]) is None


def test_a_local_part_never_grows_beyond_64_octets() -> None:
    assert reply_address("a" * 47 + "@desk.example", new_token()).index("@") == 64
    assert reply_address("a" * 48 + "@desk.example", new_token()) == ""


def test_ids_are_opaque_in_brackets_or_not() -> None:
    assert opaque_id(" abc123@example.com ") == opaque_id("<abc123@example.com>") == "<abc123@example.com>"
    assert opaque_id("<a@@b>") == "<a@@b>"


def test_an_empty_or_placeholder_id_is_none() -> None:
    for nothing in (None, "", "<>", "< >", "<@>", "null", "<null@null>", "<undefined>", "x" * 2000):
        assert opaque_id(nothing) is None


@given(st.text(max_size=80))
def test_any_text_as_an_address_or_id_is_borne(text: str) -> None:
    token_in(text, ["support@desk.example"])
    assert len(opaque_ids([text, text])) <= 1
