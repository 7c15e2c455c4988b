"""An mbox that is written is read again, mail by mail."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO

from hypothesis import example, given
from hypothesis import strategies as st

from mailgateway.archive import in_stream
from mailgateway.mbox import mbox_entry

AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
BODIES = st.lists(st.sampled_from([b"From me to you, 9:00:00 2026", b">From x", b"", b"Hallo", b"From "]), max_size=6)


@given(st.lists(BODIES, min_size=1, max_size=4))
@example([[b"From a@b.example Tue Nov 24 09:00:00 2026", b""]])
def test_every_mail_comes_back_as_it_was(bodies: list[list[bytes]]) -> None:
    mails = [b"Subject: one\n\n" + b"\n".join(lines) + b"\n" for lines in bodies]
    written = b"".join(mbox_entry(mail.replace(b"\n", b"\r\n"), "anna@example.com", AT) for mail in mails)
    assert [mail for _, mail in in_stream(BytesIO(written), "x", always_mbox=True)] == mails


def test_a_sender_cannot_begin_a_line_of_their_own() -> None:
    entry = mbox_entry(b"Subject: x\n\ny\n", "a\nFrom b@example.com Tue Nov 24 09:00:00 2026", AT)
    assert len(list(in_stream(BytesIO(entry), "x", always_mbox=True))) == 1
    assert mbox_entry(b"x", "", AT).startswith(b"From MAILER-DAEMON Tue Nov 24 09:00:00 2026\n")
