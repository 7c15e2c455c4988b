"""`brief doctor --mail` against a real DNS server: what is missing, what is wrong, and what to publish."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import cli
from mailgateway.origin.resolver import Deadline, Resolver
from mailgateway.published import Finding, Sending, findings
from mailgateway.signing import SigningKey, make_key

DOMAIN = "wir.example"
HOST = "mail.wir.example"
IP = "192.0.2.25"


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> SigningKey:
    return make_key(tmp_path_factory.mktemp("dkim"), DOMAIN, "brief", "rsa")


@pytest.fixture
def well(world: Any, key: SigningKey) -> Any:
    """A DNS in which all is well."""
    world.add(DOMAIN, "MX", f"10 {HOST}.")
    world.add(HOST, "A", IP)
    world.txt(DOMAIN, "v=spf1 mx -all")
    world.txt(key.name, key.record)
    world.txt(f"_dmarc.{DOMAIN}", "v=DMARC1; p=reject")
    world.add("25.2.0.192.in-addr.arpa", "PTR", f"{HOST}.")
    return world


@pytest.fixture
def look(resolver: Resolver, soon: Deadline, key: SigningKey) -> Any:
    def found(**more: Any) -> dict[str, Finding]:
        sending = Sending(
            **{"domain": DOMAIN, "hostname": HOST, "keys": (key,), "mailbox": f"support@{DOMAIN}", **more}
        )
        return {each.name.split(" ")[0]: each for each in findings([sending], resolver, soon)}

    return found


def test_where_all_is_well_nothing_is_to_be_published(well: Any, look: Any) -> None:
    found = look()
    assert {name: each.state for name, each in found.items()} == dict.fromkeys(
        ["mx", "spf", "dkim", "dmarc", "reverse"], "ok"
    )
    assert all(each.publish == () for each in found.values())


def test_an_empty_dns_is_told_line_by_line_what_to_publish(world: Any, look: Any, key: SigningKey) -> None:
    world.add(HOST, "A", IP)
    found = look()
    assert found["mx"].publish == ("wir.example. IN MX 10 mail.wir.example.",)
    assert found["spf"].publish == ('wir.example. IN TXT "v=spf1 a:mail.wir.example ~all"',)
    assert found["dkim"].publish == (key.zone_line,)
    assert found["dmarc"].publish == (
        '_dmarc.wir.example. IN TXT "v=DMARC1; p=none; rua=mailto:postmaster@wir.example"',
    )
    assert found["reverse"].publish == ("25.2.0.192.in-addr.arpa. IN PTR mail.wir.example.",)
    assert found["dmarc"].state == "warning"
    assert {each.state for name, each in found.items() if name != "dmarc"} == {"wrong"}


def test_what_it_says_to_publish_mends_it(world: Any, look: Any, resolver: Resolver) -> None:
    world.add(HOST, "A", IP)
    lines = [line for each in look().values() for line in each.publish]
    for line in lines:
        name, _, kind, value = line.split(" ", 3)
        world.add(name.rstrip("."), kind, value.strip("() "))
    resolver._cache.clear()
    assert {each.state for each in look().values()} == {"ok"}


@pytest.mark.parametrize(
    ("record", "state", "said"),
    [
        ("v=spf1 +all", "wrong", "lets everybody send"),
        ("v=spf1 mx all", "wrong", "lets everybody send"),
        ("v=spf1 ip4:198.51.100.1 -all", "warning", "does not let mail.wir.example"),
        ("v=spf1 ip4:nonsense -all", "wrong", "cannot be read"),
        ("v=spf1 ip4:192.0.2.0/24 ~all", "ok", "v=spf1"),
    ],
)
def test_what_an_spf_record_may_say(world: Any, look: Any, record: str, state: str, said: str) -> None:
    world.add(HOST, "A", IP)
    world.txt(DOMAIN, record)
    found = look()["spf"]
    assert (found.state, said in found.said) == (state, True)


def test_a_record_that_refuses_us_is_shown_with_us_in_it(world: Any, look: Any) -> None:
    world.add(HOST, "A", IP)
    world.txt(DOMAIN, "v=spf1 include:_spf.provider.example -all")
    world.txt("_spf.provider.example", "v=spf1 ip4:198.51.100.1 -all")
    line = 'wir.example. IN TXT "v=spf1 include:_spf.provider.example a:mail.wir.example -all"'
    assert look()["spf"].publish == (line,)


def test_two_records_count_as_none(well: Any, look: Any, key: SigningKey) -> None:
    well.txt(DOMAIN, "v=spf1 -all")
    well.txt(f"_dmarc.{DOMAIN}", "v=DMARC1; p=none")
    well.txt(key.name, "v=DKIM1; p=MIIB")
    found = look()
    assert {found[name].state for name in ("spf", "dmarc", "dkim")} == {"wrong"}


def test_another_key_under_our_name_is_wrong(world: Any, look: Any, key: SigningKey) -> None:
    world.txt(key.name, "v=DKIM1; k=rsa; p=MIIB")
    found = look()["dkim"]
    assert (found.state, found.publish) == ("wrong", (key.zone_line,))
    assert "another key than ours" in found.said


def test_without_a_key_it_says_how_to_make_one(world: Any, look: Any) -> None:
    found = look(keys=())["dkim"]
    assert found.state == "warning"
    assert "brief mail dkim" in found.said


@pytest.mark.parametrize(
    ("hosts", "state"), [(["10 mail.wir.example.", "20 gone.wir.example."], "warning"), (["10 gone.wir.example."], "wrong"), (["0 ."], "wrong")]
)  # fmt: skip
def test_hosts_without_an_address_take_no_mail(world: Any, look: Any, hosts: list[str], state: str) -> None:
    world.add(HOST, "A", IP)
    world.add(DOMAIN, "MX", *hosts)
    assert look()["mx"].state == state


def test_a_name_that_leads_elsewhere_is_no_name(well: Any, look: Any) -> None:
    well.records["25.2.0.192.in-addr.arpa", "PTR"] = ["static-25.provider.example."]
    well.add("static-25.provider.example", "A", "198.51.100.9")
    found = look()["reverse"]
    assert (found.state, "has another address" in found.said) == ("wrong", True)


def test_a_relay_of_another_is_looked_at_in_our_place(well: Any, look: Any) -> None:
    well.add("smtp.provider.example", "A", "198.51.100.9")
    well.add("9.100.51.198.in-addr.arpa", "PTR", "smtp.provider.example.")
    found = look(relay="smtp.provider.example")
    assert (found["reverse"].state, found["spf"].state) == ("ok", "warning")


def test_a_dns_that_fails_is_one_warning_and_no_error(well: Any, resolver: Resolver, key: SigningKey) -> None:
    well.failing = {DOMAIN, HOST, key.name, f"_dmarc.{DOMAIN}"}
    (found,) = findings([Sending(DOMAIN, HOST, "", (key,))], resolver, Deadline.within(30))
    assert (found.name, found.state) == ("dns", "warning")
    assert "did not answer, so this is unknown: mx wir.example, spf wir.example, dkim wir" in found.said


def test_what_the_dns_does_answer_is_told_beside_what_it_does_not(well: Any, look: Any, key: SigningKey) -> None:
    well.failing = {key.name}
    found = look()
    assert list(found) == ["dns", "mx", "spf", "dmarc", "reverse"]
    assert "this is unknown: dkim wir.example;" in found["dns"].said


def test_everything_is_asked_before_the_first_question_has_waited_in_vain(world: Any, resolver: Resolver) -> None:
    domains = ("a.example", "b.example")
    world.silent = {f"{before}{each}" for each in domains for before in ("", "_dmarc.", "mail.")}
    sendings = [Sending(each, f"mail.{each}") for each in domains]
    (silent, *_) = findings(sendings, resolver, Deadline.within(4))
    assert all(f"{name} {each}" in silent.said for each in domains for name in ("mx", "spf", "dmarc", "reverse dns"))
    assert set(world.asked) >= {(each, kind) for each in domains for kind in ("MX", "TXT")}


def test_the_record_of_the_domain_above_holds(well: Any, look: Any) -> None:
    found = look(domain="hilfe.wir.example")
    assert found["dmarc"].state == "ok"
    assert "_dmarc.wir.example" in found["dmarc"].said


def test_the_command_prints_each_line_to_publish(world: Any, tmp_path: Path) -> None:
    world.add(HOST, "A", IP)
    (tmp_path / "brief.toml").write_text(
        f"""
[[mailbox]]
address = "support@{DOMAIN}"
[[mailbox]]
address = "rechnung@{DOMAIN}"
[[mailbox]]
address = "hier@localhost"
[smtp]
hostname = "{HOST}"
[checks]
nameservers = ["{world.address}"]
"""
    )

    def brief(*words: str) -> Any:
        given = ["--config", str(tmp_path / "brief.toml"), "--data", str(tmp_path / "data"), *words]
        return CliRunner().invoke(cli.brief, given, standalone_mode=False)

    assert brief("mail", "dkim").exit_code == 0
    result = brief("doctor", "--mail", "--json")
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.return_value == 1
    assert [row["name"] for row in rows] == [
        "mx wir.example", "spf wir.example", "dkim brief._domainkey.wir.example", "dmarc wir.example",
        f"reverse dns {IP}", "domain localhost",
    ]  # fmt: skip
    text = brief("doctor", "--mail").stdout
    for row in rows:
        for line in row.get("publish", []):
            assert f"    {line}\n" in text
