"""SPF over our own resolver: every result, and the limits of RFC 7208."""

from __future__ import annotations

from typing import Any

import pytest

from mailgateway.origin.resolver import Deadline, Resolver
from mailgateway.origin.spf import check_spf, sending_domain

HOST = "203.0.113.7"


def result(
    world: Any, resolver: Resolver, record: str = "", *, client: str = HOST, sender: str = "anna@kundin.example"
) -> str:
    if record:
        world.txt("kundin.example", record)
    return check_spf(client, sender, "mx.kundin.example", resolver, Deadline.within(30)).result


@pytest.mark.parametrize(
    ("record", "found"),
    [
        ("v=spf1 ip4:203.0.113.0/24 -all", "pass"),
        ("v=spf1 ip4:192.0.2.0/24 -all", "fail"),
        ("v=spf1 ~all", "softfail"),
        ("v=spf1 ?all", "neutral"),
        ("v=spf1 a:mail.kundin.example -all", "pass"),
        ("v=spf1 mx -all", "pass"),
        ("v=spf1 ptr -all", "pass"),
        ("v=spf1 include:other.example -all", "pass"),
        ("v=spf1 redirect=other.example", "pass"),
        ("v=spf1 exists:%{ir}.list.example -all", "pass"),
        ("v=spf1 include:nowhere.example -all", "permerror"),
        ("v=spf1 nonsense -all", "permerror"),
        ("v=spf1 exp=why.kundin.example -all", "fail"),
        ("some other text", "none"),
        ("", "none"),
    ],
)  # fmt: skip
def test_a_record_is_read_as_the_rfc_says(world: Any, resolver: Resolver, record: str, found: str) -> None:
    world.add("mail.kundin.example", "A", HOST)
    world.add("kundin.example", "MX", "10 mail.kundin.example.")
    world.add("7.113.0.203.in-addr.arpa", "PTR", "mail.kundin.example.")
    world.add("7.113.0.203.list.example", "A", "127.0.0.2")
    world.txt("other.example", f"v=spf1 ip4:{HOST} -all")
    assert result(world, resolver, record) == found


def test_a_host_with_an_ipv6_address_is_checked_too(world: Any, resolver: Resolver) -> None:
    assert result(world, resolver, "v=spf1 ip6:2001:db8::/32 -all", client="2001:db8::25") == "pass"
    assert result(world, resolver, client="2001:db9::25") == "fail"


def test_an_empty_envelope_sender_is_that_of_the_host(world: Any, resolver: Resolver) -> None:
    world.txt("mx.kundin.example", f"v=spf1 ip4:{HOST} -all")
    found = check_spf(HOST, "", "mx.kundin.example", resolver, Deadline.within(30))
    assert (found.domain, found.result) == ("mx.kundin.example", "pass")


def test_two_records_are_none(world: Any, resolver: Resolver) -> None:
    world.txt("kundin.example", "v=spf1 ~all")
    assert result(world, resolver, "v=spf1 +all") == "permerror"


def test_no_record_leads_to_more_than_ten_questions(world: Any, resolver: Resolver) -> None:
    for number in range(20):
        world.txt(f"{number}.loop.example", f"v=spf1 include:{number + 1}.loop.example -all")
    assert result(world, resolver, "v=spf1 include:0.loop.example -all") == "permerror"
    assert len(world.asked) <= 12


def test_no_record_leads_to_itself_for_ever(world: Any, resolver: Resolver) -> None:
    assert result(world, resolver, "v=spf1 include:kundin.example -all") == "permerror"


def test_no_record_leads_to_nothing_more_than_twice(world: Any, resolver: Resolver) -> None:
    names = " ".join(f"a:{number}.nowhere.example" for number in range(9))
    assert result(world, resolver, f"v=spf1 {names} ip4:{HOST} -all") == "permerror"
    assert len([each for each in world.asked if "nowhere" in each[0]]) == 3


def test_a_dns_that_fails_or_is_silent_is_a_passing_trouble(world: Any, resolver: Resolver) -> None:
    world.failing.add("other.example")
    assert result(world, resolver, "v=spf1 include:other.example -all") == "temperror"
    world.silent.add("silent.example")
    deadline = Deadline.within(0.3)
    assert check_spf(HOST, "x@silent.example", "mx.example", resolver, deadline).result == "temperror"
    assert deadline.left == 0


@pytest.mark.parametrize(
    "record", ["v=spf1 " + "%{" * 500, "v=spf1 a:" + ".a" * 800, "v=spf1 " + "x" * 5000, "v=spf1 ip4:1/999"]
)
def test_no_record_keeps_us_busy(world: Any, resolver: Resolver, record: str) -> None:
    assert result(world, resolver, record) in {"permerror", "none", "neutral"}


@pytest.mark.parametrize(
    ("mail_from", "helo", "found"),
    [
        ("Anna@Kundin.Example", "mx.other.example", "kundin.example"),
        ("", "MX.other.example.", "mx.other.example"),
        (None, "mx.other.example", "mx.other.example"),
        ("", "[203.0.113.7]", ""),
        ("", "localhost", ""),
        ("anna", "", ""),
    ],
)
def test_the_domain_is_that_of_the_sender_or_of_the_host(mail_from: str | None, helo: str, found: str) -> None:
    assert sending_domain(mail_from, helo) == found
