"""The DNS is asked with a deadline, and what is no answer is told from what does not exist."""

from __future__ import annotations

from typing import Any

import pytest

from mailgateway.origin.resolver import Deadline, NoAnswer, Resolver, host_and_port


def test_every_kind_of_record_is_found(world: Any, resolver: Resolver, soon: Deadline) -> None:
    world.txt("kundin.example", "v=spf1 -all")
    world.add("kundin.example", "MX", "20 two.kundin.example.", "10 One.kundin.example.")
    world.add("kundin.example", "A", "203.0.113.7")
    world.add("kundin.example", "AAAA", "2001:db8::7")
    world.add("7.113.0.203.in-addr.arpa", "PTR", "mx.kundin.example.")
    assert resolver.txt("Kundin.example.", soon) == (b"v=spf1 -all",)
    assert resolver.mx("kundin.example", soon) == ((10, "one.kundin.example"), (20, "two.kundin.example"))
    assert resolver.a("kundin.example", soon) == ("203.0.113.7",)
    assert resolver.aaaa("kundin.example", soon) == ("2001:db8::7",)
    assert resolver.ptr("203.0.113.7", soon) == ("mx.kundin.example",)


def test_a_text_in_several_strings_is_one_text_however_long(world: Any, resolver: Resolver, soon: Deadline) -> None:
    world.txt("long.example", "x" * 3000)
    assert resolver.txt("long.example", soon) == (b"x" * 3000,)


def test_what_is_not_there_is_an_answer(world: Any, resolver: Resolver, soon: Deadline) -> None:
    world.add("kundin.example", "A", "203.0.113.7")
    assert resolver.txt("kundin.example", soon) == ()
    assert resolver.a("nowhere.example", soon) == ()


@pytest.mark.parametrize("name", ["", ".", "a..b", "x" * 64 + ".example", ".".join(["abcdef"] * 60), "ü" * 70, "\\300"])
def test_what_is_no_name_does_not_exist(resolver: Resolver, soon: Deadline, name: str) -> None:
    assert resolver.txt(name, soon) == ()


def test_a_server_that_fails_or_says_nothing_gives_no_answer(world: Any, resolver: Resolver, soon: Deadline) -> None:
    world.failing.add("failing.example")
    with pytest.raises(NoAnswer):
        resolver.txt("failing.example", soon)
    world.silent.add("silent.example")
    deadline = Deadline.within(0.3)
    with pytest.raises(NoAnswer):
        resolver.txt("silent.example", deadline)
    assert deadline.left == 0


def test_nothing_is_asked_when_the_time_is_over(world: Any, resolver: Resolver) -> None:
    with pytest.raises(NoAnswer):
        resolver.a("kundin.example", Deadline.within(0))
    assert world.asked == []


def test_an_answer_is_remembered_and_so_is_that_there_was_none(world: Any, resolver: Resolver, soon: Deadline) -> None:
    world.add("kundin.example", "A", "203.0.113.7")
    world.failing.add("failing.example")
    for _ in range(3):
        assert resolver.a("kundin.example", soon) == ("203.0.113.7",)
        assert resolver.a("nowhere.example", soon) == ()
        with pytest.raises(NoAnswer):
            resolver.a("failing.example", soon)
    assert sorted(world.asked) == [("failing.example", "A"), ("kundin.example", "A"), ("nowhere.example", "A")]


def test_a_name_that_gets_no_answer_stops_no_other(world: Any, resolver: Resolver, soon: Deadline) -> None:
    for number in range(30):
        world.failing.add(f"{number}.evil.example")
        with pytest.raises(NoAnswer):
            resolver.a(f"{number}.evil.example", soon)
    world.add("kundin.example", "A", "203.0.113.7")
    assert resolver.a("kundin.example", soon) == ("203.0.113.7",)


def test_the_memory_is_bounded(world: Any, soon: Deadline) -> None:
    resolver = Resolver([world.address], most_cached=3)
    for number in range(10):
        resolver.a(f"{number}.example", soon)
    assert len(resolver._cache) == 3


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("192.0.2.53", ("192.0.2.53", 53)),
        ("192.0.2.53:5353", ("192.0.2.53", 5353)),
        ("2001:db8::53", ("2001:db8::53", 53)),
        ("[2001:db8::53]:5353", ("2001:db8::53", 5353)),
    ],
)
def test_a_name_server_is_an_address_with_or_without_a_port(text: str, found: tuple[str, int]) -> None:
    assert host_and_port(text) == found


@pytest.mark.parametrize("text", ["", "dns.example", "192.0.2.53:", "192.0.2.53:0", "192.0.2.53:x", "1:2:3"])
def test_anything_else_is_none(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        host_and_port(text)
