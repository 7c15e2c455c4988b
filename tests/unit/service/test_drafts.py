"""Drafts: each editor has its own, and what is left behind is found again."""

from __future__ import annotations

import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

from service.drafts import draft_file, own_draft


def test_two_editors_have_two_drafts(tmp_path: Path) -> None:
    with own_draft(tmp_path, "anna", "lena") as first, own_draft(tmp_path, "anna", "lena") as second:
        first.write_text("Guten Tag")
        second.write_text("Hallo")
        assert (first.read_text(), second.read_text()) == ("Guten Tag", "Hallo")


def test_a_draft_that_was_left_is_found_again(tmp_path: Path) -> None:
    with ExitStack() as open_editors:
        drafts = [open_editors.enter_context(own_draft(tmp_path, "anna", "lena")) for _ in range(3)]
        for number, draft in enumerate(drafts):
            draft.write_text(str(number))
        drafts[0].unlink()  # it was sent
    with own_draft(tmp_path, "anna", "lena") as found, own_draft(tmp_path, "anna", "lena") as next_one:
        assert {found.read_text(), next_one.read_text()} == {"1", "2"}


def test_drafts_of_other_conversations_and_agents_are_left_alone(tmp_path: Path) -> None:
    with own_draft(tmp_path, "anna", "lena") as draft:
        draft.write_text("Guten Tag")
    with own_draft(tmp_path, "bernd", "lena") as other, own_draft(tmp_path, "anna", "ben") as of_another:
        assert not other.exists()
        assert not of_another.exists()


def test_a_killed_editor_holds_its_draft_no_longer(tmp_path: Path) -> None:
    program = (
        "import os, sys; from pathlib import Path; from service.drafts import own_draft\n"
        "with own_draft(Path(sys.argv[1]), 'anna', 'lena') as draft: draft.write_text('half'); os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=False, timeout=60)
    with own_draft(tmp_path, "anna", "lena") as found:
        assert (found, found.read_text()) == (draft_file(tmp_path, "anna", "lena"), "half")


def test_nothing_lies_there_once_all_is_sent(tmp_path: Path) -> None:
    with own_draft(tmp_path, "anna", "lena") as draft:
        draft.write_text("Guten Tag")
        draft.unlink()
    assert list((tmp_path / "drafts").iterdir()) == []
