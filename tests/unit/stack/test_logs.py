"""Logs stay small while they are written, and are read back."""

from __future__ import annotations

import threading
import time
from pathlib import Path

from dot_copilot.stack import logs


def test_rotation_keeps_the_newest_and_goes_on_writing(tmp_path: Path) -> None:
    path = tmp_path / "one.log"
    with path.open("ab", buffering=0) as writer:
        for number in range(6):
            writer.write(b"%d" % number * 100)
            assert logs.rotate(path, largest=50, kept=3)
        writer.write(b"last")
    assert path.read_bytes() == b"last"
    found = [path.with_name(f"one.log.{number}").read_bytes()[:1] for number in (1, 2, 3)]
    assert found == [b"5", b"4", b"3"]
    assert not path.with_name("one.log.4").exists()


def test_a_small_file_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "one.log"
    path.write_bytes(b"x" * 50)
    assert not logs.rotate(path, largest=50)
    assert not logs.rotate(tmp_path / "missing.log")


def test_tail(tmp_path: Path) -> None:
    path = tmp_path / "one.log"
    path.write_text("".join(f"line {number}\n" for number in range(10_000)))
    assert logs.tail(path, 2) == ["line 9998", "line 9999"]
    assert logs.tail(path, 5, start=path.stat().st_size - 10) == ["line 9999"]
    assert logs.tail(tmp_path / "missing.log", 5) == []


def test_follow_gives_whole_lines_of_every_file_and_survives_rotation(tmp_path: Path) -> None:
    one, two = tmp_path / "one.log", tmp_path / "two.log"
    one.write_text("old\n")
    found: list[tuple[str, str]] = []

    def read() -> None:
        for path, text in logs.follow([one, two], every_s=0.01):
            found.append((path.stem, text))
            if text == "end":
                return

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    time.sleep(0.1)
    with one.open("a") as writer:
        writer.write("new half")
        writer.flush()
        time.sleep(0.05)
        writer.write(" whole\n")
    time.sleep(0.1)
    logs.rotate(one, largest=1)
    time.sleep(0.05)
    two.write_text("end\n")
    reader.join(5)
    assert not reader.is_alive()
    assert found == [("one", "new half whole"), ("two", "end")]
