"""The DATA of an SMTP session, read in large pieces instead of line by line."""

from __future__ import annotations

END = b"\r\n.\r\n"
"""The only thing that ends a mail: what looks like it with a bare CR or LF is part of the mail."""


class Data:
    """Collects one mail from pieces as they come, and finds its end across them.

    Past `limit` bytes nothing is held any more, and the rest is only read away.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._pieces: list[bytes] = []
        # a line end before the first byte, so that a lone dot on the first line ends the mail too
        self._held = b"\r\n"
        self.size = 0
        """Bytes that came so far, the end apart."""

    @property
    def too_much(self) -> bool:
        """Whether the mail is larger than the limit."""
        return self.size > self._limit

    def feed(self, piece: bytes) -> bytes | None:
        """Take a piece; once the mail has ended, give back what came after its end."""
        window = self._held + piece
        end = window.find(END)
        if end >= 0:
            self._take(window[: end + 2])
            self._held = b""
            return window[end + len(END) :]
        keep = len(window) - (len(END) - 1)
        # a line end is not parted from the dot that may follow it
        last = window[max(keep - 2, 0) : max(keep, 0)]
        keep -= 2 if last == b"\r\n" else int(last.endswith(b"\r"))
        if keep > 0:
            self._take(window[:keep])
            self._held = window[keep:]
        else:
            self._held = window
        return None

    def drop(self) -> None:
        """Hold nothing of this mail any more."""
        self._limit = -1
        self._pieces.clear()

    def content(self) -> bytes:
        """The whole mail, the dots that hid its lines' own dots removed (RFC 5321, section 4.5.2)."""
        whole = b"".join(self._pieces)
        self._pieces.clear()
        return whole

    def _take(self, piece: bytes) -> None:
        # the line end that was put before the first byte is neither counted nor kept
        put_before = 0 if self._pieces or self.size else 2
        self.size += len(piece) - put_before
        if self.too_much:
            self._pieces.clear()
        else:
            self._pieces.append(piece.replace(b"\r\n.", b"\r\n")[put_before:])
