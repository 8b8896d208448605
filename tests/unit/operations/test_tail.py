"""The end of a file: whole lines, within bounds, of plain files only."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from dot_copilot.adapters.operations.tail import LONGEST, NOTHING, tail


@pytest.mark.parametrize(
    ("content", "most", "lines", "complete"),
    [
        (b"", 100, [], True),
        (b"one\ntwo\n", 100, [b"one", b"two"], True),
        (b"one\ntwo\n", 8, [b"one", b"two"], True),
        (b"one\ntwo\n", 7, [b"two"], False),
        (b"one\ntwo\n", 4, [], False),  # nobody can tell that "two" begins there
        (b"one\ntorn", 100, [b"one"], True),
        (b"torn", 100, [], True),
        (b"\n\n\none\n\n", 100, [b"one"], True),
        (b"\x00\xff\n", 100, [b"\x00\xff"], True),
        (b"x" * (LONGEST + 1) + b"\none\n", 10 * LONGEST, [b"one"], True),
        (b"x" * 1000, 10, [], False),
    ],
)
def test_whole_lines_from_the_end(tmp_path: Path, content: bytes, most: int, lines: list[bytes], complete: bool) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    found = tail(path, most)
    assert (found.lines, found.complete) == (lines, complete)


def test_what_is_no_plain_file_is_empty(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to("/etc/passwd")
    os.mkfifo(tmp_path / "pipe")  # opening one for reading would wait for a writer
    for name in ("folder", "link", "pipe", "nothing"):
        assert tail(tmp_path / name, 100) == NOTHING, name
