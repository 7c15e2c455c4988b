"""How long a DKIM signature takes, against dkimpy signing the same mail with the same key in the same run.

    python benchmarks/signing.py [--smoke]

One JSON line for each algorithm: {"what", "n", "median_ms", "p95_ms", "bare_median_ms", "dkimpy_median_ms", "ratio_to_dkimpy"}. `bare` is
the signature of `cryptography` without a mail. The time is that of the process, so that others on the machine hardly count.
"""

from __future__ import annotations

import base64
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import dkim
from cryptography.hazmat.primitives import serialization

from mailgateway.compose import compose
from mailgateway.signing import SIGNED, key_file, make_key, signed
from storage.outgoing import Mailable, OutgoingMail

NOW = datetime.now(UTC)
MAIL = compose(
    OutgoingMail(
        message_id="<letter@example.org>",
        envelope_from="support@example.org",
        author=Mailable("support@example.org", "Support"),
        to=(Mailable("anna@kundin.example", "Anna Weber"),),
        subject="Re: Frage zu meiner Rechnung vom März",
        text="Guten Tag Frau Weber,\n\ndie Rechnung ist berichtigt, Sie finden sie im Anhang.\n\n" * 20,
        date="Tue, 24 Nov 2026 10:00:00 +0100",
    )
)


def times(work: Callable[[], object], n: int) -> list[float]:
    """Milliseconds of the process for each of `n` runs, after one to warm up."""
    work()
    found = []
    for _ in range(n):
        begun = time.process_time_ns()
        work()
        found.append((time.process_time_ns() - begun) / 1e6)
    return sorted(found)


def measured(folder: Path, algorithm: str, n: int) -> dict[str, object]:
    key = make_key(folder, "example.org", algorithm, algorithm)
    file = key_file(folder, "example.org", algorithm)
    ours = times(lambda: signed(MAIL, (key,), NOW), n)
    secret, name = _for_dkimpy(file, algorithm)
    include = [each.encode() for each in SIGNED]
    theirs = times(
        lambda: dkim.sign(
            MAIL, key.selector.encode(), b"example.org", secret, canonicalize=(b"relaxed", b"relaxed"),
            signature_algorithm=name, include_headers=include,
        ),
        max(n // 10, 3),
    )  # fmt: skip
    bare = times(lambda: key.sign(b"x" * 800), n)
    median, other = statistics.median(ours), statistics.median(theirs)
    return {
        "what": f"DKIM signature, {algorithm}",
        "n": n,
        "median_ms": round(median, 3),
        "p95_ms": round(ours[int(len(ours) * 0.95)], 3),
        "bare_median_ms": round(statistics.median(bare), 3),
        "dkimpy_median_ms": round(other, 3),
        "ratio_to_dkimpy": round(other / median, 1),
    }


def _for_dkimpy(file: Path, algorithm: str) -> tuple[bytes, bytes]:
    """The private key in the form that dkimpy reads, and its name of the algorithm."""
    private = serialization.load_pem_private_key(file.read_bytes(), None)
    if algorithm == "ed25519":
        raw = private.private_bytes(
            serialization.Encoding.Raw, serialization.PrivateFormat.Raw, serialization.NoEncryption()
        )
        return base64.b64encode(raw), b"ed25519-sha256"
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    return pem, b"rsa-sha256"


def main() -> None:
    n = 20 if "--smoke" in sys.argv else 1000
    with tempfile.TemporaryDirectory() as folder:
        for algorithm in ("rsa", "ed25519"):
            print(json.dumps(measured(Path(folder), algorithm, n)), flush=True)


if __name__ == "__main__":
    main()
