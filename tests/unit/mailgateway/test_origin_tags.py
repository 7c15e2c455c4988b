"""What strangers write into signatures, keys and records is read, or refused as broken; nothing else happens."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgateway.origin.arc import hops_in, sealer_of
from mailgateway.origin.canonical import Signed, chosen, header, without_signature
from mailgateway.origin.dkim import canonicalization, check_form
from mailgateway.origin.dmarc import POLICIES, record_in
from mailgateway.origin.keys import key_in
from mailgateway.origin.tags import LONGEST, Broken, decoded, tags_in

NOW = datetime(2026, 11, 24, tzinfo=UTC)
_NAMES = st.from_regex(r"[a-z]{1,8}", fullmatch=True)
_VALUES = st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters=";"), max_size=30)
_TAGS = st.dictionaries(_NAMES, _VALUES, min_size=1, max_size=8)
_NOISE = st.lists(
    st.sampled_from([b"v=1", b"a=rsa-sha256", b"b=", b"bh=", b"d=x.example", b"h=from", b"s=one", b"i=1", b";", b"=", b" ",
                     b"\r\n ", b"cv=pass", b"p=reject", b"p=", b"v=DKIM1", b"v=DMARC1", b"k=rsa", b"\xff", b"\x00", b"AAAA"]),
    max_size=20,
).map(b"".join)  # fmt: skip


@given(_TAGS)
def test_what_was_written_as_tags_is_read_as_such(tags: dict[str, str]) -> None:
    for glue in ("; ", ";", ";\r\n\t"):
        written = glue.join(f"{name}={value}" for name, value in tags.items())
        assert tags_in(written.encode()) == tags
        assert tags_in((written + ";").encode()) == tags


@given(_NOISE)
def test_whatever_stands_there_is_read_or_broken(noise: bytes) -> None:
    with contextlib.suppress(Broken):
        check_form(tags_in(noise), NOW)
    with contextlib.suppress(Broken):
        key_in(noise)
    found = record_in(noise, "x.example")
    assert found is None or found.policy in POLICIES


@given(st.lists(_NOISE, max_size=6))
def test_no_chain_raises(values: list[bytes]) -> None:
    names = [b"ARC-Seal", b"ARC-Message-Signature", b"ARC-Authentication-Results"]
    head = b"".join(names[number % 3] + b": " + value + b"\r\n" for number, value in enumerate(values))
    mail = Signed(head + b"\r\nGuten Tag\r\n")
    assert isinstance(sealer_of(mail), str)
    with contextlib.suppress(Broken):
        hops_in(mail)


@given(st.binary(max_size=200))
def test_every_field_has_its_bytes_and_a_signature_loses_only_its_own(raw: bytes) -> None:
    for field in Signed(raw).fields:
        assert field.whole.endswith(b"\r\n")
        assert header(field, relaxed=False) == field.whole
        assert header(field, relaxed=True).count(b"\r\n") == 1 or b"\r" in field.value.strip()
        assert len(without_signature(field).whole) <= len(field.whole)


def test_of_several_fields_the_lowest_is_meant_first_and_each_once() -> None:
    mail = Signed(b"X: 1\r\nFrom: a\r\nx: 2\r\nX: 3\r\n\r\n")
    found = chosen(mail.fields, (b"x", b"from", b"x", b"missing", b"from"))
    assert [each.value.strip() for each in found] == [b"3", b"a", b"2"]


@pytest.mark.parametrize("value", [b"v=1; v=1", b"=1", b"v", b"a b=1", b"1a=x", b"v=1;;a=2", b"x=" + b"y" * LONGEST])
def test_what_nobody_can_rely_on_is_broken(value: bytes) -> None:
    with pytest.raises(Broken):
        tags_in(value)


@pytest.mark.parametrize("text", ["AA", "A===", "AA==AA", "ä", "AAAA*"])
def test_what_is_no_base64_is_broken(text: str) -> None:
    with pytest.raises(Broken):
        decoded(text)


def test_base64_may_be_folded() -> None:
    assert decoded("QUJD\r\n\t REVG ") == b"ABCDEF"


@pytest.mark.parametrize(
    ("text", "found"),
    [("simple", (False, False)), ("relaxed", (True, False)), ("relaxed/relaxed", (True, True)), ("Simple/Relaxed", (False, True))],
)  # fmt: skip
def test_head_and_body_are_taken_as_the_signature_says(text: str, found: tuple[bool, bool]) -> None:
    assert canonicalization(text) == found


@pytest.mark.parametrize("text", ["", "other", "relaxed/other", "a/b/c"])
def test_a_form_that_is_not_known_is_broken(text: str) -> None:
    with pytest.raises(Broken):
        canonicalization(text)


@pytest.mark.parametrize(
    ("text", "below", "policy"),
    [
        (b"v=DMARC1; p=reject", False, "reject"),
        (b"v=DMARC1; p=none; sp=reject", True, "reject"),
        (b"v=DMARC1; p=none; sp=reject", False, "none"),
        (b"v=DMARC1; p=REJECT", True, "reject"),
        (b"v=DMARC1; rua=mailto:d@x.example", False, "none"),
        (b"v=DMARC1; p=maybe; rua=mailto:d@x.example", False, "none"),
        (b"v=DMARC1; p=maybe", False, None),
        (b"v=DMARC1;", False, None),
    ],
)
def test_a_policy_is_read_as_the_rfc_says(text: bytes, below: bool, policy: str | None) -> None:
    found = record_in(text, "x.example", below=below)
    assert (found.policy if found else None) == policy
