"""The process that reads articles beside the desk: a line of JSON in, what is indexed of it out, until the input ends."""

from __future__ import annotations

import gc
import json
import os
import sys

from knowledge.documents import document, restored


def main() -> None:
    """Answer each line `[article as it is stored, {learnt word: how often}]` with the fields of its document.

    Ends where the process whose number is its argument has gone: nobody reads what it says any more.
    """
    asker = int(sys.argv[1])
    for line in sys.stdin.buffer:
        if os.getppid() != asker:
            return
        stored, learnt = json.loads(line)
        sys.stdout.write(json.dumps(document(restored(stored), learnt)) + "\n")


if __name__ == "__main__":
    gc.set_threshold(100_000)  # nearly all that it makes goes with its last use
    main()
