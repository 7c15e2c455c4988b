"""What the DNS has to say of a domain that we send for, and whether it does: each finding says exactly what to publish.

The questions go through `origin.resolver`; what their answers mean is decided here, record by record.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

from mailgateway.origin.dmarc import record_for
from mailgateway.origin.domains import organisation
from mailgateway.origin.resolver import Deadline, NoAnswer, Resolver
from mailgateway.origin.spf import check_spf
from mailgateway.origin.tags import Broken, compact, tags_in
from mailgateway.signing import SigningKey

OK, WARNING, WRONG = "ok", "warning", "wrong"
MOST_AT_ONCE = 20
"""Looks that are begun at the same time."""
LONGEST_SPF = 450
"""Bytes: a longer record does not fit an answer over UDP with all that stands around it (RFC 7208, section 3.4)."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that the DNS says or does not say."""

    name: str
    state: str
    said: str
    publish: tuple[str, ...] = ()
    """Lines of a zone file that mend it."""


@dataclass(frozen=True, slots=True)
class Sending:
    """How mail of a domain leaves us."""

    domain: str
    hostname: str
    """How we call ourselves; "" where that is no name of the world."""
    relay: str = ""
    """The host that hands our mail to the world; "" where that is this machine itself."""
    keys: tuple[SigningKey, ...] = ()
    mailbox: str = ""

    @property
    def host(self) -> str:
        """Who hands our mail to the world."""
        return self.relay or self.hostname


Look = Callable[[Sending, Resolver, Deadline], Iterator[Finding]]


def findings(sendings: Iterable[Sending], resolver: Resolver, deadline: Deadline) -> list[Finding]:
    """Everything that can be said of some domains, all of it asked at the same time; a silent DNS is one finding."""
    looks = [(f"{name} {sending.domain}", partial(look, sending)) for sending in sendings for name, look in LOOKS]
    with ThreadPoolExecutor(MOST_AT_ONCE, thread_name_prefix="published") as pool:
        looked = list(pool.map(lambda each: _looked(each[1](resolver, deadline)), looks))
    silent = [name for (name, _), (_, answered) in zip(looks, looked, strict=True) if not answered]
    said = f"the DNS did not answer, so this is unknown: {', '.join(silent)}; [checks] nameservers names others to ask"
    told = [Finding("dns", WARNING, said)] if silent else []
    return [*told, *(each for found, _ in looked for each in found)]


def _looked(look: Iterator[Finding]) -> tuple[list[Finding], bool]:
    """What a look found, and whether the DNS answered to its end."""
    found: list[Finding] = []
    try:
        found.extend(look)  # what came before the DNS fell silent stays
    except NoAnswer:
        return found, False
    return found, True


def _mx(sending: Sending, resolver: Resolver, deadline: Deadline) -> Iterator[Finding]:
    """Whether mail to the domain comes to anybody."""
    name, domain = f"mx {sending.domain}", sending.domain
    hosts = [host for _, host in resolver.mx(domain, deadline)]
    line = f"{domain}. IN MX 10 {sending.hostname or f'mail.{domain}'}."
    if not hosts:
        yield Finding(name, WRONG, "no host takes mail for it: answers to ours come nowhere", (line,))
    elif "" in hosts or "." in hosts:
        yield Finding(
            name, WRONG, "it says that it takes no mail at all (RFC 7505); put a host in the place of that", (line,)
        )
    else:
        lost = [host for host in hosts if not _addresses(host, resolver, deadline)]
        said = f"{', '.join(lost)} has no address" if lost else ", ".join(hosts)
        yield Finding(name, WRONG if len(lost) == len(hosts) else WARNING if lost else OK, said)


def _spf(sending: Sending, resolver: Resolver, deadline: Deadline) -> Iterator[Finding]:
    """Whether the domain says who sends for it, and names us."""
    name, domain = f"spf {sending.domain}", sending.domain
    records = [each for each in resolver.txt(domain, deadline) if each.lower().split(b" ")[0] == b"v=spf1"]
    who = f"a:{sending.host}" if sending.host else "mx"
    if not records:
        yield Finding(name, WRONG, "it does not say who sends for it", (f'{domain}. IN TXT "v=spf1 {who} ~all"',))
        return
    if len(records) > 1:
        yield Finding(name, WRONG, "it says so twice, which counts as not at all (RFC 7208, section 3.2): leave one")
        return
    text = records[0].decode("utf-8", "replace")
    if any(each in text.lower().split() for each in ("+all", "all")):
        yield Finding(name, WRONG, "it lets everybody send for it; end it with ~all", (_ended(domain, text),))
        return
    if len(text) > LONGEST_SPF:
        yield Finding(name, WARNING, f"it is {len(text)} bytes long, and over {LONGEST_SPF} some cannot read it")
    yield _lets_us_send(sending, text, resolver, deadline)


def _lets_us_send(sending: Sending, text: str, resolver: Resolver, deadline: Deadline) -> Finding:
    name, domain = f"spf {sending.domain}", sending.domain
    addresses = _addresses(sending.host, resolver, deadline) if sending.host else []
    results = {
        each: check_spf(each, sending.mailbox or f"postmaster@{domain}", sending.hostname, resolver, deadline).result
        for each in addresses
    }
    if any(result == "permerror" for result in results.values()):
        return Finding(name, WRONG, f"it cannot be read: {text}")
    refused = [each for each, result in results.items() if result not in {"pass", "temperror"}]
    if refused and len(refused) == len(addresses):
        said = f"it does not let {sending.host} ({', '.join(refused)}) send; if your relay sends from elsewhere, add what its provider says"
        return Finding(name, WARNING, said, (_with(domain, text, f"a:{sending.host}"),))
    return Finding(name, OK, text)


def _dkim(sending: Sending, resolver: Resolver, deadline: Deadline) -> Iterator[Finding]:
    """Whether what the DNS shows of our keys is ours."""
    if not sending.keys:
        said = "nothing is signed; `brief mail dkim` makes a key, and prints what to publish"
        yield Finding(f"dkim {sending.domain}", WARNING, said)
    for key in sending.keys:
        name = f"dkim {key.name}"
        records = resolver.txt(key.name, deadline)
        if not records:
            yield Finding(name, WRONG, "what we sign with is not published", (key.zone_line,))
        elif len(records) > 1:
            yield Finding(name, WRONG, "several records stand there, which counts as none: leave one", (key.zone_line,))
        elif not _is_of(key, records[0]):
            yield Finding(name, WRONG, "what is published is another key than ours", (key.zone_line,))
        else:
            yield Finding(name, OK, f"published ({key.algorithm})")


def _is_of(key: SigningKey, record: bytes) -> bool:
    try:
        tags = tags_in(record)
    except Broken:
        return False
    kind = "rsa" if key.algorithm.startswith("rsa") else "ed25519"
    return compact(tags.get("p", "")) == key.public and tags.get("k", "rsa").strip().lower() == kind


def _dmarc(sending: Sending, resolver: Resolver, deadline: Deadline) -> Iterator[Finding]:
    """Whether the domain says what becomes of mail that only claims to be from it."""
    domain = sending.domain
    name = f"dmarc {domain}"
    above = dict.fromkeys((domain, organisation(domain)))
    records = {each: _dmarc_texts(each, resolver, deadline) for each in above}
    line = f'_dmarc.{domain}. IN TXT "v=DMARC1; p=none; rua=mailto:postmaster@{domain}"'
    twice = [each for each, texts in records.items() if len(texts) > 1]
    if twice:
        yield Finding(name, WRONG, f"_dmarc.{twice[0]} says it twice, which counts as not at all: leave one")
        return
    record = record_for(domain, resolver, deadline)
    if record is None:
        broken = any(records.values())
        said = (
            "its record cannot be read"
            if broken
            else "it does not say what becomes of forged mail; large providers ask for it"
        )
        yield Finding(name, WRONG if broken else WARNING, said, (line,))
    elif record.policy == "none":
        said = "p=none: forged mail is only reported; p=quarantine or p=reject once your reports show no mail of yours that fails"
        yield Finding(name, OK, said)
    else:
        yield Finding(name, OK, f"p={record.policy}, published at _dmarc.{record.domain}")


def _dmarc_texts(domain: str, resolver: Resolver, deadline: Deadline) -> list[bytes]:
    return [each for each in resolver.txt(f"_dmarc.{domain}", deadline) if each[:8] == b"v=DMARC1"]


def _reverse(sending: Sending, resolver: Resolver, deadline: Deadline) -> Iterator[Finding]:
    """Whether the address that our mail comes from has a name, and that name the address (FCrDNS)."""
    host = sending.host
    if not host:
        said = "nobody can tell who sends: set [smtp] hostname to this machine's name in the DNS"
        yield Finding("reverse dns", WARNING, said)
        return
    addresses = _addresses(host, resolver, deadline)
    if not addresses:
        yield Finding(f"reverse dns {host}", WRONG, "it has no address", (f"{host}. IN A 192.0.2.1 ; its own",))
    for address in addresses:
        yield _reverse_of(address, host, resolver, deadline)


def _reverse_of(address: str, host: str, resolver: Resolver, deadline: Deadline) -> Finding:
    name = f"reverse dns {address}"
    pointer = ipaddress.ip_address(address).reverse_pointer
    names = resolver.ptr(address, deadline)
    line = f"{pointer}. IN PTR {host}."
    if not names:
        return Finding(name, WRONG, "it has no name; who rents you the address publishes it", (line,))
    if not any(address in _addresses(each, resolver, deadline) for each in names[:5]):
        return Finding(name, WRONG, f"it is called {names[0]}, which has another address", (line,))
    return Finding(name, OK, names[0])


LOOKS: tuple[tuple[str, Look], ...] = (
    ("mx", _mx), ("spf", _spf), ("dkim", _dkim), ("dmarc", _dmarc), ("reverse dns", _reverse),
)  # fmt: skip
"""What is looked at, in order."""


def _addresses(host: str, resolver: Resolver, deadline: Deadline) -> list[str]:
    """The addresses of a host in the form in which they are compared; of one that is an address, itself."""
    try:
        return [str(ipaddress.ip_address(host))]
    except ValueError:
        found: Sequence[str] = (*resolver.a(host, deadline), *resolver.aaaa(host, deadline))
        return [str(ipaddress.ip_address(each)) for each in found]


def _ended(domain: str, text: str) -> str:
    kept = " ".join(each for each in text.split() if each.lower() not in {"+all", "all"})
    return f'{domain}. IN TXT "{kept} ~all"'


def _with(domain: str, text: str, mechanism: str) -> str:
    """The record with one more sender, before what it says of all others."""
    words = text.split()
    at = next((n for n, each in enumerate(words) if each.lower().endswith("all") or "redirect=" in each), len(words))
    return f'{domain}. IN TXT "{" ".join([*words[:at], mechanism, *words[at:]])}"'
