"""Signatures of another implementation are verified; what was changed, or is not to be believed, is not."""

from __future__ import annotations

import itertools
import time
from datetime import datetime, timedelta
from typing import Any

import dkim
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailgateway.origin import canonical
from mailgateway.origin.canonical import Signed
from mailgateway.origin.dkim import MOST_SIGNATURES, Signature, domains_in, verify
from mailgateway.origin.resolver import Deadline, Resolver

FORMS = list(itertools.product((b"simple", b"relaxed"), repeat=2))
MAIL = (
    b"From: Anna <anna@kundin.example>\r\nTo: support@desk.example\r\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n"
    b"  folded \t here\r\nX-Empty:\r\n\r\nGuten  Tag,\t \r\n\r\n wo ist sie?  \r\n\r\n\r\n"
)


def verified(raw: bytes, resolver: Resolver, now: datetime) -> tuple[Signature, ...]:
    mail = Signed(raw)
    return verify(mail, domains_in(mail), resolver, Deadline.within(30), now)


def results(raw: bytes, resolver: Resolver, now: datetime) -> list[str]:
    return [each.result for each in verified(raw, resolver, now)]


@pytest.mark.parametrize("kind", ["rsa", "rsa-1024", "ed25519"])
@pytest.mark.parametrize("form", FORMS)
def test_what_was_signed_passes_as_it_is_and_fails_when_it_was_changed(
    signatory: Any, resolver: Resolver, now: datetime, form: tuple[bytes, bytes], kind: str
) -> None:
    anna = signatory("kundin.example")
    record_kind = "ed25519" if kind == "ed25519" else "rsa"
    anna.world.txt("one._domainkey.kundin.example", f"v=DKIM1; k={record_kind}; p={anna.keys[kind][1].decode()}")
    signed = anna.sign(MAIL, kind=kind, canonicalize=form)
    assert results(signed, resolver, now) == ["pass"]
    assert results(signed.replace(b"sie?", b"Sie?"), resolver, now) == ["fail"]
    assert results(signed.replace(b"Anna", b"Anne"), resolver, now) == ["fail"]
    assert results(signed.replace(b"\r\n", b"\n"), resolver, now) == ["pass"]


_PIECE = st.sampled_from(
    [b"\r\n", b"\r", b"\n", b" ", b"\t", b"  ", b"a", b"\xc3\xbc", b"\r\n\r\n", b" \r\n", b"word", b".", b"\x00"]
)
_BODIES = st.lists(_PIECE, max_size=40).map(b"".join)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=_BODIES, form=st.sampled_from(FORMS))
def test_both_implementations_agree_on_any_body(
    signatory: Any, resolver: Resolver, now: datetime, body: bytes, form: tuple[bytes, bytes]
) -> None:
    anna = signatory("kundin.example")
    if ("one._domainkey.kundin.example", "TXT") not in anna.world.records:
        anna.publish(kind="rsa")
    raw = b"From: anna@kundin.example\r\nSubject: x\r\n\r\n" + (body + b"\r\n" if body else b"")
    assert results(anna.sign(raw, canonicalize=form), resolver, now) == ["pass"]


@given(body=_BODIES, at_once=st.integers(1, 9), further=st.integers(0, 4))
def test_a_body_is_the_same_however_it_is_cut(body: bytes, at_once: int, further: int) -> None:
    whole = Signed(b"\r\n\r\n" + body)
    expected = whole.relaxed_hash, whole.simple_hash
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(canonical, "_AT_ONCE", at_once)
        patch.setattr(canonical, "_FURTHER", further)
        cut = Signed(whole.raw)
        assert (cut.relaxed_hash, cut.simple_hash) == expected


@given(st.binary(max_size=300))
def test_no_mail_raises(raw: bytes) -> None:
    for head in (b"", b"DKIM-Signature: ", b"DKIM-Signature: v=1; d=kundin.example; "):
        mail = Signed(head + raw)
        assert len(mail.relaxed_hash) == len(mail.simple_hash) == 32
        verify(
            mail,
            domains_in(mail),
            Resolver(["127.0.0.1:1"]),
            Deadline.within(0),
            datetime.fromtimestamp(0).astimezone(),
        )


@pytest.mark.parametrize(
    ("find", "put", "result", "because"),
    [
        (b"a=rsa-sha256", b"a=rsa-sha1", "policy", "not believed"),
        (b"; d=", b"; l=5; d=", "policy", "part of the body"),
        (b"v=1;", b"v=2;", "permerror", "version"),
        (b"; d=", b"; x=1000; d=", "permerror", "expired"),
        (b"; t=", b"; t=9", "permerror", "future"),
        (b"i=@kundin.example", b"i=anna@evil.example", "permerror", "not its own"),
        (b"; s=one", b"; s=other", "permerror", "no key"),
        (b"h=from", b"h=to", "permerror", "author"),
    ],
)
def test_what_is_not_to_be_believed_is_not(
    signatory: Any, resolver: Resolver, now: datetime, find: bytes, put: bytes, result: str, because: str
) -> None:
    anna = signatory("kundin.example")
    anna.publish()
    head, _, rest = anna.sign(MAIL, include_headers=[b"from"]).partition(b"\r\nFrom:")
    assert find in head
    (found,) = verified(head.replace(find, put, 1) + b"\r\nFrom:" + rest, resolver, now)
    assert (found.result, because in found.because) == (result, True)


@pytest.mark.parametrize(
    ("record", "because"),
    [
        ("v=DKIM1; p=", "withdrawn"),
        ("v=DKIM2; p=AAAA", "version"),
        ("p=AAAA; v=DKIM1", "version"),
        ("v=DKIM1; s=tlsrpt; p=AAAA", "not for mail"),
        ("v=DKIM1; h=sha1; p=AAAA", "SHA-256"),
        ("v=DKIM1; k=dsa; p=AAAA", "not known"),
        ("v=DKIM1; p=AAAA", "cannot be read"),
        ("v=DKIM1; k=ed25519; p=AAAA", "not known"),
        ("nonsense", "none"),
    ],
)
def test_a_key_that_is_none_verifies_nothing(
    signatory: Any, resolver: Resolver, now: datetime, record: str, because: str
) -> None:
    anna = signatory("kundin.example")
    anna.world.txt("one._domainkey.kundin.example", record)
    (found,) = verified(anna.sign(MAIL), resolver, now)
    assert (found.result, because in found.because) == ("permerror", True)


def test_a_key_that_is_too_small_is_not_believed(world: Any, resolver: Resolver, now: datetime) -> None:
    # a public key of 512 bits; whether it would verify is never found out
    world.txt(
        "one._domainkey.kundin.example",
        "v=DKIM1; p=MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAKj34GkxFhD90vcNLYLInFEX6Ppy1tPf9Cnzj4p4WGeKLs1Pt8Qu"
        "KUpRKfFLfRYC9AIKjbJTWit+CqvjWYzvQwECAwEAAQ==",
    )
    head = b"DKIM-Signature: v=1; a=rsa-sha256; d=kundin.example; s=one; h=from; b=AAAA; bh="
    empty = b"frcCV1k9oG9oKj3dpUqdJg1PxRT2RSN/XKdLCPjaYaY="
    (found,) = verified(head + empty + b"\r\nFrom: anna@kundin.example\r\n\r\n", resolver, now)
    assert (found.result, found.because) == ("permerror", "its key has 512 bits, which is not believed")


def test_the_first_of_several_signatures_that_passes_is_enough(
    signatory: Any, resolver: Resolver, now: datetime
) -> None:
    anna = signatory("kundin.example")
    anna.publish("one")
    anna.publish("two", "ed25519")
    both = anna.sign(anna.sign(MAIL), selector="two", kind="ed25519")
    assert results(both, resolver, now) == ["pass"]
    broken = anna.sign(anna.sign(MAIL), selector="missing", kind="ed25519")
    assert results(broken, resolver, now) == ["permerror", "pass"]


def test_more_signatures_than_anybody_needs_are_not_looked_at(
    signatory: Any, resolver: Resolver, now: datetime
) -> None:
    anna = signatory("kundin.example")
    anna.publish()
    raw = anna.sign(MAIL)
    for number in range(MOST_SIGNATURES):
        raw = anna.sign(raw, selector=f"none{number}")
    assert results(raw, resolver, now) == ["permerror"] * MOST_SIGNATURES


def test_a_key_for_its_very_domain_does_not_sign_for_names_below_it(
    signatory: Any, resolver: Resolver, now: datetime
) -> None:
    anna = signatory("kundin.example")
    anna.publish(extra="t=s; ")
    assert results(anna.sign(MAIL, identity=b"anna@kundin.example"), resolver, now) == ["pass"]
    assert results(anna.sign(MAIL, identity=b"anna@shop.kundin.example"), resolver, now) == ["permerror"]


def test_a_dns_that_does_not_answer_is_told_from_a_key_that_is_not_there(
    signatory: Any, resolver: Resolver, now: datetime
) -> None:
    anna = signatory("kundin.example")
    anna.world.failing.add("one._domainkey.kundin.example")
    assert results(anna.sign(MAIL), resolver, now) == ["temperror"]


def test_a_signature_holds_until_it_expires(signatory: Any, resolver: Resolver, now: datetime) -> None:
    anna = signatory("kundin.example")
    anna.publish()
    signer = dkim.DKIM(MAIL)
    # dkimpy makes no x= itself: what it verifies of ours is the proof that an earlier time changes nothing
    header = signer.sign(b"one", b"kundin.example", anna.keys["rsa"][0])
    assert results(header + MAIL, resolver, now) == ["pass"]
    assert results(header + MAIL, resolver, now - timedelta(hours=11)) == ["permerror"]


@pytest.mark.parametrize(
    "body",
    [
        b" " * 8_000_000,
        b"a " * 4_000_000,
        b" \r\n" * 2_000_000,
        b"\r\n" * 4_000_000,
        b"\t \n" * 2_000_000,
        b"\r" * 8_000_000,
    ],
    ids=["blanks", "words", "lines", "empty", "bare", "returns"],
)
def test_no_body_keeps_us_busy(body: bytes) -> None:
    began = time.process_time()
    mail = Signed(b"From: a@b.example\r\n\r\n" + body)
    assert mail.relaxed_hash
    assert mail.simple_hash
    assert time.process_time() - began < 10  # a second at most; quadratic would be hours


def test_no_head_keeps_us_busy() -> None:
    began = time.process_time()
    head = b"DKIM-Signature: v=1; d=a.example; b=" + b" " * 500_000 + b"\r\n" + b"X: y\r\n" * 100_000
    mail = Signed(head + b"\r\n")
    assert domains_in(mail) == ()
    assert len(mail.fields) <= 2000
    assert time.process_time() - began < 10
