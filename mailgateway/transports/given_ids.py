"""Message-IDs that a provider gave our mail in place of our own, learnt from its relay's answer to DATA.

A customer answers the mail that they got: their mail program names the provider's ID, and ours nowhere.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from threads.tokens import opaque_id

_LOOKED_AT = 2000
"""Characters of an answer; a relay says in a line what it has to say."""
_MOST = 5
_BRACKETED = re.compile(r"<([^<>\s@]{1,400}@[^<>\s@]{1,400})>")
"""As Exchange says it: "2.6.0 <AM0PR...@AM0PR05MB1234.eurprd05.prod.outlook.com> [InternalId=...] Queued"."""
_AMAZON = re.compile(r"\bOk ([0-9a-f]{16}-[0-9a-f-]{8,60}-[0-9]{6})(?![\w-])", re.IGNORECASE)
"""As Amazon SES says it: "Ok 0102018f5c3a9d1e-7b1c2d3e-4f50-6172-8394-a5b6c7d8e9f0-000000"."""
_AMAZON_REGION = re.compile(r"(?:^|\.)email-smtp(?:-fips)?\.([a-z]{2}(?:-[a-z]+)+-[0-9]{1,2})\.")
_AMAZON_FIRST = "us-east-1"
"""The region whose IDs bear no region."""


def given_ids(answer: str, host: str = "", own: Collection[str] = ()) -> tuple[str, ...]:
    """The Message-IDs in what a relay answered, in brackets and as they are compared; most relays name none.

    `host` is the relay, by which Amazon's region is known. `own` is what else may stand in brackets there: the mail's
    Message-ID, and the addresses that it goes to.
    """
    said = answer[:_LOOKED_AT]
    known = {each.strip("<>").lower() for each in own}
    named = [each for each in _BRACKETED.findall(said) if each.lower() not in known]
    found = dict.fromkeys(opaque_id(each) for each in (*named, *_of_amazon(said, host)))
    return tuple(each for each in found if each is not None)[:_MOST]


def _of_amazon(said: str, host: str) -> list[str]:
    """The IDs of a mail that Amazon took: the customer sees that of its region, which only the relay's name tells."""
    number = _AMAZON.search(said)
    if number is None:
        return []
    region = _AMAZON_REGION.search(host.lower()[:_LOOKED_AT])
    domains = ["email.amazonses.com"]
    if region is not None and region[1] != _AMAZON_FIRST:
        domains.insert(0, f"{region[1]}.amazonses.com")
    return [f"{number[1]}@{domain}" for domain in domains]
