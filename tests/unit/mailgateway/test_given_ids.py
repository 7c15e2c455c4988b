"""Message-IDs that a relay's answer names in place of ours."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgateway.transports.given_ids import given_ids
from threads.tokens import opaque_id

NUMBER = "0102018f5c3a9d1e-7b1c2d3e-4f50-6172-8394-a5b6c7d8e9f0-000000"
OURS = "<abc@example.org>"


@pytest.mark.parametrize(
    ("host", "ids"),
    [
        ("email-smtp.eu-west-1.amazonaws.com", ["eu-west-1.amazonses.com", "email.amazonses.com"]),
        ("email-smtp-fips.us-gov-west-1.amazonaws.com", ["us-gov-west-1.amazonses.com", "email.amazonses.com"]),
        ("vpce-1-2.email-smtp.ap-southeast-2.vpce.amazonaws.com", ["ap-southeast-2.amazonses.com", "email.amazonses.com"]),
        ("email-smtp.us-east-1.amazonaws.com", ["email.amazonses.com"]),
        ("relay.example.org", ["email.amazonses.com"]),
    ],
)  # fmt: skip
def test_amazon_names_a_number_which_bears_its_region(host: str, ids: list[str]) -> None:
    assert given_ids(f"250 Ok {NUMBER}", host) == tuple(f"<{NUMBER}@{each}>" for each in ids)
    assert given_ids(f"Ok {NUMBER}", host) == given_ids(f"250 Ok {NUMBER}", host)


def test_exchange_names_the_id_in_brackets() -> None:
    named = "<AM0PR05MB1234ABCD@AM0PR05MB1234.eurprd05.prod.outlook.com>"
    said = f"2.6.0 {named} [InternalId=123, Hostname=AM0PR05MB1234.eurprd05.prod.outlook.com] 9 bytes Queued mail for delivery"
    assert given_ids(said, "smtp.office365.com", own=[OURS]) == (named,)


@pytest.mark.parametrize(
    "said",
    [
        "",
        "2.0.0 Ok: queued as 4F2B31C0A5",
        "2.0.0 OK  1732272000 a1-20020a05600c0000b0043 - gsmtp",
        f"2.6.0 {OURS} Queued mail for delivery",
        "2.1.5 <anna@kundin.example> delivered",
        "Ok 12345",
        "2.0.0 <> Ok",
        "a <b c@d> e",
    ],
)
def test_most_relays_name_no_id_of_their_own(said: str) -> None:
    assert given_ids(said, "relay.example.org", own=[OURS, "Anna@Kundin.example"]) == ()


@given(st.text(alphabet=st.sampled_from("<>@. abOok0-\r\n[]\x00ü"), max_size=300), st.text(max_size=80))
def test_whatever_a_relay_says_what_is_taken_from_it_is_an_id(said: str, host: str) -> None:
    found = given_ids(said, host, own=[OURS])
    assert len(found) <= 5
    assert len(set(found)) == len(found)
    assert OURS not in found
    for each in found:
        assert opaque_id(each) == each
        assert each.count("@") == 1
        assert not set(each[1:-1]) & set("<> \r\n")


@given(
    st.text(alphabet="abc.-_=+$09", min_size=1, max_size=60),
    st.text(alphabet="abc.-", min_size=1, max_size=60),
    st.text(alphabet="abc 0.;:[]=", max_size=100),
)
def test_an_id_in_brackets_is_found_wherever_it_stands(local: str, domain: str, around: str) -> None:
    assert given_ids(f"{around}<{local}@{domain}.example>{around}") == (f"<{local}@{domain}.example>",)
