"""A real DNS server on loopback, and mail that is signed by another implementation than ours."""

from __future__ import annotations

import base64
import socket
import socketserver
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import dkim
import dns.exception
import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

from mailgateway.origin.resolver import Deadline, Resolver

_UDP_SIZE = 512


@dataclass
class NameServer:
    """An authoritative DNS server: it answers, fails, or says nothing, name by name."""

    records: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    failing: set[str] = field(default_factory=set)
    """Names for which it says SERVFAIL."""
    silent: set[str] = field(default_factory=set)
    """Names for which it says nothing."""
    asked: list[tuple[str, str]] = field(default_factory=list)
    address: str = ""

    def add(self, name: str, kind: str, *values: str) -> None:
        """Publish records under a name."""
        self.records.setdefault((name, kind), []).extend(values)

    def txt(self, name: str, text: str | bytes) -> None:
        """Publish a text, in strings of at most 255 bytes."""
        data = text if isinstance(text, str) else text.decode()
        strings = [data[at : at + 255] for at in range(0, len(data), 255)] or [""]
        self.add(name, "TXT", " ".join('"' + each.replace('"', '\\"') + '"' for each in strings))

    def answer(self, wire: bytes, size: int) -> bytes | None:
        """What it says to a question; None where it stays silent."""
        query = dns.message.from_wire(wire)
        question = query.question[0]
        name, kind = question.name.to_text(omit_final_dot=True).lower(), dns.rdatatype.to_text(question.rdtype)
        self.asked.append((name, kind))
        if name in self.silent:
            return None
        reply = dns.message.make_response(query)
        reply.flags |= dns.flags.AA | dns.flags.RA
        values = self.records.get((name, kind), [])
        if name in self.failing:
            reply.set_rcode(dns.rcode.SERVFAIL)
        elif values:
            reply.answer.append(dns.rrset.from_text_list(question.name, 60, "IN", kind, values))
        elif not any(known == name for known, _ in self.records):
            reply.set_rcode(dns.rcode.NXDOMAIN)
        try:
            return bytes(reply.to_wire(max_size=size))
        except dns.exception.TooBig:
            short = dns.message.make_response(query)
            short.flags |= dns.flags.TC
            return bytes(short.to_wire())


class _Udp(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        wire, connection = self.request
        said = self.server.world.answer(wire, _UDP_SIZE)  # type: ignore[attr-defined]
        if said is not None:
            connection.sendto(said, self.client_address)


class _Tcp(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        size = int.from_bytes(self.rfile.read(2), "big")
        said = self.server.world.answer(self.rfile.read(size), 65535)  # type: ignore[attr-defined]
        if said is not None:
            self.wfile.write(len(said).to_bytes(2, "big") + said)


@pytest.fixture
def world() -> Iterator[NameServer]:
    """The DNS of the world, over UDP and TCP on a port of its own."""
    world = NameServer()
    udp, tcp = _bound()
    world.address = f"127.0.0.1:{udp.server_address[1]}"
    servers: tuple[socketserver.BaseServer, ...] = (udp, tcp)
    threads = [threading.Thread(target=each.serve_forever, args=(0.02,), daemon=True) for each in servers]
    for server, thread in zip(servers, threads, strict=True):
        server.world = world  # type: ignore[attr-defined]
        thread.start()
    yield world
    for server, thread in zip(servers, threads, strict=True):
        server.shutdown()
        server.server_close()
        thread.join()


def _bound() -> tuple[socketserver.ThreadingUDPServer, socketserver.ThreadingTCPServer]:
    """Both servers on one port: a port that is free for one of them may be taken for the other."""
    for _ in range(50):
        udp = socketserver.ThreadingUDPServer(("127.0.0.1", 0), _Udp)
        udp.daemon_threads = True
        try:
            tcp = socketserver.ThreadingTCPServer(udp.server_address, _Tcp)
        except OSError:
            udp.server_close()
            continue
        tcp.daemon_threads = True
        return udp, tcp
    raise OSError("no port is free for both")


@pytest.fixture
def resolver(world: NameServer) -> Resolver:
    """Our resolver, which asks the world."""
    return Resolver([world.address])


@pytest.fixture
def soon() -> Deadline:
    """A deadline that no question to loopback misses, on a busy machine either."""
    return Deadline.within(30)


@pytest.fixture
def closed_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


# ---------------------------------------------------------------- signatures


@dataclass(frozen=True)
class Signatory:
    """A domain that signs its mail by dkimpy, with the keys that it publishes."""

    domain: str
    world: NameServer
    keys: dict[str, tuple[bytes, bytes]]

    def publish(self, selector: str = "one", kind: str = "rsa", extra: str = "") -> None:
        """Put a public key into the DNS."""
        record = f"v=DKIM1; k={kind}; {extra}p={self.keys[kind][1].decode()}"
        self.world.txt(f"{selector}._domainkey.{self.domain}", record)

    def sign(self, raw: bytes, selector: str = "one", kind: str = "rsa", **options: Any) -> bytes:
        """The mail with a signature on top."""
        algorithm = {"ed25519": b"ed25519-sha256"}.get(kind, b"rsa-sha256")
        given = {"signature_algorithm": algorithm, "canonicalize": (b"relaxed", b"relaxed"), **options}
        header: bytes = dkim.sign(raw, selector.encode(), self.domain.encode(), self.keys[kind][0], **given)
        return header + raw

    def seal(self, raw: bytes, results: str, selector: str = "one") -> bytes:
        """The mail with a set of ARC fields on top, as a host adds them that hands it on."""
        found = f"Authentication-Results: {self.domain}; {results}\r\n".encode() + raw
        lines = dkim.arc_sign(found, selector.encode(), self.domain.encode(), self.keys["rsa"][0], self.domain.encode())
        return b"".join(lines) + raw


@pytest.fixture(scope="session")
def keys() -> dict[str, tuple[bytes, bytes]]:
    """A private key of each kind, as dkimpy wants it, with its public half in base64."""
    made = {
        "rsa": rsa.generate_private_key(65537, 2048),
        "rsa-1024": rsa.generate_private_key(65537, 1024),
    }
    found = {name: (_pem(key), _base64(key)) for name, key in made.items()}
    edwards = ed25519.Ed25519PrivateKey.generate()
    raw = serialization.Encoding.Raw, serialization.PublicFormat.Raw
    found["ed25519"] = (
        base64.b64encode(edwards.private_bytes_raw()),
        base64.b64encode(edwards.public_key().public_bytes(*raw)),
    )
    return found


def _pem(key: rsa.RSAPrivateKey) -> bytes:
    none = serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, none)


def _base64(key: rsa.RSAPrivateKey) -> bytes:
    spki = serialization.PublicFormat.SubjectPublicKeyInfo
    return base64.b64encode(key.public_key().public_bytes(serialization.Encoding.DER, spki))


@pytest.fixture
def signatory(world: NameServer, keys: dict[str, tuple[bytes, bytes]]) -> Any:
    """Makes a domain that signs: `signatory("kundin.example")`."""
    return lambda domain: Signatory(domain, world, keys)


@pytest.fixture
def now() -> datetime:
    """When the mail came."""
    return datetime.now(UTC)
